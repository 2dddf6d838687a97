//! What the words around a match make of it: part of an address, a file name, a name out of code, a quotation.

use super::template;
use crate::pack::model::Scope;

/// How far around a match a token may reach, bytes.
const REACH: usize = 240;
/// Longer quotations are paragraphs between apostrophes.
const MAX_QUOTE: usize = 600;
/// How far a sentence may reach from a match, bytes. Text without a full stop must not make every match in it cost all of it.
const MAX_SENTENCE: usize = 2000;
/// Endings that make a word a file's name.
const EXTENSIONS: [&str; 34] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv", "json", "yaml",
    "yml", "xml", "html", "htm", "css", "js", "mjs", "ts", "tsx", "jsx", "php", "py", "md", "mdx", "txt", "zip",
];

/// Whether `start..end` of `text`, the text of one block, stands in `scope`.
pub fn is(scope: Scope, text: &str, start: usize, end: usize) -> bool {
    match scope {
        Scope::Quoted => is_quoted(text, start, end),
        Scope::Question => is_question(text, end),
        Scope::Caps => is_caps(&text[floor(text, start.saturating_sub(REACH))..floor(text, end + REACH)]),
        Scope::Url | Scope::Email | Scope::Handle | Scope::Hashtag | Scope::Filename | Scope::Identifier => {
            let (from, to) = token(text, start, end);
            classify(&text[from..to], start - from, end - from) == Some(scope)
                || scope == Scope::Identifier && template::is_code(text, start, end)
        }
        Scope::Role(_) | Scope::Heading(_) | Scope::Mark(_) => false,
    }
}

/// Whether `start..end` of `text` is a whole run without white space, but for the punctuation of the sentence around it.
pub fn is_token(text: &str, start: usize, end: usize) -> bool {
    token(text, start, end) == (start, end)
}

/// The run without white space around `start..end`, without the punctuation of the sentence around it.
fn token(text: &str, start: usize, end: usize) -> (usize, usize) {
    let is_end = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '<' | '>' | '(' | ')' | '\u{FFFC}' | '，' | '。' | '、' | '「' | '」')
    };
    let mut from = start;
    for (i, c) in text[..start].char_indices().rev() {
        if is_end(c) || start - i > REACH {
            break;
        }
        from = i;
    }
    let mut to = end;
    for (i, c) in text[end..].char_indices() {
        if is_end(c) || i > REACH {
            break;
        }
        to = end + i + c.len_utf8();
    }
    // Only what lies outside the match is punctuation of the sentence.
    let tail = text[end..to].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', ']', '}']);
    let head = text[from..start].trim_start_matches(['\'', '‘', '[', '{', ',', ';']);
    (start - head.len(), end + tail.len())
}

/// What a token is; `start..end` is the match inside it.
fn classify(token: &str, start: usize, end: usize) -> Option<Scope> {
    let (before, after) = (&token[..start], &token[end..]);
    // A match that spans words is prose, whatever touches its ends.
    let inside = &token[start..end];
    if inside.contains(' ') {
        return None;
    }
    if token.contains("://") || token.starts_with("www.") || token.starts_with("//") || token.starts_with("mailto:") {
        return Some(Scope::Url);
    }
    if let Some(at) = token.find('@') {
        let (local, domain) = (&token[..at], &token[at + 1..]);
        if !local.is_empty() && domain.contains('.') && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b)) {
            return Some(Scope::Email);
        }
        if at == 0 {
            // `@scope/package` is a name out of code; `@name` a handle.
            return Some(if domain.contains('/') { Scope::Identifier } else { Scope::Handle });
        }
    }
    if token.starts_with('#') && token.len() > 1 && !token[1..].starts_with('#') {
        return Some(Scope::Hashtag);
    }
    let ascii_after: String = after.chars().take_while(char::is_ascii).collect();
    let ascii_before: String = before.chars().rev().take_while(char::is_ascii).collect::<Vec<_>>().into_iter().rev().collect();
    let word = format!("{ascii_before}{inside}{ascii_after}");
    if let Some((stem, ext)) = word.rsplit_once('.')
        && !stem.is_empty()
        && EXTENSIONS.contains(&ext.to_ascii_lowercase().as_str())
    {
        return Some(Scope::Filename);
    }
    if is_host(&word) {
        return Some(Scope::Url);
    }
    if word.starts_with('/') || word.matches('/').count() >= 2 || word.starts_with("./") || word.starts_with("~/") {
        return Some(Scope::Url);
    }
    if is_identifier(&word) { Some(Scope::Identifier) } else { None }
}

/// `hubspot.com/x`, `developers.HubSpot.com`: letters, a dot, a known top-level domain, perhaps a path.
fn is_host(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or("");
    let Some((name, tld)) = host.rsplit_once('.') else { return false };
    if name.is_empty() || tld.len() < 2 || !host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') {
        return false;
    }
    // “…with HubSpot.We” is a missing space, not a host: top-level domains are written in lower case.
    if !tld.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    psl::suffix(host.to_ascii_lowercase().as_bytes()).is_some_and(|s| s.is_known())
        || tld == "example"
        || tld == "test"
        || tld == "localhost"
}

fn is_identifier(word: &str) -> bool {
    let bytes = word.as_bytes();
    if word.contains('_')
        || word.contains("::")
        || word.contains("()")
        || word.contains("->")
        || word.contains('=')
        || word.starts_with('$')
    {
        return true;
    }
    if word.starts_with("--") || (word.starts_with('.') && word.len() > 1) {
        return true;
    }
    // `hubspot-form`, `data-hubspot-id`: all lower case with hyphens. German compounds have a capital somewhere.
    if word.contains('-') && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-') {
        return true;
    }
    // `hubspot.contacts.getById`, `hubspot:sync`, `crm/hubspot`: every part begins in lower case. After a full stop without its space comes a
    // capital.
    let parts: Vec<&str> = word.split(['.', ':', '/']).filter(|p| !p.is_empty()).collect();
    parts.len() > 1 && word.is_ascii() && parts.iter().all(|p| p.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

fn is_quoted(text: &str, start: usize, end: usize) -> bool {
    const PAIRS: [(char, char); 9] =
        [('“', '”'), ('„', '“'), ('„', '”'), ('«', '»'), ('»', '«'), ('「', '」'), ('『', '』'), ('‹', '›'), ('‘', '’')];
    let from = floor(text, start.saturating_sub(MAX_QUOTE));
    let to = floor(text, (end + MAX_QUOTE).min(text.len()));
    let (before, after) = (&text[from..start], &text[end..to]);
    for (open, close) in PAIRS {
        if let Some(o) = before.rfind(open)
            && !before[o + open.len_utf8()..].contains(close)
            && closes(after, close)
        {
            return true;
        }
    }
    // Straight quotes: an odd number before in this block, and one after.
    let straight = |s: &str| s.matches('"').count();
    let paragraph = floor(text, start.saturating_sub(MAX_SENTENCE));
    if straight(&text[paragraph..start]) % 2 == 1 && after.contains('"') {
        return true;
    }
    // Single quotes and backticks count only directly around the words: apostrophes are everywhere else.
    let (b, a) = (before.chars().next_back(), after.chars().next());
    matches!((b, a), (Some('\''), Some('\'')) | (Some('`'), Some('`')) | (Some('*'), Some('*')))
}

/// Whether the quotation mark comes after and is no apostrophe.
fn closes(after: &str, close: char) -> bool {
    if close != '’' {
        return after.contains(close);
    }
    after.char_indices().any(|(i, c)| c == '’' && !after[i + c.len_utf8()..].starts_with(char::is_alphanumeric))
}

fn is_question(text: &str, end: usize) -> bool {
    let (_, to) = sentence(text, end, end);
    text[..to].trim_end_matches(['"', '”', '»', ')', '’']).ends_with(['?', '？'])
}

fn is_caps(text: &str) -> bool {
    let mut upper = 0;
    for c in text.chars() {
        if c.is_lowercase() {
            return false;
        }
        upper += usize::from(c.is_uppercase());
    }
    upper >= 4
}

/// The sentence around `start..end`.
pub fn sentence(text: &str, start: usize, end: usize) -> (usize, usize) {
    let is_stop = |i: usize, c: char| {
        let rest = &text[i + c.len_utf8()..];
        match c {
            '。' | '！' | '？' | '•' | '\u{FFFC}' => true,
            '!' | '?' | '…' => rest.is_empty() || rest.starts_with([' ', '"', '”', '»', '’', ')']),
            '.' => {
                let ends = rest.is_empty() || rest.starts_with([' ', '"', '”', '»']);
                let word = text[floor(text, i.saturating_sub(24))..i].rsplit([' ', '(']).next().unwrap_or("");
                // "Inc. ", "z. B. ", "No. 1": an abbreviation ends no sentence.
                let abbreviation = word.chars().count() <= 1
                    || matches!(
                        word.rsplit(['/', '-', '–']).next().unwrap_or(word),
                        "Inc"
                            | "Ltd"
                            | "Corp"
                            | "Co"
                            | "S.r.l"
                            | "S.p.A"
                            | "S.A"
                            | "S.L"
                            | "B.V"
                            | "N.V"
                            | "Dr"
                            | "Mr"
                            | "Ms"
                            | "Mrs"
                            | "No"
                            | "St"
                            | "vs"
                            | "etc"
                            | "e.g"
                            | "i.e"
                            | "bzw"
                            | "ca"
                            | "ul"
                            | "Av"
                            | "Avda"
                            | "Bd"
                    )
                    // "Hauptstr. 5"
                    || word.ends_with("str") && rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
                ends && !abbreviation
            }
            _ => false,
        }
    };
    let (first, last) = (floor(text, start.saturating_sub(MAX_SENTENCE)), floor(text, end + MAX_SENTENCE));
    let before = text[first..start].char_indices().rev().map(|(i, c)| (first + i, c));
    let from = before.into_iter().find(|&(i, c)| is_stop(i, c)).map_or(first, |(i, c)| i + c.len_utf8());
    let to =
        text[end..last].char_indices().map(|(i, c)| (end + i, c)).find(|&(i, c)| is_stop(i, c)).map_or(last, |(i, c)| i + c.len_utf8());
    (from, to)
}

/// The largest character boundary that is not after `at`.
pub fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let cases = [
            ("see https://hubspot.com/ for more", Some(Scope::Url)),
            ("on developers.hubspot.com today", Some(Scope::Url)),
            ("Read hubspot.com.", Some(Scope::Url)),
            ("write to partners@hubspot.com now", Some(Scope::Email)),
            ("hubspot@acme.example is ours", Some(Scope::Email)),
            ("thanks @hubspot!", Some(Scope::Handle)),
            ("npm i @hubspot/cli", Some(Scope::Identifier)),
            ("#hubspot rocks", Some(Scope::Hashtag)),
            ("the hubspot_owner_id property", Some(Scope::Identifier)),
            ("class hubspot-form", Some(Scope::Identifier)),
            ("call hubspot.contacts.getById() first", Some(Scope::Identifier)),
            ("Add hubspot.forms.getUploadedFileByUrl method", Some(Scope::Identifier)),
            ("file hubspot-logo.png here", Some(Scope::Filename)),
            ("our hubspot-Partner", None),
            ("we love hubspot.", None),
            ("(hubspot)", None),
            ("with hubspot.We do", None),
            ("CRM/hubspot experts", None),
            ("blog/hubspot-partner/x", Some(Scope::Url)),
            ("Agentur für hubspot, seit 2010", None),
        ];
        for (text, want) in cases {
            let start = text.find("hubspot").expect("planted");
            let got = [Scope::Url, Scope::Email, Scope::Handle, Scope::Hashtag, Scope::Filename, Scope::Identifier]
                .into_iter()
                .find(|s| is(*s, text, start, start + 7));
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn quotations_and_questions() {
        for (text, want) in [
            ("Write “HubSpot”, not “Hubspot”.", true),
            ("Never \"Hubspot\" in ads", true),
            ("He said \"yes\" to Hubspot today \"ok\"", false),
            ("Don’t use Hubspot, it’s wrong", false),
            ("schreiben Sie „Hubspot“ nicht", true),
            ("the form 'Hubspot' is wrong", true),
            ("Hubspot", false),
        ] {
            let start = text.find("Hubspot").expect("planted");
            assert_eq!(is(Scope::Quoted, text, start, start + 7), want, "{text}");
        }
        let text = "Near Hamburg-St. Pauli we work 24/7. Call us.";
        assert_eq!(sentence(text, 0, 4), (0, text.len() - " Call us.".len()));
        let text = "Is Acme endorsed? Yes. We are endorsed.";
        let at: Vec<_> = text.match_indices("endorsed").map(|(i, _)| i).collect();
        assert!(is(Scope::Question, text, at[0], at[0] + 8));
        assert!(!is(Scope::Question, text, at[1], at[1] + 8));
    }
}
