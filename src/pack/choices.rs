//! What the parts of a phrase cannot do without: what [`super::literals`] would say of the phrase as a regular expression, told without
//! writing the expression and parsing it. Most phrases are made of the same few terms; what is known of a term is kept.
//!
//! This file is part of the build, too.

use super::literals;
use super::phrase::{self, Part, Phrases, Unit, units};
use super::sets::{Info, Row, Set};
use std::collections::HashMap;
use std::sync::Arc;

/// What is known of choices that phrases share, and of signs that stand for several characters.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// The parts of a choice, without and with a letter before it, by its address; the choice itself is kept, so that no other takes its
    /// place.
    shared: HashMap<*const phrase::Options, (Phrases, [Row; 2])>,
    /// The same of expressions, by their addresses: some are long.
    signs: HashMap<*const str, [Row; 2]>,
}

impl Choices {
    /// Sets of strings: every match of the phrase contains one string of each.
    pub fn sets(&mut self, parts: &[Part]) -> Vec<Set> {
        // Phrases begin where words do.
        self.row(parts, false).sets()
    }

    fn row(&mut self, parts: &[Part], inside: bool) -> Row {
        let mut reader = Reader::new(self, inside);
        reader.parts(parts);
        reader.end()
    }

    /// The parts of a choice whose options are not all empty.
    fn choice(&mut self, options: &Phrases, inside: bool) -> Row {
        let mut reader = Reader::new(self, inside);
        reader.options(options);
        reader.end()
    }
}

/// Reads a row of parts.
struct Reader<'c> {
    choices: &'c mut Choices,
    row: Row,
    /// Letters that have been read and are not yet part of the row.
    letters: String,
}

impl<'c> Reader<'c> {
    fn new(choices: &'c mut Choices, inside: bool) -> Reader<'c> {
        Reader { choices, row: Row::new(inside), letters: String::new() }
    }

    fn end(mut self) -> Row {
        self.flush();
        self.row
    }

    /// Makes what letters have been read a part of the row.
    fn flush(&mut self) {
        if !self.letters.is_empty() {
            let after = letter_last(&self.letters);
            let info = Info::exact(vec![std::mem::take(&mut self.letters)], self.row.inside());
            self.row.push(info, after);
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for unit in units(parts) {
            match unit {
                Unit::Choice(options, around) if options.are_optional() => self.optional(options, around),
                Unit::Choice(options, _) => self.choice(options),
                Unit::One(Part::Literal(s)) => self.literal(s),
                Unit::One(Part::Space) => self.letters.push(' '),
                Unit::One(part) => self.sign(phrase::sign_regex(part)),
            }
        }
    }

    fn literal(&mut self, literal: &str) {
        let mut from = 0;
        for (at, c, forms) in literal.char_indices().filter_map(|(at, c)| Some((at, c, phrase::forms_regex(c)?))) {
            self.letters.push_str(&literal[from..at]);
            self.sign(forms);
            from = at + c.len_utf8();
        }
        self.letters.push_str(&literal[from..]);
    }

    /// What stands for several characters.
    fn sign(&mut self, source: &'static str) {
        self.flush();
        let read = || [false, true].map(|inside| literals::row_of(source, inside));
        let known = self.choices.signs.entry(std::ptr::from_ref(source)).or_insert_with(read);
        self.row.extend(&known[usize::from(self.row.inside())]);
    }

    /// A choice that may be missing, with the space that then is missing too.
    fn optional(&mut self, options: &Phrases, [before, after]: [&str; 2]) {
        self.flush();
        let inside = self.row.inside();
        let mut reader = Reader::new(self.choices, inside);
        reader.letters.push_str(before);
        reader.choice(options);
        reader.letters.push_str(after);
        let row = reader.end();
        // What follows may follow what stands before.
        let after = [row.after()[1], true];
        self.row.push(row.whole().or_nothing(), after);
    }

    fn choice(&mut self, options: &Phrases) {
        // What nobody else holds is not met again.
        if Arc::strong_count(options) == 1 {
            return self.options(options);
        }
        self.flush();
        let key = Arc::as_ptr(options);
        if !self.choices.shared.contains_key(&key) {
            let rows = [false, true].map(|inside| self.choices.choice(options, inside));
            self.choices.shared.insert(key, (Arc::clone(options), rows));
        }
        if let Some((_, rows)) = self.choices.shared.get(&key) {
            self.row.extend(&rows[usize::from(self.row.inside())]);
        }
    }

    /// One of the options that are not empty.
    fn options(&mut self, options: &[Vec<Part>]) {
        let full: Vec<(&[Part], Option<String>)> = options.iter().filter(|o| !o.is_empty()).map(|o| (&o[..], plain(o))).collect();
        match &full[..] {
            [] => {}
            [(one, _)] => self.parts(one),
            all if stays_apart(all) => self.either(full),
            _ => {
                self.flush();
                self.row.extend(&literals::row_of(&phrase::choice_regex(options), self.row.inside()));
            }
        }
    }

    /// One of the options, with what is written of each if that is all there is.
    fn either(&mut self, options: Vec<(&[Part], Option<String>)>) {
        self.flush();
        let inside = self.row.inside();
        let mut after = [false; 2];
        let (mut infos, mut plain) = (Vec::new(), Vec::new());
        for (option, text) in options {
            let row_after = match text {
                Some(text) => {
                    let after = letter_last(&text);
                    plain.push(text);
                    after
                }
                None => {
                    infos.extend(some_exact(&mut plain, inside));
                    let row = self.choices.row(option, inside);
                    let after = row.after();
                    infos.push(row.whole());
                    after
                }
            };
            after = [after[0] || row_after[0], after[1] || row_after[1]];
        }
        infos.extend(some_exact(&mut plain, inside));
        self.row.push(Info::either(&infos), after);
    }
}

/// Takes strings that are one option each out of their list, if there are any.
fn some_exact(strings: &mut Vec<String>, inside: bool) -> Option<Info> {
    (!strings.is_empty()).then(|| Info::exact(std::mem::take(strings), inside))
}

/// Whether a letter or digit (ASCII) stands before what follows these letters, whatever stands before them.
fn letter_last(letters: &str) -> [bool; 2] {
    [letters.ends_with(|c: char| c.is_ascii_alphanumeric()); 2]
}

/// Whether the options of a choice are sure to stay as they are in an expression: single characters would become a class there, and what all
/// options begin with would be taken out of them.
fn stays_apart(options: &[(&[Part], Option<String>)]) -> bool {
    let word = |text: &str| text.chars().nth(1).is_some();
    if options.iter().any(|(option, text)| text.as_ref().map_or_else(|| has_plain(option), |text| word(text))) {
        return true;
    }
    let heads: Vec<&str> = options.iter().map(|(option, _)| head(option)).collect();
    let differ = |a: &str, b: &str| a.bytes().zip(b.bytes()).any(|(a, b)| a != b);
    heads.iter().any(|h| word(h)) && heads.iter().any(|h| differ(h, heads[0]))
}

/// Whether an option is itself one of several of which one is two letters or more and nothing else.
fn has_plain(option: &[Part]) -> bool {
    let [Part::Choice(options)] = option else { return false };
    let word = |o: &Vec<Part>| plain(o).map_or_else(|| has_plain(o), |text| text.chars().nth(1).is_some());
    !options.are_optional() && options.iter().any(word)
}

/// What an option is if it is nothing but letters that have one form each.
fn plain(option: &[Part]) -> Option<String> {
    let mut out = String::new();
    for part in option {
        match part {
            Part::Literal(s) if s.chars().all(|c| phrase::forms_regex(c).is_none()) => out.push_str(s),
            Part::Space => out.push(' '),
            _ => return None,
        }
    }
    Some(out)
}

/// The letters that an option is sure to begin with, as far as its first part tells.
fn head(option: &[Part]) -> &str {
    match option.first() {
        Some(Part::Literal(s)) => s.split(|c| phrase::forms_regex(c).is_some()).next().unwrap_or(""),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::phrase::Terms;
    use proptest::prelude::*;

    /// Phrases of few letters, so that options of a choice begin alike, or are single characters.
    fn phrases() -> impl Strategy<Value = String> {
        let leaf =
            prop::sample::select(vec!["a", "b", "ab", "é", "a c", "k's", "“", "<tier>", "<one>", "<sign>", "~", "#", "*", "b*", "** x"]);
        leaf.prop_map(str::to_owned).prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.join(" ")),
                prop::collection::vec(inner.clone(), 1..3).prop_map(|all| all.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|all| format!("({})", all.join("|"))),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(a {a}|a {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("a( {a}| {b}|{a} |)b")),
                inner.prop_map(|one| format!("({one}|)")),
            ]
        })
    }

    fn terms() -> Terms {
        let term = |name: &str, phrases: &[&str]| (name.to_owned(), phrases.iter().map(|p| (*p).to_owned()).collect());
        let own = [term("tier", &["Gold", "Elite", "<one>"]), term("one", &["(a b|é)"]), term("sign", &["a", "b"])];
        let mut terms = Terms::new();
        assert!(phrase::read_terms(&own, &mut terms).is_empty());
        terms
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn phrases_cannot_do_without_what_their_expressions_cannot_do_without(text in phrases()) {
            let terms = terms();
            let Ok(parts) = phrase::parse(&text, &terms) else { return Ok(()) };
            let told = |sets: Vec<Set>| sets.into_iter().map(|s| (s.strings, s.lead, s.tail, s.inside)).collect::<Vec<_>>();
            let direct = told(literals::in_order(Choices::default().sets(&parts), true));
            prop_assert_eq!(direct, told(literals::required_sets(&phrase::to_regex(&parts), true, false)), "{}", text);
        }
    }
}
