//! Words that a rule masks are shown with stars, wherever the lines around findings or their messages have them.
//!
//! Spans stay as they are, and so do fingerprints: who has the file has the word.

use super::outcome::Outcome;
use super::rules::RuleSet;
use crate::check::words;
use crate::finding::{Excerpt, Finding, Location, Place};
use crate::pack::model::{Matcher, MatcherForm, Rule};
use crate::pack::words::Lists;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthChar;

/// Something that goes over more lines is masked on so many.
const MAX_LINES: usize = 8;
/// So many texts are looked for in all that is said; places are masked in any number.
const MAX_TEXTS: usize = 200;

/// Something that was found and is not shown.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Hidden {
    /// Where it stands in the file of its outcome.
    pub places: Vec<Place>,
    /// What the reader sees there.
    pub text: String,
}

/// Whether a rule, or the matcher that speaks for it, hides what it found.
pub(super) fn hides(rule: &Rule, says: Option<bool>) -> bool {
    says.unwrap_or(rule.mask)
}

/// The lists of words that some rule hides.
pub(super) fn lists(rules: &[Rule]) -> Lists {
    fn of(m: &Matcher, mask: bool) -> Lists {
        let mask = m.says.as_ref().and_then(|s| s.mask).unwrap_or(mask);
        match &m.form {
            MatcherForm::Words(w) if mask => *w.lists,
            MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().fold(Lists::default(), |l, m| l.and(of(m, mask))),
            MatcherForm::Not(inner) => of(inner, mask),
            _ => Lists::default(),
        }
    }
    rules.iter().filter(|r| r.outline.words).fold(Lists::default(), |lists, r| lists.and(of(r.matcher(), r.mask)))
}

impl RuleSet {
    /// Puts stars in place of what the rules hide, in all that an outcome shows to people and programs. To be called last.
    pub fn mask(&self, outcome: &mut Outcome) {
        let hidden = std::mem::take(&mut outcome.hidden);
        if outcome.findings.is_empty() && outcome.troubles.is_empty() {
            return;
        }
        let lists = self.hidden_lists();
        if lists.is_empty() && hidden.is_empty() {
            return;
        }
        let mask = Mask::new(lists, hidden);
        outcome.findings.iter_mut().for_each(|f| mask.finding(f));
        for t in &mut outcome.troubles {
            mask.text(&mut t.message);
            t.location.iter_mut().for_each(|l| mask.location(l));
        }
    }
}

struct Mask {
    lists: Lists,
    /// Places in their order, each with the line and column where it begins on that line.
    places: Vec<(usize, usize, Place)>,
    /// What was found that the lists do not have.
    texts: BTreeSet<String>,
}

impl Mask {
    fn new(lists: Lists, hidden: Vec<Hidden>) -> Mask {
        let mut mask = Mask { lists, places: Vec::new(), texts: BTreeSet::new() };
        for h in hidden {
            for p in h.places {
                mask.places.push((p.line, p.column, p));
                mask.places.extend((p.line + 1..=p.end_line).take(MAX_LINES).map(|line| (line, 1, p)));
            }
            if !h.text.is_empty() && mask.texts.len() < MAX_TEXTS && !words::places(&h.text, lists).iter().any(|r| r.len() == h.text.len())
            {
                mask.texts.insert(h.text);
            }
        }
        mask.places.sort_by_key(|(line, column, _)| (*line, *column));
        mask
    }

    fn finding(&self, f: &mut Finding) {
        self.location(&mut f.primary);
        f.related.iter_mut().for_each(|l| self.location(l));
        self.text(&mut f.message);
        f.notes.iter_mut().chain(&mut f.help).for_each(|t| self.text(t));
    }

    fn location(&self, l: &mut Location) {
        l.text.iter_mut().chain(&mut l.label).for_each(|t| self.text(t));
        for e in &mut l.excerpt {
            let (line_shown, end) = (e.line, e.column + e.text.chars().count());
            let from = self.places.partition_point(|(line, column, _)| (*line, *column) < (e.line, e.column));
            let there = self.places[from..].iter().take_while(|(line, column, _)| *line == line_shown && *column < end);
            there.for_each(|(_, column, place)| excerpt(e, *column, place));
            self.text(&mut e.text);
        }
    }

    fn text(&self, text: &mut String) {
        for hidden in &self.texts {
            if text.contains(hidden) {
                *text = text.replace(hidden, &stars(hidden));
            }
        }
        let places = words::places(text, self.lists);
        for range in places.into_iter().rev() {
            // A shorter word may lie in one that is masked already.
            if let Some(word) = text.get(range.clone()).map(stars) {
                text.replace_range(range, &word);
            }
        }
    }
}

/// Masks what a place covers of an excerpt, from a column of its line on.
fn excerpt(e: &mut Excerpt, column: usize, place: &Place) {
    let from = column.saturating_sub(e.column);
    let to = if e.line == place.end_line { place.end_column.saturating_sub(e.column) } else { usize::MAX };
    if from >= to {
        return;
    }
    let at = |n: usize| e.text.char_indices().nth(n).map_or(e.text.len(), |(i, _)| i);
    let range = at(from)..at(to);
    let word = stars(&e.text[range.clone()]);
    e.text.replace_range(range, &word);
}

/// The first character, and a star as wide as each of the others that is not white space.
fn stars(text: &str) -> String {
    let star = |c: char| match c.width() {
        _ if c.is_whitespace() => c,
        Some(2) => '＊',
        Some(1) => '*',
        _ => c,
    };
    text.chars().enumerate().map(|(i, c)| if i == 0 { c } else { star(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_as_wide_as_letters() {
        use unicode_width::UnicodeWidthStr;
        for word in ["shit", "son of a bitch", "ファック", "enculé", "Scheiße"] {
            let masked = stars(word);
            assert_eq!((masked.chars().count(), masked.width()), (word.chars().count(), word.width()), "{masked}");
            assert_eq!(stars(&masked), masked);
        }
        assert_eq!(stars("son of a bitch"), "s** ** * *****");
    }
}
