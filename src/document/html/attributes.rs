//! Attributes that readers meet: text beside the text, addresses, and what hides an element.
//!
//! Everything else (classes, `data-*`, scripts) is not looked at.

use super::tokens::{Tag, Value};
use crate::document::{Builder, Field, FieldRole, Lang, Mark, Record, Role, Shown, SourceMap, css};
use crate::source::Span;

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
    Value "value", Label "label", Type "type", Name "name", Property "property", HttpEquiv "http-equiv", Content "content", Rel "rel", Lang "lang",
    XmlLang "xml:lang", Hidden "hidden", AriaHidden "aria-hidden", Style "style", Open "open", Encoding "encoding",
    Href "href", XlinkHref "xlink:href", Src "src", Srcset "srcset", ImageSrcset "imagesrcset", Poster "poster", Action "action",
    Formaction "formaction", Data "data", Cite "cite", Color "color" | "face" | "size",
    Media "media", Onload "onload", Disabled "disabled", As "as", DataSrc "data-src" | "data-lazy-src" | "data-original", DataSrcset "data-srcset" | "data-lazy-srcset",
    Background "background", DataBg "data-bg" | "data-background-image" | "data-lazy-bg",
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
                b.spelled(value.layer(), |b| b.side(role, lang, None, |b| value.write(b)));
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
        if self.is(Known::HttpEquiv, "refresh")
            && !b.is_marked(Mark::Noscript)
            && let Some(value) = self.get(Known::Content)
            && let Some(target) = leads_on(&value.text())
        {
            b.link(target, value.span, REFRESH, None);
        }
        let shown = meta(self, |key| SHOWN_META.iter().find(|k| **k == key).copied());
        let (Some(name), Some(value)) = (shown, self.get(Known::Content)) else { return };
        let role = if matches!(name, "og:site_name" | "application-name") { FieldRole::Name } else { FieldRole::Prose };
        let text = value.text().trim().to_owned();
        let field = b.field(Field { pointer: String::new(), name: name.to_owned(), role, value: text, span: value.span, block: None });
        b.spelled(value.layer(), |b| b.side(Role::Meta, lang, Some(field), |b| value.write(b)));
        b.record(Record { form: "meta".to_owned(), fields: field..field + 1, span: value.span, index: None, id: None });
        b.apart(value.span);
    }

    /// Where its start tag stands.
    pub fn tag_span(&self) -> Span {
        self.tag.span
    }

    /// The alternative text of what the element shows: empty where it is left empty.
    pub fn alt(&self) -> Option<String> {
        let k = [Known::Alt, Known::AriaLabel].into_iter().find(|k| self.has(*k))?;
        Some(self.get(k).map(|v| v.text().into_owned()).unwrap_or_default())
    }

    fn shown(&self) -> Shown {
        Shown { alt: self.alt(), element: Some(self.tag.span), field: None }
    }

    /// Writes down the addresses that the element leads to, and the pictures it shows.
    pub fn write_links(&self, name: &str, b: &mut Builder) {
        use Known::*;
        let one = |k, holder: &str, b: &mut Builder| self.one(k, holder, "", b);
        let href = if self.has(Href) { Href } else { XlinkHref };
        if let Some(value) = self.get(Style) {
            self.style(&value, b);
        }
        // Backgrounds that scripts put in later, and those of old pages.
        if let Some(value) = self.get(DataBg) {
            let text = value.text();
            let inner = text.trim().strip_prefix("url(").and_then(|t| t.strip_suffix(')')).unwrap_or(text.trim());
            self.put(&value, &value.map(), &text, inner.trim().trim_matches(['"', '\'']), ("", "[data-bg]"), b);
        }
        if matches!(name, "body" | "table" | "tr" | "td" | "th" | "thead" | "tbody" | "tfoot") {
            self.one(Background, "", "[background]", b);
        }
        match name {
            "a" | "area" => one(href, if name == "a" { "a[href]" } else { "area[href]" }, b),
            "base" => one(Href, "base[href]", b),
            "use" => {
                let elsewhere = self.get(href).is_some_and(|v| !v.text().trim_start().starts_with('#'));
                self.one(href, "use[href]", if elsewhere { "svg[use]" } else { "" }, b);
            }
            "img" | "image" => {
                self.one(Src, "img[src]", "img[src]", b);
                self.srcset(Srcset, "img[srcset]", "img[srcset]", b);
                self.one(href, "image[href]", "svg[image]", b);
                self.one(DataSrc, "", "img[data-src]", b);
                self.srcset(DataSrcset, "", "img[data-srcset]", b);
            }
            "source" => {
                one(Src, "source[src]", b);
                self.srcset(Srcset, "source[srcset]", "source[srcset]", b);
                self.srcset(DataSrcset, "", "source[data-srcset]", b);
            }
            "video" => {
                one(Src, "video[src]", b);
                self.one(Poster, "video[poster]", "video[poster]", b);
            }
            "audio" => one(Src, "audio[src]", b),
            "track" => one(Src, "track[src]", b),
            "iframe" => one(Src, "iframe[src]", b),
            "frame" => one(Src, "frame[src]", b),
            "embed" => self.one(Src, "embed[src]", if self.embeds_picture(Src) { "embed[src]" } else { "" }, b),
            "script" => one(Src, "script[src]", b),
            "object" => self.one(Data, "object[data]", if self.embeds_picture(Data) { "object[data]" } else { "" }, b),
            "form" => one(Action, "form[action]", b),
            "button" => one(Formaction, "button[formaction]", b),
            "input" => {
                self.one(Src, "input[src]", if self.is(Type, "image") { "input[src]" } else { "" }, b);
                one(Formaction, "input[formaction]", b);
            }
            "blockquote" | "q" | "del" | "ins" if self.has(Cite) => one(Cite, &format!("{name}[cite]"), b),
            "link" => {
                let rel = self.get(Rel).map(|v| v.text().to_ascii_lowercase()).unwrap_or_default();
                let alternate = rel.split_ascii_whitespace().any(|w| w == "alternate");
                let late = self.is_sheet_when_loaded();
                let known = ["canonical", "icon", "stylesheet", "alternate"];
                // `shortcut icon`, `alternate stylesheet`: the word that says what it is, not the one that qualifies it.
                let rel = known.into_iter().find(|k| rel.split_ascii_whitespace().any(|w| w == *k)).or(rel.split_ascii_whitespace().next());
                match (rel, self.has(Href)) {
                    (Some("alternate"), true) if self.get(Rel).is_some_and(|v| v.text().to_ascii_lowercase().contains("stylesheet")) => {
                        one(Href, "link[stylesheet]", b);
                    }
                    (Some(rel), true) => {
                        let icon = ICONS.iter().find(|(word, _)| *word == rel).map_or("", |(_, holder)| holder);
                        self.one(Href, &format!("link[{rel}]"), icon, b);
                        // An alternate one applies only when somebody chooses it.
                        if (rel == "stylesheet" && !alternate || late)
                            && !self.has(Disabled)
                            && let Some(value) = self.get(Href)
                        {
                            b.sheet(Some(&value.text()), value.span, self.media_when_loaded());
                        }
                    }
                    (None, true) => one(Href, "link[href]", b),
                    _ => {}
                }
                self.srcset(ImageSrcset, "link[imagesrcset]", "", b);
            }
            "meta" => {
                if let Some((link, image)) = meta(self, |key| ADDRESS_META.iter().find(|m| m.0 == key).map(|m| (m.1, m.2))) {
                    self.one(Content, link, image, b);
                }
            }
            _ => {}
        }
    }

    /// The media that the element is for.
    pub fn media(&self) -> Option<String> {
        self.get(Known::Media).map(|v| v.text().trim().to_owned()).filter(|m| !m.is_empty())
    }

    /// What a script does to the element when it has been loaded, in small letters without spaces.
    fn onload(&self) -> Option<String> {
        let text = self.get(Known::Onload)?.text().to_ascii_lowercase();
        Some(text.split_ascii_whitespace().collect())
    }

    /// Whether it becomes a style sheet when it has been loaded: `rel=preload as=style onload="this.rel='stylesheet'"`.
    fn is_sheet_when_loaded(&self) -> bool {
        self.is(Known::As, "style") && self.onload().is_some_and(|s| s.contains("rel") && s.contains("stylesheet"))
    }

    /// The media that it is for when it has been loaded: `media=print onload="this.media='all'"`.
    fn media_when_loaded(&self) -> Option<String> {
        let Some(script) = self.onload().filter(|s| s.contains("media")) else { return self.media() };
        let set = script.split("media=").nth(1).or_else(|| script.split(SET_MEDIA).nth(1));
        let mark = set.and_then(|s| s.chars().next()).filter(|c| matches!(c, '\'' | '"'));
        // What is not written there puts it in force.
        set.zip(mark).and_then(|(s, mark)| s[1..].split(mark).next()).filter(|m| !m.is_empty()).map(str::to_owned)
    }

    /// An address that is a whole value: as a link, if `holder` is not empty, and as a picture, if `image` is not.
    fn one(&self, k: Known, holder: &str, image: &str, b: &mut Builder) {
        if let Some(value) = self.get(k) {
            let text = value.text();
            self.put(&value, &value.map(), &text, text.trim(), (holder, image), b);
        }
    }

    /// `part` must be a slice of `text`, the value's text.
    fn put(&self, value: &Value<'_>, map: &SourceMap, text: &str, part: &str, (link, image): (&str, &str), b: &mut Builder) {
        if part.is_empty() {
            return;
        }
        let from = part.as_ptr() as usize - text.as_ptr() as usize;
        let span = map.cover(from, from + part.len()).unwrap_or(value.span);
        if !link.is_empty() {
            b.link(part, span, link, None);
        }
        if !image.is_empty() {
            b.image(part, span, image, self.shown());
        }
    }

    /// Pictures in the declarations of a `style` attribute.
    fn style(&self, value: &Value<'_>, b: &mut Builder) {
        let text = value.text();
        if css::may_show(&text) {
            let map = value.map();
            css::pictures(&text, |address, at| {
                let span = map.cover(at.start, at.end).unwrap_or(value.span);
                b.image(address, span, "style", self.shown());
            });
        }
    }

    /// Whether what an `<object>` or `<embed>` holds is a picture, by its type or the ending of its address.
    fn embeds_picture(&self, address: Known) -> bool {
        if let Some(t) = self.get(Known::Type) {
            return t.text().trim_start().get(..6).is_some_and(|t| t.eq_ignore_ascii_case("image/"));
        }
        self.get(address).is_some_and(|v| {
            let text = v.text();
            let text = text.trim();
            if let Some(data) = text.get(..11).filter(|d| d.eq_ignore_ascii_case("data:image/")) {
                return !data.is_empty();
            }
            let path = text.split(['?', '#']).next().unwrap_or("");
            let ending = path.rsplit_once('.').map_or("", |(_, e)| e);
            PICTURE_ENDINGS.iter().any(|e| ending.eq_ignore_ascii_case(e))
        })
    }

    /// Every candidate of a `srcset`.
    fn srcset(&self, k: Known, holder: &str, image: &str, b: &mut Builder) {
        let Some(value) = self.get(k) else { return };
        let (text, map) = (value.text(), value.map());
        let mut rest = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        while !rest.is_empty() {
            let len = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let address = rest[..len].trim_end_matches(',');
            self.put(&value, &map, &text, address, (holder, image), b);
            let after = &rest[len..];
            let next = if address.len() < len { 0 } else { end_of_descriptors(after) };
            rest = after[next..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        }
    }
}

/// How a script sets an attribute, written without spaces.
const SET_MEDIA: &str = "setattribute('media',";

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

/// What holds the address as a link, and as a picture.
const ADDRESS_META: [(&str, &str, &str); 7] = [
    ("og:url", "meta[og:url]", ""),
    ("og:image", "meta[og:image]", "meta[og:image]"),
    ("og:image:url", "meta[og:image]", "meta[og:image]"),
    ("og:image:secure_url", "meta[og:image]", "meta[og:image]"),
    ("twitter:image", "meta[twitter:image]", "meta[twitter:image]"),
    ("twitter:image:src", "", "meta[twitter:image]"),
    ("og:logo", "", "meta[og:logo]"),
];

const ICONS: [(&str, &str); 4] = [
    ("icon", "link[icon]"),
    ("apple-touch-icon", "link[apple-touch-icon]"),
    ("apple-touch-icon-precomposed", "link[apple-touch-icon]"),
    ("mask-icon", "link[mask-icon]"),
];

const PICTURE_ENDINGS: [&str; 10] = ["png", "apng", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico"];

/// The first answer for the names that a `<meta>` goes by.
fn meta<R>(found: &Found<'_>, f: impl Fn(&str) -> Option<R>) -> Option<R> {
    [Known::Name, Known::Property].into_iter().filter_map(|k| found.get(k)).find_map(|v| f(&v.text().trim().to_ascii_lowercase()))
}

/// The holder of a link that browsers follow at once.
pub const REFRESH: &str = "meta[refresh]";

/// Where `0; url=…` leads on to; nowhere, if readers have the time to look at the page.
fn leads_on(content: &str) -> Option<&str> {
    let (wait, rest) = content.trim().split_once([';', ','])?;
    let rest = rest.trim();
    let at_once = wait.trim().parse().is_ok_and(|s: f32| s < 1.0);
    let address = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest[3..].trim_start().strip_prefix('=')?.trim(),
        _ => rest,
    };
    Some(address.trim_matches(['"', '\''])).filter(|a| at_once && !a.is_empty())
}

/// Whether declarations of a `style` attribute hide the element.
pub(super) fn style_hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let Some((name, value)) = declaration.split_once(':') else { return false };
        let (name, value) = (name.trim(), value.split('!').next().unwrap_or("").trim());
        name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none")
            || name.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden")
    })
}
