//! What a phrase stands for: the expression that it is, and its spellings.
//!
//! This file is part of the build, too.

use super::{Part, Phrases};
use std::ops::RangeInclusive;

/// What an ending may be made of: letters, digits, apostrophes and hyphens. Written as what it may not be, and regardless of case as it is:
/// the class of all letters takes a hundred times as long to compile.
const ENDING: &str = concat!(
    r"(?-i:[^\x00-\x26\x28-\x2C\x2E\x2F\x3A-\x40\x5B-\x60\x7B-\xBF×÷\x{2000}-\x{2018}\x{201A}-\x{2BFF}\x{2E00}-\x{2E7F}",
    r"\x{3000}-\x{3004}\x{3008}-\x{3020}\x{30FB}\x{FE10}-\x{FE6F}\x{FF00}-\x{FF0F}\x{FF1A}-\x{FF20}\x{FFE0}-\x{FFFF}\x{1F000}-\x{1FAFF}]*)"
);

/// What an ending is not made of, in order: what [`ENDING`] says.
pub(in crate::pack) const NO_ENDING: &[RangeInclusive<char>] = &[
    '\0'..='\x26',
    '\x28'..='\x2C',
    '\x2E'..='\x2F',
    '\x3A'..='\x40',
    '\x5B'..='\x60',
    '\x7B'..='\u{BF}',
    '×'..='×',
    '÷'..='÷',
    '\u{2000}'..='\u{2018}',
    '\u{201A}'..='\u{2BFF}',
    '\u{2E00}'..='\u{2E7F}',
    '\u{3000}'..='\u{3004}',
    '\u{3008}'..='\u{3020}',
    '\u{30FB}'..='\u{30FB}',
    '\u{FE10}'..='\u{FE6F}',
    '\u{FF00}'..='\u{FF0F}',
    '\u{FF1A}'..='\u{FF20}',
    '\u{FFE0}'..='\u{FFFF}',
    '\u{1F000}'..='\u{1FAFF}',
];

/// Whether a character may be part of an ending.
pub(in crate::pack) fn is_ending(c: char) -> bool {
    let next = NO_ENDING.partition_point(|not| *not.end() < c);
    !NO_ENDING.get(next).is_some_and(|not| not.contains(&c))
}

/// How many spellings of a phrase are written out; beyond that it becomes a regular expression with a shorter literal.
const MAX_SPELLINGS: usize = 48;
/// Typographic forms that count as one.
const APOSTROPHES: [char; 3] = ['\'', '’', '‘'];
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// What a `~` may be.
pub(in crate::pack) const JOINTS: [&str; 5] = [" ", "-", "", "\u{2010}", "\u{2011}"];

/// A choice that may be empty takes the space beside it along: `(full|) service` is `full service` or `service`.
pub(in crate::pack) fn takes_space(parts: &[Part], i: usize) -> bool {
    matches!(&parts[i], Part::Choice(options) if options.are_optional())
        && matches!(parts.get(i + 1), Some(Part::Space))
        && (i == 0 || matches!(parts[i - 1], Part::Space))
}

/// The same for an optional last word: `partner (now|)`.
pub(in crate::pack) fn takes_space_before(parts: &[Part], i: usize) -> bool {
    i > 0
        && i < parts.len()
        && i + 1 == parts.len()
        && matches!(&parts[i], Part::Choice(options) if options.are_optional())
        && matches!(parts[i - 1], Part::Space)
}

/// What a phrase is made of in a row.
pub(in crate::pack) enum Unit<'p> {
    /// A part that is no choice.
    One(&'p Part),
    /// A choice with the space that it takes along, before it or after it; all of it may be missing if one of its options is empty.
    Choice(&'p Phrases, [&'static str; 2]),
}

/// The units of a phrase.
pub(in crate::pack) fn units(parts: &[Part]) -> impl Iterator<Item = Unit<'_>> {
    let mut i = 0;
    std::iter::from_fn(move || {
        let (unit, len) = match (parts.get(i)?, parts.get(i + 1)) {
            (Part::Space, Some(Part::Choice(options))) if takes_space_before(parts, i + 1) => (Unit::Choice(options, [" ", ""]), 2),
            (Part::Choice(options), _) if takes_space(parts, i) => (Unit::Choice(options, ["", " "]), 2),
            (Part::Choice(options), _) => (Unit::Choice(options, ["", ""]), 1),
            (part, _) => (Unit::One(part), 1),
        };
        i += len;
        Some(unit)
    })
}

/// The phrase as a regular expression over text with single spaces.
pub(in crate::pack) fn to_regex(parts: &[Part]) -> String {
    let mut out = String::new();
    for unit in units(parts) {
        match unit {
            Unit::Choice(options, [before, after]) => {
                let optional = if options.are_optional() { "?" } else { "" };
                let choice = choice_regex(options);
                match before.is_empty() && after.is_empty() {
                    true => out.push_str(&format!("{choice}{optional}")),
                    false => out.push_str(&format!("(?:{before}{choice}{after}){optional}")),
                }
            }
            Unit::One(Part::Literal(s)) => out.push_str(&literal_regex(s)),
            Unit::One(part) => out.push_str(sign_regex(part)),
        }
    }
    out
}

/// The length of that, bytes.
pub(in crate::pack) fn written(parts: &[Part]) -> usize {
    let of_letter = |c: char| match forms_regex(c) {
        Some(forms) => forms.len(),
        None => c.len_utf8() + usize::from(regex_syntax::is_meta_character(c)),
    };
    let of_unit = |unit: Unit| match unit {
        Unit::Choice(options, [before, after]) => {
            let full = || options.iter().filter(|o| !o.is_empty());
            let choice = 4 + full().count().saturating_sub(1) + full().map(|o| written(o)).sum::<usize>();
            let around = before.len() + after.len();
            choice + if around > 0 { 4 + around } else { 0 } + usize::from(options.are_optional())
        }
        Unit::One(Part::Literal(s)) => s.chars().map(of_letter).sum(),
        Unit::One(part) => sign_regex(part).len(),
    };
    units(parts).map(of_unit).sum()
}

/// What a phrase can be that is nothing but a choice, down to what is something else; else the phrase itself.
pub(in crate::pack) fn ways(parts: &[Part]) -> Vec<&[Part]> {
    match parts {
        [Part::Choice(options)] if !options.are_optional() => options.iter().flat_map(|o| ways(o)).collect(),
        _ => vec![parts],
    }
}

/// The options of a choice that are not empty.
pub(in crate::pack) fn choice_regex(options: &[Vec<Part>]) -> String {
    let full: Vec<_> = options.iter().filter(|o| !o.is_empty()).map(|o| to_regex(o)).collect();
    format!("(?:{})", full.join("|"))
}

/// What a part stands for that is neither letters nor a choice.
pub(in crate::pack) fn sign_regex(part: &Part) -> &'static str {
    match part {
        Part::Space => " ",
        Part::Joint => "[ \\-\u{2010}\u{2011}]?",
        Part::Word => "(?-i:[^ \u{1E}\u{FFFC}]+)",
        Part::Words => "(?-i:(?:[^ .!?。\u{1E}\u{FFFC}]+ ){0,4})",
        Part::Number => r"[0-9]+(?:[.,'’][0-9]+)*",
        Part::Ending => ENDING,
        Part::Literal(_) | Part::Choice(_) => "",
    }
}

fn literal_regex(s: &str) -> String {
    let mut out = String::new();
    for c in s.chars() {
        match forms_regex(c) {
            Some(forms) => out.push_str(forms),
            None => out.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// The forms of a character that has others beside its own.
pub(in crate::pack) fn forms_regex(c: char) -> Option<&'static str> {
    match forms(&c) {
        [_] => None,
        forms if forms == APOSTROPHES => Some("['’‘]"),
        _ => Some("[\"“”„]"),
    }
}

/// The characters that count as this one.
pub(in crate::pack) fn forms(c: &char) -> &[char] {
    if APOSTROPHES.contains(c) {
        &APOSTROPHES
    } else if QUOTES.contains(c) {
        &QUOTES
    } else {
        std::slice::from_ref(c)
    }
}

/// Every spelling of the phrase, if it has no wildcard and they are few.
pub(in crate::pack) fn spellings(parts: &[Part]) -> Option<Vec<String>> {
    count(parts).map(|_| spell(parts))
}

/// How many spellings a phrase has, if it has no wildcard and they are few.
fn count(parts: &[Part]) -> Option<usize> {
    let few = |a: usize, b: usize| Some(a * b).filter(|n| *n <= MAX_SPELLINGS);
    units(parts).try_fold(1, |so_far, unit| {
        let next = match unit {
            Unit::Choice(options, _) => options.iter().map(|o| count(o)).sum::<Option<usize>>()?,
            Unit::One(Part::Literal(s)) => s.chars().try_fold(1, |n, c| few(n, forms(&c).len()))?,
            Unit::One(Part::Space) => 1,
            Unit::One(Part::Joint) => JOINTS.len(),
            Unit::One(_) => return None,
        };
        few(so_far, next)
    })
}

/// The spellings of a phrase without wildcards.
fn spell(parts: &[Part]) -> Vec<String> {
    let mut out = vec![String::new()];
    for unit in units(parts) {
        let next: Vec<String> = match unit {
            Unit::Choice(options, [before, after]) => options
                .iter()
                .flat_map(|o| spell(o).into_iter().map(|s| if o.is_empty() { s } else { [before, s.as_str(), after].concat() }))
                .collect(),
            Unit::One(Part::Literal(s)) => literal_spellings(s),
            Unit::One(Part::Joint) => JOINTS.map(str::to_owned).to_vec(),
            Unit::One(_) => vec![" ".to_owned()],
        };
        append_each(&mut out, &next);
    }
    out
}

fn literal_spellings(s: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut buffer = [0; 4];
    for c in s.chars() {
        match forms(&c) {
            [c] => out.iter_mut().for_each(|s| s.push(*c)),
            forms => append_each(&mut out, &forms.iter().map(|f| f.encode_utf8(&mut buffer).to_owned()).collect::<Vec<_>>()),
        }
    }
    out
}

/// Goes on with each of `next` behind each of a list.
pub(in crate::pack) fn append_each(list: &mut Vec<String>, next: &[String]) {
    match next {
        [one] => list.iter_mut().for_each(|s| s.push_str(one)),
        all => {
            let mut out = Vec::with_capacity(list.len() * all.len());
            out.extend(list.iter().flat_map(|a| all.iter().map(move |b| [a.as_str(), b].concat())));
            *list = out;
        }
    }
}
