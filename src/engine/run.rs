//! The run: inputs are read by one thread, checked by several, reported in their order.

use super::corpus::Collector;
use super::distinct::Distinct;
use super::format::{Format, is_binary};
use super::once::Once;
use super::outcome::{MAX_DOCUMENT, Outcome, Pictured, Strange, Wordless};
use super::paths::Paths;
use super::pictures::Gallery;
use super::recall::{Gather, Piece, Recall};
use super::rules::RuleSet;
use super::split::{Task, Work};
use super::walk::Input;
use super::web::not_read;
use crate::document::Kind;
use crate::document::records::Formats;
use crate::facts::Facts;
use crate::fetch::Fetcher;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// How many pieces of work may wait for each thread.
const QUEUE: usize = 4;

/// What a run does beside its rules.
#[derive(Debug, Default)]
pub struct Options {
    /// What all inputs are, if the user says so.
    pub kind: Option<Kind>,
    /// What some inputs are, by path; the first that matches counts.
    pub kinds: Vec<(Paths, Kind)>,
    /// Files to leave out though they are named.
    pub exclude: Paths,
    /// How many threads check.
    pub jobs: usize,
    /// Registers, the day, and who is speaking.
    pub facts: Arc<Facts>,
    /// What opens the pictures that documents show; nothing where they are of no interest.
    pub pictures: Option<Arc<Gallery>>,
    /// What fetches pages; nothing where no input is one.
    pub web: Option<Arc<Fetcher>>,
    /// Where to write pictures of what differs.
    pub image_diffs: Option<PathBuf>,
    /// The place that somebody asks about; of other documents nothing is told.
    pub ask: Option<super::why::Ask>,
    /// What earlier runs found in files that have not changed.
    pub recall: Option<Arc<Recall>>,
}

/// Rules and options, ready for inputs.
#[derive(Debug)]
pub struct Engine<'f> {
    /// The rules.
    pub rules: RuleSet,
    /// The options.
    pub options: Options,
    /// What exports look like.
    pub formats: &'f Formats,
}

impl Engine<'_> {
    /// Checks the inputs and hands what comes of them to `sink` in order. The sink answers whether to go on (`false`: the reader of the
    /// output has gone).
    pub fn run(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        self.run_through(inputs, &mut |_| {}, sink);
    }

    /// The same; `before` sees each outcome first, with the findings about one image file not yet gathered into one.
    pub fn run_through(&self, inputs: &[Input], before: &mut dyn FnMut(&mut Outcome), sink: &mut dyn FnMut(Outcome) -> bool) {
        if let Some(web) = &self.options.web {
            let name = |i: &Input| if let Input::Url { name } = i { Some(name.clone()) } else { None };
            web.begin(inputs.iter().filter_map(name).collect());
        }
        let (mut pictured, mut strange) = (Pictured::default(), Strange::default());
        let mut wordless = Wordless::default();
        let mut once = Once::default();
        let mut distinct = Distinct::default();
        let mut go_on = true;
        self.run_all(inputs, &mut |mut outcome| {
            distinct.take(&mut outcome);
            pictured.take(&mut outcome);
            strange.take(&mut outcome);
            wordless.take(&outcome);
            before(&mut outcome);
            go_on = go_on && once.take(outcome, sink);
            go_on
        });
        go_on = go_on && once.finish(sink);
        let mut troubles = self.options.pictures.as_ref().map(|p| p.troubles()).unwrap_or_default();
        troubles.extend(self.options.web.iter().flat_map(|w| w.troubles()).map(|(name, failure)| not_read(&name, &failure)));
        let wordless = wordless.remark();
        if go_on && (!troubles.is_empty() || !pictured.is_empty() || wordless.is_some()) {
            let remarks = pictured.remarks().into_iter().chain(wordless).collect();
            sink(Outcome { troubles, remarks, not_compared: pictured.left, ..Outcome::default() });
        }
    }

    fn run_all(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        if self.rules.corpus().is_empty() {
            return self.run_each(inputs, sink);
        }
        let mut collector = Collector::default();
        let mut go_on = true;
        self.run_each(inputs, &mut |mut outcome| {
            collector.take(&mut outcome);
            go_on = go_on && sink(outcome);
            go_on
        });
        if go_on && let Some(outcome) = collector.finish(self, inputs) {
            sink(outcome);
        }
    }

    /// The same, without what is found by comparing them.
    fn run_each(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        let mut gather = Gather::new(self.options.recall.as_deref());
        let mut all = true;
        self.run_tasks(inputs, &mut |mut outcome| {
            gather.take(&mut outcome);
            all = sink(outcome);
            all
        });
        if all {
            gather.end();
        }
    }

    fn run_tasks(&self, inputs: &[Input], sink: &mut dyn FnMut(Outcome) -> bool) {
        let jobs = self.options.jobs.max(1);
        if jobs == 1 || matches!(inputs, [Input::File { size, .. }] if *size < 64 << 10) {
            let mut go_on = true;
            self.split(inputs, &mut |task| {
                go_on = go_on && sink(self.task(task));
                go_on
            });
            return;
        }
        let (to_work, work) = sync_channel::<(usize, Task)>(jobs * QUEUE);
        let (to_done, done) = sync_channel::<(usize, Outcome)>(jobs * QUEUE);
        let work = Arc::new(Mutex::new(work));
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let (work, to_done) = (Arc::clone(&work), to_done.clone());
                scope.spawn(move || self.worker(&work, &to_done));
            }
            drop(to_done);
            drop(work);
            scope.spawn(move || {
                let mut n = 0;
                self.split(inputs, &mut |w| {
                    n += 1;
                    to_work.send((n - 1, w)).is_ok()
                });
            });
            let mut waiting: BTreeMap<usize, Outcome> = BTreeMap::new();
            let mut next = 0;
            let mut go_on = true;
            for (n, outcome) in done {
                waiting.insert(n, outcome);
                while let Some(outcome) = waiting.remove(&next) {
                    next += 1;
                    go_on = go_on && sink(outcome);
                }
                if !go_on {
                    // Dropping the receiver ends the workers, and with them the splitter.
                    break;
                }
            }
        });
    }

    fn worker(&self, work: &Mutex<Receiver<(usize, Task)>>, done: &SyncSender<(usize, Outcome)>) {
        loop {
            let next = match work.lock() {
                Ok(receiver) => receiver.recv(),
                Err(_) => return,
            };
            let Ok((n, w)) = next else { return };
            if done.send((n, self.task(w))).is_err() {
                return;
            }
        }
    }

    /// What the user says about a path.
    pub(super) fn kind_of(&self, name: &str) -> Option<Kind> {
        let path = name.trim_start_matches("./");
        self.options.kind.or_else(|| self.options.kinds.iter().find(|(globs, _)| globs.is_match(path)).map(|(_, k)| *k))
    }

    fn task(&self, task: Task) -> Outcome {
        let mut outcome = self.work(task.work);
        outcome.read.piece = task.keep.map(|input| Piece::of(input, &outcome));
        outcome
    }

    /// Does one piece of work. Should a check fail in a way nobody foresaw, that input is said not to be checked, and the run goes on.
    fn work(&self, work: Work) -> Outcome {
        let name = match &work {
            Work::File(Input::File { name, .. } | Input::Stdin { name, .. } | Input::Url { name }, _) | Work::Page { name, .. } => {
                name.clone()
            }
            Work::Records { chunk, .. } => chunk.source.name().to_owned(),
            Work::Done(outcome) => outcome.name.clone(),
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.work_inner(work))).unwrap_or_else(|_| {
            Outcome::with_trouble(
                &name,
                "promolint failed on this input, and did not check it",
                "this is a fault of promolint; please report it with the file",
            )
        })
    }

    fn work_inner(&self, work: Work) -> Outcome {
        match work {
            Work::Done(outcome) => outcome,
            Work::File(Input::File { name, size, .. }, Format::Image) => self.check_image(&name, size),
            Work::File(Input::File { path, name, named, size }, format) => {
                if size > MAX_DOCUMENT && size != u64::MAX {
                    return Outcome::too_large(&name, size);
                }
                let bytes = std::fs::File::open(&path).and_then(|f| {
                    let mut bytes = Vec::with_capacity(if size < MAX_DOCUMENT { size as usize + 1 } else { 0 });
                    f.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map(|_| bytes)
                });
                match bytes {
                    Ok(b) if b.len() as u64 > MAX_DOCUMENT => Outcome::too_large(&name, b.len() as u64),
                    Ok(b) if is_binary(&b) => {
                        let mut outcome = Outcome::binary(&name);
                        if !named && self.kind_of(&name).is_none() {
                            outcome = outcome.troubles.first().map(Outcome::left_out).unwrap_or_default();
                        }
                        outcome.read.content = self.sum(&b);
                        outcome
                    }
                    Ok(b) => self.check_bytes(b, &name, format),
                    Err(e) => Outcome::unreadable(&name, &e),
                }
            }
            Work::File(Input::Stdin { name, .. } | Input::Url { name }, _) => Outcome::skipped(&name),
            Work::Page { name, page } => self.check_page(&name, &page),
            Work::Records { chunk, kind, first, again } => self.check_records(&chunk, kind, first, again),
        }
    }
}
