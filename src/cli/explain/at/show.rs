//! What came of each rule at a place, drawn for people or as JSON.

use super::{Answer, At, place};
use crate::engine::why::Told;
use crate::report::{Palette, clean};
use serde_json::json;
use std::collections::BTreeMap;

/// How results are told apart in the count of the rest.
const REST: [(&str, &str); 7] = [
    ("words", "none of their words stand in the document"),
    ("nothing", "what they look for is not here"),
    ("kind", "they do not look at content of this kind"),
    ("off", "off, or left out"),
    ("register", "for want of a register, or of a fact in one"),
    ("across", "they compare documents with each other"),
    ("folded", "told by another rule"),
];

/// Of a text, so many characters are shown.
const SHOWN: usize = 600;
/// And of one that matched, so many.
const QUOTED: usize = 80;

fn shorten(text: &str, most: usize) -> String {
    let line = clean(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.char_indices().nth(most) {
        Some((i, _)) => format!("{}…", line[..i].trim_end()),
        None => line,
    }
}

pub(super) fn rich(at: &At, told: &Told, kind_from: &str, answers: &[Answer], one: bool, palette: Palette) -> String {
    let mut out = format!("{}\n", palette.bold(&clean(&place(at))));
    out.push_str(&format!("  kind: {} ({kind_from})\n", told.kind));
    if let Some((index, id, form)) = &told.record {
        let id = id.as_deref().map(|i| format!(" `{}`", shorten(i, QUOTED))).unwrap_or_default();
        out.push_str(&format!("  record: {}{id}, {}\n", index + 1, clean(form)));
    }
    for (name, pointer, value) in told.fields.iter().take(20) {
        let as_written = if name == pointer { String::new() } else { format!(" ({})", clean(pointer)) };
        out.push_str(&format!("  field: {}{as_written}: {}\n", clean(name), shorten(value, SHOWN)));
    }
    for (holder, target) in told.addresses.iter().take(20) {
        out.push_str(&format!("  address: {} in {}\n", shorten(target, 200), clean(holder)));
    }
    for v in told.visible.iter().take(20) {
        let lines = if v.lines.0 == v.lines.1 { format!("line {}", v.lines.0) } else { format!("lines {} to {}", v.lines.0, v.lines.1) };
        let lang = v.lang.as_deref().map(|l| format!(", language {l}")).unwrap_or_default();
        let marks = if v.marks.is_empty() { String::new() } else { format!(", in it or around it {}", v.marks.join(", ")) };
        out.push_str(&format!("  text: `{}`, {lines}{lang}{marks}\n    {}\n", v.role, shorten(&v.text, SHOWN)));
    }
    if told.visible.is_empty() && at.line.is_some() {
        out.push_str("  text: readers see none here\n");
    }
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(&format!("\n{}\n", palette.bold(title)));
            lines.iter().for_each(|l| out.push_str(&format!("  {l}\n")));
        }
    };
    let lines_of = |result: &str| -> Vec<String> {
        let mut lines = Vec::new();
        for a in answers.iter().filter(|a| a.result == result) {
            let rule = palette.bold(a.rule);
            match result {
                "found" => lines.extend(a.findings.iter().filter(|f| f.suppressed.is_none()).map(|f| {
                    format!("{} {rule}{}: {}", palette.severity(f.severity, f.severity.name()), spot(&f.primary), clean(&f.message))
                })),
                "stopped" => {
                    let stops = a.tried.map(|t| &t.stops[..]).unwrap_or_default();
                    let mut matched: Vec<_> = stops.iter().filter(|s| s.matched).collect();
                    matched.dedup_by(|x, y| x.why == y.why && x.place.spans == y.place.spans);
                    let most = if one { matched.len() } else { 3 };
                    lines.extend(
                        matched.iter().take(most).map(|s| format!("{rule}{}: {}: {}", spot(&s.place), palette.dim(s.by), clean(&s.why))),
                    );
                    if matched.len() > most {
                        lines.push(format!("{rule}: and {} more", matched.len() - most));
                    }
                }
                _ => {
                    let text = a.findings.first().map(|f| spot(&f.primary)).unwrap_or_default();
                    lines.push(format!("{rule}{text}: {}", clean(&a.why)));
                }
            }
        }
        lines
    };
    part("found", lines_of("found"));
    part("found, and accepted", [lines_of("suppressed"), lines_of("baseline"), lines_of("folded")].concat());
    part("matched, and stopped", lines_of("stopped"));
    if one {
        for a in answers {
            if !matches!(a.result, "found" | "suppressed" | "baseline" | "folded" | "stopped") {
                part("nothing found", vec![format!("{}: {}", palette.bold(a.rule), clean(&a.why))]);
            }
            let Some(tried) = a.tried else { continue };
            let looked = |matched: bool| tried.stops.iter().filter(move |s| s.matched == matched);
            if a.result != "stopped" {
                part(
                    "also matched, and stopped",
                    looked(true).map(|s| format!("{}: {}", spot(&s.place).trim_start(), clean(&s.why))).collect(),
                );
            }
            // Two matchers of a rule may look at one thing, and say the same.
            let mut lines: Vec<String> = looked(false).map(|s| format!("{}: {}", spot(&s.place).trim_start(), clean(&s.why))).collect();
            lines.dedup();
            lines.truncate(50);
            part("looked at", lines);
            let lines: Vec<String> = tried.elsewhere.iter().take(20).map(usize::to_string).collect();
            let lines = if lines.is_empty() { Vec::new() } else { vec![format!("matches of it stand on line {}", lines.join(", "))] };
            part("elsewhere in the document", lines);
        }
        return out + "\n";
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    answers.iter().for_each(|a| *counts.entry(a.result).or_default() += 1);
    let rest = REST.iter().take(6).filter_map(|(result, words)| Some(format!("{} {words}", counts.get(result)?)));
    part("the other rules (`--rule RULE` says more of one)", rest.collect());
    out + "\n"
}

/// ` “text” at 4:11`.
fn spot(place: &crate::finding::Location) -> String {
    let text = place.text.as_deref().filter(|t| !t.is_empty()).map(|t| format!(" “{}”", shorten(t, QUOTED))).unwrap_or_default();
    let at = place.spans.first().map(|s| format!(" at {}:{}", s.line, s.column)).unwrap_or_default();
    format!("{text}{at}")
}

pub(super) fn as_json(told: &Told, kind_from: &str, answers: &[Answer]) -> serde_json::Value {
    let rules: Vec<_> = answers
        .iter()
        .map(|a| {
            let stops = a.tried.map(|t| &t.stops[..]).unwrap_or_default();
            let stops: Vec<_> = stops
                .iter()
                .map(|s| json!({"by": s.by, "why": s.why, "matched": s.matched, "text": s.place.text, "spans": s.place.spans}))
                .collect();
            let elsewhere = a.tried.map(|t| &t.elsewhere[..]).unwrap_or_default();
            json!({"rule": a.rule, "result": a.result, "why": a.why, "findings": a.findings, "stops": stops, "elsewhere": elsewhere})
        })
        .collect();
    let record = told.record.as_ref().map(|(index, id, form)| json!({"index": index, "id": id, "form": form}));
    let visible: Vec<_> = told
        .visible
        .iter()
        .map(|v| {
            let lines = [v.lines.0, v.lines.1];
            json!({"role": v.role, "language": v.lang, "marks": v.marks, "lines": lines, "field": v.field, "text": v.text})
        })
        .collect();
    let fields: Vec<_> = told.fields.iter().map(|(n, p, v)| json!({"name": n, "pointer": p, "value": v})).collect();
    let addresses: Vec<_> = told.addresses.iter().map(|(h, t)| json!({"holder": h, "target": t})).collect();
    json!({
        "kind": told.kind.name(), "kind_from": kind_from, "record": record, "visible": visible, "fields": fields, "addresses": addresses,
        "rules": rules,
    })
}
