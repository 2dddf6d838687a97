//! One walk over a text, word by word.

use super::disguise;
use crate::check::blocks::{self, BLOCK};
use crate::document::BLOCK_SEPARATOR;
use crate::pack::words::{Entry, MAX_PLAIN, SEED, Sense, WordLists, fold, hash_of, is_joint, is_unspaced, step};
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most words an entry has.
const MAX_WORDS: usize = 6;
/// The most characters an entry has that is written without spaces.
const MAX_UNSPACED: usize = 12;
/// Longer words are none.
const MAX_WORD: usize = 80;
/// So many bytes of a word are looked at first.
const HEAD: usize = 4;
/// A word that is spelled letter by letter has this many at least, and one in disguise as well.
const MIN_SPELLED: usize = 4;

/// A word of some list in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where.
    pub range: Range<usize>,
    /// What it means.
    pub senses: &'static [Sense],
    /// It is not written plainly: `sh1t`, `f*ck`, `f u c k`, `fuuuck`.
    pub disguised: bool,
    /// It is one only without its accents, so that words of languages that write some do not count.
    pub unaccented: bool,
}

impl Found {
    /// Whether it can have this meaning as it is written.
    pub fn may_mean(&self, sense: &Sense) -> bool {
        !self.unaccented || WordLists::get().list(sense.list).is_some_and(|l| l.unaccented)
    }
}

/// What a byte is to a walk over words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Stands between words.
    Other,
    /// An ASCII letter.
    Letter,
    /// A digit.
    Digit,
    /// A sign that may stand for a letter.
    Sign,
    /// Part of a character beyond ASCII.
    Wide,
}

/// A sign that may stand for a letter.
const fn is_sign(b: u8) -> bool {
    matches!(b, b'@' | b'$' | b'!' | b'*' | b'#' | b'%' | b'&')
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut b = 0;
    while b < 256 {
        classes[b] = match b as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b if is_sign(b) => Class::Sign,
            0x80.. => Class::Wide,
            _ => Class::Other,
        };
        b += 1;
    }
    classes
};

fn class(bytes: &[u8], at: usize) -> Class {
    bytes.get(at).map_or(Class::Other, |b| CLASSES[usize::from(*b)])
}

/// Adds the words of a text that some list has, in their order, to `out`. Takes time in proportion to the text.
pub fn scan(text: &str, out: &mut Vec<Found>) {
    let mut walk = Walk::new(text, out);
    let mut at = 0;
    while at < text.len() {
        let next = walk.block(at);
        // A word that is longer than a block, or not of plain letters.
        at = if next == at { walk.any(at) } else { next };
    }
    walk.end_spelled();
}

/// Letters that stand by themselves, one after another: `f u c k`, `s.h.i.t`.
#[derive(Default)]
struct Spelled {
    /// Where the first letter stands, and the second.
    starts: [usize; 2],
    end: usize,
    letters: String,
    between: Option<char>,
}

struct Walk<'t, 'o> {
    lists: &'static WordLists,
    text: &'t str,
    bytes: &'t [u8],
    out: &'o mut Vec<Found>,
    spelled: Spelled,
    /// How far words with signs in them were looked at.
    done: usize,
}

impl<'t, 'o> Walk<'t, 'o> {
    fn new(text: &'t str, out: &'o mut Vec<Found>) -> Self {
        Walk { lists: WordLists::get(), text, bytes: text.as_bytes(), out, spelled: Spelled::default(), done: 0 }
    }

    /// Whatever stands at `at`, where no word is before it; where to go on.
    fn any(&mut self, at: usize) -> usize {
        match class(self.bytes, at) {
            Class::Letter | Class::Digit | Class::Wide => self.word(at),
            Class::Other | Class::Sign => at + 1,
        }
    }

    /// The words from `from` on, where none is before it, as far as a block of bytes reaches; where to go on. Nearly all words are plain
    /// letters, stand in no list, and are told so by a few of their letters; of the rest, those behind the first in the block are looked at.
    fn block(&mut self, from: usize) -> usize {
        let bytes: [u8; BLOCK + HEAD] = blocks::block(self.bytes, from);
        let Some(&block) = bytes.first_chunk::<BLOCK>() else { return from };
        let letters = blocks::bits(&block, |b| b.is_ascii_alphabetic());
        let others = blocks::bits(&block, |b| b.is_ascii_digit() || is_sign(b) || !b.is_ascii());
        let signs = if others == 0 { 0 } else { blocks::bits(&block, is_sign) };
        let drawn = letters & repeated(&block);
        let begin = letters | others & !signs;
        let end_of_text = self.bytes.len().min(from + BLOCK);
        let mut at = 0;
        loop {
            let left = blocks::from(begin, at);
            if left == 0 {
                return end_of_text;
            }
            let start = left.trailing_zeros() as usize;
            // The first that is no letter.
            let end = blocks::from(!letters, start).trailing_zeros() as usize;
            if end >= BLOCK {
                return from + start;
            }
            let before = match start {
                0 => from > 0 && class(self.bytes, from - 1) == Class::Sign,
                _ => signs >> (start - 1) & 1 != 0,
            };
            let plain = end > start && others >> end & 1 == 0 && !before && drawn >> start & !(u64::MAX << (end - start)) == 0;
            if !plain || end - start > MAX_PLAIN {
                at = self.word(from + start) - from;
                if at >= BLOCK {
                    return from + at;
                }
                continue;
            }
            let (len, last) = (end - start, block[end - 1] | 0x20);
            let head = u32::from_le_bytes([bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]]) | 0x2020_2020;
            let head = head & u32::MAX >> (8 * HEAD.saturating_sub(len));
            if self.lists.may_be(head, len, last) {
                let hash = block[start..end].iter().fold(SEED, |hash, b| step(hash, b | 0x20));
                self.plain(from + start, from + end, hash, false);
            }
            if len == 1 || !self.spelled.letters.is_empty() {
                self.spell(from + start, from + end, false);
            }
            at = end;
        }
    }

    /// The word that begins at `start`; where to go on.
    fn word(&mut self, start: usize) -> usize {
        let (mut hash, mut at) = (SEED, start);
        let (mut digits, mut wide) = (false, false);
        let (mut last, mut repeats, mut most) = (0u8, 0u8, 0u8);
        loop {
            match class(self.bytes, at) {
                Class::Letter => {
                    let b = self.bytes[at] | 0x20;
                    hash = step(hash, b);
                    repeats = if b == last { repeats.saturating_add(1) } else { 0 };
                    most = most.max(repeats);
                    last = b;
                    at += 1;
                }
                Class::Digit => {
                    digits = true;
                    hash = step(hash, self.bytes[at]);
                    last = 0;
                    at += 1;
                }
                Class::Wide => {
                    let Some(c) = self.text[at..].chars().next() else { break };
                    if is_unspaced(c) {
                        if at == start {
                            return self.unspaced(start, c);
                        }
                        break;
                    }
                    if !c.is_alphanumeric() && !is_combining_mark(c) {
                        if at == start {
                            return at + c.len_utf8();
                        }
                        break;
                    }
                    wide = true;
                    last = 0;
                    let mut buffer = [0; 4];
                    for low in c.to_lowercase() {
                        hash = low.encode_utf8(&mut buffer).bytes().fold(hash, step);
                    }
                    at += c.len_utf8();
                }
                Class::Other | Class::Sign => break,
            }
        }
        let len = at - start;
        let signs = class(self.bytes, at) == Class::Sign || start > 0 && class(self.bytes, start - 1) == Class::Sign;
        if len > MAX_WORD {
            self.end_spelled();
            return at;
        }
        let found = self.plain(start, at, hash, wide);
        if !found && (digits || signs) {
            self.with_signs(start);
        }
        if !found && wide {
            self.look_alike(start, at);
        }
        if !found && most >= 2 && !wide {
            self.drawn_out(start, at);
        }
        self.spell(start, at, wide || digits);
        at
    }

    fn add(&mut self, range: Range<usize>, entry: &'static Entry, disguised: bool, unaccented: bool) -> bool {
        let senses = self.lists.senses_of(entry);
        if senses.is_empty() {
            return false;
        }
        self.out.push(Found { range, senses, disguised, unaccented });
        true
    }

    /// A word as it stands there, perhaps the first of several.
    fn plain(&mut self, start: usize, end: usize, hash: u32, wide: bool) -> bool {
        if self.lists.may_have(hash) {
            let entry = if wide {
                self.lists.find(hash, fold(&self.text[start..end]).as_bytes())
            } else {
                let mut folded = [0; MAX_WORD];
                let folded = &mut folded[..end - start];
                folded.copy_from_slice(&self.bytes[start..end]);
                folded.make_ascii_lowercase();
                self.lists.find(hash, folded)
            };
            if let Some(entry) = entry {
                let longer = if entry.opens { self.several(start, end) } else { None };
                if let Some((to, longer)) = longer {
                    self.add(start..to, longer, false, false);
                }
                if self.add(start..end, entry, false, false) || longer.is_some() {
                    return true;
                }
            }
        }
        // Most words end here.
        let Some(mut head) = self.bytes[start..end].first_chunk::<4>().copied() else { return false };
        head.iter_mut().for_each(|b| *b |= 0x20);
        if !self.lists.may_begin(&head) {
            return false;
        }
        let Some(entry) = self.lists.stem_of(&fold(&self.text[start..end])) else { return false };
        self.add(start..end, entry, false, false)
    }

    /// The longest entry of several words that begins with the word at `start..end`.
    fn several(&self, start: usize, end: usize) -> Option<(usize, &'static Entry)> {
        let mut folded = fold(&self.text[start..end]);
        let mut best = None;
        let mut at = end;
        for _ in 1..MAX_WORDS {
            let joint = self.text[at..].chars().next().filter(|c| is_joint(*c))?;
            let from = at + joint.len_utf8();
            let word = self.text[from..].char_indices().find(|(_, c)| !c.is_alphanumeric());
            let to = word.map_or(self.text.len(), |(i, _)| from + i);
            if to == from || to - start > MAX_WORD {
                break;
            }
            folded.push(' ');
            folded.push_str(&fold(&self.text[from..to]));
            let Some(entry) = self.lists.find(hash_of(&folded), folded.as_bytes()) else { break };
            at = to;
            if !self.lists.senses_of(entry).is_empty() {
                best = Some((to, entry));
            }
            if !entry.opens {
                break;
            }
        }
        best
    }

    /// A word of a script without spaces that begins at `start`, and stands by itself as far as that can be told; where to go on.
    fn unspaced(&mut self, start: usize, first: char) -> usize {
        self.end_spelled();
        let next = start + first.len_utf8();
        if !self.lists.may_begin_with(first) || !opens(self.text[..start].chars().next_back(), first) {
            return next;
        }
        let mut hash = SEED;
        let mut best = None;
        let mut at = start;
        for c in self.text[start..].chars().take(MAX_UNSPACED) {
            if !is_unspaced(c) {
                break;
            }
            at += c.len_utf8();
            hash = self.bytes[at - c.len_utf8()..at].iter().fold(hash, |h, b| step(h, *b));
            if self.lists.may_have(hash)
                && let Some(entry) = self.lists.find(hash, &self.bytes[start..at])
                && closes(c, self.text[at..].chars().next())
            {
                best = Some((at, entry));
            }
        }
        match best {
            Some((end, entry)) if self.add(start..end, entry, false, false) => end,
            _ => next,
        }
    }

    /// A run of letters, digits and signs around the word at `start`: `sh1t`, `f*ck`, `@sshole`.
    fn with_signs(&mut self, start: usize) {
        if start < self.done {
            return;
        }
        let part = |at: usize| matches!(class(self.bytes, at), Class::Letter | Class::Digit | Class::Sign);
        let (mut from, mut to) = (start, start);
        while from > self.done && part(from - 1) {
            from -= 1;
        }
        while part(to) {
            to += 1;
        }
        self.done = to;
        if to - from > MAX_WORD {
            return;
        }
        // Signs of the sentence: `*no*`, `no!`, `#no`.
        let run = &self.text[from..to];
        let run = run.trim_end_matches(['!', '*', '#', '%', '&', '@']);
        let cut = run.len() - run.trim_start_matches(['!', '*', '#', '%', '&']).len();
        let (from, run) = (from + cut, &run[cut..]);
        if let Some(entry) = disguise::meant(self.lists, run) {
            self.add(from..from + run.len(), entry, true, false);
        }
    }

    /// A word with letters of other scripts, in other widths, or with accents that it does not have.
    fn look_alike(&mut self, start: usize, end: usize) {
        let word = &self.text[start..end];
        // Letters and their accents may be two characters.
        let simple = word.chars().all(|c| c.is_ascii() || matches!(c, 'À'..='ÿ'));
        let composed: String =
            if simple { word.chars().flat_map(char::to_lowercase).collect() } else { word.nfkc().flat_map(char::to_lowercase).collect() };
        if let Some(entry) = self.lists.find(hash_of(&composed), composed.as_bytes()) {
            let plain = word.chars().any(is_combining_mark);
            self.add(start..end, entry, !plain, false);
            return;
        }
        let Some(folded) = disguise::bare(&composed) else { return };
        let entry = self.lists.find(hash_of(&folded), folded.as_bytes()).filter(|e| !self.lists.senses_of(e).is_empty());
        if let Some(entry) = entry.or_else(|| self.lists.stem_of(&folded)).filter(|_| folded.len() >= MIN_SPELLED) {
            self.add(start..end, entry, true, true);
        }
    }

    /// `fuuuck`: letters that are drawn out.
    fn drawn_out(&mut self, start: usize, end: usize) {
        let word = self.text[start..end].to_ascii_lowercase();
        for keep in [1, 2] {
            let short = disguise::shortened(&word, keep);
            let entry = self.lists.find(hash_of(&short), short.as_bytes()).filter(|e| !self.lists.senses_of(e).is_empty());
            if let Some(entry) = entry.or_else(|| self.lists.stem_of(&short)).filter(|_| short.len() >= MIN_SPELLED) {
                self.add(start..end, entry, true, false);
                return;
            }
        }
    }

    /// Takes note of a letter that stands by itself.
    fn spell(&mut self, start: usize, end: usize, odd: bool) {
        if end - start != 1 || odd {
            return self.end_spelled();
        }
        let mut between = self.text[self.spelled.end.min(start)..start].chars();
        let (one, more) = (between.next(), between.next());
        let goes_on = !self.spelled.letters.is_empty()
            && more.is_none()
            && one.is_some_and(|c| !c.is_alphanumeric() && c != BLOCK_SEPARATOR)
            && (self.spelled.letters.len() == 1 || one == self.spelled.between);
        if !goes_on {
            self.end_spelled();
            self.spelled.starts[0] = start;
        } else if self.spelled.letters.len() == 1 {
            self.spelled.between = one;
            self.spelled.starts[1] = start;
        }
        self.spelled.letters.push(char::from(self.bytes[start] | 0x20));
        self.spelled.end = end;
    }

    #[inline]
    fn end_spelled(&mut self) {
        if !self.spelled.letters.is_empty() {
            self.word_of_letters();
        }
    }

    /// A word of letters that stand by themselves, which ends here.
    fn word_of_letters(&mut self) {
        // “A” and “I” are words.
        let words = usize::from(self.spelled.letters.starts_with(['a', 'i']));
        for skipped in 0..=words {
            let s = &self.spelled;
            let (range, letters) = (s.starts[skipped]..s.end, &s.letters[skipped.min(s.letters.len())..]);
            if (MIN_SPELLED..=MAX_WORD).contains(&letters.len())
                && let Some(entry) = self.lists.find(hash_of(letters), letters.as_bytes()).or_else(|| self.lists.stem_of(letters))
                && self.add(range, entry, true, false)
            {
                break;
            }
        }
        self.spelled.letters.clear();
    }
}

/// Of which bytes the next two are the same letter.
fn repeated(block: &[u8; BLOCK]) -> u64 {
    let mut next = [0; BLOCK];
    next[..BLOCK - 1].copy_from_slice(&block[1..]);
    let mut same = [0u8; BLOCK];
    same.iter_mut().zip(block).zip(&next).for_each(|((s, a), b)| *s = (a ^ b) & !0x20);
    let same = blocks::bits(&same, |b| b == 0);
    same & same >> 1
}

/// The scripts of Japanese, as far as they tell where words begin and end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kana {
    Hiragana,
    Katakana,
    Kanji,
}

fn kana(c: char) -> Option<Kana> {
    match c {
        '\u{3040}'..='\u{309F}' => Some(Kana::Hiragana),
        '・' => None,
        '\u{30A0}'..='\u{30FF}' => Some(Kana::Katakana),
        c if is_unspaced(c) => Some(Kana::Kanji),
        _ => None,
    }
}

/// Whether a word may begin with `first` behind `before`: one in the same script goes on.
fn opens(before: Option<char>, first: char) -> bool {
    before.and_then(kana).is_none_or(|b| Some(b) != kana(first))
}

/// Particles that may follow a word in hiragana.
const PARTICLES: &str = "よやとがをはのにもか";

/// Whether a word may end with `last` before `after`.
fn closes(last: char, after: Option<char>) -> bool {
    let Some(after) = after else { return true };
    kana(after).is_none_or(|a| Some(a) != kana(last)) || kana(last) == Some(Kana::Hiragana) && PARTICLES.contains(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(String, bool)> {
        let mut out = Vec::new();
        scan(text, &mut out);
        out.into_iter().map(|f| (text[f.range].to_owned(), f.disguised)).collect()
    }

    #[test]
    fn written_plainly_or_in_disguise() {
        for (text, want, disguised) in [
            ("so SHITTY here", "SHITTY", false),
            ("motherfuckery!", "motherfuckery", false),
            ("a son-of-a-bitch", "son-of-a-bitch", false),
            ("l’enculé de", "enculé", false),
            ("l’encule\u{301} de", "encule\u{301}", false),
            ("Scheißwetter", "Scheißwetter", false),
            ("このクソ野郎が", "クソ野郎", false),
            ("死ねよ", "死ね", false),
            ("sh1t.", "sh1t", true),
            ("(@sshole)", "@sshole", true),
            ("f*ck!", "f*ck", true),
            ("f**king", "f**king", true),
            ("a f u c k i n g mess", "f u c k i n g", true),
            ("F.U.C.K.", "F.U.C.K", true),
            ("fuuuuck", "fuuuuck", true),
            ("fück", "fück", true),
            ("ｓｈｉｔ", "ｓｈｉｔ", true),
            ("s\u{4BB}it", "s\u{4BB}it", true),
        ] {
            assert!(found(text).contains(&(want.to_owned(), disguised)), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn nothing_reaches_from_one_block_into_the_next() {
        let between = BLOCK_SEPARATOR;
        for text in [
            format!("f u{between}c k"),
            format!("s{between}h{between}i{between}t"),
            format!("son of a{between}bitch of"),
            format!("クソ{between}野郎"),
        ] {
            let found = found(&text);
            assert!(found.iter().all(|(word, _)| !word.contains(between)), "{found:?}");
        }
    }

    #[test]
    fn what_only_looks_alike() {
        for text in [
            "Scunthorpe, Penistone, Cockburn, Hitchcock, assess, shiitake, Niger, niggardly",
            "s h i f t, a b c d e, R&D, AT&T, 5*3, x**y, C#, A55, 100%, #1, $5",
            "ロマンコ クソース 必死ねばる ビッチャー",
            "año, bête, Fuß, Fuchs, Schießen",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn blocks_are_walked_as_words_are(pieces in prop::collection::vec(
            "[a-zA-Z]{1,9}|[ .,]{1,3}|fucking|shit|f u c k|sh1t|@sshole|f\\*ck|fuuuck|é|“|クソ野郎|[0-9@!]|[ab] |a{60,70}", 0..40
        )) {
            let text = pieces.concat();
            let mut out = Vec::new();
            scan(&text, &mut out);
            let mut slow = Vec::new();
            let mut walk = Walk::new(&text, &mut slow);
            let mut at = 0;
            while at < text.len() {
                at = walk.any(at);
            }
            walk.end_spelled();
            let shown = |list: &[Found]| list.iter().map(|f| (f.range.clone(), f.disguised, f.unaccented)).collect::<Vec<_>>();
            prop_assert_eq!(shown(&out), shown(&slow), "{}", text);
        }

        #[test]
        fn any_text_is_walked(text in "\\PC{0,80}") {
            let mut out = Vec::new();
            scan(&text, &mut out);
            for f in out {
                prop_assert!(text.get(f.range).is_some_and(|t| !t.is_empty()));
            }
        }

        #[test]
        fn planted_words_come_back(before in "([a-z]{2,7} |[\u{3042}-\u{3050}]{2}。|“){0,4}", word in "fucking|Arschloch|sh1t|f\\*ck|enculés|s h i t", after in "([,.!] [a-z ]{0,9}|[” ][a-z ]{0,9}|)") {
            let text = format!("{before}{word}{after}");
            let at = before.len();
            let mut out = Vec::new();
            scan(&text, &mut out);
            // A single letter beside spelled ones belongs to them.
            prop_assume!(!word.contains(' ') || after.split_whitespace().all(|w| w.len() != 1));
            prop_assert!(out.iter().any(|f| f.range == (at..at + word.len())), "{text}: {out:?}");
        }
    }
}
