//! What sort of picture some bytes are.

/// A sort of picture file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Sort {
    Png,
    Jpeg,
    WebP,
    Gif,
    Svg,
    Ico,
    /// Anything compressed with gzip; among pictures, SVG.
    Svgz,
    Avif,
    Heic,
    JpegXl,
    Jpeg2000,
    Bmp,
    Tiff,
    Pdf,
    PostScript,
    Psd,
}

impl Sort {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Png => "PNG",
            Sort::Jpeg => "JPEG",
            Sort::WebP => "WebP",
            Sort::Gif => "GIF",
            Sort::Svg => "SVG",
            Sort::Ico => "ICO",
            Sort::Svgz => "compressed SVG (svgz)",
            Sort::Avif => "AVIF",
            Sort::Heic => "HEIC",
            Sort::JpegXl => "JPEG XL",
            Sort::Jpeg2000 => "JPEG 2000",
            Sort::Bmp => "BMP",
            Sort::Tiff => "TIFF",
            Sort::Pdf => "PDF",
            Sort::PostScript => "PostScript",
            Sort::Psd => "Photoshop",
        }
    }

    /// The endings of such files' names, lower case, without the dot; the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Sort::Png => &["png", "apng"],
            Sort::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Sort::WebP => &["webp"],
            Sort::Gif => &["gif"],
            Sort::Svg => &["svg"],
            Sort::Ico => &["ico", "cur"],
            Sort::Svgz => &["svgz", "gz"],
            Sort::Avif => &["avif"],
            Sort::Heic => &["heic", "heif"],
            Sort::JpegXl => &["jxl"],
            Sort::Jpeg2000 => &["jp2", "j2k", "jpx"],
            Sort::Bmp => &["bmp", "dib"],
            Sort::Tiff => &["tif", "tiff"],
            Sort::Pdf => &["pdf", "ai"],
            Sort::PostScript => &["eps", "ps", "ai"],
            Sort::Psd => &["psd"],
        }
    }

    /// What to do with one that is not read.
    pub(super) fn cure(self) -> &'static str {
        match self {
            Sort::Svgz => "unpack it and use the SVG inside",
            Sort::Pdf | Sort::PostScript => "export the artwork as SVG or PNG",
            _ => "save it as PNG",
        }
    }
}

/// What sort of picture some bytes are, by the bytes alone; none if it is no known one.
pub fn sniff(bytes: &[u8]) -> Option<Sort> {
    let brand = |brands: &[&[u8; 4]]| {
        // The brand of the file, and those it is compatible with.
        let end = bytes.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize).clamp(12, 256).min(bytes.len());
        bytes.get(4..8) == Some(b"ftyp")
            && bytes.get(8..end).is_some_and(|b| b.as_chunks::<4>().0.iter().enumerate().any(|(i, b)| i != 1 && brands.contains(&b)))
    };
    let starts = |with: &[u8]| bytes.starts_with(with);
    Some(match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => Sort::Png,
        () if starts(b"\xff\xd8\xff") => Sort::Jpeg,
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Sort::WebP,
        () if starts(b"GIF87a") || starts(b"GIF89a") => Sort::Gif,
        () if (starts(b"\0\0\x01\0") || starts(b"\0\0\x02\0")) && bytes.get(4..6).is_some_and(|n| n != [0, 0]) => Sort::Ico,
        () if starts(b"\x1f\x8b") => Sort::Svgz,
        () if brand(&[b"avif", b"avis"]) => Sort::Avif,
        () if brand(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"]) => Sort::Heic,
        () if starts(b"\xff\x0a") || starts(b"\0\0\0\x0cJXL \r\n\x87\n") => Sort::JpegXl,
        () if starts(b"\0\0\0\x0cjP  \r\n\x87\n") || starts(b"\xff\x4f\xff\x51") => Sort::Jpeg2000,
        // Two letters are little: the size of the second header tells.
        () if starts(b"BM") && bytes.get(14..18).is_some_and(|n| matches!(n, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])) => Sort::Bmp,
        () if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") => Sort::Tiff,
        () if starts(b"%PDF-") => Sort::Pdf,
        () if starts(b"%!PS") || starts(b"\xc5\xd0\xd3\xc6") => Sort::PostScript,
        () if starts(b"8BPS") => Sort::Psd,
        () if is_svg(bytes) => Sort::Svg,
        () => return None,
    })
}

/// Whether the first element is `svg`, whatever its prefix.
fn is_svg(bytes: &[u8]) -> bool {
    // UTF-16 is recognised by its letters alone; the reader decodes it.
    let narrow: Vec<u8>;
    let mut rest = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        narrow = bytes[2..].iter().copied().filter(|b| *b != 0).take(1 << 16).collect();
        &narrow[..]
    } else {
        bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
    };
    let after = |text: &[u8], end: &[u8]| memchr::memmem::find(text, end).map(|at| at + end.len());
    loop {
        rest = rest.trim_ascii_start();
        let skip = if rest.starts_with(b"<?") {
            after(rest, b"?>")
        } else if rest.starts_with(b"<!--") {
            after(rest, b"-->")
        } else if rest.get(..9).is_some_and(|d| d.eq_ignore_ascii_case(b"<!doctype")) {
            // An internal subset has `>` of its own.
            match memchr::memchr2(b'[', b'>', rest) {
                Some(at) if rest[at] == b'[' => after(rest, b"]").and_then(|at| memchr::memchr(b'>', &rest[at..]).map(|end| at + end + 1)),
                Some(at) => Some(at + 1),
                None => None,
            }
        } else {
            break;
        };
        match skip {
            Some(skip) => rest = &rest[skip..],
            None => return false,
        }
    }
    let Some(tag) = rest.strip_prefix(b"<") else { return false };
    let name = tag.split(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')).next().unwrap_or_default();
    name == b"svg" || name.ends_with(b":svg")
}
