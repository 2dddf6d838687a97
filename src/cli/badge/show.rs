//! Pictures in terminals that show them: those of kitty, iTerm2 and sixel.

use crate::cli::args::Show;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use icy_sixel::SixelImage;
use image::imageops::FilterType;
use image::{ImageFormat, RgbaImage};
use std::io::{Cursor, IsTerminal};

/// How many bytes of base64 kitty takes at a time.
const CHUNK: usize = 4096;
/// The widest that is shown, in pixels: what fits into a terminal of usual size.
const WIDEST: u32 = 1200;

/// How a terminal takes pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Protocol {
    Kitty,
    Iterm,
    Sixel,
}

/// Whether a picture would be shown.
pub fn wanted(how: Show) -> bool {
    protocol(how).is_some()
}

/// What a terminal is sent so that it shows the picture; nothing if it cannot, or is none.
pub fn shown(picture: &RgbaImage, how: Show) -> Vec<u8> {
    protocol(how).and_then(|p| written(picture, p)).unwrap_or_default()
}

fn protocol(how: Show) -> Option<Protocol> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    match how {
        Show::Never => None,
        Show::Kitty => Some(Protocol::Kitty),
        Show::Iterm => Some(Protocol::Iterm),
        Show::Sixel => Some(Protocol::Sixel),
        Show::Auto => std::io::stdout().is_terminal().then(|| detect(&variable)).flatten(),
    }
}

/// The protocol of the terminal that these variables describe. Within tmux and screen pictures are lost, so that none is sent there.
fn detect(variable: &dyn Fn(&str) -> String) -> Option<Protocol> {
    let (term, program) = (variable("TERM"), variable("TERM_PROGRAM"));
    let set = |name: &str| !variable(name).is_empty();
    match () {
        () if term == "dumb" || set("TMUX") || set("STY") || term.starts_with("screen") || term.starts_with("tmux") => None,
        () if set("KITTY_WINDOW_ID")
            || term.contains("kitty")
            || term.contains("ghostty")
            || program == "ghostty"
            || set("KONSOLE_VERSION") =>
        {
            Some(Protocol::Kitty)
        }
        () if matches!(program.as_str(), "iTerm.app" | "WezTerm") || variable("LC_TERMINAL") == "iTerm2" => Some(Protocol::Iterm),
        () if ["sixel", "foot", "mlterm", "contour", "yaft"].iter().any(|t| term.contains(t)) => Some(Protocol::Sixel),
        () => None,
    }
}

fn written(picture: &RgbaImage, protocol: Protocol) -> Option<Vec<u8>> {
    let (w, h) = picture.dimensions();
    if w == 0 || h == 0 {
        return None;
    }
    let fitted;
    let picture = if w > WIDEST {
        let height = (u64::from(h) * u64::from(WIDEST) / u64::from(w)).max(1) as u32;
        fitted = image::imageops::resize(picture, WIDEST, height, FilterType::Triangle);
        &fitted
    } else {
        picture
    };
    if protocol == Protocol::Sixel {
        let (w, h) = picture.dimensions();
        let image = SixelImage::try_from_rgba(picture.as_raw().clone(), w as usize, h as usize).ok()?;
        return image.encode().ok().map(|s| (s + "\n").into_bytes());
    }
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    let png = png.into_inner();
    let text = STANDARD.encode(&png);
    let mut out = String::with_capacity(text.len() + 64);
    if protocol == Protocol::Iterm {
        out.push_str(&format!("\x1b]1337;File=inline=1;size={};preserveAspectRatio=1:{text}\x07\n", png.len()));
    } else {
        let mut rest = text.as_str();
        let mut head = "a=T,f=100,q=2,";
        while !rest.is_empty() {
            let (chunk, left) = rest.split_at(rest.len().min(CHUNK));
            out.push_str(&format!("\x1b_G{head}m={};{chunk}\x1b\\", u8::from(!left.is_empty())));
            (rest, head) = (left, "");
        }
        out.push('\n');
    }
    Some(out.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    fn noise() -> RgbaImage {
        let mut n = 7_u32;
        RgbaImage::from_fn(90, 60, |_, _| {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgba([(n >> 24) as u8, (n >> 16) as u8, 40, 255])
        })
    }

    #[test]
    fn what_is_sent_is_the_picture() {
        let picture = noise();
        let kitty = String::from_utf8(written(&picture, Protocol::Kitty).expect("written")).expect("text");
        let chunks: Vec<&str> = kitty.trim_end().split_terminator("\x1b\\").collect();
        assert!(chunks.len() > 2 && chunks[0].starts_with("\x1b_Ga=T,f=100,q=2,m=1;"));
        assert!(chunks[1].starts_with("\x1b_Gm=1;") && chunks[chunks.len() - 1].starts_with("\x1b_Gm=0;"));
        assert!(chunks.iter().all(|c| c.split(';').nth(1).is_some_and(|d| d.len() <= CHUNK)));
        let joined: String = chunks.iter().filter_map(|c| c.split(';').nth(1)).collect();
        let of = |text: &str| image::load_from_memory(&STANDARD.decode(text).expect("base64")).expect("PNG").into_rgba8();
        assert_eq!(of(&joined), picture);

        let iterm = String::from_utf8(written(&picture, Protocol::Iterm).expect("written")).expect("text");
        let (head, data) = iterm.trim_end().trim_end_matches('\x07').split_once(':').expect("two parts");
        let size = format!("size={}", STANDARD.decode(data).expect("base64").len());
        assert!(head.starts_with("\x1b]1337;File=inline=1;") && head.contains(&size), "{head}");
        assert_eq!(of(data), picture);

        let sixel = written(&picture, Protocol::Sixel).expect("written");
        let back = SixelImage::decode(&sixel).expect("sixel");
        assert_eq!((back.width, back.height), (90, 60));

        let wide = written(&RgbaImage::new(3600, 30), Protocol::Iterm).expect("written");
        let wide = String::from_utf8(wide).expect("text");
        assert_eq!(of(wide.trim_end().trim_end_matches('\x07').split_once(':').expect("two parts").1).dimensions(), (1200, 10));
        assert_eq!(written(&RgbaImage::new(0, 0), Protocol::Kitty), None);
    }

    #[test]
    fn terminals_are_known_by_their_variables() {
        let of = |set: &[(&str, &str)]| detect(&|n| set.iter().find(|(k, _)| *k == n).map_or(String::new(), |(_, v)| (*v).to_owned()));
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("TERM_PROGRAM", "WezTerm")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("LC_TERMINAL", "iTerm2")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("TERM", "foot-extra")]), Some(Protocol::Sixel));
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
        assert_eq!(of(&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1")]), None);
        assert_eq!(of(&[("TERM", "dumb"), ("LC_TERMINAL", "iTerm2")]), None);
    }
}
