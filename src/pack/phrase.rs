//! The phrase syntax: words as a reader sees them, with a few signs for what may vary.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// What an ending may be made of: letters, digits, apostrophes and hyphens. Written as what it may not be, and regardless of case as it is:
/// the class of all letters takes a hundred times as long to compile.
const ENDING: &str = concat!(
    r"(?-i:[^\x00-\x26\x28-\x2C\x2E\x2F\x3A-\x40\x5B-\x60\x7B-\xBF×÷\x{2000}-\x{2018}\x{201A}-\x{2BFF}\x{2E00}-\x{2E7F}",
    r"\x{3000}-\x{3004}\x{3008}-\x{3020}\x{30FB}\x{FE10}-\x{FE6F}\x{FF00}-\x{FF0F}\x{FF1A}-\x{FF20}\x{FFE0}-\x{FFFF}\x{1F000}-\x{1FAFF}]*)"
);

/// Whether a character may be part of an ending: what [`ENDING`] says.
pub(super) fn is_ending(c: char) -> bool {
    !matches!(c,
        '\0'..='\x26' | '\x28'..='\x2C' | '\x2E' | '\x2F' | '\x3A'..='\x40' | '\x5B'..='\x60' | '\x7B'..='\u{BF}' | '×' | '÷'
        | '\u{2000}'..='\u{2018}' | '\u{201A}'..='\u{2BFF}' | '\u{2E00}'..='\u{2E7F}' | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}' | '\u{30FB}' | '\u{FE10}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}'
        | '\u{FFE0}'..='\u{FFFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// How many spellings of a phrase are written out; beyond that it becomes a regular expression with a shorter literal.
const MAX_SPELLINGS: usize = 48;
/// Typographic forms that count as one.
const APOSTROPHES: [char; 3] = ['\'', '’', '‘'];
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// What a `~` may be.
const JOINTS: [&str; 5] = [" ", "-", "", "\u{2010}", "\u{2011}"];

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
    Choice(Arc<Vec<Vec<Part>>>),
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
pub(super) type Phrases = Arc<Vec<Vec<Part>>>;

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

/// Reads the terms of a pack into `terms`, which holds those it builds on. Terms may use each other, whatever their order. What is wrong is
/// returned with the place of its text: the term's number and the number of the text within it.
pub(super) fn read_terms(own: &[(String, Vec<String>)], terms: &mut Terms) -> Vec<(usize, usize, PhraseError)> {
    let mut faults = Vec::new();
    let numbers: HashMap<&str, usize> = own.iter().enumerate().map(|(i, (name, _))| (name.as_str(), i)).collect();
    // Those of the pack's own terms that each names.
    let names = |text: &str| -> Vec<usize> {
        let named = text.match_indices('<').filter_map(|(at, _)| text[at + 1..].split_once('>'));
        named.filter_map(|(name, _)| numbers.get(name).copied()).collect()
    };
    let uses: Vec<Vec<usize>> = own.iter().map(|(_, texts)| texts.iter().flat_map(|t| names(t)).collect()).collect();
    let mut left: Vec<usize> = (0..own.len()).collect();
    loop {
        let mut is_left = vec![false; own.len()];
        left.iter().for_each(|&i| is_left[i] = true);
        let (ready, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(|&i| !uses[i].iter().any(|&used| is_left[used]));
        let stuck = ready.is_empty();
        for i in if stuck { waiting.clone() } else { ready } {
            let mut options = Vec::new();
            for (n, text) in own[i].1.iter().enumerate() {
                match parse(text, terms) {
                    Ok(parts) => options.push(parts),
                    Err(e) => faults.push((i, n, e)),
                }
            }
            longest_first(&mut options);
            terms.insert(own[i].0.clone(), Arc::new(options));
        }
        if stuck || waiting.is_empty() {
            return faults;
        }
        left = waiting;
    }
}

/// Reads a phrase. Offsets in errors are bytes of `text`.
pub(super) fn parse(text: &str, terms: &dyn Named) -> Result<Vec<Part>, PhraseError> {
    let mut p = Parser { text, at: 0, terms };
    let parts = p.sequence(0)?;
    if p.at < text.len() {
        return Err(PhraseError::new(p.at..p.at + 1, "`)` has no `(` before it", "write `\\)` for the character itself"));
    }
    if !parts.iter().any(|p| !matches!(p, Part::Space)) {
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
                _ if c.is_whitespace() => {
                    if !matches!(parts.last(), None | Some(Part::Space | Part::Words)) {
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
                '(' => parts.push(self.choice(start, depth)?),
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
        if matches!(parts.last(), Some(Part::Space)) {
            parts.pop();
        }
        Ok(parts)
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

    fn choice(&mut self, start: usize, depth: usize) -> Result<Part, PhraseError> {
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
        longest_first(&mut options);
        Ok(Part::Choice(Arc::new(options)))
    }
}

fn push_letters(parts: &mut Vec<Part>, letters: &str) {
    match parts.last_mut() {
        Some(Part::Literal(s)) => s.push_str(letters),
        _ => parts.push(Part::Literal(letters.to_owned())),
    }
}

/// A choice that may be empty takes the space beside it along: `(full|) service` is `full service` or `service`.
pub(super) fn takes_space(parts: &[Part], i: usize) -> bool {
    matches!(&parts[i], Part::Choice(options) if options.iter().any(Vec::is_empty))
        && matches!(parts.get(i + 1), Some(Part::Space))
        && (i == 0 || matches!(parts[i - 1], Part::Space))
}

/// The same for an optional last word: `partner (now|)`.
pub(super) fn takes_space_before(parts: &[Part], i: usize) -> bool {
    i > 0
        && i < parts.len()
        && i + 1 == parts.len()
        && matches!(&parts[i], Part::Choice(options) if options.iter().any(Vec::is_empty))
        && matches!(parts[i - 1], Part::Space)
}

/// What a phrase is made of in a row.
pub(super) enum Unit<'p> {
    /// A part that is no choice.
    One(&'p Part),
    /// A choice with the space that it takes along, before it or after it; all of it may be missing if one of its options is empty.
    Choice(&'p Phrases, [&'static str; 2]),
}

/// The units of a phrase.
pub(super) fn units(parts: &[Part]) -> impl Iterator<Item = Unit<'_>> {
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
pub(super) fn to_regex(parts: &[Part]) -> String {
    let mut out = String::new();
    for unit in units(parts) {
        match unit {
            Unit::Choice(options, [before, after]) => {
                let optional = if options.iter().any(Vec::is_empty) { "?" } else { "" };
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

/// What a phrase can be that is nothing but a choice, down to what is something else; else the phrase itself.
pub(super) fn ways(parts: &[Part]) -> Vec<&[Part]> {
    match parts {
        [Part::Choice(options)] if options.iter().all(|o| !o.is_empty()) => options.iter().flat_map(|o| ways(o)).collect(),
        _ => vec![parts],
    }
}

/// The options of a choice that are not empty.
pub(super) fn choice_regex(options: &[Vec<Part>]) -> String {
    let full: Vec<_> = options.iter().filter(|o| !o.is_empty()).map(|o| to_regex(o)).collect();
    format!("(?:{})", full.join("|"))
}

/// What a part stands for that is neither letters nor a choice.
pub(super) fn sign_regex(part: &Part) -> &'static str {
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

/// Puts the longer options first, and what is empty last: where no boundary can follow, one would be cut short by its own beginning
/// (`client`, `clients'`).
pub(super) fn longest_first(options: &mut [Vec<Part>]) {
    options.sort_by_cached_key(|o| std::cmp::Reverse(reach(o)));
}

/// How long the words of a phrase are, bytes; what may vary counts as one.
fn reach(parts: &[Part]) -> usize {
    let one = |p: &Part| match p {
        Part::Literal(s) => s.len(),
        Part::Choice(options) => options.iter().map(|o| reach(o)).max().unwrap_or(0),
        _ => 1,
    };
    parts.iter().map(one).sum()
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
pub(super) fn forms_regex(c: char) -> Option<&'static str> {
    match forms(&c) {
        [_] => None,
        forms if forms == APOSTROPHES => Some("['’‘]"),
        _ => Some("[\"“”„]"),
    }
}

/// The characters that count as this one.
fn forms(c: &char) -> &[char] {
    if APOSTROPHES.contains(c) {
        &APOSTROPHES
    } else if QUOTES.contains(c) {
        &QUOTES
    } else {
        std::slice::from_ref(c)
    }
}

/// Every spelling of the phrase, if it has no wildcard and they are few.
pub(super) fn spellings(parts: &[Part]) -> Option<Vec<String>> {
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
pub(super) fn append_each(list: &mut Vec<String>, next: &[String]) {
    match next {
        [one] => list.iter_mut().for_each(|s| s.push_str(one)),
        all => {
            let mut out = Vec::with_capacity(list.len() * all.len());
            out.extend(list.iter().flat_map(|a| all.iter().map(move |b| [a.as_str(), b].concat())));
            *list = out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(phrase: &str) -> String {
        let tier = vec![vec![Part::Literal("Gold".into())], vec![Part::Literal("Elite".into())]];
        let parts = parse(phrase, &HashMap::from([("tier".to_owned(), Arc::new(tier))])).expect("phrase");
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
    fn mistakes_have_a_place() {
        for (phrase, at) in [("(a|b", 0), ("a)", 1), ("<teir> x", 0), ("R&amp;D", 1), ("** x", 0), ("x \\", 2)] {
            let fault = parse(phrase, &HashMap::new()).expect_err(phrase);
            assert_eq!(fault.at.start, at, "{phrase}: {fault:?}");
        }
    }
}
