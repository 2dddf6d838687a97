//! How well rules do on their own texts when these are written differently: each text that a rule must flag as somebody would write it who
//! wants to get past it, each that it must not flag as somebody would who thinks nothing of it.
//!
//! Which letters are changed is chosen by hash, so that the same packs give the same numbers.

mod about;
mod class;
mod host;
mod letters;
#[cfg(test)]
mod tests;

pub use about::LeftOut;
pub use class::Class;

use super::outcome::Outcome;
use super::pictures::Gallery;
use super::run::Engine;
use super::testing::{default_kind, engine_of, run_case};
use super::{CaseResult, OWN_PACK};
use crate::document::Kind;
use crate::pack::model::{Pack, TestCase, TestFormat};
use crate::source::Span;
use about::About;
use host::Host;
use letters::Seed;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// How often a rule did right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Texts that must be flagged.
    pub flag: usize,
    /// Those of them that were.
    pub found: usize,
    /// Texts that must not be flagged.
    pub pass: usize,
    /// Those of them that were not.
    pub silent: usize,
}

impl Tally {
    /// The share of what must be flagged that is; `None` of nothing.
    pub fn recall(self) -> Option<f64> {
        (self.flag > 0).then(|| self.found as f64 / self.flag as f64)
    }

    /// The share of what must not be flagged that is not; `None` of nothing.
    pub fn silence(self) -> Option<f64> {
        (self.pass > 0).then(|| self.silent as f64 / self.pass as f64)
    }

    /// Adds another.
    pub fn add(&mut self, other: Tally) {
        self.flag += other.flag;
        self.found += other.found;
        self.pass += other.pass;
        self.silent += other.silent;
    }
}

/// A text that a rule got wrong.
#[derive(Clone, Debug)]
pub struct Slip {
    /// How it is written.
    pub class: Class,
    /// Where the text it was made of stands in the pack's file.
    pub span: Span,
    /// The text.
    pub text: String,
    /// What came of it.
    pub result: CaseResult,
}

/// What came of one rule's texts.
#[derive(Clone, Debug, Default)]
pub struct Mutated {
    /// The rule.
    pub rule: String,
    /// By class.
    pub classes: BTreeMap<Class, Tally>,
    /// How many texts were left out of a class, and why.
    pub left_out: BTreeMap<(Class, LeftOut), usize>,
    /// What went wrong.
    pub slips: Vec<Slip>,
}

impl Mutated {
    /// All classes that keep the text readable, or all others.
    pub fn sum(&self, readable: bool) -> Tally {
        let mut sum = Tally::default();
        self.classes.iter().filter(|(c, _)| c.is_readable() == readable).for_each(|(_, t)| sum.add(*t));
        sum
    }
}

/// Which texts.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// One text in so many, always the same ones.
    pub one_in: usize,
    /// How many threads.
    pub jobs: usize,
}

/// Writes the texts of a pack's rules in every way and runs each through its rule alone. `named` says which rules. In the order of the pack.
pub fn mutate_pack(pack: Pack, named: &dyn Fn(&str) -> bool, sample: Sample) -> Vec<Mutated> {
    let name = pack.name;
    let rules: Vec<_> = pack.rules.into_iter().filter(|r| named(&r.id)).enumerate().collect();
    let mut out: Vec<(usize, Mutated)> = Vec::new();
    let work = Mutex::new(rules.into_iter());
    let done = Mutex::new(&mut out);
    let next = || work.lock().ok()?.next();
    std::thread::scope(|scope| {
        for _ in 0..sample.jobs.max(1) {
            scope.spawn(|| {
                while let Some((number, rule)) = next() {
                    let mutated = mutate_rule(&name, rule, sample);
                    if let Ok(mut done) = done.lock() {
                        done.push((number, mutated));
                    }
                }
            });
        }
    });
    out.sort_by_key(|(number, _)| *number);
    out.into_iter().map(|(_, m)| m).collect()
}

fn mutate_rule(pack: &str, mut rule: crate::pack::Rule, sample: Sample) -> Mutated {
    let about = About::rule(&rule);
    let tests = std::mem::take(&mut rule.tests);
    let mut run = Run {
        about,
        kind: default_kind(&rule),
        out: Mutated { rule: rule.id.clone(), ..Mutated::default() },
        engine: engine_of(pack, rule),
        galleries: Vec::new(),
    };
    for (list, flag) in [(&tests.flag, true), (&tests.pass, false)] {
        for (number, case) in list.iter().enumerate() {
            let seed = Seed::new(&format!("{} {flag} {number}", run.out.rule));
            if seed.below(sample.one_in.max(1)) == 0 {
                run.case(case, flag, seed);
            }
        }
    }
    run.out
}

/// One rule on its way through its texts.
struct Run {
    about: About,
    kind: Kind,
    out: Mutated,
    engine: Engine<'static>,
    galleries: Vec<Arc<Gallery>>,
}

impl Run {
    fn leave(&mut self, class: Class, why: LeftOut) {
        *self.out.left_out.entry((class, why)).or_default() += 1;
    }

    fn case(&mut self, case: &TestCase, flag: bool, seed: Seed) {
        let whole = |out: &mut Mutated, why: LeftOut| Class::ALL.iter().for_each(|c| *out.left_out.entry((*c, why)).or_default() += 1);
        let open: Vec<Class> = Class::ALL.into_iter().filter(|c| self.about.left_out(*c).is_none()).collect();
        for class in Class::ALL {
            if let Some(why) = self.about.left_out(class) {
                self.leave(class, why);
            }
        }
        if open.is_empty() {
            return;
        }
        if matches!(case.format, TestFormat::Several | TestFormat::Image) {
            let why = if case.format == TestFormat::Image { LeftOut::Pictures } else { LeftOut::Several };
            return open.into_iter().for_each(|c| self.leave(c, why));
        }
        let (result, places) = self.run(case, flag);
        if result != CaseResult::Ok {
            return whole(&mut self.out, LeftOut::OwnTest);
        }
        let kind = case.kind.unwrap_or(self.kind);
        let native = Host::native(case, kind);
        // What is found is a tag or an address, and no word of a text decides.
        if flag && !self.about.words && !native.shows(&places) {
            return open.into_iter().for_each(|c| self.leave(c, LeftOut::NoWords));
        }
        let mut html: Option<Option<Host>> = None;
        for (number, class) in Class::ALL.into_iter().enumerate().filter(|(_, c)| open.contains(c)) {
            let seed = seed.of(number);
            let rewritten = if class == Class::Attribute {
                if case.format != TestFormat::Text {
                    self.leave(class, LeftOut::Medium);
                    continue;
                }
                Ok(Host::in_attribute(case, seed).case)
            } else if class.needs_markup() && case.format == TestFormat::Text {
                let host = html.get_or_insert_with(|| {
                    let host = Host::as_html(case, kind);
                    (self.run(&host.case, flag).0 == CaseResult::Ok).then_some(host)
                });
                let Some(host) = host else {
                    self.leave(class, LeftOut::AsHtml);
                    continue;
                };
                host.rewritten(class, seed, None)
            } else {
                native.rewritten(class, seed, flag.then_some(&places[..]))
            };
            let case = match rewritten {
                Ok(case) => case,
                Err(fits) => {
                    self.leave(class, if fits { LeftOut::Nothing } else { LeftOut::Medium });
                    continue;
                }
            };
            let (result, _) = self.run(&case, flag);
            let right = usize::from(result == CaseResult::Ok);
            let one = usize::from(flag);
            let tally = Tally { flag: one, found: one * right, pass: 1 - one, silent: (1 - one) * right };
            self.out.classes.entry(class).or_default().add(tally);
            if result != CaseResult::Ok {
                self.out.slips.push(Slip { class, span: case.span, text: case.text, result });
            }
        }
    }

    /// What comes of a text, and where in it something was found.
    fn run(&mut self, case: &TestCase, flag: bool) -> (CaseResult, Vec<Range<usize>>) {
        let outcome: Outcome = match run_case(&mut self.engine, case, self.kind, &mut self.galleries) {
            Ok(outcome) => outcome,
            Err(e) => return (CaseResult::Unread(e), Vec::new()),
        };
        let mut found = outcome.findings.iter().filter(|f| f.pack != OWN_PACK && f.suppressed.is_none()).peekable();
        let result = match (found.peek(), flag) {
            (Some(_), true) | (None, false) => CaseResult::Ok,
            (None, true) => CaseResult::Missing,
            (Some(f), false) => CaseResult::Noisy(f.primary.text.clone().unwrap_or_default()),
        };
        (result, found.flat_map(|f| f.primary.spans.iter().map(|s| s.start..s.end)).collect())
    }
}
