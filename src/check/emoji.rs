//! What counts as an emoji.

/// Makes one emoji of those on both sides of it.
const JOINER: char = '\u{200D}';

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

/// How many emoji readers see. A flag, written as two letters, counts once, as do several that are joined to one; skin tones count nothing.
pub fn count(text: &str) -> usize {
    if at_most(text) == 0 {
        return 0;
    }
    let mut flags = 0;
    let mut n = 0;
    // Whether what comes next is a part of the emoji before it.
    let mut joined = false;
    for c in text.chars() {
        match c {
            '\u{1F1E6}'..='\u{1F1FF}' => flags += 1,
            '\u{1F3FB}'..='\u{1F3FF}' | '\u{FE0F}' => continue,
            // What makes a key of a digit.
            '\u{20E3}' => n += 1,
            c if is_emoji(c) => n += usize::from(!joined),
            _ => {}
        }
        joined = c == JOINER && n > 0;
    }
    n + usize::div_ceil(flags, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_as_one_is_one() {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";
        let cases = [
            (family, 1),
            ("\u{1F3F3}\u{FE0F}\u{200D}\u{1F308} \u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", 2),
            ("\u{2764}\u{FE0F}\u{200D}\u{1F525}", 1),
            ("\u{1F469}\u{1F3FD}\u{200D}\u{1F4BB}", 1),
            ("\u{1F1E9}\u{1F1EA} \u{1F1EB}\u{1F1F7}", 2),
            ("1\u{FE0F}\u{20E3} 2\u{FE0F}\u{20E3}", 2),
            ("\u{1F680}\u{1F680}\u{1F525}", 3),
            ("\u{200D}\u{1F680}", 1),
            ("a\u{200D}b \u{1F680}", 1),
        ];
        for (text, wanted) in cases {
            assert_eq!(count(text), wanted, "{text}");
            assert!(at_most(text) >= wanted, "{text}");
        }
    }
}
