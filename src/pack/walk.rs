//! A phrase held against a text without an expression made of it: slower than the expression, but there is nothing to compile. What it finds
//! is what [`super::phrase::to_regex`] says.

use super::phrase::{Options, Part, is_ending, takes_space, takes_space_before};

/// Steps that one try may take: a text cannot make it walk for long.
const MAX_STEPS: usize = 20_000;

/// Walks from one place of a text.
pub(super) struct Walk<'t> {
    text: &'t str,
    /// Letters match only in their case.
    exact: bool,
    left: usize,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str, exact: bool) -> Walk<'t> {
        Walk { text, exact, left: MAX_STEPS }
    }

    /// Where the first match that begins at byte `at` ends, of those whose end will do. `None` also where that takes too long; then
    /// [`Walk::is_lost`].
    pub(super) fn end(&mut self, parts: &[Part], at: usize, will_do: impl Fn(usize) -> bool) -> Option<usize> {
        let mut end = None;
        self.parts(parts, 0, at, &mut |_, at| {
            end = Some(at).filter(|at| will_do(*at));
            end.is_some()
        });
        end
    }

    /// Whether it gave up.
    pub(super) fn is_lost(&self) -> bool {
        self.left == 0
    }

    /// How many steps it took.
    pub(super) fn steps(&self) -> usize {
        MAX_STEPS - self.left
    }

    /// Whether the parts from `i` on match at `at`, and what comes after them does too.
    fn parts(&mut self, parts: &[Part], i: usize, at: usize, then: &mut dyn FnMut(&mut Self, usize) -> bool) -> bool {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return false;
        }
        let Some(part) = parts.get(i) else { return then(self, at) };
        let mut next = |walk: &mut Self, at: usize| walk.parts(parts, i + 1, at, then);
        match part {
            Part::Literal(s) => self.literal(s, at).is_some_and(|at| next(self, at)),
            Part::Space if takes_space_before(parts, i + 1) => {
                let Part::Choice(options) = &parts[i + 1] else { return false };
                let spaced = self.one(' ', at);
                let mut after = |walk: &mut Self, at: usize| walk.parts(parts, i + 2, at, then);
                spaced.is_some_and(|at| self.choice(options, at, &mut after)) || after(self, at)
            }
            Part::Space => self.one(' ', at).is_some_and(|at| next(self, at)),
            Part::Joint => {
                let sign = self.peek(at).filter(|c| matches!(c, ' ' | '-' | '\u{2010}' | '\u{2011}'));
                sign.is_some_and(|c| next(self, at + c.len_utf8())) || next(self, at)
            }
            Part::Word => self.run(at, 1, |c| !matches!(c, ' ' | '\u{1E}' | '\u{FFFC}'), &mut next),
            Part::Words => self.words(at, 4, &mut next),
            Part::Number => self.number(at, &mut next),
            Part::Ending => self.run(at, 0, is_ending, &mut next),
            Part::Choice(options) if takes_space(parts, i) => {
                let mut after = |walk: &mut Self, at: usize| walk.parts(parts, i + 2, at, then);
                let mut spaced = |walk: &mut Self, at: usize| walk.one(' ', at).is_some_and(|at| after(walk, at));
                self.choice(options, at, &mut spaced) || after(self, at)
            }
            Part::Choice(options) => self.choice(options, at, &mut next) || options.are_optional() && next(self, at),
        }
    }

    /// One of the options that are not empty, in their order.
    fn choice(&mut self, options: &Options, at: usize, then: &mut dyn FnMut(&mut Self, usize) -> bool) -> bool {
        let first = self.peek(at);
        let may_begin = |walk: &Self, o: &Vec<Part>| match (o.first(), first) {
            (Some(Part::Literal(s)), Some(c)) => s.chars().next().is_some_and(|s| walk.same(s, c)),
            (Some(Part::Literal(_)), None) | (None, _) => false,
            _ => true,
        };
        let mut left = options.at(first);
        while let Some(option) = left.find(|o| may_begin(self, o)) {
            if self.parts(option, 0, at, then) {
                return true;
            }
        }
        false
    }

    fn peek(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn one(&self, sign: char, at: usize) -> Option<usize> {
        self.text.get(at..)?.starts_with(sign).then_some(at + sign.len_utf8())
    }

    fn literal(&self, literal: &str, at: usize) -> Option<usize> {
        let mut rest = self.text.get(at..)?.chars();
        let mut end = at;
        for l in literal.chars() {
            let c = rest.next().filter(|c| self.same(l, *c))?;
            end += c.len_utf8();
        }
        Some(end)
    }

    fn same(&self, literal: char, c: char) -> bool {
        const APOSTROPHES: [char; 3] = ['\'', '’', '‘'];
        const QUOTES: [char; 4] = ['"', '“', '”', '„'];
        if literal == c || APOSTROPHES.contains(&literal) && APOSTROPHES.contains(&c) || QUOTES.contains(&literal) && QUOTES.contains(&c) {
            return true;
        }
        !self.exact && if literal.is_ascii() { literal.eq_ignore_ascii_case(&c) } else { literal.to_lowercase().eq(c.to_lowercase()) }
    }

    /// As many characters of a sort as there are, or fewer.
    fn run(&mut self, at: usize, least: usize, sort: impl Fn(char) -> bool, then: &mut dyn FnMut(&mut Self, usize) -> bool) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        let mut ends: Vec<usize> = std::iter::once(at)
            .chain(rest.char_indices().take_while(|(_, c)| sort(*c)).map(|(i, c)| at + i + c.len_utf8()))
            .skip(least)
            .collect();
        while let Some(end) = ends.pop() {
            if then(self, end) {
                return true;
            }
        }
        false
    }

    /// Up to so many words of a sentence, each with the space behind it.
    fn words(&mut self, at: usize, most: usize, then: &mut dyn FnMut(&mut Self, usize) -> bool) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        let word = rest.find([' ', '.', '!', '?', '。', '\u{1E}', '\u{FFFC}']).filter(|len| *len > 0);
        let next = word.map(|len| at + len).and_then(|end| self.one(' ', end)).filter(|_| most > 0);
        next.is_some_and(|at| self.words(at, most - 1, then)) || then(self, at)
    }

    /// Digits, with signs between groups of them.
    fn number(&mut self, at: usize, then: &mut dyn FnMut(&mut Self, usize) -> bool) -> bool {
        let bytes = self.text.as_bytes();
        let digits = |at: usize| bytes.get(at..).map_or(0, |b| b.iter().take_while(|b| b.is_ascii_digit()).count());
        let mut ends = Vec::new();
        let mut at = at;
        loop {
            let n = digits(at);
            ends.extend((1..=n).map(|i| at + i));
            let end = at + n;
            match self.peek(end).filter(|c| n > 0 && matches!(c, '.' | ',' | '\'' | '’')) {
                Some(c) if digits(end + c.len_utf8()) > 0 => at = end + c.len_utf8(),
                _ => break,
            }
        }
        while let Some(end) = ends.pop() {
            if then(self, end) {
                return true;
            }
        }
        false
    }
}
