//! Phrases as an automaton that is made of their parts. An expression written out, read, folded, optimised and compiled in both directions
//! takes ten times as long, and a run over a folder meets a hundred phrases often enough that walking them is slow.

use super::literals::cases;
use super::phrase::{Part, Unit, units};
use super::rows::Row;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{Builder, NFA, Transition};
use regex_automata::util::look::Look;
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input};
use regex_syntax::utf8::{Utf8Range, Utf8Sequences};
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>>;

/// Phrases of which the first that matches at a place is what stands there.
pub(super) struct Automaton {
    dfa: DFA,
    /// What it has worked out of its states, for each thread.
    caches: Caches,
}

impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Automaton").finish_non_exhaustive()
    }
}

impl Automaton {
    /// Of these rows, in the order in which they are tried. `exact`: letters match only in their case. `None` where it would take more
    /// than `limit` bytes of memory.
    pub(super) fn new<'r>(rows: impl Iterator<Item = &'r Row>, exact: bool, limit: usize) -> Option<Automaton> {
        let config = Config::new().cache_capacity(limit).skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa(rows, exact, limit)?).ok()?;
        let states = dfa.clone();
        let create: Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe> =
            Box::new(move || states.create_cache());
        Some(Automaton { dfa, caches: Pool::new(create) })
    }

    /// The first match in a window of `text`, in bytes, with what stands around it in view. Anchored: one that begins with the window.
    pub(super) fn find(&self, text: &str, window: Range<usize>, anchored: Anchored) -> Option<Range<usize>> {
        let mut cache = self.caches.get();
        // It is not told to give up, and there is no sign that it cannot read, so that it fails on no text.
        let mut end = |at: usize, anchored| {
            let input = Input::new(text).span(at..window.end).anchored(anchored);
            self.dfa.try_search_fwd(&mut cache, &input).ok().flatten().map(|m| m.offset())
        };
        let last = end(window.start, anchored)?;
        if anchored.is_anchored() {
            return Some(window.start..last);
        }
        // Something matches, and seldom does: where it begins is tried out.
        (window.start..=last).filter(|at| text.is_char_boundary(*at)).find_map(|at| Some(at..end(at, Anchored::Yes)?))
    }
}

/// States are made from the end of a phrase to its beginning, so that each knows what follows it.
struct Maker {
    builder: Builder,
    exact: bool,
}

fn nfa<'r>(rows: impl Iterator<Item = &'r Row>, exact: bool, limit: usize) -> Option<NFA> {
    let mut maker = Maker { builder: Builder::new(), exact };
    maker.builder.set_size_limit(Some(limit)).ok()?;
    maker.builder.start_pattern().ok()?;
    let end = maker.builder.add_match().ok()?;
    let mut starts = Vec::new();
    for row in rows {
        let (first, last) = row.edges;
        let end = if last { maker.builder.add_look(end, Look::WordAscii).ok()? } else { end };
        let start = maker.parts(row.parts(), end)?;
        starts.push(if first { maker.builder.add_look(start, Look::WordAscii).ok()? } else { start });
    }
    let start = maker.builder.add_union(starts).ok()?;
    // Anywhere: as few bytes before it as may be.
    let anywhere = maker.builder.add_union(vec![start]).ok()?;
    let skip = maker.builder.add_range(Transition { start: 0, end: u8::MAX, next: anywhere }).ok()?;
    maker.builder.patch(anywhere, skip).ok()?;
    maker.builder.finish_pattern(start).ok()?;
    maker.builder.build(start, anywhere).ok()
}

impl Maker {
    /// The state where parts begin that `next` follows.
    fn parts(&mut self, parts: &[Part], next: StateID) -> Option<StateID> {
        let all: Vec<_> = units(parts).collect();
        all.iter().rev().try_fold(next, |next, unit| match unit {
            Unit::One(part) => self.part(part, next),
            Unit::Choice(options, [before, after]) => {
                let end = if after.is_empty() { next } else { self.byte(b' ', next)? };
                let full = options.iter().filter(|o| !o.is_empty());
                let mut ways = full.map(|o| self.parts(o, end)).collect::<Option<Vec<_>>>()?;
                if !before.is_empty() {
                    let choice = self.builder.add_union(ways).ok()?;
                    ways = vec![self.byte(b' ', choice)?];
                }
                if options.are_optional() {
                    ways.push(next);
                }
                self.any(ways)
            }
        })
    }

    /// The state where a part begins that is no choice.
    fn part(&mut self, part: &Part, next: StateID) -> Option<StateID> {
        match part {
            Part::Literal(s) => s.chars().rev().try_fold(next, |next, c| self.letter(c, next)),
            Part::Space => self.byte(b' ', next),
            Part::Joint => {
                let sign = self.one_of(&[' ', '-', '\u{2010}', '\u{2011}'], next)?;
                self.any(vec![sign, next])
            }
            Part::Number => {
                let more = self.builder.add_union(Vec::new()).ok()?;
                let digit = self.builder.add_range(Transition { start: b'0', end: b'9', next: more }).ok()?;
                let sign = self.one_of(&['.', ',', '\'', '’'], digit)?;
                for way in [digit, sign, next] {
                    self.builder.patch(more, way).ok()?;
                }
                Some(digit)
            }
            Part::Word => self.run(in_word(), true, next),
            Part::Words => (0..4).try_fold(next, |after, _| {
                let space = self.byte(b' ', after)?;
                let word = self.run(in_words(), true, space)?;
                self.any(vec![word, next])
            }),
            Part::Ending => self.run(in_ending(), false, next),
            Part::Choice(_) => Some(next),
        }
    }

    /// The first of these ways that leads on.
    fn any(&mut self, ways: Vec<StateID>) -> Option<StateID> {
        match ways[..] {
            [one] => Some(one),
            _ => self.builder.add_union(ways).ok(),
        }
    }

    fn byte(&mut self, byte: u8, next: StateID) -> Option<StateID> {
        self.range(byte, byte, next)
    }

    fn range(&mut self, start: u8, end: u8, next: StateID) -> Option<StateID> {
        self.builder.add_range(Transition { start, end, next }).ok()
    }

    /// A character of a phrase, in each of the forms that count as one.
    fn letter(&mut self, c: char, next: StateID) -> Option<StateID> {
        let forms = super::phrase::forms(&c);
        if forms.len() > 1 || self.exact {
            return self.one_of(forms, next);
        }
        if c.is_ascii_alphabetic() {
            let case = |c: char| Transition { start: c as u8, end: c as u8, next };
            return self.builder.add_sparse(vec![case(c.to_ascii_uppercase()), case(c.to_ascii_lowercase())]).ok();
        }
        let all: Vec<char> = if c.is_ascii() { vec![c] } else { cases(c).iter().flat_map(|s| s.chars()).chain([c]).collect() };
        self.one_of(&all, next)
    }

    /// One of some characters.
    fn one_of(&mut self, all: &[char], next: StateID) -> Option<StateID> {
        let mut ways = Vec::new();
        for c in all {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            ways.push(bytes.iter().rev().try_fold(next, |next, byte| self.byte(*byte, next))?);
        }
        ways.sort();
        ways.dedup();
        self.any(ways)
    }

    /// As many characters of a sort as there are. `some`: one at least.
    fn run(&mut self, sort: &[Vec<Utf8Range>], some: bool, next: StateID) -> Option<StateID> {
        let more = self.builder.add_union(Vec::new()).ok()?;
        let mut ways = Vec::new();
        for bytes in sort {
            ways.push(bytes.iter().rev().try_fold(more, |next, b| self.range(b.start, b.end, next))?);
        }
        let one = self.builder.add_union(ways).ok()?;
        self.builder.patch(more, one).ok()?;
        self.builder.patch(more, next).ok()?;
        Some(if some { one } else { more })
    }
}

/// The bytes of all characters but some.
fn but(not: &[RangeInclusive<char>]) -> Vec<Vec<Utf8Range>> {
    let mut out = Vec::new();
    let mut from = 0;
    let ends = not.iter().map(|r| (*r.start() as u32, *r.end() as u32)).chain([(u32::from(char::MAX) + 1, 0)]);
    for (start, end) in ends {
        // What is between holds no half of a pair, or all of them, which the bytes of characters leave out.
        if let (Some(first), Some(last)) = (char::from_u32(from), start.checked_sub(1).and_then(char::from_u32))
            && first <= last
        {
            out.extend(Utf8Sequences::new(first, last).map(|s| s.as_slice().to_vec()));
        }
        from = end + 1;
    }
    out
}

/// What `*` may be made of.
fn in_word() -> &'static [Vec<Utf8Range>] {
    static BYTES: OnceLock<Vec<Vec<Utf8Range>>> = OnceLock::new();
    BYTES.get_or_init(|| but(&['\u{1E}'..='\u{1E}', ' '..=' ', '\u{FFFC}'..='\u{FFFC}']))
}

/// What the words of `**` may be made of.
fn in_words() -> &'static [Vec<Utf8Range>] {
    static BYTES: OnceLock<Vec<Vec<Utf8Range>>> = OnceLock::new();
    let not = ['\u{1E}'..='\u{1E}', ' '..='!', '.'..='.', '?'..='?', '。'..='。', '\u{FFFC}'..='\u{FFFC}'];
    BYTES.get_or_init(|| but(&not))
}

/// What an ending may be made of.
fn in_ending() -> &'static [Vec<Utf8Range>] {
    static BYTES: OnceLock<Vec<Vec<Utf8Range>>> = OnceLock::new();
    BYTES.get_or_init(|| but(super::phrase::NO_ENDING))
}
