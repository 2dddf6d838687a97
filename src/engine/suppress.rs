//! Comments that accept findings: `promolint-ignore RULE: reason` for the next block, `-start` and `-end` for a stretch.

use crate::document::Directive;
use crate::finding::{Finding, Suppressed};
use crate::source::{Source, Span};

/// A comment that was understood, or what is wrong with it.
pub(super) struct Suppression {
    /// The rules it names.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// The comment.
    pub comment: Span,
    /// Where it holds, bytes of the source's text.
    pub reach: Span,
    /// Whether it accepted anything.
    pub used: bool,
    /// One of promolint's own rules that the comment breaks, with what is said about it.
    pub wrong: Option<(&'static str, String, String)>,
}

/// Reads the comments of a document.
pub(super) fn read(directives: &[Directive], source: &Source, known: &dyn Fn(&str) -> bool) -> Vec<Suppression> {
    let mut out: Vec<Suppression> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let end_of_text = source.text().len();
    for d in directives {
        let (word, rest) = d.text.split_once(char::is_whitespace).unwrap_or((d.text.as_str(), ""));
        let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let rules: Vec<String> = names.split([',', ' ']).map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned).collect();
        let reason = reason.trim().to_owned();
        let mut s = Suppression { rules, reason, comment: d.span, reach: Span::at(d.span.end), used: false, wrong: None };
        match word {
            "promolint-ignore" => {
                s.reach = Span::new(d.span.end, d.next_block.map_or(end_of_text, |b| b.end).max(d.span.end));
            }
            "promolint-ignore-start" => {
                s.reach = Span::new(d.span.end, end_of_text);
                open.push(out.len());
            }
            "promolint-ignore-end" => {
                // The innermost open stretch for these rules, or simply the innermost.
                let at = open.iter().rposition(|&i| s.rules.is_empty() || s.rules.iter().all(|r| out[i].rules.contains(r)));
                if let Some(at) = at {
                    let i = open.remove(at);
                    out[i].reach.end = d.span.start.max(out[i].reach.start);
                } else {
                    s.wrong = Some(("suppression-unused", "this ends a suppression that was not started".into(), "remove it".into()));
                    out.push(s);
                }
                continue;
            }
            _ => {
                let message = format!("`{word}` is no word promolint knows");
                let help = "write `promolint-ignore RULE: reason`, or `-start` and `-end` around a stretch".into();
                s.wrong = Some(("suppression-without-reason", message, help));
                out.push(s);
                continue;
            }
        }
        let example =
            "write `promolint-ignore RULE: reason`, for example `promolint-ignore tm-hubspot-capitalisation: quoted from a client`";
        s.wrong = if s.rules.is_empty() {
            Some(("suppression-without-reason", "this suppression names no rule".into(), example.into()))
        } else if s.reason.is_empty() {
            Some(("suppression-without-reason", format!("this suppression of `{}` gives no reason", s.rules.join(", ")), example.into()))
        } else {
            s.rules.iter().find(|r| !known(r)).map(|r| {
                ("suppression-unknown-rule", format!("there is no rule `{r}` to suppress"), "`promolint rules` lists the rules".into())
            })
        };
        out.push(s);
    }
    out
}

/// What accepts a rule's finding at a place that is found later, if it is found: the comment counts as used.
pub(super) fn accepts(suppressions: &mut [Suppression], rule: &str, place: Span) -> Option<Suppressed> {
    let holds =
        |s: &&mut Suppression| !s.reason.is_empty() && s.reach.contains(&Span::at(place.start)) && s.rules.iter().any(|r| r == rule);
    let s = suppressions.iter_mut().find(holds)?;
    s.used = true;
    Some(Suppressed { by: "comment".into(), reason: s.reason.clone() })
}

/// Marks the findings that a comment accepts. A comment without rule or reason accepts nothing.
pub(super) fn apply(suppressions: &mut [Suppression], findings: &mut [(Finding, Span)]) {
    for (finding, place) in findings {
        for s in suppressions.iter_mut().filter(|s| !s.reason.is_empty()) {
            if s.reach.contains(&Span::at(place.start)) && s.rules.contains(&finding.rule) {
                s.used = true;
                finding.suppressed = Some(Suppressed { by: "comment".into(), reason: s.reason.clone() });
                break;
            }
        }
    }
}
