//! Where words begin and end, in scripts with spaces and without.

/// How letters hang together: words of one kind are written with spaces between them, those of the other are not.
#[derive(PartialEq, Clone, Copy)]
enum Letters {
    Spaced,
    Unspaced,
}

fn letters(c: char) -> Option<Letters> {
    let unspaced = matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}');
    if unspaced {
        Some(Letters::Unspaced)
    } else if c.is_alphanumeric() || c == '_' || is_combining(c) {
        Some(Letters::Spaced)
    } else {
        None
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}

/// Whether `start..end` of `text` begins and ends at word boundaries.
pub fn is_whole(text: &str, start: usize, end: usize) -> bool {
    boundary(text, start) && boundary(text, end)
}

/// Whether a word may begin or end at `at`. Where scripts without spaces meet others (`HubSpot認定`), one may.
pub(super) fn boundary(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return false };
    let before = before.chars().next_back().and_then(letters);
    let after = after.chars().next().and_then(letters);
    !matches!((before, after), (Some(Letters::Spaced), Some(Letters::Spaced)))
}
