//! The numbers, as Markdown.

use super::alter::Kind;
use super::label::{Expect, Setting};
use super::score::{Judged, Outcome, Said};
use std::collections::BTreeMap;
use std::fmt::Write as _;

#[derive(Clone, Copy, Default)]
struct Share {
    yes: usize,
    of: usize,
}

impl Share {
    fn of(items: impl Iterator<Item = bool>) -> Share {
        let mut s = Share::default();
        for i in items {
            s.of += 1;
            s.yes += usize::from(i);
        }
        s
    }

    fn rate(self) -> f64 {
        if self.of == 0 { f64::NAN } else { self.yes as f64 / self.of as f64 }
    }

    fn words(self) -> String {
        if self.of == 0 { "none".to_owned() } else { format!("{:.1} % ({} of {})", 100.0 * self.rate(), self.yes, self.of) }
    }

    fn short(self) -> String {
        if self.of == 0 { String::new() } else { format!("{:.0} % of {}", 100.0 * self.rate(), self.of) }
    }
}

/// All numbers of a run.
pub fn report(all: &[Outcome], peak: Option<f64>, alone: bool) -> String {
    let mut out = String::new();
    for setting in [Setting::Bare, Setting::Page, Setting::Banner] {
        let those: Vec<&Outcome> = all.iter().filter(|o| o.label.setting == setting).collect();
        if !those.is_empty() {
            summary(&mut out, setting, &those);
        }
    }
    if let Some(mb) = peak {
        let whose = if alone { "" } else { ", the generator's included (`--from` measures without it)" };
        let _ = writeln!(out, "Memory at its most: {mb:.0} MB{whose}; the goal is 500 MB at most.\n");
    }
    for (setting, title) in [(true, "bare files"), (false, "pages and banners")] {
        let those: Vec<&Outcome> = all.iter().filter(|o| (o.label.setting == Setting::Bare) == setting).collect();
        if !those.is_empty() {
            kinds(&mut out, title, &those);
        }
    }
    alarms(&mut out, all);
    out
}

fn marks<'a>(those: &'a [&Outcome], expect: Expect) -> impl Iterator<Item = &'a Judged> {
    those.iter().flat_map(|o| &o.marks).filter(move |j| j.mark.expect == expect)
}

fn legitimate(j: &Judged) -> bool {
    matches!(j.mark.expect, Expect::Copy | Expect::Identical)
}

fn percentile(mut v: Vec<f64>, p: f64) -> f64 {
    v.sort_by(f64::total_cmp);
    v.get(((v.len() as f64 - 1.0) * p).round() as usize).copied().unwrap_or(f64::NAN)
}

fn summary(out: &mut String, setting: Setting, those: &[&Outcome]) {
    let bare = setting == Setting::Bare;
    let title = match setting {
        Setting::Bare => "Bare files",
        Setting::Page => "Pages",
        Setting::Banner => "Banners",
    };
    let _ = writeln!(out, "### {title}: {} images\n\n| | measured | goal | |\n| --- | --- | --- | --- |", those.len());
    let mut row = |name: &str, share: Share, goal: Option<(f64, bool)>| {
        let (goal, met) = match goal {
            Some((g, least)) if share.of > 0 => {
                let met = if least { share.rate() >= g } else { share.rate() <= g };
                (format!("{} {:.0} %", if least { "at least" } else { "at most" }, g * 100.0), if met { "met" } else { "missed" })
            }
            _ => (String::new(), ""),
        };
        let _ = writeln!(out, "| {name} | {} | {goal} | {met} |", share.words());
    };
    row(
        "altered, caught",
        Share::of(marks(those, Expect::Altered).map(|j| j.said == Said::Altered)),
        Some((if bare { 0.97 } else { 0.93 }, true)),
    );
    row(
        "of these, named by group",
        Share::of(marks(those, Expect::Altered).filter(|j| j.said == Said::Altered).map(|j| j.named)),
        Some((0.9, true)),
    );
    row("altered, unsure", Share::of(marks(those, Expect::Altered).map(|j| j.said == Said::Unsure)), None);
    let text = |j: &&Judged| j.mark.kind.is_some_and(Kind::is_text);
    row("text edits, caught", Share::of(marks(those, Expect::Altered).filter(text).map(|j| j.said == Said::Altered)), Some((0.99, true)));
    row("place of a local change named", Share::of(marks(those, Expect::Altered).filter_map(|j| j.spot)), None);
    let most = if bare { 0.01 } else { 0.02 };
    let legit = || those.iter().flat_map(|o| &o.marks).filter(|j| legitimate(j));
    row("legitimate copies, false alarms", Share::of(legit().map(|j| j.said.alarm())), Some((most, false)));
    row("legitimate copies, unsure", Share::of(legit().map(|j| j.said == Said::Unsure)), None);
    row(
        "legitimate copies, not found or taken for look-alikes",
        Share::of(legit().map(|j| matches!(j.said, Said::Nothing | Said::LookAlike))),
        None,
    );
    if !bare {
        let clean = those.iter().filter(|o| !o.marks.is_empty() && !o.marks.iter().any(|j| j.mark.expect == Expect::Altered));
        row(
            "images of legitimate marks only, any alarm",
            Share::of(clean.map(|o| o.stray > 0 || o.marks.iter().any(|j| legitimate(j) && j.said.alarm()))),
            Some((most, false)),
        );
        row("images, an alarm where no mark is", Share::of(those.iter().map(|o| o.stray > 0)), None);
        row("images, a mark reported where none is, without alarm", Share::of(those.iter().map(|o| o.ghosts > 0)), None);
        let empty = those.iter().filter(|o| o.marks.is_empty() && o.others.is_empty());
        row("images without marks, flagged", Share::of(empty.map(|o| o.stray > 0)), Some((0.01, false)));
    } else {
        row(
            "unrelated, flagged",
            Share::of(those.iter().flat_map(|o| &o.others).filter(|j| j.mark.expect == Expect::Unrelated).map(|j| j.said.alarm())),
            Some((0.01, false)),
        );
        let said = |s: Said| {
            Share::of(those.iter().flat_map(|o| &o.others).filter(|j| j.mark.expect == Expect::Unrelated).map(move |j| j.said == s))
        };
        row("unrelated, taken for a look-alike", said(Said::LookAlike), None);
        row("unrelated, taken for a copy", said(Said::Copy), None);
        row("unrelated, unsure", said(Said::Unsure), None);
        row("identical, said so", Share::of(marks(those, Expect::Identical).map(|j| j.said == Said::Identical)), None);
    }
    row("retired, reported as outdated", Share::of(marks(those, Expect::Outdated).map(|j| j.said == Said::Outdated)), Some((0.95, true)));
    row("retired, taken for altered", Share::of(marks(those, Expect::Outdated).map(|j| j.said == Said::Altered)), None);
    let alike =
        |s: Said| Share::of(those.iter().flat_map(|o| &o.others).filter(|j| j.mark.expect == Expect::LookAlike).map(move |j| j.said == s));
    row("look-alikes, said so", alike(Said::LookAlike), None);
    row("look-alikes, taken for altered", alike(Said::Altered), None);
    row("look-alikes, unsure", alike(Said::Unsure), None);
    row("look-alikes, nothing said", alike(Said::Nothing), None);
    row("exact reference, of the marks found", Share::of(those.iter().flat_map(|o| &o.marks).filter_map(|j| j.exact)), None);
    row(
        "box of the mark, IoU over 0.9, of the marks found",
        Share::of(those.iter().flat_map(|o| &o.marks).filter_map(|j| j.iou).map(|i| i > 0.9)),
        None,
    );
    row("images refused", Share::of(those.iter().map(|o| o.refused.is_some())), None);
    let times: Vec<f64> = those.iter().map(|o| o.cpu * 1000.0).collect();
    let (median, high) = (percentile(times.clone(), 0.5), percentile(times, 0.95));
    let goal = if bare { 150.0 } else { 600.0 };
    let _ = writeln!(
        out,
        "| processor time, median and 95th percentile | {median:.0} ms and {high:.0} ms | median at most {goal:.0} ms | {} |\n",
        if median <= goal { "met" } else { "missed" }
    );
}

fn kinds(out: &mut String, title: &str, those: &[&Outcome]) {
    let mut by: BTreeMap<Kind, Vec<&Judged>> = BTreeMap::new();
    for j in marks(those, Expect::Altered) {
        by.entry(j.mark.kind.unwrap_or(Kind::Hue)).or_default().push(j);
    }
    if by.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "### Caught by kind and strength: {title}\n\n| kind | weak | medium | strong | all | unsure | named by group |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    let mut weak = Vec::new();
    for (kind, list) in &by {
        let share =
            |s: Option<usize>| Share::of(list.iter().filter(|j| s.is_none() || j.mark.strength == s).map(|j| j.said == Said::Altered));
        let unsure = list.iter().filter(|j| j.said == Said::Unsure).count();
        let named = Share::of(list.iter().filter(|j| j.said == Said::Altered).map(|j| j.named));
        let cells: Vec<String> = [Some(0), Some(1), Some(2), None].into_iter().map(|s| share(s).short()).collect();
        let _ = writeln!(out, "| {} | {} | {unsure} | {} |", kind.name(), cells.join(" | "), named.short());
        for (s, name) in ["weak", "medium", "strong"].iter().enumerate() {
            let r = share(Some(s));
            if r.of > 0 && r.rate() < if title == "bare files" { 0.97 } else { 0.93 } {
                weak.push(format!("{} {name} ({})", kind.name(), r.short()));
            }
        }
    }
    let _ = writeln!(out, "\nRows below the goal: {}.\n", if weak.is_empty() { "none".to_owned() } else { weak.join(", ") });
}

/// Where false alarms and misses come from.
fn alarms(out: &mut String, all: &[Outcome]) {
    let class = |code: &str| {
        let first = code.split(|c: char| c == ',' || c.is_ascii_digit()).next().unwrap_or_default().trim().to_owned();
        match first.as_str() {
            "jpeg q" if code.contains("then") => "jpeg twice".to_owned(),
            "jpeg q" => "jpeg".to_owned(),
            "webp q" => "webp, lossy".to_owned(),
            "jpeg cmyk q" => "jpeg cmyk".to_owned(),
            f => f.to_owned(),
        }
    };
    let mut by: BTreeMap<(u8, String), [Share; 4]> = BTreeMap::new();
    for o in all {
        for j in &o.marks {
            for key in [(0, class(&o.label.code)), (1, j.mark.sort.to_owned())] {
                let e = by.entry(key).or_default();
                let mut add = |i: usize, yes: bool| {
                    e[i].of += 1;
                    e[i].yes += usize::from(yes);
                };
                match j.mark.expect {
                    Expect::Altered => {
                        add(0, j.said == Said::Altered);
                    }
                    Expect::Copy | Expect::Identical => {
                        add(1, j.said.alarm());
                        add(2, j.said == Said::Unsure);
                    }
                    _ => add(3, j.said == Said::Outdated),
                }
            }
        }
    }
    let _ = writeln!(
        out,
        "### By encoding and by sort of design, all settings\n\n| | altered caught | false alarms | copies unsure | retired outdated |\n| --- | --- | --- | --- | --- |"
    );
    for ((_, name), s) in &by {
        let fine = |s: Share| if s.of == 0 { String::new() } else { format!("{:.1} % of {}", 100.0 * s.rate(), s.of) };
        let _ = writeln!(out, "| {name} | {} | {} | {} | {} |", s[0].short(), fine(s[1]), fine(s[2]), s[3].short());
    }
    let _ = writeln!(out);
}
