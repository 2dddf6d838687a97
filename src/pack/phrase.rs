//! The phrase syntax: words as a reader sees them, with a few signs for what may vary.

mod forms;
mod options;

pub(super) use forms::{
    JOINTS, NO_ENDING, Unit, append_each, choice_regex, forms, forms_regex, is_ending, sign_regex, spellings, takes_space,
    takes_space_before, to_regex, units, ways, written,
};
use options::Size;
pub(super) use options::{Beginning, Beginnings, Firsts, MOST, Options};

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Part of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Letters as they stand.
    Literal(String),
    /// Visible white space.
    Space,
    /// `~`: space, hyphen or nothing.
    Joint,
    /// `(a|b)`, or the words of a `<term>`; the longest first.
    Choice(Phrases),
    /// `*` alone: one word.
    Word,
    /// `**` alone: up to four words of a sentence, with the space that follows them.
    Words,
    /// `#`: a number.
    Number,
    /// `word*`: any ending.
    Ending,
}

/// The phrases of one term.
pub(super) type Phrases = Arc<Options>;

/// Terms by name.
pub(super) type Terms = HashMap<String, Phrases>;

/// What tells the phrases of a term.
pub(super) trait Named {
    /// Those of the term of this name, if there is one.
    fn phrases(&self, name: &str) -> Option<Phrases>;
}

impl Named for Terms {
    fn phrases(&self, name: &str) -> Option<Phrases> {
        self.get(name).cloned()
    }
}

/// Why a phrase cannot be read. This file is also part of the build, so it knows nothing of the program's own errors.
#[derive(Debug)]
pub(super) struct PhraseError {
    /// Where, bytes of the phrase.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// The cure.
    pub help: &'static str,
    /// The term that nobody declared, if that is what is wrong.
    pub unknown_term: Option<String>,
}

impl PhraseError {
    fn new(at: Range<usize>, message: impl Into<String>, help: &'static str) -> PhraseError {
        PhraseError { at, message: message.into(), help, unknown_term: None }
    }
}

/// How many letters a phrase may stand for, with those of its terms: about as many as still make an automaton. A few lines of terms that use
/// each other twice stand for millions.
const MAX_LETTERS: usize = 50_000;
/// How deep choices and terms may lie in each other.
const MAX_DEPTH: usize = 64;

/// Reads the terms of a pack into `terms`, which holds those it builds on. Terms may use each other, whatever their order. What is wrong is
/// returned with the place of its text: the term's number and the number of the text within it.
pub(super) fn read_terms(own: &[(String, Vec<String>)], terms: &mut Terms) -> Vec<(usize, usize, PhraseError)> {
    let mut faults = Vec::new();
    let numbers: HashMap<&str, usize> = own.iter().enumerate().map(|(i, (name, _))| (name.as_str(), i)).collect();
    // Those of the pack's own terms that each names.
    let named = |text: &str| -> Vec<usize> {
        let names = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
        names.filter_map(|(name, _)| numbers.get(name).copied()).collect()
    };
    // What is not there although it is one of them waits for the one that asks.
    let in_circle = |e: PhraseError| match e.unknown_term.as_deref().is_some_and(|name| numbers.contains_key(name)) {
        true => {
            PhraseError::new(e.at, format!("`{}` uses itself in a circle", e.unknown_term.unwrap_or_default()), "take one link out of it")
        }
        false => e,
    };
    let uses: Vec<Vec<usize>> = own.iter().map(|(_, texts)| texts.iter().flat_map(|t| named(t)).collect()).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); own.len()];
    uses.iter().enumerate().for_each(|(i, used)| used.iter().for_each(|&u| users[u].push(i)));
    let mut waits_for: Vec<usize> = uses.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..own.len()).filter(|&i| waits_for[i] == 0).collect();
    let mut is_read = vec![false; own.len()];
    let mut first_left = 0;
    loop {
        while let Some(i) = ready.pop() {
            is_read[i] = true;
            let mut options = Vec::new();
            for (n, text) in own[i].1.iter().enumerate() {
                match parse(text, terms) {
                    Ok(parts) => options.push(parts),
                    Err(e) => faults.push((i, n, in_circle(e))),
                }
            }
            longest_first(&mut options);
            terms.insert(own[i].0.clone(), Arc::new(Options::new(options)));
            for &user in &users[i] {
                waits_for[user] = waits_for[user].saturating_sub(1);
                if waits_for[user] == 0 && !is_read[user] {
                    ready.push(user);
                }
            }
        }
        // Those that are left wait for a circle, or are in one; of a circle one is read without the others.
        first_left += is_read[first_left..].iter().take_while(|read| **read).count();
        if first_left == own.len() {
            return faults;
        }
        let (mut at, mut met) = (first_left, HashSet::new());
        while met.insert(at) {
            at = uses[at].iter().copied().find(|&used| !is_read[used]).unwrap_or(at);
        }
        ready.push(at);
    }
}

/// Reads a phrase. Offsets in errors are bytes of `text`.
pub(super) fn parse(text: &str, terms: &dyn Named) -> Result<Vec<Part>, PhraseError> {
    let mut p = Parser { text, at: 0, terms };
    let parts = p.sequence(0)?;
    if p.at < text.len() {
        return Err(PhraseError::new(p.at..p.at + 1, "`)` has no `(` before it", "write `\\)` for the character itself"));
    }
    let size = Size::of(&parts);
    if size.letters > MAX_LETTERS || size.depth > MAX_DEPTH {
        let message = "this phrase stands for too much with the terms it uses";
        return Err(PhraseError::new(0..text.len(), message, "use smaller terms, or split it in several"));
    }
    if parts
        .iter()
        .all(|p| matches!(p, Part::Space) || matches!(p, Part::Choice(options) if !options.is_empty() && options.iter().all(Vec::is_empty)))
    {
        return Err(PhraseError::new(0..text.len(), "this phrase has no words", "remove it, or write what it should find"));
    }
    // One more word at the end is a common exception (“not giving a *”); at the beginning it would match anywhere.
    if matches!(parts.first(), Some(Part::Word | Part::Words)) || matches!(parts.last(), Some(Part::Words)) {
        let help = "start and end a phrase with words; use `near` for what stands around it";
        return Err(PhraseError::new(0..text.len(), "a phrase that starts or ends with a wildcard matches more than it says", help));
    }
    Ok(parts)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    terms: &'a dyn Named,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Part>, PhraseError> {
        let mut parts: Vec<Part> = Vec::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            if depth > 0 && (c == '|' || c == ')') {
                break;
            }
            if c == ')' {
                break;
            }
            self.at += c.len_utf8();
            match c {
                // At the beginning of an option, `edges` says whether it counts.
                _ if c.is_whitespace() => {
                    if !matches!(parts.last(), None | Some(Part::Space | Part::Words)) || parts.is_empty() && depth > 0 {
                        parts.push(Part::Space);
                    }
                }
                '~' => parts.push(Part::Joint),
                '#' => parts.push(Part::Number),
                '*' if self.peek() == Some('*') => {
                    self.at += 1;
                    parts.push(Part::Words);
                }
                '*' if self.stands_alone(start, self.at) => parts.push(Part::Word),
                '*' => parts.push(Part::Ending),
                '(' => {
                    let mut options = self.choice(start, depth)?;
                    self.edges(&mut parts, &mut options);
                    longest_first(&mut options);
                    parts.push(Part::Choice(Arc::new(Options::new(options))));
                }
                '<' => {
                    let Some(len) = self.text[self.at..].find('>') else {
                        return Err(PhraseError::new(
                            start..self.at,
                            "`<` opens a term that no `>` closes",
                            "write `\\<` for the character itself",
                        ));
                    };
                    let name = &self.text[self.at..self.at + len];
                    self.at += len + 1;
                    match self.terms.phrases(name) {
                        Some(words) => parts.push(Part::Choice(words)),
                        None => {
                            let help = "declare it under `terms:`, here or in a pack this one extends";
                            let e = PhraseError::new(start..self.at, format!("no term is called `{name}`"), help);
                            return Err(PhraseError { unknown_term: Some(name.to_owned()), ..e });
                        }
                    }
                }
                '\\' => match self.peek() {
                    Some(c) => {
                        let escaped = self.at;
                        self.at += c.len_utf8();
                        push_letters(&mut parts, &self.text[escaped..self.at]);
                    }
                    None => return Err(PhraseError::new(start..self.at, "a backslash at the end escapes nothing", "write `\\\\`")),
                },
                '&' if self.entity().is_some() => {
                    let end = self.at + self.entity().unwrap_or(0);
                    let help = "write the character itself: rules see text as readers do, with entities decoded";
                    return Err(PhraseError::new(start..end, "an HTML entity never matches", help));
                }
                _ => {
                    // No sign is a letter.
                    let rest = &self.text[self.at..];
                    self.at += rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                    push_letters(&mut parts, &self.text[start..self.at]);
                }
            }
        }
        if depth == 0 && matches!(parts.last(), Some(Part::Space)) {
            parts.pop();
        }
        Ok(parts)
    }

    /// Spaces at the edges of a choice's options: one counts where the choice has none beside it, as in `HubSpot('s| is) best`,
    /// `(the |)HubSpot team`, and is for the eye else, as in `a ( b | c ) d`. Where a word may be shortened with its neighbour, the space
    /// between them goes along with it: `I ('ll|will) call`.
    fn edges(&self, before: &mut Vec<Part>, options: &mut [Vec<Part>]) {
        let follows = self.peek().is_some_and(|c| !c.is_whitespace() && c != '|' && c != ')');
        let mut leads = !matches!(before.last(), None | Some(Part::Space | Part::Words));
        // A choice that may be missing takes that space along.
        let word = |p: &Part| !matches!(p, Part::Choice(all) if all.are_optional());
        if matches!(&before[..], [.., one, Part::Space] if word(one)) && options.iter().any(|o| is_short(o)) {
            before.pop();
            leads = true;
            let long = options.iter_mut().filter(|o| !o.is_empty() && !is_short(o) && !matches!(o.first(), Some(Part::Space)));
            long.for_each(|o| o.insert(0, Part::Space));
        }
        for option in options {
            if !leads && matches!(option.first(), Some(Part::Space)) {
                option.remove(0);
            }
            if !follows && matches!(option.last(), Some(Part::Space)) {
                option.pop();
            }
        }
    }

    /// The length of the entity that starts at the last character, after the `&`.
    fn entity(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let end = rest.find(';')?;
        let name = &rest[..end];
        let named = (2..=10).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#');
        named.then_some(end + 1)
    }

    fn stands_alone(&self, start: usize, end: usize) -> bool {
        let before = self.text[..start].chars().next_back();
        let after = self.text[end..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || c == '(' || c == '|') && after.is_none_or(|c| c.is_whitespace() || c == ')' || c == '|')
    }

    fn choice(&mut self, start: usize, depth: usize) -> Result<Vec<Vec<Part>>, PhraseError> {
        if depth > 8 {
            return Err(PhraseError::new(start..self.at, "too many `(` inside each other", "split the phrase in several"));
        }
        let mut options = vec![self.sequence(depth + 1)?];
        while self.peek() == Some('|') {
            self.at += 1;
            options.push(self.sequence(depth + 1)?);
        }
        if self.peek() != Some(')') {
            return Err(PhraseError::new(start..start + 1, "`(` is not closed", "add `)`, or write `\\(` for the character itself"));
        }
        self.at += 1;
        Ok(options)
    }
}

/// Whether an option is a word that is shortened with the one before it: `'ll`, `'ve`.
fn is_short(option: &[Part]) -> bool {
    let [Part::Literal(s), ..] = option else { return false };
    let letters = s.strip_prefix(['\'', '’']).map(|s| s.split_once(|c: char| !c.is_alphanumeric()).map_or(s, |(word, _)| word));
    matches!(letters, Some("d" | "ll" | "m" | "re" | "s" | "ve"))
}

fn push_letters(parts: &mut Vec<Part>, letters: &str) {
    match parts.last_mut() {
        Some(Part::Literal(s)) => s.push_str(letters),
        _ => parts.push(Part::Literal(letters.to_owned())),
    }
}

/// Puts the longer options first, and what is empty last: where no boundary can follow, one would be cut short by its own beginning
/// (`client`, `clients'`).
pub(super) fn longest_first(options: &mut [Vec<Part>]) {
    options.sort_by_cached_key(|o| std::cmp::Reverse(Size::of(o).reach));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(phrase: &str) -> String {
        let tier = vec![vec![Part::Literal("Gold".into())], vec![Part::Literal("Elite".into())]];
        let parts = parse(phrase, &HashMap::from([("tier".to_owned(), Arc::new(Options::new(tier)))])).expect("phrase");
        format!("^(?i:{})$", to_regex(&parts))
    }

    #[test]
    fn phrases_match_what_they_say() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("official HubSpot agency", &["Official HubSpot Agency"], &["official HubSpot agencies"]),
            ("(full|) service <tier>", &["service gold", "full service Elite"], &["full  service gold", "full gold"]),
            ("HubSpot('s|) partner", &["HubSpot partner", "HubSpot’s partner"], &["HubSpots partner"]),
            ("re~seller", &["re-seller", "reseller", "re seller"], &["re--seller"]),
            ("guarantee* results", &["guaranteed results", "guarantee results"], &["guarantee of results"]),
            ("send us ** password", &["send us password", "send us your HubSpot password"], &["send us that. The password"]),
            ("top #%", &["top 5%", "top 1,000%"], &["top %"]),
            ("partner (now|today|)", &["partner", "partner now"], &["partner "]),
            ("HubSpot('s| is| -|) best", &["HubSpot's best", "HubSpot is best", "HubSpot - best", "HubSpot best"], &["HubSpotis best"]),
            ("(the |)(best|top) one", &["the best one", "top one"], &["thebest one"]),
            ("a ( b | c ) d", &["a b d", "a c d"], &["a  b  d"]),
            ("(I|we) ('ll|will|) call", &["I'll call", "we will call", "I call"], &["I 'll call", "Iwill call"]),
            ("I (really|) ('ll|will) call", &["I will call", "I really will call"], &["Ireally will call"]),
            ("(our team(, the|) |)HubSpot team", &["our team, the HubSpot team", "our team HubSpot team", "HubSpot team"], &[]),
            ("a\\*b", &["a*b"], &["ab"]),
        ];
        for (phrase, yes, no) in cases {
            let r = regex::Regex::new(&regex(phrase)).expect("regex");
            let parts = parse(phrase, &HashMap::new()).ok();
            for y in *yes {
                assert!(r.is_match(y), "{phrase:?} should match {y:?}: {r}");
                if let Some(all) = parts.as_ref().and_then(|p| spellings(p)) {
                    assert!(all.iter().any(|s| s.to_lowercase() == y.to_lowercase()), "{phrase:?} spells {all:?}, not {y:?}");
                }
            }
            for n in *no {
                assert!(!r.is_match(n), "{phrase:?} should not match {n:?}: {r}");
            }
        }
    }

    #[test]
    fn terms_that_grow_or_turn_in_circles_are_told() {
        let read = |own: &[(&str, &str)]| {
            let own: Vec<_> = own.iter().map(|(name, text)| ((*name).to_owned(), vec![(*text).to_owned()])).collect();
            let mut terms = Terms::new();
            let faults = read_terms(&own, &mut terms);
            faults.into_iter().map(|(i, _, e)| (own[i].0.clone(), e.message)).collect::<Vec<_>>()
        };
        let names: Vec<_> = (0..5000).map(|i| (format!("t{i}"), format!("<t{}>", i + 1))).collect();
        let twice: Vec<_> = (0..40).map(|i| (format!("t{i}"), format!("<t{0}> <t{0}>", i + 1))).collect();
        for (all, told) in [(names, 5000 / MAX_DEPTH - 1), (twice, 2)] {
            let mut own: Vec<_> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let last = format!("t{}", own.len());
            own.push((&last, "(a|b)"));
            let faults = read(&own);
            assert!(faults.iter().all(|(_, m)| m.contains("too much")), "{faults:?}");
            assert!(faults.len().abs_diff(told) <= 1, "{faults:?}");
        }
        let circle = read(&[("a", "<b> x"), ("b", "<c>"), ("c", "<b> y"), ("d", "<d>"), ("e", "<nobody>")]);
        let told: Vec<_> = circle.iter().map(|(name, m)| format!("{name}: {m}")).collect();
        let circle = ["e: no term is called `nobody`", "b: `c` uses itself in a circle", "d: `d` uses itself in a circle"];
        assert_eq!(told, circle);
    }

    #[test]
    fn mistakes_have_a_place() {
        for (phrase, at) in [("(a|b", 0), ("a)", 1), ("<teir> x", 0), ("R&amp;D", 1), ("** x", 0), ("x \\", 2)] {
            let fault = parse(phrase, &HashMap::new()).expect_err(phrase);
            assert_eq!(fault.at.start, at, "{phrase}: {fault:?}");
        }
    }
}
