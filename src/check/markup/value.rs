//! Values of declarations as numbers: functions, lengths, angles. What is not understood is `None` or unknown, never a guess.

use cssparser::{ParseError, Parser, Token};

/// Larger numbers are not taken for what somebody meant.
const MAX_NUMBER: f32 = 1e7;

/// An argument of a function.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Arg {
    Number(f32),
    /// 1 is 100 %.
    Percent(f32),
    /// A number with its unit in lower case.
    Dimension(f32, String),
    Word(String),
    /// `calc()` and the like.
    Unknown,
}

impl Arg {
    /// A share: a number or a percentage.
    pub fn amount(&self) -> Option<f32> {
        match self {
            Arg::Number(n) | Arg::Percent(n) => Some(*n),
            _ => None,
        }
    }

    /// Degrees.
    pub fn angle(&self) -> Option<f32> {
        match self {
            Arg::Dimension(n, unit) => match unit.as_str() {
                "deg" => Some(*n),
                "rad" => Some(n.to_degrees()),
                "grad" => Some(n * 0.9),
                "turn" => Some(n * 360.0),
                _ => None,
            },
            Arg::Number(n) if *n == 0.0 => Some(0.0),
            _ => None,
        }
    }

    /// Whether it is zero, whatever the unit.
    pub fn is_zero(&self) -> bool {
        matches!(self, Arg::Number(n) | Arg::Percent(n) | Arg::Dimension(n, _) if n.abs() < 1e-6)
    }
}

fn arg(p: &mut Parser<'_>, token: &Token<'_>) -> Option<Arg> {
    Some(match token {
        Token::Number { value: n, .. } | Token::Percentage { unit_value: n, .. } | Token::Dimension { value: n, .. }
            if n.abs() > MAX_NUMBER =>
        {
            Arg::Unknown
        }
        Token::Number { value, .. } => Arg::Number(*value),
        Token::Percentage { unit_value, .. } => Arg::Percent(*unit_value),
        Token::Dimension { value, unit, .. } => Arg::Dimension(*value, unit.to_ascii_lowercase()),
        Token::Ident(word) => Arg::Word(word.to_ascii_lowercase()),
        Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
            let _ = p.parse_nested_block(|p| -> Result<(), ParseError<()>> {
                while p.next().is_ok() {}
                Ok(())
            });
            Arg::Unknown
        }
        Token::Comma => return None,
        _ => Arg::Unknown,
    })
}

/// The arguments or words of a value, commas and slashes left out.
pub(super) fn words(text: &str) -> Vec<Arg> {
    let mut p = Parser::new(text);
    let mut out = Vec::new();
    while let Ok(token) = p.next() {
        let token = token.clone();
        if token != Token::Delim('/') {
            out.extend(arg(&mut p, &token));
        }
    }
    out
}

/// The functions of a value such as `grayscale(1) blur(2px)`, each with its name in lower case and its arguments. Empty for `none`; `None`
/// for anything else.
pub(super) fn functions(text: &str) -> Option<Vec<(String, Vec<Arg>)>> {
    let mut p = Parser::new(text);
    let mut out = Vec::new();
    while let Ok(token) = p.next() {
        match token.clone() {
            Token::Function(name) => {
                let args = p.parse_nested_block(|p| -> Result<Vec<Arg>, ParseError<()>> {
                    let mut args = Vec::new();
                    while let Ok(token) = p.next() {
                        let token = token.clone();
                        args.extend(arg(p, &token));
                    }
                    Ok(args)
                });
                out.push((name.to_ascii_lowercase(), args.ok()?));
            }
            Token::UnquotedUrl(_) => out.push(("url".to_owned(), Vec::new())),
            Token::Ident(word) if word.eq_ignore_ascii_case("none") => {}
            _ => return None,
        }
    }
    Some(out)
}

/// Whether browsers take a value of a property: of several declarations one that they do not know does not count. Only for what old pages
/// write for old browsers; any other value is taken.
pub(super) fn is_known(property: &str, value: &str) -> bool {
    const FILTERS: [&str; 11] =
        ["grayscale", "sepia", "invert", "brightness", "contrast", "saturate", "opacity", "hue-rotate", "blur", "drop-shadow", "url"];
    let wide = ["none", "initial", "unset", "revert", "revert-layer", "inherit"].iter().any(|w| value.eq_ignore_ascii_case(w));
    if wide || value.to_ascii_lowercase().contains("var(") {
        return true;
    }
    match property {
        "filter" => functions(value).is_some_and(|l| !l.is_empty() && l.iter().all(|(n, _)| FILTERS.contains(&n.as_str()))),
        "transform" => functions(value).is_some(),
        "opacity" => !words(value).iter().any(|w| matches!(w, Arg::Word(_))) && !value.is_empty(),
        _ => !value.is_empty() || property.starts_with("--"),
    }
}

/// A width or height.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Length {
    /// CSS pixels.
    Px(f32),
    /// Of the font's size, which is not known.
    Em(f32),
    /// 1 is 100 %.
    Percent(f32),
    Auto,
    Unknown,
}

impl Length {
    pub fn read(text: &str) -> Length {
        match words(text).as_slice() {
            [one] => Length::of(one),
            _ => Length::Unknown,
        }
    }

    pub fn of(arg: &Arg) -> Length {
        match arg {
            Arg::Number(n) if *n == 0.0 => Length::Px(0.0),
            Arg::Percent(n) => Length::Percent(*n),
            Arg::Word(w) if w == "auto" || w == "none" => Length::Auto,
            Arg::Dimension(n, unit) => match unit.as_str() {
                "px" => Length::Px(*n),
                "rem" => Length::Px(n * 16.0),
                "em" => Length::Em(*n),
                "pt" => Length::Px(n * 96.0 / 72.0),
                "pc" => Length::Px(n * 16.0),
                "in" => Length::Px(n * 96.0),
                "cm" => Length::Px(n * 96.0 / 2.54),
                "mm" => Length::Px(n * 96.0 / 25.4),
                _ => Length::Unknown,
            },
            _ => Length::Unknown,
        }
    }
}

/// What a transformation does to directions: two by two, row by row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Linear([f32; 4]);

impl Linear {
    pub const NONE: Linear = Linear([1.0, 0.0, 0.0, 1.0]);

    /// First `inner`, then this.
    pub fn after(self, inner: Linear) -> Linear {
        let (Linear([a, b, c, d]), Linear([e, f, g, h])) = (self, inner);
        Linear([a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h])
    }

    pub fn rotation(degrees: f32) -> Linear {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Linear([cos, -sin, sin, cos])
    }

    pub fn scale(x: f32, y: f32) -> Linear {
        Linear([x, 0.0, 0.0, y])
    }

    /// A list of transform functions; `None` if one is not understood.
    pub fn read(text: &str) -> Option<Linear> {
        let mut all = Linear::NONE;
        for (name, args) in functions(text)? {
            all = all.after(Linear::of(&name, &args)?);
        }
        Some(all)
    }

    fn of(name: &str, args: &[Arg]) -> Option<Linear> {
        let angle = |i: usize| args.get(i).and_then(Arg::angle);
        let amount = |i: usize| args.get(i).and_then(Arg::amount);
        let skew = |x: f32, y: f32| Linear([1.0, x.to_radians().tan(), y.to_radians().tan(), 1.0]);
        Some(match name {
            "translate" | "translatex" | "translatey" | "translatez" | "translate3d" | "perspective" => Linear::NONE,
            "rotate" | "rotatez" => Linear::rotation(angle(0)?),
            // Seen from the front, turning about an axis makes narrower.
            "rotatey" => Linear::scale(angle(0)?.to_radians().cos(), 1.0),
            "rotatex" => Linear::scale(1.0, angle(0)?.to_radians().cos()),
            "scale" | "scale3d" => Linear::scale(amount(0)?, if args.len() > 1 { amount(1)? } else { amount(0)? }),
            "scalex" => Linear::scale(amount(0)?, 1.0),
            "scaley" => Linear::scale(1.0, amount(0)?),
            "scalez" => Linear::NONE,
            "skew" => skew(angle(0)?, if args.len() > 1 { angle(1)? } else { 0.0 }),
            "skewx" => skew(angle(0)?, 0.0),
            "skewy" => skew(0.0, angle(0)?),
            "matrix" => Linear([amount(0)?, amount(2)?, amount(1)?, amount(3)?]),
            "matrix3d" => Linear([amount(0)?, amount(4)?, amount(1)?, amount(5)?]),
            _ => return None,
        })
    }

    /// How it turns, in degrees; how much one direction is stretched against the other (1: not at all); how far from a right angle the
    /// axes are, in degrees; whether it mirrors. `None` if nothing is left to see.
    pub fn parts(self) -> Option<(f32, f32, f32, bool)> {
        let Linear([a, b, c, d]) = self;
        let det = a * d - b * c;
        let (x, y) = (a.hypot(c), b.hypot(d));
        if !(det.is_finite() && x.is_finite() && y.is_finite()) || det.abs() < 1e-4 {
            return None;
        }
        let mirrored = det < 0.0;
        // Mirrored left to right: the turn is that of the vertical axis.
        let turn = if mirrored { (-b).atan2(d) } else { c.atan2(a) }.to_degrees();
        let between = ((a * b + c * d) / (x * y)).clamp(-1.0, 1.0).asin().to_degrees();
        Some((turn, x / y, between, mirrored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transformations_come_apart() {
        for (text, expected) in [
            ("none", Some((0.0, 1.0, 0.0, false))),
            ("translate(-50%, -50%) scale(1.2)", Some((0.0, 1.0, 0.0, false))),
            ("rotate(45deg) rotate(-.125turn)", Some((0.0, 1.0, 0.0, false))),
            ("rotate(10deg)", Some((10.0, 1.0, 0.0, false))),
            ("scale(-1)", Some((180.0, 1.0, 0.0, false))),
            ("scaleX(-1)", Some((0.0, 1.0, 0.0, true))),
            ("rotateY(180deg)", Some((0.0, 1.0, 0.0, true))),
            ("scale(1, .5)", Some((0.0, 2.0, 0.0, false))),
            ("matrix(2, 0, 0, 2, 5, 5)", Some((0.0, 1.0, 0.0, false))),
            ("scale(0)", None),
        ] {
            let parts = Linear::read(text).and_then(Linear::parts);
            let close = |(a, b): (f32, f32)| (a.abs() - b.abs()).abs() < 1e-3;
            let same = match (parts, expected) {
                (Some(p), Some(e)) => close((p.0, e.0)) && close((p.1, e.1)) && close((p.2, e.2)) && p.3 == e.3,
                (p, e) => p.is_none() && e.is_none(),
            };
            assert!(same, "{text}: {parts:?}");
        }
        assert!(Linear::read("skewX(10deg)").and_then(Linear::parts).is_some_and(|p| p.2.abs() > 5.0));
        assert!(Linear::read("rotate(var(--x))").is_none() && Linear::read("rotate3d(1,1,1,3deg)").is_none());
    }
}
