//! Which literals a regular expression cannot do without.

use super::phrase::append_each;
use super::sets::{Info, MAX_JOINED, Row, Set, plus, score, worth, written};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A literal shorter than this, in bytes, is met too often to be of use.
const MIN_LEN: usize = 3;

/// The length of what a match begins with, as far as it is told, bytes.
pub(super) const LONGEST_HEAD: usize = 16;

/// A run of letters without a space is taken to be no longer than this, bytes, and a number than that.
const MAX_WORD: usize = 200;
const MAX_NUMBER: usize = 30;

/// Strings, ASCII in lower case, of which every match of `source` contains one. Empty if there is no such set of use.
pub(super) fn required(source: &str, fold: bool) -> Vec<String> {
    required_sets(source, fold, true)
        .into_iter()
        .next()
        .map(|s| Rc::unwrap_or_clone(s.strings))
        .filter(|s| is_telling(s))
        .unwrap_or_default()
}

/// Whether the strings are long enough to be looked for in every text.
pub(super) fn is_telling(set: &[String]) -> bool {
    score(set) >= MIN_LEN
}

/// Sets of strings, ASCII in lower case: every match of `source` contains one string of each. The most telling set comes first;
/// it, too, may be of single signs. `inside`: whether a match may begin behind a letter or digit (ASCII).
pub(super) fn required_sets(source: &str, fold: bool, inside: bool) -> Vec<Set> {
    // Parsed without folding: the prefilter folds ASCII by itself, and folded classes would hide the literals.
    let Ok(hir) = regex_syntax::Parser::new().parse(source) else { return Vec::new() };
    sets_of(&hir, fold, inside)
}

/// The same of an expression that has been parsed without folding.
pub(super) fn sets_of(hir: &Hir, fold: bool, inside: bool) -> Vec<Set> {
    in_order(row(hir, inside).sets(), fold)
}

/// The sets of use, the most telling one first. `fold`: letters match in any case.
pub(super) fn in_order(sets: Vec<Set>, fold: bool) -> Vec<Set> {
    let mut sets: Vec<Set> = sets.into_iter().filter_map(|set| usable(set, fold)).collect();
    sets.sort_by_cached_key(|s| std::cmp::Reverse(worth(&s.strings)));
    sets
}

/// The parts of an expression that is known to be one. `inside`: whether a letter or digit (ASCII) may stand before it.
pub(super) fn row_of(source: &str, inside: bool) -> Row {
    regex_syntax::Parser::new().parse(source).map_or_else(|_| Row::new(inside), |hir| row(&hir, inside))
}

/// What a match begins with, ASCII in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Head {
    pub text: String,
    /// Whether it is all of the match, which ends a word: no letter, digit or underscore (ASCII) follows.
    pub ends: bool,
}

impl Head {
    /// What stands at the beginning of a match, as far as it is told. `ends`: it is all of the match, which ends a word if it ends in a
    /// letter. `fold`: letters match in any case.
    pub(super) fn new(text: &str, ends: bool, fold: bool) -> Head {
        // Letters beyond ASCII may be written in another case.
        let sure = text.find(|c: char| fold && !c.is_ascii() && (c.is_lowercase() || c.is_uppercase())).unwrap_or(text.len());
        let longest = text.floor_char_boundary(LONGEST_HEAD);
        let ends = ends && sure == text.len() && longest == text.len() && text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        Head { text: text[..sure.min(longest)].to_ascii_lowercase(), ends }
    }
}

/// What a match goes on with from where its key begins: all beginnings of that, in order, none of which begins another, unless a word must
/// end there. The key is the first of [`required_sets`]. `None` if they are too many, or the key may stand at several places.
pub(super) fn heads(source: &str, fold: bool) -> Option<Vec<Head>> {
    let hir = regex_syntax::Parser::new().parse(source).ok()?;
    let mut whole = &hir;
    while let HirKind::Capture(c) = whole.kind() {
        whole = &c.sub;
    }
    let first = sets_of(whole, fold, true).into_iter().next()?;
    match whole.kind() {
        HirKind::Concat(subs) => beginnings(&Hir::concat(subs.get(first.from?..)?.to_vec()), fold),
        _ if first.lead == Some(0) => beginnings(whole, fold),
        _ => None,
    }
}

/// What a match begins with, in the same way.
pub(super) fn openers(source: &str, fold: bool) -> Option<Vec<Head>> {
    beginnings(&regex_syntax::Parser::new().parse(source).ok()?, fold)
}

/// The longer they are, the more they tell, and the more there are.
fn beginnings(hir: &Hir, fold: bool) -> Option<Vec<Head>> {
    [LONGEST_HEAD, LONGEST_HEAD / 2].into_iter().find_map(|len| beginnings_of(hir, fold, len))
}

/// `len`: how long they are at most, bytes.
fn beginnings_of(hir: &Hir, fold: bool, len: usize) -> Option<Vec<Head>> {
    const MOST: usize = 2000;
    let mut extractor = Extractor::new();
    extractor.limit_class(10).limit_literal_len(len).limit_total(MOST).limit_repeat(4);
    let ends_word = ends_word(hir);
    let of = |bytes: &[u8], exact: bool| {
        // A character may be cut in two.
        let whole = bytes.utf8_chunks().next().map_or("", |c| c.valid());
        Head::new(whole, ends_word && exact && whole.len() == bytes.len(), fold)
    };
    in_order_of_heads(extractor.extract(hir).literals()?.iter().map(|l| of(l.as_bytes(), l.is_exact())).collect())
}

/// Heads in order, none of which begins another unless a word must end there; `None` if one of them says nothing.
pub(super) fn in_order_of_heads(mut heads: Vec<Head>) -> Option<Vec<Head>> {
    heads.sort();
    heads.dedup_by(|longer, shorter| longer.text.starts_with(shorter.text.as_str()) && (!shorter.ends || *longer == *shorter));
    (heads.first().is_some_and(|h| !h.text.is_empty())).then_some(heads)
}

/// Whether what matches is the end of a word, if it ends in a letter.
fn ends_word(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(look) => matches!(look, Look::WordAscii | Look::WordUnicode | Look::WordEndAscii | Look::WordEndUnicode),
        HirKind::Capture(c) => ends_word(&c.sub),
        HirKind::Concat(subs) => subs.last().is_some_and(ends_word),
        HirKind::Alternation(subs) => subs.iter().all(ends_word),
        _ => false,
    }
}

/// The strings as they are looked for, if none is empty.
fn usable(of: Set, fold: bool) -> Option<Set> {
    let (mut lead, mut inside) = (of.lead, of.inside);
    let mut set = Rc::unwrap_or_clone(of.strings);
    set.iter_mut().for_each(|s| s.make_ascii_lowercase());
    if fold && set.iter().any(|s| s.chars().any(|c| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase()))) {
        // Letters beyond ASCII are looked for in each case; where that makes too many strings, what is ASCII beside them.
        set = match in_each_case(&set) {
            Some(every) => every,
            None => {
                lead = lead.zip(set.iter().map(|s| written(s)).max()).map(|(a, b)| a + b);
                inside = true;
                set.iter().map(|s| longest_stable(s)).collect()
            }
        };
    }
    set.sort();
    set.dedup();
    let telling = |s: &String| !s.is_empty() && s != " ";
    (!set.is_empty() && set.iter().all(telling)).then_some(Set { strings: Rc::new(set), lead, inside, ..of })
}

/// The strings with every letter beyond ASCII in each of the cases that count as one; `None` if those are many.
fn in_each_case(set: &[String]) -> Option<Vec<String>> {
    let mut out = Vec::with_capacity(set.len());
    for s in set {
        if s.is_ascii() {
            out.push(s.clone());
            continue;
        }
        let mut all = vec![String::with_capacity(s.len())];
        for c in s.chars() {
            if c.is_ascii() {
                all.iter_mut().for_each(|s| s.push(c));
                continue;
            }
            let cases = cases(c);
            if cases.is_empty() || all.len() * cases.len() > 8 {
                return None;
            }
            append_each(&mut all, &cases);
        }
        out.append(&mut all);
    }
    (out.len() <= MAX_JOINED).then_some(out)
}

/// A character in each of the cases that count as one, in lower case where that is ASCII.
pub(super) fn cases(c: char) -> Rc<[String]> {
    thread_local! {
        /// The same few letters come again and again.
        static KNOWN: RefCell<HashMap<char, Rc<[String]>>> = RefCell::default();
    }
    let find = || {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
        let folded = class.try_case_fold_simple().is_ok();
        let all = class.iter().flat_map(|r| r.start()..=r.end()).map(|c| c.to_ascii_lowercase().to_string());
        all.filter(|_| folded).collect()
    };
    KNOWN.with_borrow_mut(|known| Rc::clone(known.entry(c).or_insert_with(find)))
}

fn longest_stable(s: &str) -> String {
    s.split(|c: char| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase())).max_by_key(|p| p.len()).unwrap_or("").to_owned()
}

/// Whether a letter or digit (ASCII) may stand directly before what follows an expression, if one may stand before the expression itself.
fn letter_after(hir: &Hir, inside: bool) -> bool {
    match hir.kind() {
        HirKind::Empty => inside,
        HirKind::Look(look) => match look {
            // What follows and begins with a letter begins a word, or the text.
            Look::WordAscii | Look::WordUnicode | Look::WordStartAscii | Look::WordStartUnicode => false,
            Look::Start | Look::StartLF | Look::StartCRLF | Look::WordStartHalfAscii | Look::WordStartHalfUnicode => false,
            _ => true,
        },
        HirKind::Literal(l) => l.0.last().is_some_and(u8::is_ascii_alphanumeric),
        HirKind::Class(Class::Unicode(c)) => {
            c.iter().any(|r| r.start() <= 'z' && (r.start()..=r.end().min('z')).any(|c| c.is_ascii_alphanumeric()))
        }
        HirKind::Class(Class::Bytes(_)) => true,
        HirKind::Repetition(r) => letter_after(&r.sub, true) || r.min == 0 && inside,
        HirKind::Capture(c) => letter_after(&c.sub, inside),
        HirKind::Concat(subs) => subs.iter().fold(inside, |inside, sub| letter_after(sub, inside)),
        HirKind::Alternation(subs) => subs.iter().any(|sub| letter_after(sub, inside)),
    }
}

/// The parts of an expression, in a row.
fn row(hir: &Hir, inside: bool) -> Row {
    let mut row = Row::new(inside);
    match hir.kind() {
        HirKind::Capture(c) => return self::row(&c.sub, inside),
        HirKind::Concat(subs) => subs.iter().for_each(|sub| add(&mut row, sub)),
        _ => add(&mut row, hir),
    }
    row
}

fn add(row: &mut Row, hir: &Hir) {
    row.push(analyse(hir, row.inside()), [false, true].map(|inside| letter_after(hir, inside)));
}

fn analyse(hir: &Hir, inside: bool) -> Info {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Info::empty(),
        HirKind::Literal(l) => match std::str::from_utf8(&l.0) {
            Ok(s) => Info::exact(vec![s.to_owned()], inside),
            Err(_) => Info::unknown(Some(l.0.len())),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let count: usize = class.iter().map(|r| (r.end() as usize).saturating_sub(r.start() as usize) + 1).sum();
            if count > 10 {
                return Info::unknown(Some(4));
            }
            // The two cases of one ASCII letter are one to the prefilter.
            let mut set: Vec<String> = class.iter().flat_map(|r| r.start()..=r.end()).map(|c| c.to_ascii_lowercase().to_string()).collect();
            set.sort();
            set.dedup();
            // Folding adds the long s and the Kelvin sign to their letters; nobody writes them, and they would hide the literal.
            for (letter, odd) in [("s", "\u{17F}"), ("k", "\u{212A}")] {
                if set.iter().any(|x| x == letter) {
                    set.retain(|x| x != odd);
                }
            }
            Info::exact(set, inside)
        }
        HirKind::Class(Class::Bytes(_)) => Info::unknown(Some(1)),
        HirKind::Repetition(r) => {
            let inner = analyse(&r.sub, inside || r.max != Some(1) && letter_after(&r.sub, true));
            let times = r.max.map(|n| n as usize);
            let bound = times.zip(inner.bound).map(|(n, b)| n.saturating_mul(b)).or_else(|| run(&r.sub));
            match (r.min, r.max) {
                (0, Some(1)) => Info { bound, ..inner.or_nothing() },
                (0, _) => Info::unknown(bound),
                // In which round it stands, nobody knows.
                _ => {
                    let best = inner.best.map(|s| Set { from: None, lead: plus(s.lead, bound), tail: plus(s.tail, bound), ..s });
                    Info { exact: None, best, bound }
                }
            }
        }
        HirKind::Capture(c) => analyse(&c.sub, inside),
        HirKind::Concat(_) => row(hir, inside).whole(),
        HirKind::Alternation(subs) => Info::either(&subs.iter().map(|sub| analyse(sub, inside)).collect::<Vec<_>>()),
    }
}

/// How long a run without spaces may be that an expression without end stands for; `None` where there are spaces in it.
fn run(sub: &Hir) -> Option<usize> {
    /// Of what is in it: spaces, letters.
    fn holds(hir: &Hir) -> (bool, bool) {
        let none = (false, false);
        let both = |a: (bool, bool), b: (bool, bool)| (a.0 || b.0, a.1 || b.1);
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => none,
            HirKind::Literal(l) => {
                let letter = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii();
                (l.0.iter().any(u8::is_ascii_whitespace), l.0.iter().any(letter))
            }
            HirKind::Class(Class::Unicode(c)) => {
                let has = |c: char, r: &ClassUnicodeRange| (r.start()..=r.end()).contains(&c);
                let letters = |r: &ClassUnicodeRange| r.end().is_alphabetic() || r.end() as u32 - r.start() as u32 > 16;
                (c.iter().any(|r| has(' ', r)), c.iter().any(letters))
            }
            HirKind::Class(Class::Bytes(_)) => (true, true),
            HirKind::Repetition(r) => holds(&r.sub),
            HirKind::Capture(c) => holds(&c.sub),
            HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().map(holds).fold(none, both),
        }
    }
    match holds(sub) {
        (true, _) => None,
        (_, true) => Some(MAX_WORD),
        _ => Some(MAX_NUMBER),
    }
}

/// Names without which a selector matches nothing, one for each selector of the list: the longest of its last compound, in lower case.
pub(super) fn of_selector(selector: &str) -> Vec<String> {
    let mut out = Vec::new();
    // Cut at commas, then at combinators, both outside brackets.
    for one in split_outside(selector, &[',']) {
        let last = split_outside(one.trim(), &[' ', '>', '+', '~']).pop().unwrap_or("");
        match longest_name(last) {
            Some(n) => out.push(n.to_ascii_lowercase()),
            // Nothing certain to look for: the selector is always tried.
            _ => return Vec::new(),
        }
    }
    out
}

/// The longest name in a compound selector: of a tag, class, id, attribute, or an attribute's value. What `:not()` holds must be absent.
fn longest_name(compound: &str) -> Option<String> {
    // What follows a colon is a condition, or a list of which one is enough; a colon in brackets is a value's.
    let mut depth = 0usize;
    let condition = compound.find(|c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ':' && depth == 0
    });
    let plain = &compound[..condition.unwrap_or(compound.len())];
    let tag = plain.split(['[', ':', '.', '#']).next().unwrap_or("");
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let names = plain[tag.len()..].split(|c: char| !is_name(c)).filter(|n| n.len() > 2).map(str::to_owned);
    let tag = (!tag.is_empty() && tag != "*" && tag.chars().all(is_name)).then(|| format!("<{tag}"));
    names.chain(tag).max_by_key(String::len)
}

fn split_outside<'a>(text: &'a str, at: &[char]) -> Vec<&'a str> {
    let (mut depth, mut start, mut out) = (0usize, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 && at.contains(&c) => {
                out.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{MAX_NUMBER, MAX_WORD, heads, of_selector, required, required_sets};
    use proptest::prelude::*;

    #[test]
    fn selectors_need_their_names() {
        assert_eq!(of_selector("form a[href*=\"a > b, c\"]:not([data-long-name]), video[autoplay]"), ["href", "autoplay"]);
        assert_eq!(of_selector("i.fa-hubspot, [property='og:site_name']"), ["fa-hubspot", "site_name"]);
        assert_eq!(of_selector("div > dialog"), ["<dialog"]);
        assert_eq!(of_selector("form:has(input[data-long], select):not(.short)"), ["<form"]);
        assert_eq!(of_selector("dialog:is([open], .visible)"), ["<dialog"]);
        assert_eq!(of_selector("table:is(.plans, .prices) tr:nth-of-type(26)"), ["<tr"]);
        assert_eq!(of_selector(".popup"), ["popup"]);
        assert!(of_selector("div > *").is_empty());
    }

    #[test]
    fn literals_are_necessary_and_long() {
        assert_eq!(required(r"(?-u:\b)guarantee[a-z]* results", true), ["guarantee"]);
        assert_eq!(required(r"(?:best|top) hubspot (?:agency|partner)", true).len(), 4);
        assert_eq!(required(r"pat-(?:na1|eu1)-[0-9a-f]{8}", false), ["pat-eu1-", "pat-na1-"]);
        assert_eq!(required(r"(?i)^(?:https?:)?//(?:www\.)?hubspot\.com/.*style-guide", true), ["style-guide"]);
        assert!(required(r"\d+%", true).is_empty());
        assert!(required(r"x?y*", true).is_empty());
        assert_eq!(required("agência hubspot", true), ["agÊncia hubspot", "agência hubspot"]);
    }

    /// Expressions of few letters, so that they match often.
    fn expressions() -> impl Strategy<Value = String> {
        let leaf =
            prop::sample::select(vec!["ab", "b c", " ", "a", "[ab]", "[a-z]", "é", r"\b", r"(?-u:\b)", "[0-9]+", "-", "c.", "[^ ]+"]);
        leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.concat()),
                prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("(?:{})", all.join("|"))),
                inner.clone().prop_map(|one| format!("(?:{one})?")),
                inner.clone().prop_map(|one| format!("({one}){{1,2}}")),
                inner.prop_map(|one| format!("(?:{one})*")),
            ]
        })
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec!["ab", "b c", " ", "a", "b", "é", "1", "-", "c.", "A", "Ab"]);
        prop::collection::vec(pieces, 0..14).prop_map(|all| all.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn every_match_has_a_string_of_each_set(source in expressions(), text in texts()) {
            let regex = regex::RegexBuilder::new(&source).case_insensitive(true).build().expect("an expression");
            let sets = required_sets(&source, true, true);
            let lower = text.to_ascii_lowercase();
            let letter = |at: Option<usize>| at.and_then(|at| lower.as_bytes().get(at)).is_some_and(u8::is_ascii_alphanumeric);
            for m in regex.find_iter(&text) {
                for set in &sets {
                    let stands = |at: usize, s: &str| {
                        lower.as_bytes()[at..m.end()].starts_with(s.as_bytes())
                            && (set.inside || !letter(at.checked_sub(1)) || !letter(Some(at)))
                            && set.lead.is_none_or(|lead| at - m.start() <= lead)
                            && set.tail.is_none_or(|tail| m.end() - at <= tail)
                    };
                    let found = m.range().any(|at| set.strings.iter().any(|s| stands(at, s)));
                    prop_assert!(found, "{source:?} in {text:?} at {:?}: {set:?}", m.range());
                }
            }
        }
    }

    #[test]
    fn heads_are_how_a_match_goes_on_from_its_key() {
        let heads = |source: &str| heads(source, true).map(|all| all.into_iter().map(|h| (h.text, h.ends)).collect::<Vec<_>>());
        let head = |text: &str, ends: bool| (text.to_owned(), ends);
        assert_eq!(heads(r"(?:a |an )?official HubSpot (?:gold|elite) (?:agency|partner)").expect("heads").len(), 3);
        assert_eq!(heads(r"[0-9]+ HubSpot (?:Akademie|Übersicht)"), Some(vec![head(" hubspot ", false)]));
        assert_eq!(heads(r"[0-9]+ HubSpot (?:cert|accred)"), Some(vec![head(" hubspot accred", false), head(" hubspot cert", false)]));
        assert_eq!(heads("x?y*"), None);
        // A word that ends there may begin a longer one that need not.
        let office = vec![head("our hub", true), head("our hub office", true), head("our hubs", true)];
        assert_eq!(heads(r"\b(?:our hub|our hubs|our hub office)\b"), Some(office));
        assert_eq!(heads(r"(?:our hubspot|our hub\b)"), Some(vec![head("our hub", false)]));
    }

    #[test]
    fn matches_reach_as_far_as_they_can() {
        for (source, key, lead, tail) in [
            ("hubspot [a-z]{1,3} agency", "hubspot ", Some(0), Some(27 + 9)),
            (r"[0-9]+ hubspot agencies", " hubspot agencies", Some(MAX_NUMBER), Some(21)),
            (r"an? ?official[^ ]* of", "an official", Some(0), Some(11 + MAX_WORD + 3)),
            (r".* hubspot", " hubspot", None, Some(12)),
            (r"hubspot .*", "hubspot ", Some(0), None),
        ] {
            let set = required_sets(source, true, true).into_iter().next().expect("a set");
            let worth = set.strings.iter().any(|s| s == key);
            assert!(worth && set.lead == lead, "{source}: {set:?}");
            assert_eq!(set.tail.is_none(), tail.is_none(), "{source}: {set:?}");
        }
    }
}
