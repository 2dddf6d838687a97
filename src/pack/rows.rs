//! What a text is held against where phrases are looked for in it: rows of parts.

use super::expression::{Phrase, bounded_each, bounded_len, edges};
use super::phrase::{self, Firsts, MOST, Named, Part, Phrases};
use std::sync::Arc;

/// Parts that have word boundaries of their own.
#[derive(Debug)]
pub(super) struct Row {
    parts: RowParts,
    /// Whether a word must begin, and end, there (ASCII).
    pub edges: (bool, bool),
}

#[derive(Debug)]
enum RowParts {
    Own(Vec<Part>),
    /// An option of a choice, by its number.
    Of(Phrases, usize),
}

impl Row {
    /// The parts.
    pub fn parts(&self) -> &[Part] {
        match &self.parts {
            RowParts::Own(parts) => parts,
            RowParts::Of(options, number) => &options[*number],
        }
    }

    /// Adds the rows of a phrase.
    fn add(all: &mut Vec<Row>, parts: RowParts) {
        let mut row = Row { parts, edges: (false, false) };
        match bounded_each(row.parts()).map(Arc::clone) {
            Some(options) => (0..options.len()).for_each(|i| Row::add(all, RowParts::Of(Arc::clone(&options), i))),
            None => {
                row.edges = edges(row.parts());
                all.push(row);
            }
        }
    }
}

/// The rows of phrases, in the order in which they are tried, with what helps to find those that can stand at a place.
#[derive(Debug, Default)]
pub(super) struct Rows {
    all: Vec<Row>,
    firsts: Option<Box<Firsts>>,
    /// Whether a word must begin where any of them does (ASCII).
    pub words: bool,
}

impl Rows {
    /// The longer phrase comes first, so that it is not cut short by its own beginning.
    pub fn new(phrases: &[Phrase]) -> Rows {
        let all = in_order(phrases);
        let firsts = (2..=MOST).contains(&all.len()).then(|| Box::new(Firsts::new(all.iter().map(Row::parts))));
        let words = all.iter().all(|row| row.edges.0);
        Rows { all, firsts, words }
    }

    /// All of them.
    pub fn all(&self) -> &[Row] {
        &self.all
    }

    /// Those that may stand where this character does, or the text ends: all that can begin so, and some that cannot.
    pub fn at(&self, first: Option<char>) -> impl Iterator<Item = &Row> {
        Firsts::pick(self.firsts.as_deref(), &self.all, first)
    }
}

fn in_order(phrases: &[Phrase]) -> Vec<Row> {
    let mut all = Vec::new();
    for phrase in phrases {
        match phrase {
            Phrase::Read(parts) => all.push(RowParts::Own(parts.clone())),
            Phrase::Text(text, terms) => all.push(RowParts::Own(phrase::parse(text, &**terms).unwrap_or_default())),
            Phrase::Term(name, terms) => {
                let options = terms.phrases(name).unwrap_or_default();
                all.extend((0..options.len()).map(|i| RowParts::Of(Arc::clone(&options), i)));
            }
        }
    }
    if all.len() > 1 {
        all.sort_by_cached_key(|parts| {
            std::cmp::Reverse(bounded_len(match parts {
                RowParts::Own(parts) => parts,
                RowParts::Of(options, number) => &options[*number],
            }))
        });
    }
    let mut rows = Vec::with_capacity(all.len());
    all.into_iter().for_each(|parts| Row::add(&mut rows, parts));
    rows
}
