//! Names at a point of a text: the index is walked letter by letter, so nothing is copied and no name is tried in vain.

use super::Gazetteer;
use super::fold::{fold_char, in_word, unspaced, word};
use fst::raw::{Fst, Node, Output};

/// A name that starts where the walk started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Its length in bytes.
    pub(super) length: usize,
    /// Where its last word starts.
    pub(super) last: usize,
    /// How many words it has.
    pub(super) words: usize,
    /// What the index says.
    pub(super) value: u64,
}

struct Walk<'f> {
    fst: &'f Fst<&'static [u8]>,
    node: Node<'f>,
    out: Output,
}

impl<'f> Walk<'f> {
    fn new(fst: &'f Fst<&'static [u8]>) -> Walk<'f> {
        Walk { fst, node: fst.root(), out: Output::zero() }
    }

    /// Follows the bytes; false where no name goes on like this.
    fn feed(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            let Some(at) = self.node.find_input(*byte) else { return false };
            let step = self.node.transition(at);
            self.out = self.out.cat(step.out);
            self.node = self.fst.node(step.addr);
        }
        true
    }

    fn value(&self) -> Option<u64> {
        self.node.is_final().then(|| self.out.cat(self.node.final_output()).value())
    }
}

impl Gazetteer {
    /// All names at the start of `text` that end with a word, short ones first.
    pub(super) fn names_at(&self, text: &str, buffer: &mut String, names: &mut Vec<Name>) {
        names.clear();
        let Some(index) = &self.index else { return };
        let mut walk = Walk::new(index.as_fst());
        let mut at = 0;
        for words in 1..=8 {
            let length = word(&text[at..], buffer);
            if length == 0 || !walk.feed(buffer.as_bytes()) {
                return;
            }
            let last = at;
            at += length;
            if let Some(value) = walk.value() {
                names.push(Name { length: at, last, words, value });
            }
            let abbreviated = matches!(buffer.as_str(), "saint" | "fort" | "mount");
            let gap = gap(&text[at..], abbreviated);
            if gap == 0 || !walk.feed(b" ") {
                return;
            }
            at += gap;
        }
    }

    /// All names at the start of `text` in a script without spaces, of two characters or more, short ones first.
    pub(super) fn unspaced_names_at(&self, text: &str, buffer: &mut String, names: &mut Vec<Name>) {
        names.clear();
        let Some(index) = &self.index else { return };
        let mut walk = Walk::new(index.as_fst());
        for (count, (at, c)) in text.char_indices().enumerate().take(24) {
            if !unspaced(c) {
                return;
            }
            fold_char(c, buffer);
            if !walk.feed(buffer.as_bytes()) {
                return;
            }
            if let Some(value) = walk.value().filter(|_| count > 0) {
                names.push(Name { length: at + c.len_utf8(), last: 0, words: 1, value });
            }
        }
    }
}

/// The length of what may stand between two words of one name.
fn gap(rest: &str, abbreviated: bool) -> usize {
    let mut chars = rest.char_indices().peekable();
    let mut length = 0;
    if abbreviated && rest.starts_with('.') {
        chars.next();
        length = 1;
    }
    match chars.peek() {
        Some((at, c)) if c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}') => length = at + c.len_utf8(),
        _ => {}
    }
    if length > 0 && rest[length..].chars().next().is_some_and(in_word) { length } else { 0 }
}
