//! `promolint explain RULE`: what a rule asks, for the terminal and as a page.

pub mod at;
pub mod page;

use super::args::ExplainArgs;
use super::{complain, exit, print, setup, stdout_palette};
use crate::document::Kind;
use crate::engine::OWN_RULES;
use crate::finding::{Confidence, Severity};
use crate::pack::model::{Matcher, MatcherForm, Rule, SeverityByKind, TestCase, TestFacts};
use crate::pack::shape::did_you_mean;
use crate::report::{NOT_CHECKED, Palette, clean};

/// Explains a rule.
pub fn run(args: &ExplainArgs) -> u8 {
    if let Some(at) = &args.at.at {
        return at::run(&args.at, at, &args.selection);
    }
    let asked = args.rule.as_deref().unwrap_or_default();
    let setup = match setup::load(&args.selection, false, std::path::Path::new(".")) {
        Ok(s) => s,
        Err(code) => return code,
    };
    let palette = stdout_palette(args.selection.color);
    let rules: Vec<&Rule> = setup.packs.packs.iter().flat_map(|p| &p.rules).collect();
    if let Some(rule) = rules.iter().find(|r| r.id == asked).or_else(|| rules.iter().find(|r| r.aliases.iter().any(|a| a == asked))) {
        return print(&explain(rule, palette));
    }
    if asked == NOT_CHECKED {
        let text = format!(
            "{}\nWhat could not be read is never told as clean\n\nNo rule, but what promolint says of an input, or a part of one, that could not be checked: a file that cannot be read or\ndecoded, a broken record, an address that does not answer. The place and the cure stand with it. The rest is checked all\nthe same, `not_checked` in the summary names each, and the exit code is 2. It cannot be suppressed: mend the input, or leave\nit out with `exclude` in promolint.yaml.\n",
            palette.bold(NOT_CHECKED)
        );
        return print(&text);
    }
    if let Some((id, title)) = OWN_RULES.iter().find(|(id, _)| *id == asked) {
        let text = format!(
            "{}\n{title}\n\nOne of promolint's own rules, about comments that accept findings:\n\n    <!-- promolint-ignore RULE: reason -->        for the block after it\n    <!-- promolint-ignore-start RULE: reason -->  up to\n    <!-- promolint-ignore-end RULE -->\n    <!-- promolint-ignore RULE until 2027-01-31 @owner: reason -->\n\nand about entries of promolint-ignore.yaml:\n\n    - {{rule: RULE, path: \"data/*.csv\", record: ID, field: NAME, text: WORDS, reason: WHY, owner: WHO, until: 2027-01-31}}\n",
            palette.bold(id)
        );
        return print(&text);
    }
    let ids = rules.iter().map(|r| r.id.as_str()).chain(OWN_RULES.iter().map(|(id, _)| *id));
    let help = match did_you_mean(asked, ids.clone()) {
        Some(id) => format!("did you mean `{id}`?"),
        None => {
            let like: Vec<&str> = ids.filter(|i| i.contains(asked)).collect();
            if like.is_empty() {
                "`promolint rules` lists the rules".into()
            } else {
                format!("rules with this in their name: {}", like.join(", "))
            }
        }
    };
    complain(&format!("error: there is no rule `{}`\n  = help: {help}", asked));
    exit::TROUBLE
}

/// A severity in words: `warning (error in listing, ad)`.
pub fn severity(s: &SeverityByKind) -> String {
    let name = |s: Option<Severity>| s.map_or("off", Severity::name);
    let mut groups: Vec<(Option<Severity>, Vec<&str>)> = Vec::new();
    for (kind, level) in s.by_kind.iter().filter(|(_, l)| **l != s.default) {
        match groups.iter_mut().find(|(l, _)| l == level) {
            Some((_, kinds)) => kinds.push(kind.name()),
            None => groups.push((*level, vec![kind.name()])),
        }
    }
    let other: Vec<String> = groups.into_iter().map(|(l, kinds)| format!("{} in {}", name(l), kinds.join(", "))).collect();
    if other.is_empty() { name(s.default).to_owned() } else { format!("{} ({})", name(s.default), other.join("; ")) }
}

fn explain(r: &Rule, palette: Palette) -> String {
    let mut out = format!("{}  {}\n{}\n", palette.bold(&r.id), palette.dim(&clean(&r.pack)), clean(&r.title));
    let mut part = |name: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("\n{}\n{}\n", palette.bold(name), indent(&wrap(&clean_lines(text)))));
        }
    };
    part("Why", &r.why);
    part("Severity", &severity(&r.severity));
    part("Looks at", &kinds(r));
    let languages: Vec<&str> = r.languages.iter().map(|l| l.as_str()).collect();
    part("Languages", &languages.join(", "));
    let sources: Vec<String> = r
        .sources
        .iter()
        .map(|s| {
            let url = s.url.as_deref().map(|u| format!("\n{u}")).unwrap_or_default();
            format!("{}, read on {}{url}", s.title, s.checked_on.as_deref().unwrap_or("an unknown day"))
        })
        .collect();
    part("Source", &sources.join("\n"));
    part("Confidence", sure(r.confidence));
    let mut needs = Vec::new();
    registers(r.matcher(), &mut needs);
    part("Facts it needs", &needs.join("\n"));
    let texts = |cases: &[TestCase]| {
        let case = |c: &TestCase| format!("· {}{}", shorten(&c.text), known(&c.facts).map_or(String::new(), |k| format!("\n  where {k}")));
        cases.iter().take(5).map(case).collect::<Vec<_>>().join("\n")
    };
    part("Flagged", &texts(&r.tests.flag));
    part("Fine", &texts(&r.tests.pass));
    part("How to fix", &help(r));
    let id = &r.id;
    part(
        "How to suppress",
        &format!(
            "<!-- promolint-ignore {id}: reason -->   before the block, in HTML and Markdown\n- {{rule: {id}, path: FILE, reason: WHY}}   in promolint-ignore.yaml\nrules: {{{id}: off}}   in promolint.yaml"
        ),
    );
    out
}

/// Text of several lines, safe for a terminal.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// The kinds of content that a rule looks at.
fn kinds(r: &Rule) -> String {
    if r.kinds.len() == Kind::ALL.len() { "everything".to_owned() } else { r.kinds.iter().map(|k| k.name()).collect::<Vec<_>>().join(", ") }
}

/// A confidence in words.
fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Primary => "primary: the source says so, and was read in full",
        Confidence::Partial => "partial: the source was read in part, in translation, or speaks of a sister programme",
        Confidence::Secondary => "secondary: others report what the source says",
        Confidence::Inferred => "inferred: reasoned from a source that does not say it in these words",
    }
}

/// The cure, with what a finding would fill in put in general words.
pub(super) fn help(r: &Rule) -> String {
    let text = r.text().help.as_deref().unwrap_or("reword it");
    let mut rights: Vec<&str> = Vec::new();
    replacements(r.matcher(), &mut rights);
    rights.sort_unstable();
    rights.dedup();
    let right = match rights[..] {
        [one] => one.to_owned(),
        _ => "the right form".to_owned(),
    };
    text.replace("{replacement}", &right).replace("{text}", "…").replace("{value}", "…").replace("{domain}", "…").replace("{field}", "…")
}

fn replacements<'r>(m: &'r Matcher, out: &mut Vec<&'r str>) {
    match &m.form {
        MatcherForm::Text(patterns) => out.extend(patterns.iter().filter_map(|p| p.replacement.as_deref())),
        MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| replacements(m, out)),
        _ => {}
    }
}

/// What the matchers of a rule are held against.
fn registers(m: &Matcher, out: &mut Vec<&'static str>) {
    let need = match &m.form {
        MatcherForm::Claim(_) | MatcherForm::Place(_) => {
            "who is speaking, and what is known of them: a register of partners (`--partners FILE`), or the listing's own fields.\n\
             What it does not say is unknown, and nothing is found on it."
        }
        MatcherForm::Approval(_) => "the register of approvals (`--approvals FILE`)",
        MatcherForm::Image(_) => {
            "the register of images (`--assets FILE`). Where a picture cannot be compared, the rule may go by its name, or find nothing."
        }
        MatcherForm::All(list) | MatcherForm::Any(list) => return list.iter().for_each(|m| registers(m, out)),
        MatcherForm::Not(inner) => return registers(inner, out),
        _ => return,
    };
    if !out.contains(&need) {
        out.push(need);
    }
}

/// What an example takes for known: `tier: gold`.
fn known(facts: &TestFacts) -> Option<String> {
    let file: serde_json::Value = serde_json::from_str(facts.partners.as_deref()?).ok()?;
    let partner = file["partners"].get(0)?.as_object()?;
    let shown = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string().replace('"', ""), str::to_owned);
    let keys = partner.iter().filter(|(k, _)| *k != "id" && *k != "name");
    let said: Vec<String> = keys.map(|(k, v)| format!("{k}: {}", shown(v))).collect();
    (!said.is_empty()).then(|| shorten(&said.join(", ")))
}

fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(150) {
        Some((i, _)) => format!("{}…", &line[..i]),
        None => line,
    }
}

fn wrap(text: &str) -> String {
    text.lines()
        .map(|line| {
            let mut out = String::new();
            let mut column = 0;
            for word in line.split(' ') {
                let len = word.chars().count();
                if column > 0 && column + 1 + len > 92 {
                    out.push('\n');
                    column = 0;
                } else if column > 0 {
                    out.push(' ');
                    column += 1;
                }
                out.push_str(word);
                column += len;
            }
            out
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn indent(text: &str) -> String {
    text.lines().map(|l| format!("  {l}")).collect::<Vec<_>>().join("\n")
}
