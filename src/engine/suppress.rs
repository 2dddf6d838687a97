//! Comments that accept findings: `promolint-ignore RULE: reason` for the next block, `-start` and `-end` for a stretch. Between rule and
//! colon may stand `until DAY` and `@owner`.

use super::rules::RuleSet;
use crate::document::Directive;
use crate::facts::Day;
use crate::finding::{Finding, Suppressed};
use crate::source::{Source, Span};
use crate::yaml::shape::did_you_mean;
use borsh::{BorshDeserialize, BorshSerialize};

/// A comment that was understood, or what is wrong with it.
#[derive(Clone)]
pub(super) struct Suppression {
    /// The rules it names.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Day>,
    /// Whether it accepts anything: it gives a reason, and its day is not past.
    pub holds: bool,
    /// The comment.
    pub comment: Span,
    /// Where it stands, `FILE:LINE`.
    place: String,
    /// Where it holds, bytes of the source's text.
    pub reach: Span,
    /// Whether it accepted anything.
    pub used: bool,
    /// One of promolint's own rules that the comment breaks, with what is said about it.
    pub wrong: Option<(&'static str, String, String)>,
}

/// A comment that accepts findings, as `promolint debt` lists it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Comment {
    /// The rules it names.
    pub rules: Vec<String>,
    /// Why; empty if the comment does not say.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Day>,
    /// Whether it accepts anything.
    pub holds: bool,
    /// Where it stands: line and column, from 1.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Suppression {
    /// The comment for a list.
    pub fn listed(&self, source: &Source) -> Comment {
        let at = source.position(self.comment.start);
        Comment {
            rules: self.rules.clone(),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until,
            holds: self.holds,
            line: at.line,
            column: at.column,
        }
    }

    /// Whether a place begins where it holds. What begins where the block ends is the next one's.
    fn reaches(&self, place: Span) -> bool {
        self.reach.start <= place.start && (place.start < self.reach.end || place.is_empty() && place.start == self.reach.end)
    }

    fn suppressed(&self) -> Suppressed {
        Suppressed {
            by: "comment".into(),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until.map(|d| d.to_string()),
            place: Some(self.place.clone()),
        }
    }
}

/// What stands between the word and the colon.
#[derive(Default)]
struct Head<'a> {
    rules: Vec<&'a str>,
    owner: Option<&'a str>,
    until: Option<&'a str>,
}

impl Head<'_> {
    fn read(text: &str) -> Head<'_> {
        let mut head = Head::default();
        let mut words = text.split([',', ' ', '\t', '\n', '\r']).filter(|w| !w.is_empty());
        while let Some(word) = words.next() {
            match word.strip_prefix('@') {
                Some(owner) if !owner.is_empty() => head.owner = Some(owner),
                _ if word == "until" => head.until = Some(words.next().unwrap_or_default()),
                _ => head.rules.push(word),
            }
        }
        head
    }
}

/// Reads the comments of a document. Rules are called by the names they have now.
pub(super) fn read(directives: &[Directive], source: &Source, known: &RuleSet, today: Day) -> Vec<Suppression> {
    let mut out: Vec<Suppression> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let end_of_text = source.text().len();
    for d in directives {
        let (word, rest) = d.text.split_at(d.text.find(|c: char| c == ':' || c.is_whitespace()).unwrap_or(d.text.len()));
        let word = word.to_ascii_lowercase();
        let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let head = Head::read(names);
        let until = head.until.map(Day::parse);
        let mut s = Suppression {
            rules: head.rules.iter().map(|r| known.id_of(r).unwrap_or(r).to_owned()).collect(),
            reason: reason.trim().to_owned(),
            owner: head.owner.map(str::to_owned),
            until: until.flatten(),
            holds: !reason.trim().is_empty() && until.is_none_or(|u| u.is_some_and(|u| u >= today)),
            comment: d.span,
            place: format!("{}:{}", source.name(), source.position(d.span.start).line),
            reach: Span::at(d.span.end),
            used: false,
            wrong: None,
        };
        match word.as_str() {
            "promolint-ignore" => {
                s.reach = Span::new(d.span.end, d.next_block.map_or(end_of_text, |b| b.end).max(d.span.end));
            }
            "promolint-ignore-start" => {
                s.reach = Span::new(d.span.end, end_of_text);
                open.push(out.len());
            }
            "promolint-ignore-end" => {
                if !end(&s.rules, d.span.start, &mut open, &mut out) {
                    s.holds = false;
                    s.wrong = Some(("suppression-unused", "this ends a suppression that was not started".into(), "remove it".into()));
                    out.push(s);
                }
                continue;
            }
            _ => {
                let message = format!("`{word}` is no word promolint knows");
                let help = "write `promolint-ignore RULE: reason`, or `-start` and `-end` around a stretch".into();
                s.wrong = Some(("suppression-without-reason", message, help));
                s.holds = false;
                out.push(s);
                continue;
            }
        }
        s.holds &= s.rules.iter().any(|r| known.id_of(r).is_some());
        let example =
            "write `promolint-ignore RULE: reason`, for example `promolint-ignore tm-hubspot-capitalisation: quoted from a client`";
        s.wrong = if s.rules.is_empty() {
            Some(("suppression-without-reason", "this suppression names no rule".into(), example.into()))
        } else if s.reason.is_empty() {
            Some(("suppression-without-reason", format!("this suppression of `{}` gives no reason", s.rules.join(", ")), example.into()))
        } else if let Some(r) = s.rules.iter().find(|r| known.id_of(r).is_none()) {
            let (message, help) = unknown_rule(r, known);
            Some(("suppression-unknown-rule", message, help))
        } else if let (Some(None), Some(written)) = (until, head.until) {
            let what = if written.is_empty() { "`until` names no day".to_owned() } else { format!("`{written}` is not a day") };
            Some(("suppression-expired", format!("{what}, and the suppression does not hold"), "write YYYY-MM-DD".into()))
        } else if let Some(day) = s.until.filter(|_| !s.holds) {
            let (message, help) = expired(&s.rules.join("`, `"), day, s.owner.as_deref());
            Some(("suppression-expired", message, help))
        } else {
            None
        };
        out.push(s);
    }
    for i in open {
        let s = &mut out[i];
        let rules = s.rules.join(", ");
        let message = format!("this suppression of `{rules}` is never ended, and holds to the end of the text");
        let help = format!("write `promolint-ignore-end {rules}` after what is meant");
        s.wrong.get_or_insert(("suppression-not-ended", message, help));
    }
    out
}

/// Ends open stretches for these rules, the innermost first, or simply the innermost; a stretch for others goes on for those. Whether each
/// was open.
fn end(rules: &[String], at: usize, open: &mut Vec<usize>, out: &mut Vec<Suppression>) -> bool {
    let mut left: Vec<&String> = rules.iter().collect();
    let mut found = false;
    for n in (0..open.len()).rev() {
        let s = &mut out[open[n]];
        let ended: Vec<String> = s.rules.iter().filter(|r| rules.is_empty() || left.contains(r)).cloned().collect();
        if ended.is_empty() {
            continue;
        }
        found = true;
        left.retain(|r| !ended.contains(r));
        let reach = Span::new(s.reach.start, at.max(s.reach.start));
        if ended.len() < s.rules.len() {
            s.rules.retain(|r| !ended.contains(r));
            let part = Suppression { rules: ended, reach, wrong: None, ..s.clone() };
            out.push(part);
        } else {
            s.reach = reach;
            open.remove(n);
        }
        if left.is_empty() {
            break;
        }
    }
    found && left.is_empty()
}

/// What is said of a rule that nobody wrote, and what was probably meant.
pub(super) fn unknown_rule(name: &str, known: &RuleSet) -> (String, String) {
    let help = match did_you_mean(name, known.ids()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`promolint rules` lists the rules".into(),
    };
    (format!("there is no rule `{name}` to suppress"), help)
}

/// What is said of a suppression whose day is past.
pub(super) fn expired(rules: &str, day: Day, owner: Option<&str>) -> (String, String) {
    let who = owner.map(|o| format!("{o} decides: ")).unwrap_or_default();
    (
        format!("this suppression of `{rules}` ended on {day}"),
        format!("{who}mend the text and remove the suppression, or give it another day"),
    )
}

/// What accepts a rule's finding at a place that is found later, if it is found: the comment counts as used.
pub(super) fn accepts(suppressions: &mut [Suppression], rule: &str, place: Span) -> Option<Suppressed> {
    let s = suppressions.iter_mut().find(|s| s.holds && s.reaches(place) && s.rules.iter().any(|r| r == rule))?;
    s.used = true;
    Some(s.suppressed())
}

/// Marks the findings that a comment accepts. A comment that does not hold accepts nothing.
pub(super) fn apply(suppressions: &mut [Suppression], findings: &mut [(Finding, Span)]) {
    for (finding, place) in findings {
        finding.suppressed = accepts(suppressions, &finding.rule, *place).or(finding.suppressed.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, markdown};
    use crate::engine::rules::Settings;

    #[test]
    fn a_comment_over_a_list_ends_with_it() {
        for list in ["- One\n\n", "- One\n- Two\n\n", "1. One\n\n   Two\n\n"] {
            let text = format!("<!-- promolint-ignore tm-a: b -->\n\n{list}After\n");
            let source = Source::decode("a.md", text.clone().into_bytes(), crate::source::DecodeHint::Text);
            let mut b = Builder::new();
            markdown::read(&text, &mut b, false);
            let day = Day::parse("2026-11-21").expect("a day");
            let read = read(&b.finish().directives, &source, &RuleSet::new(Vec::new(), Settings::default()), day);
            let reaches = |word: &str| {
                let at = text.find(word).expect("there");
                read[0].reaches(Span::new(at, at + word.len()))
            };
            assert!(reaches("One") && !reaches("After"), "{list}");
        }
    }
}
