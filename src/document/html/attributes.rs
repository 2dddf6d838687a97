//! Attributes that readers meet: text beside the text, addresses, and what hides an element.
//!
//! Everything else (classes, `data-*`, scripts) is not looked at.

use super::tokens::{Tag, Value};
use crate::document::{Builder, Field, FieldRole, Lang, Record, Role, SourceMap};

macro_rules! known {
    ($($variant:ident $($name:literal)|+,)*) => {
        /// An attribute that is looked at.
        #[derive(Clone, Copy)]
        #[repr(u8)]
        pub(super) enum Known { $($variant,)* }

        fn known(name: &str) -> Option<Known> {
            Some(match name { $($($name)|+ => Known::$variant,)* _ => return None })
        }

        const COUNT: usize = [$(Known::$variant),*].len();
    };
}

known! {
    Alt "alt", Title "title", AriaLabel "aria-label", AriaDescription "aria-description", Placeholder "placeholder", Summary "summary",
    Value "value", Label "label", Type "type", Name "name", Property "property", Content "content", Rel "rel", Lang "lang",
    XmlLang "xml:lang", Hidden "hidden", AriaHidden "aria-hidden", Style "style", Open "open", Encoding "encoding",
    Href "href", XlinkHref "xlink:href", Src "src", Srcset "srcset", ImageSrcset "imagesrcset", Poster "poster", Action "action",
    Formaction "formaction", Data "data", Cite "cite", Color "color" | "face" | "size",
}

/// The attributes of one tag that are looked at; of several with one name the first.
pub(super) struct Found<'t> {
    tag: &'t Tag<'t>,
    /// One more than the place among the tag's attributes; 0 for none.
    at: [u32; COUNT],
    any: bool,
}

impl<'t> Found<'t> {
    pub fn of(tag: &'t Tag<'t>) -> Self {
        let mut found = Found { tag, at: [0; COUNT], any: false };
        for (i, name) in tag.names().enumerate() {
            if let Some(k) = known(name)
                && found.at[k as usize] == 0
            {
                found.at[k as usize] = u32::try_from(i + 1).unwrap_or(0);
                found.any = true;
            }
        }
        found
    }

    pub fn any(&self) -> bool {
        self.any
    }

    pub fn has(&self, k: Known) -> bool {
        self.at[k as usize] != 0
    }

    pub fn get(&self, k: Known) -> Option<Value<'t>> {
        self.tag.attribute((self.at[k as usize] as usize).checked_sub(1)?)?.value
    }

    /// Whether the value is this word, in whatever case.
    pub fn is(&self, k: Known, word: &str) -> bool {
        self.get(k).is_some_and(|v| v.text().trim().eq_ignore_ascii_case(word))
    }

    /// The declared language: outside `None` if there is none, inside if what it says is no language.
    pub fn lang(&self) -> Option<Option<Lang>> {
        let value = self.get(Known::Lang).or_else(|| self.get(Known::XmlLang))?;
        Some(Lang::from_tag(&value.text()))
    }

    /// Whether an attribute keeps the element from being shown.
    pub fn hidden(&self) -> bool {
        self.has(Known::Hidden) || self.is(Known::AriaHidden, "true") || self.get(Known::Style).is_some_and(|v| style_hides(&v.text()))
    }

    /// Writes the text that stands in attributes of any element.
    pub fn write_texts(&self, name: &str, lang: Option<Lang>, b: &mut Builder) {
        use Known::*;
        let mut side = |k, role| {
            if let Some(value) = self.get(k) {
                b.side(role, lang, None, |b| value.write(b));
            }
        };
        side(Alt, Role::Alt);
        for k in [Title, AriaLabel, AriaDescription, Placeholder, Summary] {
            side(k, Role::Attr);
        }
        match name {
            "input" if ["submit", "button", "reset"].iter().any(|t| self.is(Type, t)) => side(Value, Role::Button),
            "option" | "optgroup" | "track" => side(Label, Role::Label),
            "meta" => self.write_meta(lang, b),
            _ => {}
        }
    }

    /// Writes what search results and link previews show. Each such element is a record of one field, so that rules can tell a site's name
    /// from its description.
    fn write_meta(&self, lang: Option<Lang>, b: &mut Builder) {
        let shown = meta(self, |key| SHOWN_META.iter().find(|k| **k == key).copied());
        let (Some(name), Some(value)) = (shown, self.get(Known::Content)) else { return };
        let role = if matches!(name, "og:site_name" | "application-name") { FieldRole::Name } else { FieldRole::Prose };
        let text = value.text().trim().to_owned();
        let field = b.field(Field { pointer: String::new(), name: name.to_owned(), role, value: text, span: value.span, block: None });
        b.side(Role::Meta, lang, Some(field), |b| value.write(b));
        b.record(Record { form: "meta".to_owned(), fields: field..field + 1, span: value.span, index: None, id: None });
    }

    /// Writes down the addresses that the element leads to.
    pub fn write_links(&self, name: &str, b: &mut Builder) {
        use Known::*;
        let one = |k, holder: &str, b: &mut Builder| {
            if let Some(value) = self.get(k) {
                let text = value.text();
                link(&value, &value.map(), &text, text.trim(), holder, b);
            }
        };
        match name {
            "a" | "area" => one(if self.has(Href) { Href } else { XlinkHref }, if name == "a" { "a[href]" } else { "area[href]" }, b),
            "base" => one(Href, "base[href]", b),
            "use" => one(if self.has(Href) { Href } else { XlinkHref }, "use[href]", b),
            "img" | "image" => {
                one(Src, "img[src]", b);
                self.srcset(Srcset, "img[srcset]", b);
                one(if self.has(Href) { Href } else { XlinkHref }, "image[href]", b);
            }
            "source" => {
                one(Src, "source[src]", b);
                self.srcset(Srcset, "source[srcset]", b);
            }
            "video" => {
                one(Src, "video[src]", b);
                one(Poster, "video[poster]", b);
            }
            "audio" => one(Src, "audio[src]", b),
            "track" => one(Src, "track[src]", b),
            "iframe" => one(Src, "iframe[src]", b),
            "frame" => one(Src, "frame[src]", b),
            "embed" => one(Src, "embed[src]", b),
            "script" => one(Src, "script[src]", b),
            "object" => one(Data, "object[data]", b),
            "form" => one(Action, "form[action]", b),
            "button" => one(Formaction, "button[formaction]", b),
            "input" => {
                one(Src, "input[src]", b);
                one(Formaction, "input[formaction]", b);
            }
            "blockquote" | "q" | "del" | "ins" if self.has(Cite) => one(Cite, &format!("{name}[cite]"), b),
            "link" => {
                let rel = self.get(Rel).map(|v| v.text().to_ascii_lowercase()).unwrap_or_default();
                let known = ["canonical", "icon", "stylesheet", "alternate"];
                // `shortcut icon`, `alternate stylesheet`: the word that says what it is, not the one that qualifies it.
                let rel = known.into_iter().find(|k| rel.split_ascii_whitespace().any(|w| w == *k)).or(rel.split_ascii_whitespace().next());
                match (rel, self.has(Href)) {
                    (Some("alternate"), true) if self.get(Rel).is_some_and(|v| v.text().to_ascii_lowercase().contains("stylesheet")) => {
                        one(Href, "link[stylesheet]", b);
                    }
                    (Some(rel), true) => one(Href, &format!("link[{rel}]"), b),
                    (None, true) => one(Href, "link[href]", b),
                    _ => {}
                }
                self.srcset(ImageSrcset, "link[imagesrcset]", b);
            }
            "meta" => {
                if let Some(holder) = meta(self, |key| ADDRESS_META.iter().find(|(k, _)| *k == key).map(|(_, h)| *h)) {
                    one(Content, holder, b);
                }
            }
            _ => {}
        }
    }

    /// Every candidate of a `srcset`.
    fn srcset(&self, k: Known, holder: &str, b: &mut Builder) {
        let Some(value) = self.get(k) else { return };
        let (text, map) = (value.text(), value.map());
        let mut rest = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        while !rest.is_empty() {
            let len = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let address = rest[..len].trim_end_matches(',');
            link(&value, &map, &text, address, holder, b);
            let after = &rest[len..];
            let next = if address.len() < len { 0 } else { end_of_descriptors(after) };
            rest = after[next..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        }
    }
}

/// Where the widths and densities of one candidate end.
fn end_of_descriptors(s: &str) -> usize {
    let mut depth = 0u32;
    for (i, c) in s.bytes().enumerate() {
        match c {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return i,
            _ => {}
        }
    }
    s.len()
}

/// `part` must be a slice of `text`, the value's text.
fn link(value: &Value<'_>, map: &SourceMap, text: &str, part: &str, holder: &str, b: &mut Builder) {
    if !part.is_empty() {
        let from = part.as_ptr() as usize - text.as_ptr() as usize;
        b.link(part, map.cover(from, from + part.len()).unwrap_or(value.span), holder, None);
    }
}

const SHOWN_META: [&str; 9] = [
    "description",
    "og:title",
    "og:description",
    "og:site_name",
    "og:image:alt",
    "twitter:title",
    "twitter:description",
    "twitter:image:alt",
    "application-name",
];

const ADDRESS_META: [(&str, &str); 5] = [
    ("og:url", "meta[og:url]"),
    ("og:image", "meta[og:image]"),
    ("og:image:url", "meta[og:image]"),
    ("og:image:secure_url", "meta[og:image]"),
    ("twitter:image", "meta[twitter:image]"),
];

/// The first answer for the names that a `<meta>` goes by.
fn meta<R>(found: &Found<'_>, f: impl Fn(&str) -> Option<R>) -> Option<R> {
    [Known::Name, Known::Property].into_iter().filter_map(|k| found.get(k)).find_map(|v| f(&v.text().trim().to_ascii_lowercase()))
}

/// Whether declarations of a `style` attribute hide the element.
fn style_hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let Some((name, value)) = declaration.split_once(':') else { return false };
        let (name, value) = (name.trim(), value.split('!').next().unwrap_or("").trim());
        name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none")
            || name.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden")
    })
}
