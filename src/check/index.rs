//! What patterns look for, by key: made of the rules of a run, or of all built-in rules when promolint is built.
//!
//! The build is why this file and [`super::keys`] know nothing of the rest.

use super::keys::{Key, KeyIndex};
use crate::pack::KeySet;
use std::borrow::Cow;
use std::collections::HashMap;

/// What one pattern looks for.
#[derive(Clone, Debug)]
pub struct Sought<'k> {
    /// Strings of which one must be there.
    pub first: &'k KeySet,
    /// In just this case; else the strings are in lower case (ASCII), and the text's case is ignored.
    pub exact: bool,
    /// Sets of strings of which one of each must be there, too, in lower case, each with what tells it from others.
    pub further: Vec<(usize, &'k KeySet)>,
}

/// Patterns by their keys. They are numbered as they were given.
#[derive(Debug, Default)]
pub struct Index {
    /// All keys.
    pub keys: KeyIndex,
    /// Where in `owners` those of each key end.
    pub(super) ends: Cow<'static, [u32]>,
    pub(super) owners: Cow<'static, [u32]>,
    /// Patterns where case matters, each with the one spelling that counts, as a stretch of `spellings`.
    pub(super) exact: Cow<'static, [[u32; 3]]>,
    pub(super) spellings: Cow<'static, str>,
    /// Where in `sets` those of each pattern end.
    pub(super) set_ends: Cow<'static, [u32]>,
    /// The sets of which something must be in the text as well, by number.
    pub(super) sets: Cow<'static, [u32]>,
    /// Where in `signs` those of each set end.
    pub(super) sign_ends: Cow<'static, [u32]>,
    /// The signs of a set that it is enough to find one of.
    pub(super) signs: Cow<'static, [u8]>,
}

/// What a key belongs to, in few bytes: there are tens of thousands.
#[derive(Clone, Copy)]
pub struct Owner(u32);

/// Bits of an owner: whether the key may stand inside a word.
const INSIDE: u32 = 1 << 31;
/// It is a set of further keys.
const SET: u32 = 1 << 30;
/// It is a pattern of which one spelling counts.
const EXACT: u32 = 1 << 29;

impl Owner {
    fn new(number: usize, sort: u32, inside: bool) -> Owner {
        Owner(number as u32 & (EXACT - 1) | sort | if inside { INSIDE } else { 0 })
    }

    fn is(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// Whether the key may stand inside a word.
    #[inline]
    pub fn is_inside(self) -> bool {
        self.is(INSIDE)
    }

    /// Whether it is a set of further keys; else it is a pattern.
    #[inline]
    pub fn is_set(self) -> bool {
        self.is(SET)
    }

    /// Whether it is a pattern of which one spelling counts.
    #[inline]
    pub fn is_exact(self) -> bool {
        self.is(EXACT)
    }

    /// The number of the set or pattern; of an exact one, that for [`Index::exact`].
    #[inline]
    pub fn number(self) -> u32 {
        self.0 & (EXACT - 1)
    }
}

/// The length from which on a further key is looked for as such, bytes.
const MIN_FURTHER: usize = 3;

/// For the shorter ones of a set, a sign that each holds; `None` if one has none, so that the set says little.
fn signs_of(set: &KeySet) -> Option<Vec<u8>> {
    let sign = |key: &str| key.bytes().find(|b| !b.is_ascii_alphabetic() && *b != b' ');
    set.iter().filter(|key| key.len() < MIN_FURTHER).map(sign).collect()
}

/// Stretch number `number` of a list, where the stretches end at `ends`.
#[inline]
fn part<'l, T>(list: &'l [T], ends: &[u32], number: u32) -> &'l [T] {
    let number = number as usize;
    let from = number.checked_sub(1).map_or(0, |before| ends[before] as usize);
    &list[from..ends[number] as usize]
}

impl Index {
    /// An index of patterns, each of which has keys.
    pub fn new(patterns: &[Sought]) -> Index {
        let mut index = Index::default();
        let mut owned: Vec<(Cow<str>, Owner)> = Vec::new();
        let (mut exact, mut spellings): (Vec<[u32; 3]>, String) = Default::default();
        let (mut set_ends, mut sets, mut sign_ends, mut signs): (Vec<u32>, Vec<u32>, Vec<u32>, Vec<u8>) = Default::default();
        let mut known: HashMap<usize, Option<u32>> = HashMap::new();
        for (number, pattern) in patterns.iter().enumerate() {
            let inside = pattern.first.inside;
            for key in pattern.first.iter() {
                if !pattern.exact {
                    owned.push((key.into(), Owner::new(number, 0, inside)));
                    continue;
                }
                owned.push((key.to_ascii_lowercase().into(), Owner::new(exact.len(), EXACT, inside)));
                let from = spellings.len() as u32;
                spellings.push_str(key);
                exact.push([number as u32, from, spellings.len() as u32]);
            }
            sets.extend(pattern.further.iter().filter_map(|(id, set)| {
                *known.entry(*id).or_insert_with(|| {
                    signs.extend(signs_of(set)?);
                    let number = sign_ends.len();
                    sign_ends.push(signs.len() as u32);
                    let long = set.iter().filter(|key| key.len() >= MIN_FURTHER);
                    owned.extend(long.map(|key| (key.into(), Owner::new(number, SET, set.inside))));
                    Some(number as u32)
                })
            }));
            set_ends.push(sets.len() as u32);
        }
        // Most differ in their first bytes.
        let head = |text: &str| {
            let head = text.as_bytes().first_chunk::<8>().map(|head| u64::from_be_bytes(*head));
            head.unwrap_or_else(|| text.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |head, b| head << 8 | u64::from(b)))
        };
        owned.sort_by_cached_key(|(text, _)| head(text));
        owned.chunk_by_mut(|a, b| head(&a.0) == head(&b.0)).for_each(|alike| alike.sort_unstable_by(|a, b| a.0.cmp(&b.0)));
        let (mut keys, mut ends, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for (text, owner) in owned {
            match keys.last_mut().filter(|k: &&mut Key| k.text == text) {
                Some(key) => key.inside |= owner.is_inside(),
                None => {
                    ends.extend((!keys.is_empty()).then_some(owners.len() as u32));
                    keys.push(Key { text, inside: owner.is_inside() });
                }
            }
            owners.push(owner.0);
        }
        ends.push(owners.len() as u32);
        index.keys = KeyIndex::new(&keys);
        (index.ends, index.owners) = (ends.into(), owners.into());
        (index.exact, index.spellings) = (exact.into(), spellings.into());
        (index.set_ends, index.sets) = (set_ends.into(), sets.into());
        (index.sign_ends, index.signs) = (sign_ends.into(), signs.into());
        index
    }

    /// How many patterns there are.
    pub fn patterns(&self) -> usize {
        self.set_ends.len()
    }

    /// How many sets of further keys there are.
    pub fn further(&self) -> usize {
        self.sign_ends.len()
    }

    /// What a key belongs to.
    #[inline]
    pub fn owners(&self, key: u32) -> impl Iterator<Item = Owner> {
        part(&self.owners, &self.ends, key).iter().map(|o| Owner(*o))
    }

    /// A pattern where case matters, and the spelling that counts.
    pub fn exact(&self, number: u32) -> (u32, &str) {
        let [pattern, from, to] = self.exact[number as usize];
        (pattern, self.spellings.get(from as usize..to as usize).unwrap_or(""))
    }

    /// The sets of which something must be in a text for a pattern to match, by number.
    pub fn sets(&self, pattern: u32) -> &[u32] {
        part(&self.sets, &self.set_ends, pattern)
    }

    /// The signs of a set that it is enough to find one of.
    pub fn signs(&self, set: u32) -> &[u8] {
        part(&self.signs, &self.sign_ends, set)
    }

    /// The index as an expression of Rust; promolint's build writes it.
    #[allow(dead_code)]
    pub fn source(&self) -> String {
        let Index { keys, ends, owners, exact, spellings, set_ends, sets, sign_ends, signs } = self;
        format!(
            "Index {{ keys: {}, ends: Cow::Borrowed(&{ends:?}), owners: Cow::Borrowed(&{owners:?}), exact: Cow::Borrowed(&{exact:?}), \
             spellings: Cow::Borrowed({spellings:?}), set_ends: Cow::Borrowed(&{set_ends:?}), sets: Cow::Borrowed(&{sets:?}), \
             sign_ends: Cow::Borrowed(&{sign_ends:?}), signs: Cow::Borrowed(&{signs:?}) }}",
            keys.source()
        )
    }
}
