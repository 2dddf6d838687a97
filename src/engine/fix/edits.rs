//! From words that should stand somewhere to the bytes to be written: which characters change, where each comes from, how it is spelled
//! there.

use crate::document::spelling::{Around, Unwritable};
use crate::document::{Document, Layer, Mark, Role, Spelling, YamlStyle};
use crate::finding::{Applicability, Edit, Fix, Visible};
use crate::source::{Source, Span};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// How much of the text around a place is looked at.
const NEAR: usize = 256;
/// Words of more letters than this are not held against each other letter by letter.
const LETTERS: usize = 64;

/// New words for some bytes of the document's text.
type Change = (Range<usize>, String);

/// The edits that make `replacement` of `start..end` of the visible text; where there are none, a note that says why.
pub fn fix(
    source: &Source,
    document: &Document,
    (start, end): (usize, usize),
    replacement: &str,
    applicability: Applicability,
) -> Result<Fix, Option<String>> {
    let old = document.text.get(start..end).ok_or(None)?;
    let block = document.block_at(start).and_then(|b| document.blocks.get(b)).ok_or(None)?;
    if old == replacement {
        return Err(None);
    }
    let spans = document.map.spans(start, end);
    let one = match &spans[..] {
        [one] if source.text().get(one.range()) == Some(old) => Some(*one),
        _ => None,
    };
    let changes = if one.is_some() { vec![(start..end, replacement.to_owned())] } else { changes(old, replacement, start) };
    // The line under a heading would be too short for it.
    if block.spelling.outer() == Some(Layer::Rst) && block.role == Role::Heading && replacement.chars().count() > old.chars().count() {
        return Err(Some("there is no fix: the line under the heading would be too short".to_owned()));
    }
    let mut places: Vec<(Span, String)> = Vec::new();
    for change in changes {
        place(document, change, (start, end), &mut places).ok_or(None)?;
    }
    let place = Place {
        source,
        document,
        spelling: block.spelling,
        code: block.spelling.has_bare_code() && document.marked(Mark::Code, start, end),
        field: block.field,
    };
    let written = place.write(&places).map_err(|why| {
        Some(match why {
            Unwritable::Lacks(c) => {
                format!("there is no fix: `{c}` cannot be written in {}, the encoding of this file", source.encoding_name())
            }
            Unwritable::Meaning(c) => format!("there is no fix: `{c}` would mean something else here"),
        })
    })?;
    let edits: Vec<Edit> = written
        .into_iter()
        .map(|(span, replacement)| {
            let (from, to) = source.positions(span);
            Edit {
                path: source.name().to_owned(),
                start: from.offset,
                end: to.offset,
                replacement,
                place: crate::finding::Place::between(from, to),
            }
        })
        .collect();
    if edits.is_empty() {
        return Err(None);
    }
    let visible = if block.second {
        first_reading(document, &places).ok_or(None)?
    } else {
        vec![Visible { start, end, text: replacement.to_owned() }]
    };
    Ok(Fix { applicability, edits, words: replacement.to_owned(), visible })
}

/// Runs of letters and digits, and what stands between them character by character.
fn words(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    let mut from = 0;
    let mut in_word = false;
    for (i, c) in text.char_indices() {
        let word = c.is_alphanumeric();
        if i > from && !(word && in_word) {
            out.push(&text[from..i]);
            from = i;
        }
        in_word = word;
    }
    if from < text.len() {
        out.push(&text[from..]);
    }
    out
}

/// What has to change to make `new` of `old`, which begins at byte `at`: as little as possible, so that markup in between stays.
fn changes(old: &str, new: &str, at: usize) -> Vec<Change> {
    let (a, b) = (words(old), words(new));
    let mut out: Vec<Change> = Vec::new();
    let starts = |list: &[&str]| {
        let sums = list.iter().scan(0, |sum, w| {
            *sum += w.len();
            Some(*sum)
        });
        std::iter::once(0).chain(sums).collect::<Vec<usize>>()
    };
    let (from_a, from_b) = (starts(&a), starts(&b));
    for op in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (ra, rb) = (op.old_range(), op.new_range());
        let (x, y) = (from_a[ra.start]..from_a[ra.end], from_b[rb.start]..from_b[rb.end]);
        letters(&old[x.clone()], &new[y], at + x.start, &mut out);
    }
    out
}

/// The changes between two short texts, letter by letter where they are alike.
fn letters(old: &str, new: &str, at: usize, out: &mut Vec<Change>) {
    let a: Vec<(usize, char)> = old.char_indices().collect();
    let b: Vec<char> = new.chars().collect();
    let whole = (at..at + old.len(), new.to_owned());
    if a.is_empty() || b.is_empty() || a.len() > LETTERS || b.len() > LETTERS {
        return out.push(whole);
    }
    // The cheapest way from one to the other; to change the case of a letter costs least.
    let price = |x: char, y: char| match () {
        () if x == y => 0,
        () if x.to_lowercase().eq(y.to_lowercase()) => 1,
        () => 4,
    };
    let wide = b.len() + 1;
    let mut cost = vec![0u32; (a.len() + 1) * wide];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let mut best = if i + j == 0 { 0 } else { u32::MAX };
            if i > 0 {
                best = best.min(cost[(i - 1) * wide + j] + 3);
            }
            if j > 0 {
                best = best.min(cost[i * wide + j - 1] + 3);
            }
            if i > 0 && j > 0 {
                best = best.min(cost[(i - 1) * wide + j - 1] + price(a[i - 1].1, b[j - 1]));
            }
            cost[i * wide + j] = best;
        }
    }
    if cost[a.len() * wide + b.len()] as usize > a.len().max(b.len()) * 2 {
        return out.push(whole);
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut steps: Vec<Change> = Vec::new();
    while i + j > 0 {
        let here = cost[i * wide + j];
        let end = a.get(i).map_or(old.len(), |(n, _)| *n);
        if i > 0 && j > 0 && here == cost[(i - 1) * wide + j - 1] + price(a[i - 1].1, b[j - 1]) {
            (i, j) = (i - 1, j - 1);
            if a[i].1 != b[j] {
                steps.push((at + a[i].0..at + end, b[j].to_string()));
            }
        } else if i > 0 && here == cost[(i - 1) * wide + j] + 3 {
            i -= 1;
            steps.push((at + a[i].0..at + end, String::new()));
        } else {
            j -= 1;
            steps.push((at + end..at + end, b[j].to_string()));
        }
    }
    out.extend(steps.into_iter().rev());
}

/// Where in the source a change belongs, with the words to write there.
fn place(document: &Document, change: Change, whole: (usize, usize), out: &mut Vec<(Span, String)>) -> Option<()> {
    let (Range { mut start, mut end }, mut new) = change;
    if start == end {
        let before = document.text.get(whole.0..start)?.chars().next_back();
        let at = match before {
            Some(c) => document.map.spans(start - c.len_utf8(), start).last()?.end,
            None => document.map.spans(start, start + document.text.get(start..)?.chars().next()?.len_utf8()).first()?.start,
        };
        out.push((Span::at(at), new));
        return Some(());
    }
    // What one reference stands for changes as a whole.
    let pieces = document.map.pieces();
    let first = pieces.partition_point(|p| p.text + p.text_len <= start);
    let last = end;
    for p in pieces[first..].iter().take_while(|p| p.text < last).filter(|p| !p.linear && p.text_len > 0) {
        let p_end = p.text + p.text_len;
        if p.text < start {
            new.insert_str(0, document.text.get(p.text..start)?);
            start = p.text;
        }
        if p_end > end {
            new.push_str(document.text.get(end..p_end)?);
            end = p_end;
        }
    }
    let old = document.text.get(start..end)?;
    // Each letter must stand somewhere; a space between two elements does not.
    let from: Option<Vec<Span>> = old.char_indices().map(|(i, c)| document.map.cover(start + i, start + i + c.len_utf8())).collect();
    let from = from?;
    let spans = document.map.spans(start, end);
    match &spans[..] {
        [] => return None,
        [one] => out.push((*one, new)),
        _ if old.chars().count() == new.chars().count() => out.extend(from.into_iter().zip(new.chars()).map(|(s, c)| (s, c.to_string()))),
        [first, rest @ ..] => {
            out.push((*first, new));
            out.extend(rest.iter().map(|s| (*s, String::new())));
        }
    }
    Some(())
}

/// What changes in the first reading of a block, of which words were found in the second.
fn first_reading(document: &Document, places: &[(Span, String)]) -> Option<Vec<Visible>> {
    let end = document.blocks.iter().find(|b| b.second).map_or(document.text.len(), |b| b.start);
    let pieces = || document.map.pieces().iter().take_while(|p| p.text < end).filter(|p| p.text_len > 0);
    let mut out = Vec::new();
    for (span, words) in places {
        let touched = pieces().filter(|p| p.source < span.end && span.start < p.source + p.source_len);
        let range = touched.fold(None, |range: Option<(usize, usize)>, p| {
            let (mut from, mut to) = (p.text, p.text + p.text_len);
            if p.linear {
                (from, to) = (p.text + span.start.max(p.source) - p.source, p.text + span.end.min(p.source + p.source_len) - p.source);
            }
            Some(range.map_or((from, to), |(a, b)| (a.min(from), b.max(to))))
        });
        // Something put in stands behind what ends there.
        let behind = || pieces().find(|p| p.source < span.start && span.start <= p.source + p.source_len);
        let (start, end) = match range {
            Some(range) => range,
            None => behind().map(|p| p.text + if p.linear { span.start - p.source } else { p.text_len }).map(|at| (at, at))?,
        };
        out.push(Visible { start, end, text: words.clone() });
    }
    out.sort_by_key(|v| v.start);
    Some(out)
}

/// What is written where, and the quotation mark that has to stand around all of it now.
type Spelled = (Vec<(Span, String)>, Option<char>);

/// The place of a finding, to write to.
struct Place<'a> {
    source: &'a Source,
    document: &'a Document,
    spelling: Spelling,
    code: bool,
    field: Option<usize>,
}

impl Place<'_> {
    /// The words as they are to be written; what touches becomes one.
    fn write(&self, places: &[(Span, String)]) -> Result<Vec<(Span, String)>, Unwritable> {
        let Some(first) = places.first() else { return Ok(Vec::new()) };
        let value = self.value(first.0);
        let (mut out, quote) = self.spell(self.spelling, places, value)?;
        if let Some(quote) = quote {
            out = self.spell(self.spelling.quoted(), places, value)?.0;
            let inside = self.source.text().get(value.range()).unwrap_or("");
            let kept = |at: usize| !places.iter().any(|(s, _)| s.start <= at && at < s.end);
            out.extend(
                inside
                    .match_indices(quote)
                    .map(|(i, _)| value.start + i)
                    .filter(|at| kept(*at))
                    .map(|at| (Span::at(at), quote.to_string())),
            );
            out.push((Span::at(value.start), quote.to_string()));
            out.push((Span::at(value.end), quote.to_string()));
            // At one place the quote around all comes first, or last.
            let rank = |s: &Span, text: &str| match () {
                () if s.is_empty() && s.start == value.start && text.len() == 1 && text.starts_with(quote) => 0,
                () if s.is_empty() && s.start == value.end && text.len() == 1 && text.starts_with(quote) => 2,
                () => 1,
            };
            out.sort_by_key(|(s, text)| (s.start, rank(s, text), s.end));
        } else {
            out.sort_by_key(|(s, _)| (s.start, s.end));
        }
        let mut joined: Vec<(Span, String)> = Vec::new();
        for (span, text) in out {
            match joined.last_mut() {
                Some((last, words)) if last.end == span.start => {
                    last.end = span.end;
                    words.push_str(&text);
                }
                _ => joined.push((span, text)),
            }
        }
        joined.retain(|(s, text)| self.source.text().get(s.range()) != Some(text));
        Ok(joined)
    }

    fn spell(&self, spelling: Spelling, places: &[(Span, String)], value: Span) -> Result<Spelled, Unwritable> {
        let text = self.source.text();
        let lacks = |c: char| !c.is_ascii() && self.source.encode(c.encode_utf8(&mut [0; 4])).is_none();
        let mut quote = None;
        let mut out = Vec::new();
        for (span, new) in places {
            if new.is_empty() {
                out.push((*span, String::new()));
                continue;
            }
            let before = text.floor_char_boundary(span.start.saturating_sub(NEAR))..span.start;
            let after = span.end..text.floor_char_boundary(span.end.saturating_add(NEAR));
            let around = Around {
                before: text.get(before).unwrap_or(""),
                after: text.get(after).unwrap_or(""),
                value: text.get(value.range()).unwrap_or(""),
                starts: span.start <= value.start,
                code: self.code,
                lacks: &lacks,
            };
            let written = spelling.write(new, &around)?;
            quote = quote.or(written.quote);
            out.push((*span, written.text));
        }
        Ok((out, quote))
    }

    /// The whole value that a place lies in, as written, without quotes; nothing where that does not matter.
    fn value(&self, at: Span) -> Span {
        match self.spelling.outer() {
            Some(Layer::Csv { delimiter, quoted: false }) => {
                let ends = |b: &u8| *b == delimiter || matches!(b, b'\n' | b'\r');
                let bytes = self.source.text().as_bytes();
                let start = bytes[..at.start].iter().rposition(ends).map_or(0, |i| i + 1);
                let end = bytes[at.end..].iter().position(ends).map_or(bytes.len(), |i| at.end + i);
                Span::new(start, end)
            }
            Some(Layer::Json { .. } | Layer::Yaml(_)) => {
                self.field.and_then(|f| self.document.fields.get(f)).map_or(Span::at(at.start), |f| f.span)
            }
            _ => Span::at(at.start),
        }
    }
}

impl Spelling {
    /// The same where the cell or scalar is put in quotes.
    fn quoted(self) -> Spelling {
        self.map_outer(|l| match l {
            Layer::Csv { delimiter, .. } => Layer::Csv { delimiter, quoted: true },
            Layer::Yaml(_) => Layer::Yaml(YamlStyle::Single),
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_little_as_possible_changes() {
        for (old, new, want) in [
            ("Hubspot", "HubSpot", vec![(3, 4, "S")]),
            ("hub spot", "HubSpot", vec![(0, 1, "H"), (3, 4, ""), (4, 5, "S")]),
            ("CMS Hub", "Content Hub", vec![(0, 3, "Content")]),
            ("HubSpot Solution Partner", "HubSpot Solutions Partner", vec![(16, 16, "s")]),
            ("an official one", "one", vec![(0, 12, "")]),
        ] {
            let got = changes(old, new, 0);
            let mut made = old.to_owned();
            for (r, s) in got.iter().rev() {
                made.replace_range(r.clone(), s);
            }
            assert_eq!(made, new);
            let got: Vec<_> = got.iter().map(|(r, s)| (r.start, r.end, s.as_str())).collect();
            if old.len() < 20 && !old.starts_with("an") || got.len() == 1 {
                assert_eq!(got, want, "{old}");
            }
        }
    }
}
