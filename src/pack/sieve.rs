//! What an expression lets through if all that is beyond ASCII is taken for one: an expression of bytes that is read and compiled in a third
//! of the time, since the classes of all letters are most of what an expression becomes.
//!
//! Where the expression matches, its sieve matches, too, but in texts that have one of two signs; see [`ODD`]. A match of the sieve that
//! is ASCII is the match of the expression: whatever way the expression prefers leads through the same bytes.
//!
//! This file is part of the build, too.

use regex_syntax::ParserBuilder;
use regex_syntax::ast::{self, Ast};
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look};
use std::fmt::Write;

/// Characters beyond ASCII that are letters of ASCII in another case: the long s and the Kelvin sign. The sieve does not know them.
pub(super) const ODD: [char; 2] = ['\u{17F}', '\u{212A}'];

/// Any character beyond ASCII, as bytes of a text that is UTF-8.
const BEYOND: &str = r"[\xC2-\xF4][\x80-\xBF]+";

/// What matches nothing.
const NOTHING: &str = r"[^\x00-\xFF]";

/// A class that has no more characters beyond ASCII is told by them.
const FEW: u32 = 12;

/// The sieve of an expression that reads so. `fold`: its letters match in any case. `None` if the expression is broken, or matches nothing at
/// all: where a sieve would end inside a character, the search for such goes on behind it.
///
/// It is read without Unicode and need not match UTF-8; letters match in the case that it says itself.
pub(super) fn sieve(source: &str, fold: bool) -> Option<String> {
    let hir = ParserBuilder::new().case_insensitive(fold).build().parse(&ascii_boundaries(source)).ok()?;
    if hir.properties().minimum_len() == Some(0) {
        return None;
    }
    let fold = folds(&hir);
    let mut writer = Writer { out: String::new(), fold };
    if fold {
        writer.out.push_str("(?i)");
    }
    writer.write(&hir);
    Some(writer.out)
}

/// The letter of ASCII that a class is, in either case.
fn letter(class: &ClassUnicode) -> Option<char> {
    let mut ranges = class.iter();
    let (upper, lower) = (ranges.next()?, ranges.next()?);
    let one = upper.start() == upper.end() && lower.start() == lower.end() && upper.start().is_ascii_uppercase();
    let odd = ranges.all(|r| r.start() == r.end() && ODD.contains(&r.start()));
    (one && odd && lower.start() == upper.start().to_ascii_lowercase()).then(|| lower.start())
}

/// Whether some letter matches in either case.
fn folds(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => letter(class).is_some(),
        HirKind::Repetition(r) => folds(&r.sub),
        HirKind::Capture(c) => folds(&c.sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().any(folds),
        _ => false,
    }
}

/// The expression with `\b` and `\B` in their ASCII form: the Unicode form makes the automaton give up at the first letter beyond ASCII. The
/// edges of a match are checked for such neighbours afterwards.
pub(super) fn ascii_boundaries(text: &str) -> String {
    struct Find(Vec<(usize, usize)>);
    impl ast::Visitor for Find {
        type Output = Vec<(usize, usize)>;
        type Err = ();
        fn finish(self) -> Result<Self::Output, ()> {
            Ok(self.0)
        }
        fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
            if let Ast::Assertion(a) = ast
                && matches!(a.kind, ast::AssertionKind::WordBoundary | ast::AssertionKind::NotWordBoundary)
            {
                self.0.push((a.span.start.offset, a.span.end.offset));
            }
            Ok(())
        }
    }
    let Ok(ast) = ast::parse::Parser::new().parse(text) else { return text.to_owned() };
    let mut out = String::new();
    let mut at = 0;
    for (start, end) in ast::visit(&ast, Find(Vec::new())).unwrap_or_default() {
        out.push_str(&text[at..start]);
        out.push_str("(?-u:");
        out.push_str(&text[start..end]);
        out.push(')');
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

struct Writer {
    out: String,
    /// Letters that are written match in either case.
    fold: bool,
}

impl Writer {
    fn write(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Look(look) => self.out.push_str(sign(*look)),
            HirKind::Literal(literal) => self.literal(&literal.0),
            HirKind::Class(Class::Unicode(class)) => self.class(class),
            HirKind::Class(Class::Bytes(class)) => self.set(&class.iter().map(|r| (r.start(), r.end())).collect::<Vec<_>>()),
            HirKind::Repetition(r) => {
                self.group(&r.sub);
                match (r.min, r.max) {
                    (0, Some(1)) => self.out.push('?'),
                    (0, None) => self.out.push('*'),
                    (1, None) => self.out.push('+'),
                    (min, None) => self.put(format_args!("{{{min},}}")),
                    (min, Some(max)) => self.put(format_args!("{{{min},{max}}}")),
                }
                if !r.greedy {
                    self.out.push('?');
                }
            }
            HirKind::Capture(c) => self.write(&c.sub),
            HirKind::Concat(subs) => subs.iter().for_each(|sub| self.write(sub)),
            HirKind::Alternation(subs) => {
                self.out.push_str("(?:");
                for (i, sub) in subs.iter().enumerate() {
                    if i > 0 {
                        self.out.push('|');
                    }
                    self.write(sub);
                }
                self.out.push(')');
            }
        }
    }

    fn group(&mut self, hir: &Hir) {
        self.out.push_str("(?:");
        self.write(hir);
        self.out.push(')');
    }

    fn put(&mut self, what: std::fmt::Arguments) {
        // Writing to a text does not fail.
        let _ = self.out.write_fmt(what);
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            b' ' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => self.out.push(char::from(byte)),
            _ => self.put(format_args!("\\x{byte:02X}")),
        }
    }

    /// Bytes as they stand.
    fn literal(&mut self, bytes: &[u8]) {
        let cased = self.fold && bytes.iter().any(u8::is_ascii_alphabetic);
        if cased {
            self.out.push_str("(?-i:");
        }
        bytes.iter().for_each(|b| self.byte(*b));
        if cased {
            self.out.push(')');
        }
    }

    /// One byte of these ranges.
    fn set(&mut self, ranges: &[(u8, u8)]) {
        if ranges.is_empty() {
            self.out.push_str(NOTHING);
            return;
        }
        self.out.push_str(if self.fold { "(?-i:[" } else { "[" });
        for (start, end) in ranges {
            self.byte(*start);
            if end > start {
                self.out.push('-');
                self.byte(*end);
            }
        }
        self.out.push_str(if self.fold { "])" } else { "]" });
    }

    fn class(&mut self, class: &ClassUnicode) {
        const LAST: char = '\x7F';
        if let Some(letter) = letter(class) {
            self.out.push(letter);
            return;
        }
        let ascii = class.iter().filter(|r| r.start() <= LAST).map(|r| (r.start() as u8, r.end().min(LAST) as u8));
        let beyond = || class.iter().filter(|r| r.end() > LAST).map(|r| r.start().max('\u{80}')..=r.end());
        let count: u32 = beyond().map(|r| u32::from(*r.end()) - u32::from(*r.start()) + 1).sum();
        if count == 0 {
            self.set(&ascii.collect::<Vec<_>>());
            return;
        }
        self.out.push_str("(?:");
        self.set(&ascii.collect::<Vec<_>>());
        if count > FEW {
            self.out.push('|');
            self.out.push_str(BEYOND);
        } else {
            for c in beyond().flatten() {
                self.out.push('|');
                self.literal(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        self.out.push(')');
    }
}

/// An assertion as it is written where no Unicode is meant.
fn sign(look: Look) -> &'static str {
    match look {
        Look::Start => r"\A",
        Look::End => r"\z",
        Look::StartLF => "(?m:^)",
        Look::EndLF => "(?m:$)",
        Look::StartCRLF => "(?mR:^)",
        Look::EndCRLF => "(?mR:$)",
        Look::WordAscii => r"\b",
        Look::WordAsciiNegate => r"\B",
        Look::WordUnicode => r"(?u:\b)",
        Look::WordUnicodeNegate => r"(?u:\B)",
        Look::WordStartAscii => r"\b{start}",
        Look::WordEndAscii => r"\b{end}",
        Look::WordStartUnicode => r"(?u:\b{start})",
        Look::WordEndUnicode => r"(?u:\b{end})",
        Look::WordStartHalfAscii => r"\b{start-half}",
        Look::WordEndHalfAscii => r"\b{end-half}",
        Look::WordStartHalfUnicode => r"(?u:\b{start-half})",
        Look::WordEndHalfUnicode => r"(?u:\b{end-half})",
    }
}
