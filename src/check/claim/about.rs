//! The subject of a claim: whether a statement is one about the speaker, today. Not the words of somebody else, not history, no goal, no
//! denial, no question and no explanation. Which words tell is the pack's to say.

use crate::check::{Hit, Subject, lexical};
use crate::document::{Mark, Role};
use crate::facts::names::fold_name;
use crate::pack::PhraseSet;
use crate::pack::model::About;

/// Where in its block a hit stands.
pub struct Place<'t> {
    /// The block's text.
    pub text: &'t str,
    /// The hit.
    pub hit: (usize, usize),
    /// Its sentence.
    pub sentence: (usize, usize),
    /// Its clause.
    pub clause: (usize, usize),
    /// Of a point in a list that it fills: what stands over the list.
    pub above: Option<&'t str>,
}

/// What stands over a list is looked for over so many points, none of which is longer than this, bytes.
const LIST_REACH: usize = 12;
const LONG_POINT: usize = 60;
/// A name before a linking word is looked for in so many bytes.
const NAME_REACH: usize = 120;
/// The years that a text may speak of.
const FIRST_YEAR: i16 = 1995;

impl<'t> Place<'t> {
    /// Of a hit that stands in visible text.
    pub fn of(subject: &Subject<'t>, hit: &Hit) -> Option<Place<'t>> {
        let (start, end) = hit.range?;
        let at = subject.document.block_at(start)?;
        let block = &subject.document.blocks[at];
        let text = subject.document.block_text(block);
        let hit = (start.checked_sub(block.start)?, (end.checked_sub(block.start)?).min(text.len()));
        let sentence = lexical::sentence(text, hit.0, hit.1);
        let above = if text.trim().len() == hit.1 - hit.0 { over_list(subject, at) } else { None };
        Some(Place { text, hit, sentence, clause: clause(text, hit, sentence), above })
    }

    /// Its sentence in words.
    pub fn sentence(&self) -> &'t str {
        &self.text[self.sentence.0..self.sentence.1]
    }

    /// The same between semicolons, beyond which another thing is said.
    fn statement(&self) -> &'t str {
        let ends = |c: char| matches!(c, ';' | '；');
        let before = &self.text[self.sentence.0..self.hit.0];
        let from = before.rfind(ends).map_or(self.sentence.0, |i| self.sentence.0 + i);
        let to = self.text[self.hit.1..self.sentence.1].find(ends).map_or(self.sentence.1, |i| self.hit.1 + i);
        &self.text[from..to]
    }

    fn before(&self) -> &'t str {
        &self.text[self.clause.0..self.hit.0]
    }

    fn after(&self) -> &'t str {
        &self.text[self.hit.1..self.clause.1]
    }
}

/// The heading, or the words before a colon, that the point of a list stands under.
fn over_list<'t>(subject: &Subject<'t>, at: usize) -> Option<&'t str> {
    let document = subject.document;
    for block in document.blocks.get(..at)?.iter().rev().take(LIST_REACH) {
        let text = document.block_text(block).trim();
        if block.role == Role::Heading || text.ends_with([':', '：']) {
            return Some(text);
        }
        if text.len() > LONG_POINT {
            break;
        }
    }
    None
}

/// What lies between commas and their like.
fn clause(text: &str, hit: (usize, usize), sentence: (usize, usize)) -> (usize, usize) {
    let cuts = |c: char| matches!(c, ',' | ';' | '|' | '、' | '，' | '；' | '•' | '·' | '\n');
    let before = &text[sentence.0..hit.0];
    let from = before.rfind(cuts).map_or(sentence.0, |i| sentence.0 + i + before[i..].chars().next().map_or(1, char::len_utf8));
    let to = text[hit.1..sentence.1].find(cuts).map_or(sentence.1, |i| hit.1 + i);
    (from, to)
}

/// What follows at once: “… partner zu werden”.
fn first_words(after: &str) -> &str {
    let end = after.split_whitespace().nth(2).map_or(after.len(), |w| w.as_ptr().addr() - after.as_ptr().addr());
    &after[..end]
}

/// Why a hit is no statement about the speaker, today; `None` if it is one.
/// With `cued`, a name that quotation marks hold by itself is one: accredited in “…”.
pub fn no_claim(subject: &Subject, about: &About, hit: &Hit, place: &Place, cued: bool) -> Option<&'static str> {
    let document = subject.document;
    let (text, (start, end)) = (place.text, place.hit);
    if hit.range.is_some_and(|(s, e)| document.marked(Mark::Quote, s, e) || document.marked(Mark::Code, s, e))
        || (lexical::is(crate::pack::model::Scope::Quoted, text, start, end) && !(cued && fills_quotes(text, start, end)))
    {
        return Some("it is a quotation, or code");
    }
    let sentence = place.statement();
    let asked = lexical::is(crate::pack::model::Scope::Question, text, start, end);
    let answered = asked && is_answered(about, place);
    if asked && !answered {
        return Some("it is a question");
    }
    if !answered && about.explains.is_match(sentence) {
        return Some("the sentence explains, and states nothing of the speaker");
    }
    if explains_itself(subject, about) && !about.speaker.is_match(sentence) && !answered {
        return Some("the page explains by its title, and the sentence does not name the speaker");
    }
    if !is_of_program(about, place) {
        return Some("it is about another program");
    }
    if is_of_somebody_else(subject, about, place) {
        return Some("it is about somebody else than the speaker");
    }
    if denied(about, place) {
        return Some("it is denied");
    }
    if about.goal.is_match(place.before()) || about.goal.is_match(first_words(place.after())) {
        return Some("it is a goal");
    }
    is_past_or_future(subject, about, hit, place).then_some("it is about another time than today")
}

/// A page whose title asks or explains: “What is a … partner?”
fn explains_itself(subject: &Subject, about: &About) -> bool {
    let document = subject.document;
    let heads = document.blocks.iter().filter(|b| b.role == Role::Title || (b.role == Role::Heading && b.level == 1));
    heads.take(4).any(|b| {
        let text = document.block_text(b).trim_end();
        about.explains.is_match(text) || text.ends_with(['?', '？'])
    })
}

/// “Looking for …? You found one.”: the next words answer with the speaker.
fn is_answered(about: &About, place: &Place) -> bool {
    let rest = place.text[place.sentence.1..].trim_start();
    about.answered.find(rest, 0).is_some_and(|(s, _)| s == 0)
}

fn fills_quotes(text: &str, start: usize, end: usize) -> bool {
    const MARKS: [char; 9] = ['"', '“', '”', '„', '«', '»', '‘', '’', '\''];
    text[..start].trim_end().ends_with(MARKS) && text[end..].trim_start().starts_with(MARKS)
}

fn is_of_program(about: &About, place: &Place) -> bool {
    let (text, (start, end)) = (place.text, place.hit);
    if about.others.is_match(&text[start..end]) {
        return false;
    }
    if about.mark.is_empty() || about.mark.is_match(&text[start..end]) {
        // Another vendor's name directly before the words is whose they are.
        let before = place.before().trim_end();
        let head = before.strip_suffix("'s").or(before.strip_suffix("’s")).unwrap_or(before);
        return !ends_with(&about.others, head);
    }
    if let Some(above) = place.above {
        // Over a list, it is a statement only in the speaker's own words.
        let not = [&about.explains, &about.goal, &about.negation, &about.third, &about.others, &about.past];
        return about.mark.is_match(above) && about.speaker.is_match(above) && !not.iter().any(|set| set.is_match(above));
    }
    about.mark.is_match(text) && !about.others.is_match(place.sentence())
}

fn ends_with(set: &PhraseSet, text: &str) -> bool {
    set.find_all(text).any(|(_, e)| e == text.len())
}

fn is_of_somebody_else(subject: &Subject, about: &About, place: &Place) -> bool {
    let before = &place.text[place.sentence.0..place.hit.0];
    let cut = lexical::floor(before, before.len().saturating_sub(NAME_REACH));
    if about.third.is_match(&before[cut..]) {
        return true;
    }
    // “Northwind is a …”: a name before the linking words that is not the speaker's.
    let near = &before[cut..];
    let Some((at, _)) = about.linking.find_all(near).filter(|(_, e)| near[*e..].split_whitespace().count() <= 3).last() else {
        return false;
    };
    let mut name: Vec<&str> =
        near[..at].split_whitespace().rev().take_while(|w| w.starts_with(char::is_uppercase) || *w == "&").take(5).collect();
    name.reverse();
    // A name ends where a comma ends something else: “Based in Berlin, Acme is a …”
    if let Some(i) = name.iter().rposition(|w| w.ends_with([',', ':', ';'])).filter(|i| i + 1 < name.len()) {
        name.drain(..=i);
    }
    let name = name.join(" ");
    let name = name.trim_end_matches([',', ':']);
    if name.is_empty() || about.speaker.is_match(name) || about.mark.is_match(name) {
        return false;
    }
    let folded = fold_name(name);
    let Some(speaker) = subject.speaker() else { return false };
    // One word in common is enough: firms shorten their names.
    !speaker.names().any(|n| fold_name(n).split(' ').any(|w| folded.split(' ').any(|v| v == w)))
}

fn denied(about: &About, place: &Place) -> bool {
    let before = place.before();
    about.negation.find_all(before).any(|(s, e)| !about.affirms.find_all(before).any(|(a, b)| a <= s && e <= b))
}

fn is_past_or_future(subject: &Subject, about: &About, hit: &Hit, place: &Place) -> bool {
    if about.past.is_empty() {
        return false;
    }
    let this_year = subject.facts.today.year();
    let (before, after) = (place.before(), place.after());
    let lead = &place.text[place.sentence.0..place.hit.0];
    // What is now so is so, whatever came before it.
    let last = |set: &PhraseSet, text: &str| set.find_all(text).last().map(|(_, e)| e);
    let now = last(&about.present, before);
    let behind = now.map_or(before, |e| &before[e..]);
    if about.past.is_match(behind) {
        return true;
    }
    if now.is_some() {
        return false;
    }
    // `after` up to what begins anew.
    let after = about.present.find(after, 0).map_or(after, |(s, _)| &after[..s]);
    if about.past.is_match(after) {
        return true;
    }
    let over = |text: &str| years(text, &about.since).any(|y| y < this_year);
    if over(before) || over(after) || (about.past_with_year.is_match(before) && (over(lead) || over(after))) {
        return true;
    }
    if years(before, &about.since).chain(years(after, &about.since)).any(|y| y > this_year) {
        return true;
    }
    // A table or a list of years.
    let previous = hit.range.and_then(|(s, _)| subject.document.block_at(s)).and_then(|b| b.checked_sub(1));
    previous.and_then(|b| subject.document.blocks.get(b)).is_some_and(|b| {
        let text = subject.document.block_text(b).trim();
        text.len() == 4 && text.parse::<i16>().is_ok_and(|y| (FIRST_YEAR..this_year).contains(&y))
    })
}

/// The years that a text names, but for the beginnings of what lasts and those of copyright.
fn years<'a>(text: &'a str, since: &'a PhraseSet) -> impl Iterator<Item = i16> + 'a {
    let digits = |c: char| c.is_ascii_digit();
    text.match_indices(digits).filter_map(move |(i, _)| {
        let (head, tail) = (&text[..i], &text[i..]);
        let n = tail.bytes().take_while(u8::is_ascii_digit).count();
        let starts = !head.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '$' | '€' | '#'));
        let alone = !tail[n..].starts_with(['+', '%']) && !tail[n..].starts_with(|c: char| c.is_ascii_alphabetic());
        let year: i16 = tail.get(..n).filter(|_| n == 4 && starts && alone)?.parse().ok()?;
        let head = head.trim_end();
        let lasts = head.ends_with(['©', '–', '-']) || ends_with(since, head);
        ((FIRST_YEAR..2100).contains(&year) && !lasts).then_some(year)
    })
}

/// The last year that stands in a text.
pub fn year_in(text: &str) -> Option<i16> {
    years(text, &PhraseSet::default()).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_told_from_numbers() {
        let of = |t: &str| years(t, &PhraseSet::default()).collect::<Vec<_>>();
        assert_eq!(of("in 2019 and 2021, 2,000 clients, 2000+ users, $2019, © 2020, v2018"), [2019, 2021]);
        assert_eq!(of("20190101 and 1900"), Vec::<i16>::new());
    }

    #[test]
    fn clauses_end_at_commas() {
        let text = "Once gold, now a Diamond partner, as you know.";
        let at = text.find("Diamond").expect("planted");
        let (s, e) = clause(text, (at, at + 15), (0, text.len()));
        assert_eq!(&text[s..e], " now a Diamond partner");
    }
}
