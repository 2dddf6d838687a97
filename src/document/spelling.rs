//! How words are written where a text stands: what readers undo when they show a text is done here for words that are put into it.
//!
//! Knows how each format spells characters. Which words go where is not known here.

use crate::yaml;

/// One way of writing text inside another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    /// Text of HTML. In `jsx` braces begin code.
    Html {
        /// Whether it stands in MDX.
        jsx: bool,
    },
    /// The value of an attribute, in these quotes; 0 for none.
    Attribute(u8),
    /// Running text of Markdown.
    Markdown {
        /// Whether it is MDX.
        mdx: bool,
    },
    /// The title of a link or picture in Markdown.
    MarkdownTitle,
    /// Running text of reStructuredText.
    Rst,
    /// A string of JSON.
    Json {
        /// Whether it stands in a `<script>`, where `<` may end it.
        script: bool,
    },
    /// A cell of a table.
    Csv {
        /// What separates cells.
        delimiter: u8,
        /// Whether it stands in quotes.
        quoted: bool,
    },
    /// A scalar of YAML.
    Yaml(YamlStyle),
    /// A string of TOML.
    Toml {
        /// The quote around it; 0 for a value without.
        quote: u8,
    },
}

/// How a scalar of YAML is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum YamlStyle {
    /// Without quotes.
    Plain,
    /// In `'`.
    Single,
    /// In `"`.
    Double,
    /// Behind `|` or `>`.
    Block,
}

impl Layer {
    /// The layer of a scalar of YAML in `text`.
    pub fn of_yaml(text: &str, node: &yaml::Node) -> Layer {
        Layer::Yaml(match node.raw(text).as_bytes().first() {
            _ if yaml::is_block(text, node) => YamlStyle::Block,
            Some(b'"') => YamlStyle::Double,
            Some(b'\'') => YamlStyle::Single,
            _ => YamlStyle::Plain,
        })
    }

    /// Markup that is not written inside other markup but in its place.
    fn is_markup(self) -> bool {
        matches!(self, Layer::Html { .. } | Layer::Attribute(_) | Layer::Markdown { .. } | Layer::MarkdownTitle | Layer::Rst)
    }
}

/// The layers in which a block of text is written, the outermost first. No layer is text as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spelling {
    layers: [Option<Layer>; 3],
}

/// What must be known of a place to write there.
pub struct Around<'a> {
    /// The text of the file before the place; the last line of it is enough.
    pub before: &'a str,
    /// The text of the file behind it, or its first line.
    pub after: &'a str,
    /// The whole value as written, without quotes, if it is a field's; else nothing.
    pub value: &'a str,
    /// Whether the place is where the value begins.
    pub starts: bool,
    /// Whether the place is code in Markdown, where nothing can be escaped.
    pub code: bool,
    /// Whether the file's encoding lacks a character.
    pub lacks: &'a dyn Fn(char) -> bool,
}

/// Words as they are written at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The characters.
    pub text: String,
    /// The whole cell or scalar needs to be put in these quotes, and those in it doubled.
    pub quote: Option<char>,
}

/// Why words cannot be written at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unwritable {
    /// The file's encoding lacks this character, and the format has no other way to write it.
    Lacks(char),
    /// This character would mean something else there.
    Meaning(char),
}

impl Spelling {
    /// The same with a layer inside.
    #[must_use]
    pub fn with(mut self, layer: Layer) -> Spelling {
        let used = self.layers.iter().take_while(|l| l.is_some()).count();
        let in_place = used > 0
            && self.layers[used - 1].is_some_and(Layer::is_markup)
            && (layer.is_markup() || matches!(layer, Layer::Json { script: true }));
        let layer = match (self.layers[used.saturating_sub(1)], layer) {
            (Some(Layer::Markdown { mdx: true } | Layer::Html { jsx: true }), Layer::Html { .. }) if in_place => Layer::Html { jsx: true },
            (_, layer) => layer,
        };
        let at = if in_place { used - 1 } else { used };
        if let Some(place) = self.layers.get_mut(at) {
            *place = Some(layer);
        }
        self
    }

    /// The layers, the outermost first.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = Layer> {
        self.layers.into_iter().flatten()
    }

    /// The outermost layer.
    pub fn outer(&self) -> Option<Layer> {
        self.layers[0]
    }

    /// The same with another outermost layer.
    #[must_use]
    pub fn map_outer(mut self, f: impl FnOnce(Layer) -> Layer) -> Spelling {
        self.layers[0] = self.layers[0].map(f);
        self
    }

    /// Whether what is code to a reader is written without escapes.
    pub fn has_bare_code(&self) -> bool {
        self.layers().next_back().is_some_and(|l| matches!(l, Layer::Markdown { .. } | Layer::Rst))
    }

    /// Writes words. White space is written as single spaces.
    ///
    /// # Errors
    /// Where the format or the encoding has no way to write one of the characters.
    pub fn write(&self, words: &str, around: &Around) -> Result<Written, Unwritable> {
        let mut written = Written { text: words.replace(['\n', '\r', '\t'], " "), quote: None };
        for layer in self.layers().rev() {
            let text = std::mem::take(&mut written.text);
            layer.write(&text, around, &mut written)?;
        }
        match written.text.chars().find(|c| (around.lacks)(*c)) {
            Some(c) => Err(Unwritable::Lacks(c)),
            None => Ok(written),
        }
    }
}

/// A character as a reference by its number.
fn reference(out: &mut String, c: char) {
    out.push_str(&format!("&#{};", c as u32));
}

/// A character as JSON writes it by its number.
fn by_number(out: &mut String, c: char, upper: bool) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str(&if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
    }
}

impl Layer {
    fn write(self, words: &str, around: &Around, written: &mut Written) -> Result<(), Unwritable> {
        let lacks = |c: char| (around.lacks)(c);
        let out = &mut written.text;
        match self {
            Layer::Html { jsx } => {
                for c in words.chars() {
                    match c {
                        '&' => out.push_str("&amp;"),
                        '<' => out.push_str("&lt;"),
                        '>' => out.push_str("&gt;"),
                        '\u{A0}' => out.push_str("&nbsp;"),
                        '{' | '}' if jsx => reference(out, c),
                        c if lacks(c) => reference(out, c),
                        c => out.push(c),
                    }
                }
            }
            Layer::Attribute(quote) => {
                for c in words.chars() {
                    match c {
                        '&' => out.push_str("&amp;"),
                        '<' => out.push_str("&lt;"),
                        '\u{A0}' => out.push_str("&nbsp;"),
                        '"' if quote != b'\'' => out.push_str("&quot;"),
                        '\'' if quote != b'"' => reference(out, c),
                        ' ' | '=' | '>' | '`' if quote == 0 => reference(out, c),
                        c if lacks(c) => reference(out, c),
                        c => out.push(c),
                    }
                }
            }
            Layer::Markdown { .. } | Layer::MarkdownTitle if around.code => bare(words, &['`', '|'], out)?,
            Layer::Markdown { mdx } => markdown(words, mdx, false, around, out),
            Layer::MarkdownTitle => markdown(words, false, true, around, out),
            Layer::Rst if around.code => bare(words, &['`'], out)?,
            Layer::Rst => {
                for c in words.chars() {
                    if matches!(c, '\\' | '*' | '`' | '|' | '_') {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
            Layer::Json { script } => {
                // Whoever wrote the string without letters beyond ASCII goes on so. It may be long: it is looked at only for words that have such.
                let value = if words.bytes().all(|b| matches!(b, b' '..=b'~')) { "" } else { around.value };
                let ascii = value.is_ascii() && value.contains("\\u");
                let upper = value.split("\\u").skip(1).filter_map(|h| h.get(..4)).any(|h| h.bytes().any(|b| b.is_ascii_uppercase()));
                for c in words.chars() {
                    match c {
                        '"' | '\\' => out.extend(['\\', c]),
                        '<' if script => out.push_str("\\u003c"),
                        c if c < ' ' || lacks(c) || ascii && !c.is_ascii() => by_number(out, c, upper),
                        c => out.push(c),
                    }
                }
            }
            Layer::Csv { quoted: true, .. } => out.push_str(&words.replace('"', "\"\"")),
            Layer::Csv { delimiter, quoted: false } => {
                let needs = words.contains([char::from(delimiter), '"', '\n', '\r']);
                if needs {
                    written.quote = Some('"');
                    out.push_str(&words.replace('"', "\"\""));
                } else {
                    out.push_str(words);
                }
            }
            Layer::Yaml(YamlStyle::Block) => out.push_str(words),
            Layer::Yaml(YamlStyle::Single) => out.push_str(&words.replace('\'', "''")),
            Layer::Yaml(YamlStyle::Plain) => {
                if is_plain(words, around) {
                    out.push_str(words);
                } else {
                    written.quote = Some('\'');
                    out.push_str(&words.replace('\'', "''"));
                }
            }
            Layer::Yaml(YamlStyle::Double) | Layer::Toml { quote: b'"' } => {
                for c in words.chars() {
                    match c {
                        '"' | '\\' => out.extend(['\\', c]),
                        c if lacks(c) && (c as u32) < 0x1_0000 => by_number(out, c, false),
                        c if lacks(c) => out.push_str(&format!("\\U{:08x}", c as u32)),
                        c => out.push(c),
                    }
                }
            }
            Layer::Toml { quote: b'\'' } => bare(words, &['\''], out)?,
            Layer::Toml { .. } => match words.chars().find(|c| !c.is_ascii_alphanumeric()) {
                Some(c) => return Err(Unwritable::Meaning(c)),
                None => out.push_str(words),
            },
        }
        Ok(())
    }
}

/// Words where nothing can be escaped.
fn bare(words: &str, not: &[char], out: &mut String) -> Result<(), Unwritable> {
    match words.chars().find(|c| not.contains(c)) {
        Some(c) => Err(Unwritable::Meaning(c)),
        None => {
            out.push_str(words);
            Ok(())
        }
    }
}

fn markdown(words: &str, mdx: bool, title: bool, around: &Around, out: &mut String) {
    let line = around.before.rsplit(['\n', '\r']).next().unwrap_or("");
    let mut starts = line.bytes().all(|b| matches!(b, b' ' | b'\t' | b'>'));
    let ends = around.after.trim_start_matches([' ', '#']).starts_with(['\n', '\r']) || around.after.trim().is_empty();
    for (i, c) in words.char_indices() {
        let rest = &words[i + c.len_utf8()..];
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' => out.extend(['\\', c]),
            '{' | '}' if mdx => out.extend(['\\', c]),
            '"' | '\'' | '(' | ')' if title => out.extend(['\\', c]),
            '#' if starts || ends && rest.trim_matches(['#', ' ']).is_empty() => out.extend(['\\', c]),
            '-' | '+' | '=' | ':' if starts => out.extend(['\\', c]),
            '.' | ')'
                if words[..i].bytes().all(|b| b.is_ascii_digit())
                    && line.trim_start_matches([' ', '\t', '>']).bytes().all(|b| b.is_ascii_digit()) =>
            {
                out.extend(['\\', c]);
            }
            '&' => {
                let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
                let may_be_one = name.is_empty() || name.starts_with(';');
                out.push_str(if may_be_one && !(name.is_empty() && rest.is_empty() && around.after.starts_with(' ')) {
                    "&amp;"
                } else {
                    "&"
                });
            }
            c if (around.lacks)(c) => reference(out, c),
            c => out.push(c),
        }
        starts &= c == ' ';
    }
}

/// Whether words can be put into a plain scalar of YAML, which then stays one that says the same. In doubt it is quoted.
fn is_plain(words: &str, around: &Around) -> bool {
    // In a list or map on one line these end a scalar; where they stand in it already, they do not.
    let ends = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}') && !around.value.contains(c);
    let text = || matches!(yaml::parse(words).map(|n| n.value), Ok(yaml::Value::Str(_)));
    !words.contains([':', '#']) && !words.contains(ends) && (!around.starts || words.starts_with(char::is_alphanumeric) && text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(layers: &[Layer], words: &str, before: &str, after: &str, value: &str) -> Result<Written, Unwritable> {
        let spelling = layers.iter().fold(Spelling::default(), |s, l| s.with(*l));
        let lacks = |c: char| c == '☃';
        spelling.write(words, &Around { before, after, value, starts: value.is_empty(), code: false, lacks: &lacks })
    }

    #[test]
    fn each_layer_in_its_own_way() {
        let html = Layer::Html { jsx: false };
        let json = Layer::Json { script: false };
        let csv = |quoted| Layer::Csv { delimiter: b';', quoted };
        for (layers, words, value, want) in [
            (&[][..], "a <b> & \"c\"", "", "a <b> & \"c\""),
            (&[html], "R&D <x> ☃", "", "R&amp;D &lt;x&gt; &#9731;"),
            (&[Layer::Attribute(b'"')], "it's \"so\" & ☃", "", "it's &quot;so&quot; &amp; &#9731;"),
            (&[Layer::Attribute(b'\'')], "it's \"so\"", "", "it&#39;s \"so\""),
            (&[Layer::Attribute(0)], "a b", "", "a&#32;b"),
            (&[json], "\"é\\ ☃", "caf\u{e9}", "\\\"é\\\\ \\u2603"),
            (&[json], "é 🎉", "caf\\u00E9", "\\u00E9 \\uD83C\\uDF89"),
            (&[json, html], "R&D \"é\"", "x", "R&amp;D \\\"é\\\""),
            (&[html, Layer::Json { script: true }], "</script> & \"", "", "\\u003c/script> & \\\""),
            (&[csv(true)], "5\" pipe", "", "5\"\" pipe"),
            (&[csv(false)], "a, b", "", "a, b"),
            (&[Layer::Yaml(YamlStyle::Single)], "it's", "", "it''s"),
            (&[Layer::Yaml(YamlStyle::Double)], "\"☃\"", "", "\\\"\\u2603\\\""),
            (&[Layer::Yaml(YamlStyle::Plain)], "a-b, it's", "x, y", "a-b, it's"),
            (&[Layer::Markdown { mdx: false }], "a*b [c] R&D &amp; x", "", "a\\*b \\[c\\] R&D &amp;amp; x"),
            (&[Layer::Markdown { mdx: true }, html], "{x}", "", "&#123;x&#125;"),
            (&[Layer::Rst], "a*b_", "", "a\\*b\\_"),
        ] {
            let got = write(layers, words, "so ", " on", value);
            assert_eq!(got, Ok(Written { text: want.to_owned(), quote: None }), "{layers:?} {words}");
        }
        assert_eq!(write(&[csv(false)], "a; \"b\"", "", "", ""), Ok(Written { text: "a; \"\"b\"\"".to_owned(), quote: Some('"') }));
        for words in ["a: b", "a #b", "[x", "x, y"] {
            let got = write(&[Layer::Yaml(YamlStyle::Plain)], words, "k: ", "", "");
            assert_eq!(got.map(|w| w.quote), Ok(Some('\'')), "{words}");
        }
        assert_eq!(write(&[], "☃", "", "", ""), Err(Unwritable::Lacks('☃')));
        assert_eq!(write(&[Layer::Toml { quote: b'\'' }], "it's", "", "", ""), Err(Unwritable::Meaning('\'')));
    }

    #[test]
    fn where_a_line_begins_in_markdown() {
        let md = [Layer::Markdown { mdx: false }];
        for (words, before, after, want) in [
            ("# x", "", "", "\\# x"),
            ("- x", "> ", " y", "\\- x"),
            ("1. x", "", "", "1\\. x"),
            ("1. x", "a ", "", "1. x"),
            ("x #", "## ", "\n", "x \\#"),
            ("a - b", "", "", "a - b"),
        ] {
            assert_eq!(write(&md, words, before, after, "").map(|w| w.text).as_deref(), Ok(want), "{words} after {before:?}");
        }
    }
}
