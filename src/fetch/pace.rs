//! How often a host is asked: its next turn, its wish to be left alone, and how often in a row it failed.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What tells the time and lets it pass; tests have one of their own.
pub trait Clock: Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The clock of the system.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// A host that fails so often in a row is not asked again in this run.
const MOST_FAILURES: u32 = 4;

/// One host.
#[derive(Debug, Default)]
pub struct Host(Mutex<Turn>);

#[derive(Debug, Default)]
struct Turn {
    next: Option<Instant>,
    failures: u32,
}

impl Host {
    /// Waits for this host's turn; the one after it comes `gap` later.
    pub fn wait(&self, clock: &dyn Clock, gap: Duration) {
        let now = clock.now();
        let start = match self.0.lock() {
            Ok(mut turn) => {
                let start = turn.next.map_or(now, |n| n.max(now));
                turn.next = start.checked_add(gap);
                start
            }
            Err(_) => now,
        };
        let wait = start.saturating_duration_since(now);
        if !wait.is_zero() {
            clock.sleep(wait);
        }
    }

    /// Leaves the host alone for a while.
    pub fn pause(&self, clock: &dyn Clock, time: Duration) {
        if let (Ok(mut turn), Some(then)) = (self.0.lock(), clock.now().checked_add(time)) {
            turn.next = Some(turn.next.map_or(then, |n| n.max(then)));
        }
    }

    /// Notes whether the host answered.
    pub fn answered(&self, answered: bool) {
        if let Ok(mut turn) = self.0.lock() {
            turn.failures = if answered { 0 } else { turn.failures.saturating_add(1) };
        }
    }

    /// Whether it failed so often that it is not asked again.
    pub fn is_given_up(&self) -> bool {
        self.0.lock().is_ok_and(|t| t.failures >= MOST_FAILURES)
    }
}
