//! What counts as an emoji.

/// Whether a character is a pictograph by itself. Letters in circles, arrows, marks such as ■ ☞ © ™ are not.
pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F300}'..='\u{1F5FF}' | '\u{1F600}'..='\u{1F64F}' | '\u{1F680}'..='\u{1F6FF}' | '\u{1F7E0}'..='\u{1F7EB}'
        | '\u{1F900}'..='\u{1F9FF}' | '\u{1FA70}'..='\u{1FAFF}' | '\u{1F1E6}'..='\u{1F1FF}'
        | '\u{2705}' | '\u{2728}' | '\u{274C}' | '\u{2753}'..='\u{2755}' | '\u{2757}' | '\u{2764}' | '\u{2B50}' | '\u{2B55}' | '\u{26A1}'
        | '\u{1F004}' | '\u{1F0CF}' | '\u{231A}'..='\u{231B}' | '\u{23E9}'..='\u{23F3}' | '\u{2614}'..='\u{2615}' | '\u{26BD}'..='\u{26BE}')
}

/// A number that the emoji of a text do not exceed, told by the first bytes of its characters.
pub fn at_most(text: &str) -> usize {
    if text.is_ascii() { 0 } else { crate::source::count_bytes(text.as_bytes(), |b| matches!(b, 0xE2 | 0xF0)) }
}

/// How many emoji there are. A flag, written as two letters, counts once; skin tones count nothing.
pub fn count(text: &str) -> usize {
    if at_most(text) == 0 {
        return 0;
    }
    let mut flags = 0;
    let mut n = 0;
    for c in text.chars() {
        match c {
            '\u{1F1E6}'..='\u{1F1FF}' => flags += 1,
            '\u{1F3FB}'..='\u{1F3FF}' => {}
            c if is_emoji(c) => n += 1,
            _ => {}
        }
    }
    n + usize::div_ceil(flags, 2)
}
