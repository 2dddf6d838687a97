//! How names are compared: without case, accents, apostrophes and full stops; `St.` is `Saint`. The index is built with the same code, so a
//! change here needs a new index.

use unicode_normalization::UnicodeNormalization;

/// Adds the folded form of a character: small letters without accents, `ß` as `ss`. Kana keep their voicing marks.
fn push_folded(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    for c in c.to_lowercase() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ħ' => out.push('h'),
            'ı' => out.push('i'),
            'ə' => out.push('e'),
            _ => out.extend(std::iter::once(c).nfkd().filter(|c| !is_mark(*c))),
        }
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´')
}

/// Whether a character is part of a word.
pub(super) fn in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_mark(c) || matches!(c, '\u{3099}' | '\u{309a}') }
}

/// Whether a character belongs to a script that puts no spaces between words.
pub(super) fn unspaced(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3040}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}')
}

/// Folds one character of an unspaced script.
pub(super) fn fold_char(c: char, out: &mut String) {
    out.clear();
    push_folded(c, out);
}

/// Reads the word at the start of `text` into `out`, folded, and returns its length in bytes; 0 where no word starts. Initials (`U.S.`) are one
/// word; the `s` of a genitive is none.
pub(super) fn word(text: &str, out: &mut String) -> usize {
    out.clear();
    let mut chars = text.char_indices().peekable();
    let mut end = 0;
    let mut letters = 0;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        if in_word(c) {
            push_folded(c, out);
            end = at + c.len_utf8();
            letters += 1;
            continue;
        }
        let inside = end > 0 && next.is_some_and(in_word);
        if inside && is_apostrophe(c) && !is_genitive(&text[at + c.len_utf8()..]) {
            continue;
        }
        if c == '.' && inside && letters == 1 {
            letters = 0;
            continue;
        }
        break;
    }
    match out.as_str() {
        "st" | "ste" | "sankt" | "sainte" | "sint" => "saint".clone_into(out),
        "ft" => "fort".clone_into(out),
        "mt" => "mount".clone_into(out),
        _ => {}
    }
    end
}

fn is_genitive(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(in_word)
}

/// The folded form of a whole name, its words apart by one space.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut buffer = String::new();
    let mut at = 0;
    while at < name.len() {
        let length = word(&name[at..], &mut buffer);
        if length > 0 {
            if !out.is_empty() && !buffer.is_empty() {
                out.push(' ');
            }
            out.push_str(&buffer);
        }
        at += length.max(name[at..].chars().next().map_or(1, char::len_utf8));
    }
    out
}
