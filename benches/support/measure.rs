//! Clocks: processor time and memory of this process and of others, from the proc file system; elsewhere the clock on the wall.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(5);

/// Processor time of a thread in seconds, to the nanosecond where the kernel tells it. `who` is `self` or a process's number; other threads
/// than its first are not counted, which is right for what runs in one.
fn cpu_of(who: &str) -> Option<f64> {
    let exact = std::fs::read_to_string(format!("/proc/{who}/schedstat")).ok();
    let exact = exact.and_then(|s| s.split_ascii_whitespace().next()?.parse::<f64>().ok()).map(|ns| ns / 1e9);
    // All threads, in ticks of a hundredth of a second; the name before it may hold spaces and brackets.
    let stat = std::fs::read_to_string(format!("/proc/{who}/stat")).ok();
    let ticks = stat.and_then(|s| {
        let mut fields = s.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
        Some((fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?) / 100.0)
    });
    match (exact, ticks) {
        // Clearly more: there were other threads.
        (Some(e), Some(t)) if t > e * 1.1 + 0.05 => Some(t),
        (Some(e), _) if e > 0.0 => Some(e),
        (_, t) => t,
    }
}

/// Runs `f` and gives its processor time (or time on the wall) in seconds.
pub fn cpu<R>(f: impl FnOnce() -> R) -> (f64, R) {
    let (wall, before) = (Instant::now(), cpu_of("self"));
    let r = f();
    let used = before.zip(cpu_of("self")).map(|(a, b)| b - a);
    (used.unwrap_or_else(|| wall.elapsed().as_secs_f64()), r)
}

/// What a program took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Processor time, seconds.
    pub cpu: f64,
    /// Time from start to end, seconds, to 5 ms.
    pub wall: f64,
    /// The most memory that was resident at a time, in MB of 2^20 bytes; 0 where that cannot be told.
    pub peak_mb: f64,
    /// How it ended; `None` for a signal.
    pub code: Option<i32>,
}

/// Runs a program, its output thrown away.
pub fn program(command: &mut Command) -> Usage {
    let started = Instant::now();
    let mut child = quiet(command).spawn().expect("the program starts");
    let mut usage = Usage::default();
    loop {
        let end = ended(&mut child);
        if let Some(kib) = peak(child.id()) {
            usage.peak_mb = usage.peak_mb.max(kib / 1024.0);
        }
        if end {
            break;
        }
        std::thread::sleep(POLL);
    }
    usage.wall = started.elapsed().as_secs_f64();
    // Ended but not yet waited for: its clocks can still be read.
    usage.cpu = cpu_of(&child.id().to_string()).unwrap_or(usage.wall);
    usage.code = child.wait().ok().and_then(|s| s.code());
    usage
}

/// Runs a program and gives the time from start to end, exactly, in seconds.
pub fn wall(command: &mut Command) -> f64 {
    let started = Instant::now();
    let mut child = quiet(command).spawn().expect("the program starts");
    let _ = child.wait();
    started.elapsed().as_secs_f64()
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn ended(child: &mut Child) -> bool {
    match std::fs::read_to_string(format!("/proc/{}/stat", child.id())) {
        Ok(s) => s.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X'])),
        Err(_) => child.try_wait().is_ok_and(|s| s.is_some()),
    }
}

fn peak(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// The middle of some figures, with the least and the most.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

pub fn spread(figures: impl IntoIterator<Item = f64>) -> Spread {
    let mut list: Vec<f64> = figures.into_iter().collect();
    list.sort_by(f64::total_cmp);
    let at = |i: usize| list.get(i).copied().unwrap_or(f64::NAN);
    Spread { median: at(list.len() / 2), least: at(0), most: at(list.len().saturating_sub(1)) }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ({:.3} to {:.3})", self.median, self.least, self.most)
    }
}
