//! The elements of HTML and what the parsing rules of the standard say of each.
//!
//! Facts only; what is done with them is elsewhere.

macro_rules! elements {
    ($($variant:ident $name:literal)*) => {
        /// An element of HTML that parsing treats in its own way.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(super) enum Element { $($variant,)* Other }

        const ALL: &[Element] = &[$(Element::$variant,)* Element::Other];

        impl Element {
            /// The element of a tag name in lower case.
            pub fn of(name: &str) -> Element {
                match name { $($name => Element::$variant,)* _ => Element::Other }
            }
        }
    };
}

elements! {
    A "a" Abbr "abbr" Address "address" Applet "applet" Area "area" Article "article" Aside "aside" Audio "audio" B "b" Base "base"
    Basefont "basefont" Bgsound "bgsound" Big "big" Blockquote "blockquote" Body "body" Br "br" Button "button" Canvas "canvas" Cite "cite"
    Caption "caption" Center "center" Code "code" Col "col" Colgroup "colgroup" Dd "dd" Del "del" Details "details" Dialog "dialog"
    Dir "dir" Div "div" Dl "dl" Dt "dt" Em "em" Embed "embed" Fieldset "fieldset" Figcaption "figcaption" Figure "figure" Font "font"
    Footer "footer" Form "form" Frame "frame" Frameset "frameset" H1 "h1" H2 "h2" H3 "h3" H4 "h4" H5 "h5" H6 "h6" Head "head"
    Header "header" Hgroup "hgroup" Hr "hr" Html "html" I "i" Iframe "iframe" Image "image" Img "img" Input "input" Ins "ins" Kbd "kbd"
    Keygen "keygen" Label "label" Legend "legend" Li "li" Link "link" Listing "listing" Main "main" Marquee "marquee" Math "math"
    Menu "menu" Meta "meta" Nav "nav" Nobr "nobr" Noembed "noembed" Noframes "noframes" Noscript "noscript" Object "object" Ol "ol"
    Optgroup "optgroup" Option "option" P "p" Param "param" Plaintext "plaintext" Pre "pre" Q "q" Ruby "ruby" S "s" Samp "samp"
    Script "script" Search "search" Section "section" Select "select" Small "small" Source "source" Span "span" Strike "strike"
    Strong "strong" Style "style" Sub "sub" Summary "summary" Sup "sup" Svg "svg" Table "table" Tbody "tbody" Td "td"
    Template "template" Textarea "textarea" Tfoot "tfoot" Th "th" Thead "thead" Title "title" Tr "tr" Track "track" Tt "tt" U "u"
    Ul "ul" Var "var" Video "video" Wbr "wbr" Xmp "xmp"
}

/// How many elements there are, the unknown one included.
pub(super) const COUNT: usize = ALL.len();

/// Never closed, never has content.
pub(super) const VOID: u16 = 1;
/// Ends the run of text before it and, at its end, the run within.
pub(super) const BLOCK: u16 = 1 << 1;
/// Its start tag ends an open paragraph.
pub(super) const CLOSES_P: u16 = 1 << 2;
/// Lives on past the end of what surrounds it until its own end tag.
pub(super) const FORMATTING: u16 = 1 << 3;
/// "Special" in the standard: an end tag of an ordinary element does not reach past it.
pub(super) const SPECIAL: u16 = 1 << 4;
/// No end tag of a block reaches past it.
pub(super) const SCOPE: u16 = 1 << 5;
/// Formatting from outside is not ended inside, and none gets out.
pub(super) const MARKER: u16 = 1 << 6;
/// Its start tag ends SVG and MathML.
pub(super) const BREAKOUT: u16 = 1 << 7;
/// Its end tag closes it wherever it is in scope.
pub(super) const CONTAINER: u16 = 1 << 8;
/// Shows something that is no text, in the line of the text.
pub(super) const OBJECT: u16 = 1 << 9;
/// Read as raw text that is no prose.
pub(super) const RAW: u16 = 1 << 10;

static FLAGS: [u16; COUNT] = {
    let mut table = [0; COUNT];
    let mut i = 0;
    while i < COUNT {
        table[i] = flags_of(ALL[i]);
        i += 1;
    }
    table
};

const fn when(condition: bool, flag: u16) -> u16 {
    if condition { flag } else { 0 }
}

const fn flags_of(e: Element) -> u16 {
    use Element::*;
    let void = matches!(
        e,
        Area | Base
            | Basefont
            | Bgsound
            | Br
            | Col
            | Embed
            | Frame
            | Hr
            | Image
            | Img
            | Input
            | Keygen
            | Link
            | Meta
            | Param
            | Source
            | Track
            | Wbr
    );
    let sections = matches!(
        e,
        Address
            | Article
            | Aside
            | Blockquote
            | Center
            | Details
            | Dialog
            | Dir
            | Div
            | Dl
            | Fieldset
            | Figcaption
            | Figure
            | Footer
            | Header
            | Hgroup
            | Main
            | Menu
            | Nav
            | Ol
            | Search
            | Section
            | Summary
            | Ul
    );
    let heading = matches!(e, H1 | H2 | H3 | H4 | H5 | H6);
    let table_part = matches!(e, Caption | Table | Tbody | Td | Tfoot | Th | Thead | Tr);
    let raw = matches!(e, Iframe | Noembed | Noframes | Plaintext | Script | Style | Xmp);
    let formatting = matches!(e, A | B | Big | Code | Em | Font | I | Nobr | S | Small | Strike | Strong | Tt | U);
    let object = matches!(e, Applet | Audio | Canvas | Embed | Iframe | Image | Img | Input | Keygen | Object | Video);
    let closes_p = sections || heading || matches!(e, P | Pre | Listing | Form | Li | Dd | Dt | Hr | Plaintext | Xmp);
    let marker = matches!(e, Applet | Caption | Marquee | Object | Td | Template | Th);
    let inline_special = matches!(e, Base | Basefont | Bgsound | Link | Meta | Param | Source | Track | Area | Br | Wbr);
    let special = closes_p && !matches!(e, Dialog)
        || table_part
        || raw
        || object && !matches!(e, Audio | Canvas | Video)
        || inline_special
        || matches!(
            e,
            Body | Button | Col | Colgroup | Frame | Frameset | Head | Html | Marquee | Noscript | Select | Template | Textarea | Title
        );
    let block = closes_p && !matches!(e, Plaintext | Xmp)
        || matches!(
            e,
            Applet
                | Audio
                | Button
                | Canvas
                | Caption
                | Frameset
                | Label
                | Legend
                | Marquee
                | Object
                | Optgroup
                | Option
                | Select
                | Table
                | Td
                | Template
                | Textarea
                | Th
                | Title
                | Video
        );
    let breakout = heading
        || matches!(
            e,
            B | Big
                | Blockquote
                | Body
                | Br
                | Center
                | Code
                | Dd
                | Div
                | Dl
                | Dt
                | Em
                | Embed
                | Head
                | Hr
                | I
                | Img
                | Li
                | Listing
                | Menu
                | Meta
                | Nobr
                | Ol
                | P
                | Pre
                | Ruby
                | S
                | Small
                | Span
                | Strong
                | Strike
                | Sub
                | Sup
                | Table
                | Tt
                | U
                | Ul
                | Var
        );
    when(void, VOID)
        | when(block, BLOCK)
        | when(closes_p, CLOSES_P)
        | when(formatting, FORMATTING)
        | when(special, SPECIAL)
        | when(marker || matches!(e, Html | Table | Select), SCOPE)
        | when(marker, MARKER)
        | when(breakout, BREAKOUT)
        | when(sections || matches!(e, Button | Listing | Pre | Select | Applet | Marquee | Object), CONTAINER)
        | when(object, OBJECT)
        | when(raw, RAW)
}

impl Element {
    /// Whether the element has all of these properties.
    pub fn is(self, flags: u16) -> bool {
        FLAGS[self as usize] & flags == flags
    }

    /// The level of a heading.
    pub fn heading(self) -> Option<u8> {
        let level = (self as u8).wrapping_sub(Element::H1 as u8);
        (level < 6).then(|| level + 1)
    }
}
