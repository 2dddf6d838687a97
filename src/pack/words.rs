//! The lists of words that packs name: the files of `rules/words/` as one table, made when a rule first asks.
//!
//! What lives here knows words, their forms, tiers and languages. How text is searched for them is in [`crate::check::words`].

use crate::document::Lang;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// The files, by language.
const FILES: [(&str, &str); 8] = [
    ("en", include_str!("../../rules/words/en.txt")),
    ("de", include_str!("../../rules/words/de.txt")),
    ("fr", include_str!("../../rules/words/fr.txt")),
    ("es", include_str!("../../rules/words/es.txt")),
    ("pt", include_str!("../../rules/words/pt.txt")),
    ("it", include_str!("../../rules/words/it.txt")),
    ("nl", include_str!("../../rules/words/nl.txt")),
    ("ja", include_str!("../../rules/words/ja.txt")),
];

/// A word with this many letters at its beginning may have any ending.
const STEM_HEAD: usize = 4;

/// Words of one language, tier and group.
#[derive(Debug)]
pub struct WordList {
    /// Their language.
    pub lang: Lang,
    /// The same, as written.
    pub code: &'static str,
    /// Their tier: `strong`.
    pub tier: &'static str,
    /// Whom or what they run down; may be empty.
    pub group: &'static str,
    /// The language writes no accents.
    pub unaccented: bool,
}

/// Some of the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists(u128);

impl Lists {
    /// Whether list number `list` is among them.
    pub fn has(self, list: u8) -> bool {
        self.0 >> list & 1 != 0
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Lists) -> Lists {
        Lists(self.0 | other.0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// In which text a word counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// In text of any language.
    pub any: bool,
    /// Only where the language is known.
    pub sure: bool,
    /// Not with a capital at its beginning.
    pub lower: bool,
}

/// One meaning of a word: the list it stands in, and where it counts.
#[derive(Clone, Copy, Debug)]
pub struct Sense {
    /// The list's number, see [`WordLists::list`].
    pub list: u8,
    /// Where it counts.
    pub marks: Marks,
}

/// What the table has under a word.
#[derive(Debug)]
pub struct Entry {
    text: Range<u32>,
    senses: Range<u32>,
    /// Further words may follow: it begins an entry of several.
    pub opens: bool,
}

/// All lists.
#[derive(Debug, Default)]
pub struct WordLists {
    lists: Vec<WordList>,
    /// Folded texts, one behind another.
    text: String,
    senses: Vec<Sense>,
    entries: Vec<Entry>,
    /// By hash, with room between; 0 is none, else the entry's number and one.
    slots: Vec<u32>,
    /// Bits by hash: most words of a text are in no list, and this says so.
    sieve: Vec<u64>,
    /// Those with any ending, by number of entry.
    stems: Vec<u32>,
    /// Bits by the first four letters of these.
    heads: Vec<u64>,
    /// Bits by the shape of single words, see [`shape_number`].
    shapes: Vec<u64>,
    /// Bits by the first character of words that are written without spaces between them.
    firsts: [u64; 16],
}

static LISTS: LazyLock<WordLists> = LazyLock::new(WordLists::read);

/// The hash of an empty text.
pub const SEED: u32 = 0x811C_9DC5;

/// The hash of a text with one more byte.
#[inline]
pub fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// The hash of a text.
pub fn hash_of(text: &str) -> u32 {
    text.bytes().fold(SEED, step)
}

/// The most letters of a word that is looked up by its shape.
pub const MAX_PLAIN: usize = 60;

const SIEVE_BITS: u32 = 16;
const SLOT_BITS: u32 = 13;
const HEAD_BITS: u32 = 14;

fn spread(hash: u32) -> u32 {
    hash.wrapping_mul(0x9E37_79B1)
}

fn bit(map: &[u64], number: u32) -> bool {
    map[(number >> 6) as usize] >> (number & 63) & 1 != 0
}

fn set_bit(map: &mut [u64], number: u32) {
    map[(number >> 6) as usize] |= 1 << (number & 63);
}

fn head_number(head: &[u8; STEM_HEAD]) -> u32 {
    spread(u32::from_le_bytes(*head)) >> (u32::BITS - HEAD_BITS)
}

/// A number for the first letters of a word, its length and its last letter, all in lower case.
#[inline]
fn shape_number(head: u32, len: usize, last: u8) -> u32 {
    let shape = u64::from(head) | (len as u64) << 32 | u64::from(last) << 40;
    (shape.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - SIEVE_BITS)) as u32
}

fn first_number(c: char) -> u32 {
    spread(u32::from(c)) >> 22
}

/// Text as the table has it: in lower case, words of an entry with one space between them.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_joint(c) {
            out.push(' ');
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// What may stand between the words of an entry.
pub fn is_joint(c: char) -> bool {
    matches!(c, ' ' | '-' | '\'' | '’' | '\u{A0}' | '\u{2010}' | '\u{2011}')
}

impl WordLists {
    /// All of them.
    pub fn get() -> &'static WordLists {
        &LISTS
    }

    fn read() -> WordLists {
        let mut all = WordLists::default();
        // By text, so that each stands in the table once: what it means, whether more may follow, whether any ending may.
        let mut by_text: BTreeMap<String, (Vec<Sense>, bool, bool)> = BTreeMap::new();
        for (code, file) in FILES {
            all.read_file(code, file, &mut by_text);
        }
        let count = by_text.len();
        let bits = SLOT_BITS.max(usize::BITS - (2 * count).leading_zeros());
        all.slots = vec![0; 1 << bits];
        all.sieve = vec![0; 1 << (SIEVE_BITS - 6)];
        all.heads = vec![0; 1 << (HEAD_BITS - 6)];
        all.shapes = vec![0; 1 << (SIEVE_BITS - 6)];
        for (text, (senses, opens, stem)) in by_text {
            let number = all.entries.len() as u32;
            let from = all.text.len() as u32;
            all.text.push_str(&text);
            let first_sense = all.senses.len() as u32;
            all.senses.extend(senses);
            all.entries.push(Entry { text: from..all.text.len() as u32, senses: first_sense..all.senses.len() as u32, opens });
            if stem && let Some(head) = text.as_bytes().first_chunk() {
                set_bit(&mut all.heads, head_number(head));
                all.stems.push(number);
            }
            if let Some(c) = text.chars().next().filter(|c| is_unspaced(*c)) {
                set_bit(&mut all.firsts, first_number(c));
            }
            if let Some(last) = text.bytes().last().filter(|_| text.len() <= MAX_PLAIN && text.bytes().all(|b| b.is_ascii_alphabetic())) {
                let head = text.bytes().take(STEM_HEAD).rev().fold(0, |head, b| head << 8 | u32::from(b));
                set_bit(&mut all.shapes, shape_number(head, text.len(), last));
            }
            let hash = hash_of(&text);
            set_bit(&mut all.sieve, spread(hash) >> (u32::BITS - SIEVE_BITS));
            let mut slot = all.slot(hash);
            while all.slots[slot] != 0 {
                slot = (slot + 1) & (all.slots.len() - 1);
            }
            all.slots[slot] = number + 1;
        }
        // Of two that fit, the longer.
        let entries = &all.entries;
        all.stems.sort_by_key(|s| std::cmp::Reverse(entries[*s as usize].text.len()));
        all
    }

    fn read_file(&mut self, code: &'static str, file: &'static str, out: &mut BTreeMap<String, (Vec<Sense>, bool, bool)>) {
        let Some(lang) = Lang::from_tag(code) else { return };
        let mut unaccented = false;
        let mut list = 0;
        for line in file.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(heading) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                let (tier, group) = heading.split_once(':').unwrap_or((heading, ""));
                let (tier, group) = (tier.trim(), group.trim());
                list = self.lists.len() as u8;
                self.lists.push(WordList { lang, code, tier, group, unaccented });
                continue;
            }
            if line == "accents: none" {
                unaccented = true;
                continue;
            }
            let line = line.strip_prefix('+').unwrap_or(line);
            let (forms, marks) = line.split_once('{').unwrap_or((line, ""));
            let has = |mark: &str| marks.trim_end_matches('}').split_whitespace().any(|m| m == mark);
            let marks = Marks { any: has("any"), sure: has("sure"), lower: has("lower") };
            let mut first = "";
            for form in forms.split(',').map(str::trim).filter(|f| !f.is_empty()) {
                let (form, stem) = form.strip_suffix('*').map_or((form, false), |f| (f, true));
                let form = match form.strip_prefix('-') {
                    Some(ending) => format!("{first}{ending}"),
                    None => {
                        first = if first.is_empty() { form } else { first };
                        form.to_owned()
                    }
                };
                let folded = fold(&form);
                for (i, _) in folded.match_indices(' ') {
                    out.entry(folded[..i].to_owned()).or_default().1 = true;
                }
                let (senses, _, any_ending) = out.entry(folded).or_default();
                *any_ending |= stem;
                senses.push(Sense { list, marks });
            }
        }
    }

    fn slot(&self, hash: u32) -> usize {
        (spread(hash) >> (u32::BITS - self.slots.len().trailing_zeros())) as usize
    }

    /// A list by its number.
    pub fn list(&self, number: u8) -> Option<&WordList> {
        self.lists.get(usize::from(number))
    }

    /// Whether something of this hash may be in the table. Most often not.
    #[inline]
    pub fn may_have(&self, hash: u32) -> bool {
        bit(&self.sieve, spread(hash) >> (u32::BITS - SIEVE_BITS))
    }

    /// Whether a word with these first letters, in lower case, may begin like one that has any ending.
    #[inline]
    pub fn may_begin(&self, head: &[u8; STEM_HEAD]) -> bool {
        bit(&self.heads, head_number(head))
    }

    /// Whether a word of ASCII letters may be in the table, or begin like one that has any ending. `head`: its first four letters in lower
    /// case, the first in the lowest byte, zeros where there are fewer; `len`: its length, bytes, at most [`MAX_PLAIN`]; `last`: its last
    /// letter, in lower case.
    #[inline]
    pub fn may_be(&self, head: u32, len: usize, last: u8) -> bool {
        bit(&self.shapes, shape_number(head, len, last)) || len >= STEM_HEAD && self.may_begin(&head.to_le_bytes())
    }

    /// Whether a word that is written without spaces may begin with this character.
    pub fn may_begin_with(&self, c: char) -> bool {
        bit(&self.firsts, first_number(c))
    }

    /// What the table has under a folded text of this hash.
    pub fn find(&self, hash: u32, folded: &[u8]) -> Option<&Entry> {
        if !self.may_have(hash) {
            return None;
        }
        let mut slot = self.slot(hash);
        loop {
            let number = self.slots[slot].checked_sub(1)?;
            let entry = &self.entries[number as usize];
            if self.text_of(entry).as_bytes() == folded {
                return Some(entry);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The word with any ending that a folded text begins with.
    pub fn stem_of(&self, folded: &str) -> Option<&Entry> {
        let may = folded.as_bytes().first_chunk().is_some_and(|head| self.may_begin(head));
        if !may {
            return None;
        }
        self.stems().find(|e| folded.starts_with(self.text_of(e)))
    }

    /// Words with any ending, the longest first.
    pub fn stems(&self) -> impl Iterator<Item = &Entry> {
        self.stems.iter().map(|s| &self.entries[*s as usize])
    }

    /// All entries that are words, in the order of their text.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| !e.senses.is_empty())
    }

    /// The folded text of an entry.
    pub fn text_of(&self, entry: &Entry) -> &str {
        self.text.get(entry.text.start as usize..entry.text.end as usize).unwrap_or("")
    }

    /// What an entry means; nothing if it only begins others.
    pub fn senses_of(&self, entry: &Entry) -> &[Sense] {
        self.senses.get(entry.senses.start as usize..entry.senses.end as usize).unwrap_or(&[])
    }

    /// The lists that a name stands for: a tier, or language and tier. `None` if there are none.
    pub fn named(&self, name: &str) -> Option<Lists> {
        let is = |l: &WordList| match name.split_once('/') {
            Some((code, tier)) => l.code == code && l.tier == tier,
            None => l.tier == name,
        };
        let bits = self.lists.iter().enumerate().filter(|(_, l)| is(l)).fold(0, |bits, (i, _)| bits | 1 << i);
        (bits != 0).then_some(Lists(bits))
    }

    /// All names there are, tiers first.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let tiers = self.lists.iter().map(|l| l.tier.to_owned());
        let full = self.lists.iter().map(|l| format!("{}/{}", l.code, l.tier));
        for name in tiers.chain(full) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// A character of a script that is written without spaces, as far as there are words in it here.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_well_formed() {
        let all = WordLists::get();
        assert!(all.lists.len() < 128, "more lists than Lists has bits");
        for (code, file) in FILES {
            for line in file.lines().filter(|l| !l.starts_with(['#', '[']) && !l.is_empty() && *l != "accents: none") {
                let (forms, marks) = line.trim_end_matches('}').split_once('{').unwrap_or((line, ""));
                assert!(marks.split_whitespace().all(|m| ["any", "sure", "lower"].contains(&m)), "{code}: {line}");
                let forms: Vec<&str> = forms.trim_start_matches('+').split(',').map(str::trim).collect();
                assert!(forms.iter().all(|f| !f.is_empty() && *f == f.trim_start_matches('+')), "{code}: {line}");
                assert!(forms.iter().all(|f| !f.ends_with('*') || f.len() > STEM_HEAD + 1 || f.len() == STEM_HEAD + 1), "{code}: {line}");
                assert!(forms.iter().all(|f| !f.ends_with('*') || f.as_bytes()[..STEM_HEAD].is_ascii()), "{code}: {line}");
            }
        }
        for entry in all.entries() {
            let text = all.text_of(entry);
            assert!(all.may_have(hash_of(text)) && all.find(hash_of(text), text.as_bytes()).is_some(), "{text}");
            let lists: Vec<u8> = all.senses_of(entry).iter().map(|s| s.list).collect();
            assert_eq!(lists.len(), lists.iter().collect::<std::collections::BTreeSet<_>>().len(), "twice in one list: {text}");
        }
    }
}
