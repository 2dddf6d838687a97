//! The fixes of many files, found by several threads and handed on in order.

use super::{Fixed, MAX_FIXED, Wanted};
use crate::engine::format::{Format, SNIFF, is_binary};
use crate::engine::run::Engine;
use crate::engine::walk::{Input, io_message};
use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of one input.
#[derive(Debug, Default)]
pub struct Mended {
    /// Its bytes as they were read.
    pub before: Vec<u8>,
    /// Its format; `None` where it was not looked at.
    pub format: Option<Format>,
    /// What was fixed.
    pub fixed: Fixed,
    /// Why it could not be read.
    pub unread: Option<String>,
    /// Why it is not fixed though it can be checked.
    pub left_alone: Option<String>,
}

impl Engine<'_> {
    /// Makes the fixes of all inputs and hands them to `sink` by their number, in order. `writes`: what comes of it is to be written, so that
    /// only regular files are read. The sink answers whether to go on.
    pub fn fix_inputs(&self, inputs: &[Input], wanted: &Wanted, writes: bool, sink: &mut dyn FnMut(usize, Mended) -> bool) {
        let jobs = self.options.jobs.max(1);
        for (n, batch) in inputs.chunks(jobs * 8).enumerate() {
            let next = AtomicUsize::new(0);
            let done: Mutex<Vec<(usize, Mended)>> = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for _ in 0..jobs.min(batch.len()) {
                    scope.spawn(|| {
                        while let Some((i, input)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, batch.get(i)?))) {
                            let mended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.fix_input(input, wanted, writes)));
                            let failed = || Mended {
                                unread: Some("promolint failed on this input, and did not fix it".to_owned()),
                                ..Mended::default()
                            };
                            if let Ok(mut done) = done.lock() {
                                done.push((i, mended.unwrap_or_else(|_| failed())));
                            }
                        }
                    });
                }
            });
            let mut done = done.into_inner().unwrap_or_default();
            done.sort_by_key(|(i, _)| *i);
            for (i, mended) in done {
                if !sink(n * jobs * 8 + i, mended) {
                    return;
                }
            }
        }
    }

    fn fix_input(&self, input: &Input, wanted: &Wanted, writes: bool) -> Mended {
        let mut mended = Mended::default();
        let (name, named) = match input {
            Input::File { name, named, .. } => (name, *named),
            Input::Stdin { name, .. } => (name, true),
            Input::Url { .. } => {
                mended.left_alone = Some("it is on the web".to_owned());
                return mended;
            }
        };
        if Format::from_name(name) == Some(Format::Image) {
            return mended;
        }
        let too_large = || Some(format!("it is larger than {} MB", MAX_FIXED >> 20));
        let bytes = match input {
            Input::File { size, .. } if *size != u64::MAX && *size > MAX_FIXED => {
                mended.left_alone = too_large();
                return mended;
            }
            Input::File { size: u64::MAX, .. } if writes => {
                mended.left_alone = Some("it is no file that can be written".to_owned());
                return mended;
            }
            Input::File { path, .. } => std::fs::File::open(path).and_then(read),
            Input::Stdin { held: Some(bytes), .. } => Ok(bytes.to_vec()),
            Input::Stdin { .. } => read(std::io::stdin().lock()),
            Input::Url { .. } => return mended,
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(e) => {
                mended.unread = Some(io_message(&e));
                return mended;
            }
        };
        if bytes.len() as u64 > MAX_FIXED {
            mended.left_alone = too_large();
            return mended;
        }
        if !is_binary(&bytes) && !bytes.iter().all(u8::is_ascii_whitespace) {
            let head = || String::from_utf8_lossy(&bytes[..bytes.len().min(SNIFF)]).into_owned();
            let format = Format::from_name(name).unwrap_or_else(|| Format::sniff(&head(), self.formats));
            mended.fixed = self.fix(&bytes, name, format, named, wanted);
            mended.format = Some(format);
        }
        mended.before = bytes;
        mended
    }
}

/// Reads to the end, or a little further than what can be fixed.
fn read(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FIXED + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
