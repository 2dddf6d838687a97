//! A rule as a page of Markdown, and the index of such pages.

use super::{clean_lines, help, kinds, known, registers, severity, sure};
use crate::pack::Rule;
use crate::pack::model::{Pack, TestCase, TestFormat};
use crate::report::clean;

/// Of each sort, so many examples are shown.
const EXAMPLES: usize = 8;

/// What a rule asks, why, where it comes from, what it flags and what is fine, how to fix and how to suppress.
pub fn page(r: &Rule) -> String {
    let mut out = format!("# {}\n\n{}.\n", r.id, escape(r.title.trim_end_matches('.')));
    let mut part = |name: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("\n## {name}\n\n{}\n", text.trim_end()));
        }
    };
    part("Why", &escape(&r.why));
    let off = r.severity.highest().is_none();
    let level = if off { format!("off; `rules: {{{}: note}}` in `promolint.yaml` switches it on", r.id) } else { severity(&r.severity) };
    let mut facts = format!("- Pack: `{}`\n- Severity: {level}\n- Looks at: {}\n", clean(&r.pack), kinds(r));
    let languages: Vec<&str> = r.languages.iter().map(|l| l.as_str()).collect();
    if !languages.is_empty() {
        facts.push_str(&format!("- Languages: {}\n", languages.join(", ")));
    }
    facts.push_str(&format!("- Confidence: {}\n", sure(r.confidence)));
    if !r.aliases.is_empty() {
        facts.push_str(&format!("- Former names: `{}`\n", r.aliases.join("`, `")));
    }
    if !r.folds_into.is_empty() {
        facts.push_str(&format!(
            "- Where one of these finds something in the same words, it says so and names this rule: {}\n",
            links(&r.folds_into)
        ));
    }
    part("What it is", &facts);
    let sources: Vec<String> = r
        .sources
        .iter()
        .map(|s| {
            let title = escape(&s.title);
            let title = s.url.as_deref().map_or(title.clone(), |u| format!("[{title}](<{u}>)"));
            format!("- {title}, read on {}", s.checked_on.as_deref().unwrap_or("an unknown day"))
        })
        .collect();
    part("Source", &sources.join("\n"));
    let mut needs = Vec::new();
    registers(r.matcher(), &mut needs);
    part("Facts it needs", &capital(&needs.join("\n\n")));
    part("Flagged", &examples(&r.tests.flag));
    part("Fine", &examples(&r.tests.pass));
    part("How to fix", &capital(&escape(&help(r))));
    let id = &r.id;
    part(
        "How to suppress",
        &format!(
            "Before the block, in HTML and Markdown:\n\n```html\n<!-- promolint-ignore {id}: reason -->\n```\n\n\
             For all files, in `promolint.yaml`:\n\n```yaml\nrules: {{{id}: off}}\n```"
        ),
    );
    out
}

/// The index of the pages of these rules, by pack.
pub fn index(packs: &[Pack], rules: &[&Rule]) -> String {
    let mut out = "# Rules\n\nOne page a rule, made of the packs.\n".to_owned();
    for pack in packs {
        let mut own = rules.iter().filter(|r| r.pack == pack.name).peekable();
        if own.peek().is_none() {
            continue;
        }
        out.push_str(&format!("\n## {}\n\n`{}`. {}\n\n", escape(&pack.title), clean(&pack.name), escape(&pack.description)));
        out.push_str("| rule | severity | confidence | looks at | requirement |\n| --- | --- | --- | --- | --- |\n");
        for r in own {
            let (id, title) = (&r.id, escape(&r.title).replace('|', "\\|"));
            out.push_str(&format!("| [`{id}`]({id}.md) | {} | {} | {} | {title} |\n", severity(&r.severity), r.confidence, kinds(r)));
        }
    }
    out
}

fn links(ids: &[String]) -> String {
    ids.iter().map(|id| format!("[`{id}`]({id}.md)")).collect::<Vec<_>>().join(", ")
}

fn examples(cases: &[TestCase]) -> String {
    cases.iter().take(EXAMPLES).map(example).collect::<Vec<_>>().join("\n\n")
}

fn example(case: &TestCase) -> String {
    let (language, text) = match case.format {
        TestFormat::Text => ("text", case.text.clone()),
        TestFormat::Html => ("html", case.text.clone()),
        TestFormat::Markdown => ("markdown", case.text.clone()),
        TestFormat::Image => ("text", format!("the image {}", case.text)),
        TestFormat::Record | TestFormat::Several => ("json", pretty(&case.text)),
    };
    let text = text.trim_end();
    // A fence longer than any in the text.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut where_ = Vec::new();
    where_.extend(case.kind.map(|k| format!("in content of the kind `{}`", k.name())));
    where_.extend(known(&case.facts).map(|k| format!("where {}", escape(&k))));
    let above = if where_.is_empty() { String::new() } else { format!("{}:\n\n", capital(&where_.join(", "))) };
    format!("{above}{fence}{language}\n{text}\n{fence}")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn pretty(json: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(json);
    value.ok().and_then(|v| serde_json::to_string_pretty(&v).ok()).unwrap_or_else(|| json.to_owned())
}

/// Text that Markdown would read otherwise. What stands between backticks stays.
pub(in crate::cli) fn escape(text: &str) -> String {
    let mut out = String::new();
    let text = clean_lines(text);
    let last = text.matches('`').count();
    for (i, part) in text.split('`').enumerate() {
        if i > 0 {
            out.push('`');
        }
        if i % 2 == 1 && i < last {
            out.push_str(part);
            continue;
        }
        for c in part.chars() {
            if matches!(c, '<' | '*' | '_' | '[' | ']' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}
