//! Pages that are fetched before they are asked for: several hosts at once, each host one at a time, and never far ahead.

use super::{Answer, Failure, Fetcher, Want, Why};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, Weak};
use url::Url;

/// So many hosts are asked at a time.
const HOSTS: usize = 8;
/// So many pages are kept that nobody asked for yet.
const WINDOW: usize = 32;

/// Pages in the order in which they will be asked for.
#[derive(Debug)]
pub struct Ahead {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pages: Vec<(String, String)>,
    places: HashMap<String, usize>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Pages before this one were taken.
    taken: usize,
    begun: HashSet<usize>,
    done: HashMap<usize, Answer>,
    busy: HashSet<String>,
}

impl Ahead {
    /// Starts threads that fetch with `fetcher`, for as long as it lives.
    pub fn new(fetcher: &Arc<Fetcher>, pages: Vec<String>) -> Ahead {
        let host = |p: &String| Url::parse(p).ok().map(|u| super::guard::plain_host(&u).to_owned()).unwrap_or_default();
        let pages: Vec<(String, String)> = pages.into_iter().map(|p| (host(&p), p)).collect();
        let hosts: HashSet<&String> = pages.iter().map(|(h, _)| h).collect();
        let threads = hosts.len().min(HOSTS);
        let places = pages.iter().enumerate().rev().map(|(i, (_, p))| (p.clone(), i)).collect();
        let shared = Arc::new(Shared { pages, places, state: Mutex::default(), changed: Condvar::new() });
        for _ in 0..threads {
            let (shared, fetcher) = (Arc::clone(&shared), Arc::downgrade(fetcher));
            std::thread::spawn(move || shared.work(&fetcher));
        }
        Ahead { shared }
    }

    /// A page, when it is there; `None` for one that is not fetched here, or was taken before.
    pub fn take(&self, page: &str) -> Option<Answer> {
        let place = *self.shared.places.get(page)?;
        let mut state = self.shared.state.lock().ok()?;
        if place < state.taken {
            return None;
        }
        state.taken = place;
        self.shared.changed.notify_all();
        loop {
            if let Some(answer) = state.done.remove(&place) {
                state.taken = place + 1;
                self.shared.changed.notify_all();
                return Some(answer);
            }
            state = self.shared.changed.wait(state).ok()?;
        }
    }
}

impl Shared {
    /// Takes the first page whose host is not asked just now, again and again.
    fn work(&self, fetcher: &Weak<Fetcher>) {
        loop {
            let Some(place) = self.next() else { return };
            let (host, page) = &self.pages[place];
            let Some(fetcher) = fetcher.upgrade() else { return };
            let fetch = std::panic::AssertUnwindSafe(|| fetcher.get(page, Want::Page));
            let answer = std::panic::catch_unwind(fetch).unwrap_or_else(|_| {
                Err(Failure::new(Why::Broken, "promolint failed to fetch this", "this is a fault of promolint; please report it"))
            });
            drop(fetcher);
            let Ok(mut state) = self.state.lock() else { return };
            state.busy.remove(host);
            state.done.insert(place, answer);
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<usize> {
        let mut state = self.state.lock().ok()?;
        loop {
            let window = state.taken..self.pages.len().min(state.taken + WINDOW);
            if let Some(place) = window.clone().find(|i| !state.begun.contains(i) && !state.busy.contains(&self.pages[*i].0)) {
                state.begun.insert(place);
                state.busy.insert(self.pages[place].0.clone());
                return Some(place);
            }
            if state.begun.len() >= self.pages.len() {
                return None;
            }
            state = self.changed.wait(state).ok()?;
        }
    }
}
