//! Media queries: whether a stretch of a style sheet applies on a screen. What cannot be told is `None`, never a guess.

use cssparser::{ParseError, Parser, Token};
use std::sync::Arc;

/// Brackets nested deeper than this are not understood.
const MAX_NESTING: u8 = 16;

/// A screen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Screen {
    /// CSS pixels.
    pub width: f32,
    pub dark: bool,
}

impl Screen {
    /// A desktop in light colours.
    pub const USUAL: Screen = Screen { width: 1280.0, dark: false };
}

/// A list of media queries, of which one is enough.
#[derive(Debug)]
pub(super) struct Media {
    queries: Vec<Condition>,
    /// As written.
    pub text: String,
}

#[derive(Debug)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Inclusive bounds of the width.
    MinWidth(f32),
    MaxWidth(f32),
    Dark(bool),
    Known(bool),
    Unknown,
}

impl Media {
    /// Reads what stands after `@media` or in a `media` attribute.
    pub fn read(text: &str) -> Arc<Media> {
        let mut p = Parser::new(text);
        p.set_nested_block_limit(MAX_NESTING);
        let queries = p.parse_comma_separated_ignoring_errors(|p| -> Result<Condition, ParseError<()>> { Ok(condition(p)) });
        Arc::new(Media { queries, text: text.split_whitespace().collect::<Vec<_>>().join(" ") })
    }

    /// Whether it applies.
    pub fn applies(&self, screen: Screen) -> Option<bool> {
        if self.queries.is_empty() {
            return Some(true);
        }
        any(self.queries.iter().map(|q| q.holds(screen)))
    }

    /// Adds the widths at which the answer changes, and whether it depends on the colour scheme.
    pub fn turns(&self, widths: &mut Vec<f32>, scheme: &mut bool) {
        self.queries.iter().for_each(|q| q.turns(widths, scheme));
    }
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for a in answers {
        match a {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = false,
        }
    }
    known.then_some(false)
}

impl Condition {
    fn holds(&self, s: Screen) -> Option<bool> {
        match self {
            Condition::All(list) => any(list.iter().map(|c| c.holds(s).map(|h| !h))).map(|h| !h),
            Condition::Any(list) => any(list.iter().map(|c| c.holds(s))),
            Condition::Not(c) => c.holds(s).map(|h| !h),
            Condition::MinWidth(w) => Some(s.width >= *w),
            Condition::MaxWidth(w) => Some(s.width <= *w),
            Condition::Dark(dark) => Some(s.dark == *dark),
            Condition::Known(b) => Some(*b),
            Condition::Unknown => None,
        }
    }

    fn turns(&self, widths: &mut Vec<f32>, scheme: &mut bool) {
        match self {
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|c| c.turns(widths, scheme)),
            Condition::Not(c) => c.turns(widths, scheme),
            Condition::MinWidth(w) => widths.extend([*w, *w - 1.0]),
            Condition::MaxWidth(w) => widths.extend([*w, *w + 1.0]),
            Condition::Dark(_) => *scheme = true,
            Condition::Known(_) | Condition::Unknown => {}
        }
    }
}

/// One query: `not screen and (…)`, or a condition of features.
fn condition(p: &mut Parser<'_>) -> Condition {
    let (mut parts, mut any_of, mut negate, mut whole_not) = (Vec::new(), false, false, false);
    while let Ok(token) = p.next() {
        match token.clone() {
            Token::Ident(word) => match word.to_ascii_lowercase().as_str() {
                "and" | "only" => {}
                "or" => any_of = true,
                // Before a type it negates all that follows.
                "not" => negate = true,
                "screen" | "all" => {
                    whole_not |= std::mem::take(&mut negate);
                    parts.push(Condition::Known(true));
                }
                "print" | "speech" | "tty" | "tv" | "aural" | "projection" | "handheld" | "braille" | "embossed" => {
                    whole_not |= std::mem::take(&mut negate);
                    parts.push(Condition::Known(false));
                }
                _ => parts.push(Condition::Unknown),
            },
            Token::ParenthesisBlock => {
                let c = p.parse_nested_block(|p| -> Result<Condition, ParseError<()>> { Ok(in_brackets(p)) }).unwrap_or(Condition::Unknown);
                parts.push(if std::mem::take(&mut negate) { Condition::Not(Box::new(c)) } else { c });
            }
            _ => parts.push(Condition::Unknown),
        }
    }
    let c = if any_of { Condition::Any(parts) } else { Condition::All(parts) };
    if whole_not { Condition::Not(Box::new(c)) } else { c }
}

fn in_brackets(p: &mut Parser<'_>) -> Condition {
    let start = p.state();
    let nested = match p.next() {
        Ok(Token::ParenthesisBlock) => true,
        Ok(Token::Ident(word)) => word.eq_ignore_ascii_case("not"),
        _ => false,
    };
    p.reset(&start);
    if nested {
        return condition(p);
    }
    // `name`, `name: value`, `value < name < value`.
    let mut parts: Vec<Part> = Vec::new();
    while let Ok(token) = p.next() {
        let part = match token.clone() {
            Token::Ident(word) => Part::Word(word.to_ascii_lowercase()),
            Token::Colon => Part::Sign(':'),
            Token::Delim(c @ ('<' | '>' | '=')) => Part::Sign(c),
            Token::Dimension { value, unit, .. } => match unit.to_ascii_lowercase().as_str() {
                "px" => Part::Length(value),
                "em" | "rem" => Part::Length(value * 16.0),
                _ => Part::Other,
            },
            Token::Number { value: 0.0, .. } => Part::Length(0.0),
            _ => Part::Other,
        };
        // `<=` is one sign to people and includes the value; so near a width it makes no difference here.
        if !(part == Part::Sign('=') && matches!(parts.last(), Some(Part::Sign('<' | '>')))) {
            parts.push(part);
        }
    }
    feature(&parts)
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    Word(String),
    Sign(char),
    Length(f32),
    Other,
}

fn feature(parts: &[Part]) -> Condition {
    use Part::*;
    match parts {
        [Word(name), Sign(':'), Length(w)] => match name.as_str() {
            "min-width" | "min-device-width" => Condition::MinWidth(*w),
            "max-width" | "max-device-width" => Condition::MaxWidth(*w),
            _ => Condition::Unknown,
        },
        [Word(name), Sign(':'), Word(value)] => word_feature(name, Some(value)),
        [Word(name)] => word_feature(name, None),
        [Word(name), Sign('>'), Length(w)] | [Length(w), Sign('<'), Word(name)] if name == "width" => Condition::MinWidth(*w),
        [Word(name), Sign('<'), Length(w)] | [Length(w), Sign('>'), Word(name)] if name == "width" => Condition::MaxWidth(*w),
        [Length(a), Sign('<'), Word(name), Sign('<'), Length(b)] if name == "width" => {
            Condition::All(vec![Condition::MinWidth(*a), Condition::MaxWidth(*b)])
        }
        _ => Condition::Unknown,
    }
}

fn word_feature(name: &str, value: Option<&str>) -> Condition {
    match (name, value) {
        ("prefers-color-scheme", Some("dark")) => Condition::Dark(true),
        ("prefers-color-scheme", Some("light")) => Condition::Dark(false),
        // What most screens are, as long as nobody asks for something else.
        ("prefers-reduced-motion", Some("no-preference")) => Condition::Known(true),
        ("prefers-reduced-motion", _) => Condition::Known(false),
        ("hover" | "any-hover", None | Some("hover")) => Condition::Known(true),
        ("hover" | "any-hover", _) => Condition::Known(false),
        ("pointer" | "any-pointer", None | Some("fine")) => Condition::Known(true),
        ("forced-colors", None | Some("active")) | ("prefers-contrast", None | Some("more" | "less")) | ("scripting", Some("none")) => {
            Condition::Known(false)
        }
        ("color" | "width", None) | ("scripting", Some("enabled")) => Condition::Known(true),
        _ => Condition::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let at = |q: &str, width: f32, dark: bool| Media::read(q).applies(Screen { width, dark });
        for (query, width, dark, expected) in [
            ("", 900.0, false, Some(true)),
            ("all", 900.0, false, Some(true)),
            ("print", 900.0, false, Some(false)),
            ("not print", 900.0, false, Some(true)),
            ("only screen and (max-width: 600px)", 900.0, false, Some(false)),
            ("only screen and (max-width: 600px)", 600.0, false, Some(true)),
            ("print, (min-width:40em)", 640.0, false, Some(true)),
            ("not all and (min-width: 600px)", 700.0, false, Some(false)),
            ("(400px <= width <= 700px)", 700.0, false, Some(true)),
            ("(width > 800px)", 700.0, false, Some(false)),
            ("(prefers-color-scheme: dark)", 700.0, true, Some(true)),
            ("(prefers-color-scheme: dark)", 700.0, false, Some(false)),
            ("not (prefers-color-scheme: dark)", 700.0, false, Some(true)),
            ("((min-width: 100px) and (max-width: 200px)) or (hover)", 700.0, false, Some(true)),
            ("(orientation: portrait)", 700.0, false, None),
            ("(orientation: portrait) and (max-width: 10px)", 700.0, false, Some(false)),
            ("(prefers-reduced-motion: reduce)", 700.0, false, Some(false)),
            ("screen and (", 700.0, false, None),
        ] {
            assert_eq!(at(query, width, dark), expected, "{query}");
        }
    }
}
