//! A report card in lines no wider than the terminal.

use super::{basis, by_severity, count, limits, looked_at, overview, place, wanted, weight};
use crate::card::{Card, Graded, METHOD};
use crate::finding::Finding;
use crate::report::{Palette, clean};
use std::collections::HashMap;
use textwrap::WordSplitter;
use unicode_width::UnicodeWidthStr;

/// Of each rule so many findings are shown.
const SHOWN: usize = 3;

/// The card in lines of at most `width` columns, if that is not less than 60.
pub fn terminal(card: &Card, palette: Palette, width: usize) -> String {
    let mut page = Page { out: String::new(), palette, width: width.max(60) };
    let whose = card.partner.as_deref().map_or(String::new(), |p| format!(" of {}", clean(p)));
    page.text(0, 0, &format!("Report card{whose}, {}", card.today), |p, t| p.bold(t));
    page.text(0, 0, &looked_at(card), |_, t| t.to_owned());
    if let Some(a) = &card.attestations {
        let standings: Vec<String> = a.standings.iter().filter(|(_, n)| **n > 0).map(|(s, n)| format!("{n} {s}")).collect();
        page.text(0, 0, &format!("Attestations in {}: {}.", clean(&a.path), standings.join(", ")), |_, t| t.to_owned());
    }
    page.text(0, 0, &overview(card), |_, t| t.to_owned());
    let wanted = wanted(card);
    if !wanted.is_empty() {
        page.text(0, 0, &format!("Not held against anything: {}.", wanted.join(", ")), |_, t| t.to_owned());
    }
    if !card.not_checked.is_empty() {
        page.text(0, 0, &format!("{} could not be checked.", count(card.not_checked.len(), "thing")), |p, t| {
            p.severity(crate::finding::Severity::Error, t)
        });
    }
    for d in &card.documents {
        page.line("");
        page.text(0, 0, &d.title, |p, t| p.bold(t));
        page.rows(&d.sections);
    }
    page.evidence(card);
    page.line("");
    page.text(0, 0, "How grades are given", |p, t| p.bold(t));
    for (n, g) in card.scheme.grades.iter().enumerate() {
        page.text(2, 5, &format!("{}  {}: {}", g.grade, g.means, limits(n)), |_, t| t.to_owned());
    }
    for line in METHOD {
        page.text(2, 2, line, |p, t| p.dim(t));
    }
    page.out
}

struct Page {
    out: String,
    palette: Palette,
    width: usize,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// A paragraph; `first` and `rest` are how far its lines are indented.
    fn text(&mut self, first: usize, rest: usize, text: &str, paint: impl Fn(Palette, &str) -> String) {
        let (a, b) = (" ".repeat(first), " ".repeat(rest));
        let options =
            textwrap::Options::new(self.width).initial_indent(&a).subsequent_indent(&b).word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            let painted = paint(self.palette, line.trim());
            let indent = &line[..line.len() - line.trim_start().len()];
            self.line(&format!("{indent}{painted}"));
        }
    }

    /// Number, title, grade, and what it rests on.
    fn rows(&mut self, sections: &[Graded]) {
        let number = sections.iter().map(|s| s.reference.len()).max().unwrap_or(0);
        let title = sections.iter().map(|s| s.title.width()).max().unwrap_or(0).min(self.width / 2 - 10);
        let column = number + title + 9;
        for s in sections {
            let titles = textwrap::wrap(s.title, title);
            let bases = textwrap::wrap(&basis(s), self.width.saturating_sub(column).max(20))
                .into_iter()
                .map(|l| l.into_owned())
                .collect::<Vec<_>>();
            let grade = s.grade.unwrap_or("-");
            for i in 0..titles.len().max(bases.len()) {
                let t = titles.get(i).map_or("", |t| t.as_ref());
                let (n, g) = if i == 0 { (s.reference, self.grade(grade)) } else { ("", " ".to_owned()) };
                let b = bases.get(i).map_or(String::new(), |b| if s.grade.is_none() { self.palette.dim(b) } else { b.clone() });
                self.line(&format!("  {n:>number$}  {t}{}  {g}  {b}", " ".repeat(title - t.width().min(title))));
            }
        }
    }

    fn grade(&self, grade: &str) -> String {
        if grade == "-" { self.palette.dim(grade) } else { self.palette.severity(weight(grade), grade) }
    }

    fn evidence(&mut self, card: &Card) {
        // A rule may stand for several sections; its findings are shown in the first.
        let mut shown: HashMap<&str, &str> = HashMap::new();
        for s in card.sections() {
            if s.rules.found.is_empty() && s.rules.not_applied.is_empty() {
                continue;
            }
            self.line("");
            let head = format!("{}  {}: {}", s.reference, s.title, s.grade.unwrap_or("not assessed"));
            self.text(0, s.reference.len() + 2, &head, |p, t| p.bold(t));
            for id in &s.rules.found {
                match shown.get(id.as_str()) {
                    Some(section) => self.text(2, 4, &format!("{id}: see {section}"), |p, t| p.dim(t)),
                    None => {
                        self.rule(card, id);
                        shown.insert(id, s.reference);
                    }
                }
            }
            let mut rest = Vec::new();
            if !s.rules.silent.is_empty() {
                rest.push(format!("{} silent", count(s.rules.silent.len(), "rule")));
            }
            if !s.rules.nothing_to_see.is_empty() {
                rest.push(format!("{} with nothing to look at", s.rules.nothing_to_see.len()));
            }
            if !s.rules.off.is_empty() {
                rest.push(format!("{} not run", s.rules.off.len()));
            }
            let unheld: Vec<&str> = s.rules.not_applied.iter().map(|n| n.rule.as_str()).collect();
            if !unheld.is_empty() {
                rest.push(format!("not held against anything: {}", unheld.join(", ")));
            }
            if !rest.is_empty() {
                self.text(2, 4, &rest.join("; "), |p, t| p.dim(t));
            }
        }
        if !card.beyond.is_empty() {
            self.line("");
            self.text(0, 2, "Beyond these documents, in no grade", |p, t| p.bold(t));
            for id in &card.beyond {
                self.rule(card, id);
            }
        }
    }

    fn rule(&mut self, card: &Card, id: &str) {
        let Some(r) = card.rule(id) else { return };
        let mut counts = vec![by_severity(r.findings)];
        if r.accepted > 0 {
            counts.push(format!("{} accepted", r.accepted));
        }
        counts.retain(|c| !c.is_empty());
        self.text(2, 4, &format!("{id} ({}): {}", counts.join(", "), r.title), |_, t| t.to_owned());
        let mut findings: Vec<&Finding> = card.findings_of(id).collect();
        // Those that count first, the heaviest first.
        findings.sort_by_key(|f| (f.suppressed.is_some(), std::cmp::Reverse(f.severity)));
        for f in findings.iter().take(SHOWN) {
            let accepted = f.suppressed.as_ref().map_or(String::new(), |s| format!(" [accepted: {}]", clean(&s.reason)));
            self.text(4, 6, &format!("{} {}{accepted}", clean(&place(f)), clean(&f.message)), |_, t| t.to_owned());
        }
        let more = findings.len().saturating_sub(SHOWN) + r.not_listed;
        if more > 0 {
            self.text(4, 6, &format!("and {more} more"), |p, t| p.dim(t));
        }
    }
}
