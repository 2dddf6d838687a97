//! What must, or must not, surround a match.

use crate::document::{Mark, Role};
use crate::pack::{LazyRegex, PhraseSet};

/// What must, or must not, surround a match.
#[derive(Debug, Default)]
pub struct Context {
    /// Look only in these roles and marks; empty for everywhere but code.
    pub scope: Vec<Scope>,
    /// Look everywhere, code too.
    pub any_scope: bool,
    /// Not in these.
    pub not_scope: Vec<Scope>,
    /// Exceptions: a match that overlaps one is none.
    pub exceptions: Option<PhraseSet>,
    /// The same as regular expressions.
    pub exception_regex: Option<LazyRegex>,
    /// Phrases that switch the rule off for a document.
    pub document: Option<PhraseSet>,
    /// What must be near.
    pub near: Vec<Near>,
    /// What must not.
    pub unless_near: Vec<Near>,
    /// What must not come directly after the match.
    pub not_before: Beside,
    /// What must not come directly before it.
    pub not_after: Beside,
}

impl Context {
    /// Whether it can rule out a value that is no text: by an exception, or by what the document says.
    pub fn speaks_of_values(&self) -> bool {
        self.exceptions.is_some() || self.exception_regex.is_some() || self.document.is_some()
    }
}

/// What touches a match.
#[derive(Debug, Default)]
pub struct Beside {
    /// Signs, which must touch.
    pub signs: Vec<String>,
    /// Phrases, which may stand after white space.
    pub phrases: PhraseSet,
}

/// Phrases within a distance.
#[derive(Debug)]
pub struct Near {
    /// Any of these.
    pub phrases: PhraseSet,
    /// Or a name of the firm that is speaking.
    pub speaker: bool,
    /// How far.
    pub within: Within,
    /// On which side.
    pub side: Side,
}

/// A distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// So many words of the same block.
    Words(usize),
    /// The sentence.
    Sentence,
    /// The block.
    Block,
    /// The document, or the record.
    Document,
    /// What leads into the block: the heading that it stands under, and the line before the list that it is an item of.
    Lead,
    /// The head of the column, the first cell of the row and the next cell of the cell that the match is in; the term of a description.
    Cell,
}

/// A side of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Earlier.
    Before,
    /// Later.
    After,
    /// Either.
    Both,
}

/// Where text stands: a role, a mark, or what the words around it make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A block's role.
    Role(Role),
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// A mark.
    Mark(Mark),
    /// Part of an address on the web.
    Url,
    /// Part of an e-mail address.
    Email,
    /// `@name`.
    Handle,
    /// `#tag`.
    Hashtag,
    /// A file's name.
    Filename,
    /// A name out of code: `snake_case`, `data-x`, `a::b`.
    Identifier,
    /// Between quotation marks.
    Quoted,
    /// A sentence that ends with a question mark.
    Question,
    /// A block all in capitals.
    Caps,
}

impl Scope {
    /// The scope of this name.
    pub fn from_name(name: &str) -> Option<Scope> {
        if let Some((role, _)) = Role::ALL.iter().find(|(_, n)| *n == name) {
            return Some(Scope::Role(*role));
        }
        if let Some(level) = name.strip_prefix('h').and_then(|l| l.parse().ok()).filter(|l| (1..=6).contains(l)) {
            return Some(Scope::Heading(level));
        }
        if let Some((mark, _)) = Mark::ALL.iter().find(|(_, n)| *n == name) {
            return Some(Scope::Mark(*mark));
        }
        Scope::WORDS.iter().find(|(_, n)| *n == name).map(|(s, _)| *s)
    }

    /// The name of the scope.
    pub fn name(self) -> String {
        match self {
            Scope::Role(role) => role.name().to_owned(),
            Scope::Heading(level) => format!("h{level}"),
            Scope::Mark(mark) => Mark::ALL.iter().find(|(m, _)| *m == mark).map_or("", |(_, n)| n).to_owned(),
            word => Scope::WORDS.iter().find(|(s, _)| *s == word).map_or("", |(_, n)| n).to_owned(),
        }
    }

    /// The scopes that depend on the words around a match.
    pub const WORDS: [(Scope, &'static str); 9] = [
        (Scope::Url, "url"),
        (Scope::Email, "email"),
        (Scope::Handle, "handle"),
        (Scope::Hashtag, "hashtag"),
        (Scope::Filename, "filename"),
        (Scope::Identifier, "identifier"),
        (Scope::Quoted, "quoted"),
        (Scope::Question, "question"),
        (Scope::Caps, "caps"),
    ];
}
