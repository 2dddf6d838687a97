//! The ways to write a text differently: what each does to the words of a text, and what it can be written in.

use super::letters::{self, Seed};
use unicode_normalization::UnicodeNormalization;

/// A way to write a text so that a machine may no longer know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Tags inside words.
    SplitTags,
    /// A comment inside words.
    Comment,
    /// `<wbr>` inside words, `<br>` between them.
    BreakTags,
    /// Text that no reader sees, inside words.
    HiddenBetween,
    /// Signs, spaces and accented letters by their names.
    EntityNamed,
    /// Letters by their numbers.
    EntityDecimal,
    /// The same in hexadecimal; in records the escapes of JSON.
    EntityHex,
    /// Soft hyphens inside words.
    SoftHyphen,
    /// Zero-width characters inside words.
    ZeroWidth,
    /// Letters of other scripts that look the same, among those of the word.
    Homoglyph,
    /// Full-width letters and digits.
    FullWidth,
    /// Accented letters as letter and accent.
    Decomposed,
    /// Line breaks for spaces.
    LineWrap,
    /// Line breaks with white space around them.
    HardWrap,
    /// Words divided at the end of a line.
    Hyphenation,
    /// No-break and other spaces.
    NoBreakSpace,
    /// Capitals.
    UpperCase,
    /// No capitals.
    LowerCase,
    /// A capital at each word's beginning.
    TitleCase,
    /// Typographic quotation marks, apostrophes and hyphens.
    Typography,
    /// In an attribute that readers meet, in place of running text.
    Attribute,
    /// A space between the letters.
    SpacedLetters,
    /// Digits and signs for letters.
    Leet,
    /// Accents on letters that have none.
    Diacritics,
}

/// What a stretch of text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// Text between tags.
    Html,
    /// The value of an attribute, or what is written like one.
    Attribute,
    /// Markdown.
    Markdown,
    /// Markdown that a line break ends: headings, rows of tables.
    Line,
    /// Plain text.
    Plain,
    /// A string of JSON.
    Json,
    /// Something else: characters as they are.
    Raw,
}

impl Class {
    /// All, those first that keep the text readable.
    pub const ALL: [Class; 24] = [
        Class::SplitTags,
        Class::Comment,
        Class::BreakTags,
        Class::HiddenBetween,
        Class::EntityNamed,
        Class::EntityDecimal,
        Class::EntityHex,
        Class::SoftHyphen,
        Class::ZeroWidth,
        Class::Homoglyph,
        Class::FullWidth,
        Class::Decomposed,
        Class::LineWrap,
        Class::HardWrap,
        Class::Hyphenation,
        Class::NoBreakSpace,
        Class::UpperCase,
        Class::LowerCase,
        Class::TitleCase,
        Class::Typography,
        Class::Attribute,
        Class::SpacedLetters,
        Class::Leet,
        Class::Diacritics,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Class::SplitTags => "split-tags",
            Class::Comment => "comment",
            Class::BreakTags => "break-tags",
            Class::HiddenBetween => "hidden-between",
            Class::EntityNamed => "entity-named",
            Class::EntityDecimal => "entity-decimal",
            Class::EntityHex => "entity-hex",
            Class::SoftHyphen => "soft-hyphen",
            Class::ZeroWidth => "zero-width",
            Class::Homoglyph => "homoglyph",
            Class::FullWidth => "full-width",
            Class::Decomposed => "decomposed",
            Class::LineWrap => "line-wrap",
            Class::HardWrap => "hard-wrap",
            Class::Hyphenation => "hyphenation",
            Class::NoBreakSpace => "no-break-space",
            Class::UpperCase => "upper-case",
            Class::LowerCase => "lower-case",
            Class::TitleCase => "title-case",
            Class::Typography => "typography",
            Class::Attribute => "attribute",
            Class::SpacedLetters => "spaced-letters",
            Class::Leet => "leet",
            Class::Diacritics => "diacritics",
        }
    }

    /// Whether a person reads the text as before, and may not even see a difference. The others are disguises: they show other letters.
    pub fn is_readable(self) -> bool {
        !matches!(self, Class::SpacedLetters | Class::Leet | Class::Diacritics)
    }

    /// Whether it changes which letters are capitals.
    pub fn changes_case(self) -> bool {
        matches!(self, Class::UpperCase | Class::LowerCase | Class::TitleCase)
    }

    /// Whether it is written with markup, so that plain text must become HTML first.
    pub(super) fn needs_markup(self) -> bool {
        use Class::*;
        matches!(self, SplitTags | Comment | BreakTags | HiddenBetween | EntityNamed | EntityDecimal | EntityHex | Attribute)
    }

    /// Whether it can be written in this at all.
    pub(super) fn fits(self, medium: Medium) -> bool {
        use Class::*;
        match self {
            SplitTags | Comment | BreakTags => matches!(medium, Medium::Html | Medium::Markdown | Medium::Line),
            HiddenBetween => medium == Medium::Html,
            EntityNamed | EntityDecimal => matches!(medium, Medium::Html | Medium::Attribute | Medium::Markdown | Medium::Line),
            EntityHex => matches!(medium, Medium::Html | Medium::Attribute | Medium::Markdown | Medium::Line | Medium::Json),
            // Elsewhere the hyphen would be shown in the middle of a line.
            Hyphenation => medium == Medium::Plain,
            LineWrap | HardWrap => !matches!(medium, Medium::Raw | Medium::Line),
            Attribute => false,
            _ => true,
        }
    }

    /// A text written so; as it was, where there is nothing to change. In JSON what is not ASCII is escaped.
    pub(super) fn rewrite(self, text: &str, medium: Medium, seed: Seed) -> String {
        let mut out = String::new();
        let (mut at, mut number) = (0, 0);
        while at < text.len() {
            let rest = &text[at..];
            let space = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
            if space > 0 {
                let behind = &rest[space..];
                out.push_str(&self.space(&rest[..space], behind, at > 0 && !behind.is_empty(), medium, seed.of(number)));
                at += space;
                continue;
            }
            let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
            out.push_str(&self.token(&rest[..len], medium, seed.of(number)));
            number += 1;
            at += len;
        }
        out
    }

    /// White space between two words.
    fn space(self, space: &str, behind: &str, between: bool, medium: Medium, seed: Seed) -> String {
        let plain = space.to_owned();
        if !between || space != " " {
            return plain;
        }
        // A sign at a line's beginning may mean something there.
        let word = behind.split_whitespace().next().unwrap_or("");
        let may_begin = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | ',')) && word.chars().count() > 1;
        let wrap = |line: &str| if may_begin { line.to_owned() } else { plain.clone() };
        match self {
            Class::LineWrap => wrap(if medium == Medium::Json { "\\n" } else { "\n" }),
            Class::HardWrap => wrap(match medium {
                Medium::Json => " \\r\\n\\t",
                Medium::Markdown => "  \n  ",
                Medium::Plain => "\n    ",
                _ => " \r\n\t\t",
            }),
            Class::NoBreakSpace => match medium {
                Medium::Html | Medium::Attribute | Medium::Markdown | Medium::Line => {
                    seed.pick(&["&nbsp;", "\u{A0}", "&#8239;", "\u{2009}"]).to_owned()
                }
                Medium::Json => seed.pick(&["\\u00a0", "\u{A0}", "\\u202f"]).to_owned(),
                Medium::Plain | Medium::Raw => seed.pick(&["\u{A0}", "\u{202F}", "\u{2009}", "\u{3000}"]).to_owned(),
            },
            Class::EntityNamed => seed.pick(&["&ensp;", "&emsp;", "&nbsp;"]).to_owned(),
            Class::BreakTags => if seed.pick(&[true, false, false]) { "<br>" } else { " " }.to_owned(),
            Class::SpacedLetters => "   ".to_owned(),
            _ => plain,
        }
    }

    /// A word with the signs that touch it.
    fn token(self, token: &str, medium: Medium, seed: Seed) -> String {
        let is_word = |c: char| c.is_alphanumeric() || letters::is_mark(c);
        let start = token.find(is_word).unwrap_or(token.len());
        let end = token.char_indices().rev().find(|(_, c)| is_word(*c)).map_or(start, |(i, c)| i + c.len_utf8());
        let (before, word, after) = (&token[..start], &token[start..end], &token[end..]);
        // Addresses, handles and code are not words.
        let strange = |c: char| !is_word(c) && !matches!(c, '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '–' | '%' | '+');
        let signs = |s: &str| s.contains(['@', '#', '<', '>', '&', '{', '}', '[', ']', '`', '*', '_', '\\', '$', '/']);
        if word.is_empty() || word.contains(strange) || signs(before) || signs(after) {
            return token.to_owned();
        }
        let signs = |s: &str| match self {
            Class::EntityNamed => letters::named(s),
            Class::Typography => letters::typographic(s, medium),
            _ => s.to_owned(),
        };
        format!("{}{}{}", signs(before), self.word(word, medium, seed), signs(after))
    }

    fn word(self, word: &str, medium: Medium, seed: Seed) -> String {
        let literal = |c: &str| -> String {
            match medium {
                Medium::Json if seed.pick(&[true, false]) => letters::escaped(c),
                Medium::Html | Medium::Markdown | Medium::Line if seed.pick(&[true, false]) => letters::by_number(c, true),
                _ => c.to_owned(),
            }
        };
        // What goes between two letters.
        let inside = |what: &str| match letters::middle(word, seed) {
            Some(at) => format!("{}{what}{}", &word[..at], &word[at..]),
            None => word.to_owned(),
        };
        match self {
            Class::SplitTags => match letters::middle(word, seed) {
                Some(at) => {
                    let (open, close) = match medium {
                        Medium::Markdown | Medium::Line if word.chars().all(char::is_alphanumeric) => {
                            seed.pick(&[("<b>", "</b>"), ("**", "**")])
                        }
                        _ => seed.pick(&[("<b>", "</b>"), ("<span class=\"x\">", "</span>"), ("<em>", "</em>")]),
                    };
                    format!("{}{open}{}{close}", &word[..at], &word[at..])
                }
                None => word.to_owned(),
            },
            Class::Comment => inside(seed.pick(&["<!-- x -->", "<!---->"])),
            Class::BreakTags => inside("<wbr>"),
            Class::HiddenBetween => inside(seed.pick(&["<span style=\"display:none\">x</span>", "<span hidden>zq</span>"])),
            Class::EntityNamed => letters::named(word),
            Class::EntityDecimal => letters::some(word, seed, |c| letters::by_number(c, false)),
            Class::EntityHex if medium == Medium::Json => letters::some(word, seed, letters::escaped),
            Class::EntityHex => letters::some(word, seed, |c| letters::by_number(c, true)),
            Class::SoftHyphen => {
                inside(&if medium == Medium::Html { seed.pick(&["&shy;", "\u{AD}"]).to_owned() } else { literal("\u{AD}") })
            }
            Class::ZeroWidth => inside(&literal(seed.pick(&["\u{200B}", "\u{2060}", "\u{200D}", "\u{FEFF}"]))),
            Class::Homoglyph => letters::look_alike(word, seed),
            Class::FullWidth => word.chars().map(letters::full_width).collect(),
            Class::Decomposed => word.nfd().collect(),
            Class::Hyphenation => {
                match letters::middle(word, seed).filter(|_| word.chars().count() >= 6 && word.chars().all(char::is_alphabetic)) {
                    Some(at) => format!("{}-\n{}", &word[..at], &word[at..]),
                    None => word.to_owned(),
                }
            }
            Class::UpperCase => word.to_uppercase(),
            Class::LowerCase => word.to_lowercase(),
            Class::TitleCase => {
                let mut chars = word.chars();
                chars.next().map(|c| c.to_uppercase().chain(chars)).into_iter().flatten().collect()
            }
            Class::Typography => letters::typographic(word, medium),
            Class::SpacedLetters if word.is_ascii() && word.chars().all(char::is_alphabetic) && word.len() >= 3 => {
                word.chars().map(String::from).collect::<Vec<_>>().join(" ")
            }
            Class::Leet => letters::leet(word, seed),
            Class::Diacritics => letters::accented(word, seed),
            Class::LineWrap | Class::HardWrap | Class::NoBreakSpace | Class::Attribute | Class::SpacedLetters => word.to_owned(),
        }
    }
}
