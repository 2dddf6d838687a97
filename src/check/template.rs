//! Code that stands among prose without any markup that says so: tags and placeholders of template languages, shortcodes, and the names of
//! packages behind the commands that install them. Whole blocks of such code are told by the readers.

use super::lexical::floor;

/// How far from a match a tag may begin or end, bytes.
const REACH: usize = 600;

/// How tags of template languages begin and end: Jinja, Liquid, Handlebars, Vue, ERB, FreeMarker; `![[…]]` embeds another note.
const TAGS: [(&str, &str); 7] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>"), ("<#", ">"), ("</#", ">"), ("![[", "]]")];
/// What begins a comment, whose words nobody reads.
const COMMENTS: [&str; 4] = ["{#", "{{!", "{{--", "<#--"];
/// Directives of Blade, which are followed by an expression in brackets.
const DIRECTIVES: [&str; 18] = [
    "auth",
    "case",
    "can",
    "class",
    "component",
    "each",
    "elseif",
    "empty",
    "for",
    "foreach",
    "if",
    "include",
    "isset",
    "section",
    "slot",
    "switch",
    "unless",
    "while",
];
/// Programs that install packages, and what they are told to.
const INSTALLERS: [&str; 20] = [
    "apt", "apt-get", "brew", "bun", "bundle", "cargo", "choco", "composer", "conda", "dnf", "gem", "go", "npm", "pip", "pip3", "pipx",
    "pnpm", "poetry", "uv", "yarn",
];
const INSTALL: [&str; 5] = ["add", "get", "i", "install", "require"];

/// Whether `start..end` of `text`, the text of one block, is part of such code.
pub(super) fn is_code(text: &str, start: usize, end: usize) -> bool {
    let before = &text[floor(text, start.saturating_sub(REACH))..start];
    let (hit, after) = (&text[start..end], &text[end..floor(text, end + REACH)]);
    is_tag(before, hit, after) || is_placeholder(before, hit, after) || is_shortcode(before, hit, after) || is_package(before, hit)
}

/// Inside a tag, or the brackets of a directive.
fn is_tag(before: &str, hit: &str, after: &str) -> bool {
    let tag = TAGS.iter().any(|(open, close)| {
        let Some(inside) = before.rfind(open).map(|at| &before[at..]) else { return false };
        let closes = after.find(close).is_some_and(|c| !after[..c].contains(open));
        let comment = || COMMENTS.iter().any(|c| inside.starts_with(c));
        closes && !inside[open.len()..].contains(close) && (comment() || !is_words(inside, hit, after))
    });
    let directive = || {
        let Some(inside) = before.rfind('@').map(|at| &before[at + 1..]) else { return false };
        let Some((name, inside)) = inside.split_once('(') else { return false };
        let depth = inside.chars().fold(1i32, |d, c| if d == 0 { 0 } else { d + i32::from(c == '(') - i32::from(c == ')') });
        depth > 0 && after.contains(')') && DIRECTIVES.contains(&name.trim_end()) && !is_words(inside, hit, after)
    };
    tag || directive()
}

/// Whether a match stands between quotes with more than one word between them: an argument that readers get to see.
fn is_words(inside: &str, hit: &str, after: &str) -> bool {
    let double: &[char] = &['"', '“', '”', '″'];
    [double, &['\'']].into_iter().any(|quotes| {
        let open = inside.rfind(quotes).filter(|_| inside.matches(quotes).count() % 2 == 1);
        let words = |open: usize| [&inside[open..], hit, &after[..after.find(quotes).unwrap_or(0)]].iter().any(|s| s.contains(' '));
        open.is_some_and(words)
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$')
}

/// One name in curly brackets, as in JSX and in messages to be translated. Behind a letter they hold an argument: `\textbf{…}`.
fn is_placeholder(before: &str, hit: &str, after: &str) -> bool {
    let outside = before.trim_end_matches(is_name).strip_suffix('{');
    hit.chars().all(is_name)
        && outside.is_some_and(|o| !o.ends_with(char::is_alphanumeric))
        && after.trim_start_matches(is_name).starts_with('}')
}

/// A shortcode with attributes, or one that closes: `[form id=3]`, `[/form]`.
fn is_shortcode(before: &str, hit: &str, after: &str) -> bool {
    let Some(inside) = before.rfind(['[', ']']).map(|at| &before[at..]) else { return false };
    let Some(inside) = inside.strip_prefix('[') else { return false };
    let Some(close) = after.find(['[', ']']).filter(|c| after[*c..].starts_with(']')) else { return false };
    let whole = format!("{inside}{hit}{}", &after[..close]);
    if let Some(name) = whole.strip_prefix('/') {
        return !name.is_empty() && name.chars().all(is_name);
    }
    let mut words = whole.split_whitespace();
    let named = words.next().is_some_and(|w| whole.starts_with(w) && w.chars().all(is_name));
    let attribute = words.next().and_then(|w| w.split_once('=')).is_some_and(|(key, _)| !key.is_empty() && key.chars().all(is_name));
    named && attribute && !is_words(inside, hit, after)
}

/// What a command installs: `npm install --save NAME`.
fn is_package(before: &str, hit: &str) -> bool {
    if !before.ends_with(' ') || hit.contains(|c: char| c.is_uppercase() || c == ' ') {
        return false;
    }
    let mut words = before.rsplit(' ').filter(|w| !w.is_empty() && !w.starts_with('-'));
    if !words.next().is_some_and(|verb| INSTALL.contains(&verb)) {
        return false;
    }
    let program = words.find(|w| *w != "global").unwrap_or("").trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    INSTALLERS.iter().any(|p| p.eq_ignore_ascii_case(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_among_prose_is_told_from_prose() {
        let is = |text: &str| {
            let start = text.to_lowercase().find("hubspot").expect("planted");
            is_code(text, start, start + "hubspot".len())
        };
        for code in [
            "[hubspot type=form portal=1234567 id=5f3c]",
            "[embed source=\"hubspot\" id='3']",
            "text [/hubspot] text",
            "Hello {{ hubspot }}",
            "{{{hubspot}}}",
            "{{hubspot|default}}",
            "{{hubspot|default:\"our CRM\"}}",
            "{{> hubspot }}",
            "Open {hubspot} now",
            "{props.hubspot}",
            "Cost: ${hubspot}",
            "<#if hubspot??>",
            "<% if hubspot %>",
            "@if(hubspot)",
            "@if (count(leads) && hubspot)",
            "![[Hubspot]]",
            "{# our \"old hubspot\" footer #}",
            "{{!-- the hubspot form --}}",
            "{{-- the hubspot form --}}",
            "Run pip install hubspot first",
            "`npm i --save hubspot`",
            "yarn global add hubspot",
            "$ brew install hubspot",
        ] {
            assert!(is(code), "{code}");
        }
        for prose in [
            "{{ first }} and Hubspot and {{ last }}",
            "{{ \"We are Hubspot experts\" | t }}",
            "[button text=\"Hubspot Partner\" url=/x]",
            "[button text=”Hubspot Partner” url=/x]",
            "We [Hubspot people] think",
            "[x] Hubspot set up, a=b",
            "[Hubspot]",
            "{Hubspot|Salesforce}",
            "\\textbf{Hubspot}",
            "[[Hubspot]]",
            "Ask @acme (Hubspot partner)",
            "if (hubspot)",
            "We install hubspot for you",
            "pip install x. Then hubspot",
            "npm install Hubspot",
            "{% if x %}Hubspot{% endif %}",
        ] {
            assert!(!is(prose), "{prose}");
        }
    }
}
