//! Style sheets with the places of their declarations. Broken CSS is skipped as browsers do; nothing here matches anything.

use super::classes;
use super::media::Media;
use super::selector::{self, Complex, Key};
use crate::source::{Source, Span};
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState, QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser,
    StyleSheetParser, Token,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rules that are kept of one sheet; those that matter to no picture are not counted.
const MAX_RULES: usize = 20_000;
/// Selectors of one sheet.
const MAX_SELECTORS: usize = 60_000;
/// Blocks nested deeper than this are not read.
const MAX_NESTING: u8 = 32;
/// A longer value is none of those that matter.
const MAX_VALUE: usize = 4096;

/// A declaration.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    /// In lower case, without a vendor's prefix; custom properties as written.
    pub property: Box<str>,
    /// As written, without `!important`.
    pub value: Box<str>,
    pub important: bool,
    /// Where it stands, in the text that was parsed.
    pub span: Span,
}

/// A rule that may matter to a picture.
#[derive(Debug)]
pub(super) struct Rule {
    pub selectors: Vec<Complex>,
    pub declarations: Vec<Declaration>,
    pub media: Vec<Arc<Media>>,
    /// The cascade layer; `None` outside all.
    pub layer: Option<u32>,
}

/// A sheet that another one asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its address as written, decoded.
    pub address: String,
    /// Where the address stands.
    pub span: Span,
    /// The media it is for, as written; `None` for all.
    pub media: Option<String>,
}

/// A parsed style sheet.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The source it was parsed from, by address.
    pub(super) source: usize,
    pub(super) rules: Vec<Rule>,
    /// Rules and selectors by what an element must have.
    pub(super) index: HashMap<Key, Vec<(u32, u32)>>,
    /// What animations do.
    pub(super) keyframes: HashMap<String, Vec<Declaration>>,
    /// Classes of the table that this sheet gives a meaning of its own.
    pub(super) defined: HashSet<Box<str>>,
    /// Initial values of custom properties.
    pub(super) initial: HashMap<Box<str>, Box<str>>,
    pub(super) media: Option<Arc<Media>>,
    /// There was more than is kept, so that what it says is not certain.
    pub(super) cut: bool,
    /// The sheets that it asks for, in their order. They apply before its own rules.
    pub imports: Vec<Import>,
}

impl Sheet {
    /// Reads the part `range` of a source: what stands in a `<style>`, or a whole file. Spans count from the start of the source.
    ///
    /// Never fails: what is broken is skipped.
    pub fn parse(source: &Source, range: Span) -> Sheet {
        let mut sheet = Sheet { source: std::ptr::from_ref(source).addr(), ..Sheet::default() };
        let (mut text, mut base) = (source.text().get(range.range()).unwrap_or(""), range.start);
        // Within SVG a sheet may stand in a CDATA section; a file may begin with a byte order mark.
        let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let body = body.strip_prefix("<![CDATA[").unwrap_or(body);
        base += text.len() - body.len();
        text = body;
        let mut input = Parser::new(text);
        input.set_nested_block_limit(MAX_NESTING);
        let mut reader = Reader {
            sheet: &mut sheet,
            text,
            base,
            layers: Vec::new(),
            around: Around::default(),
            selectors: 0,
            body: Vec::new(),
            frames: None,
            attribute: false,
        };
        for _ in StyleSheetParser::new(&mut input, &mut reader) {}
        for (r, rule) in sheet.rules.iter().enumerate() {
            for (s, selector) in rule.selectors.iter().enumerate() {
                sheet.index.entry(selector.key.clone()).or_default().push((r as u32, s as u32));
            }
        }
        sheet
    }

    /// The same sheet, for some media only: what a `media` attribute says.
    #[must_use]
    pub fn for_media(mut self, media: Option<&str>) -> Sheet {
        self.media = media.filter(|m| !m.trim().is_empty()).map(Media::read);
        self
    }
}

/// The declarations of a `style` attribute; spans count from its start.
pub(super) fn declarations(text: &str) -> Vec<Declaration> {
    let mut sheet = Sheet::default();
    let mut input = Parser::new(text);
    input.set_nested_block_limit(MAX_NESTING);
    let around = Around { selectors: Some(String::new()), ..Around::default() };
    let mut reader = Reader {
        sheet: &mut sheet,
        text,
        base: 0,
        layers: Vec::new(),
        around,
        selectors: 0,
        body: Vec::new(),
        frames: None,
        attribute: true,
    };
    for _ in RuleBodyParser::new(&mut input, &mut reader) {}
    reader.body
}

/// What the rule being read lies in.
#[derive(Clone, Default)]
struct Around {
    selectors: Option<String>,
    media: Vec<Arc<Media>>,
    layer: Option<String>,
    /// It applies to nothing that is known.
    unknown: bool,
}

struct Reader<'s, 't> {
    sheet: &'s mut Sheet,
    text: &'t str,
    base: usize,
    /// Names of layers in their order.
    layers: Vec<String>,
    around: Around,
    selectors: usize,
    /// Declarations of the open rule.
    body: Vec<Declaration>,
    /// The animation being read.
    frames: Option<String>,
    /// What is read is a `style` attribute.
    attribute: bool,
}

type Error = ParseError<()>;

fn error() -> Error {
    ParseError::unexpected_token()
}

/// Properties that may alter a picture, or tell that none is shown.
fn matters(property: &str) -> bool {
    property.starts_with("--")
        || matches!(
            property,
            "filter"
                | "opacity"
                | "mix-blend-mode"
                | "transform"
                | "rotate"
                | "scale"
                | "border-radius"
                | "border-top-left-radius"
                | "border-top-right-radius"
                | "border-bottom-left-radius"
                | "border-bottom-right-radius"
                | "overflow"
                | "overflow-x"
                | "overflow-y"
                | "object-fit"
                | "clip-path"
                | "mask"
                | "mask-image"
                | "animation"
                | "animation-name"
                | "animation-iteration-count"
                | "width"
                | "height"
                | "min-width"
                | "min-height"
                | "max-width"
                | "max-height"
                | "aspect-ratio"
                | "padding"
                | "padding-top"
                | "padding-right"
                | "padding-bottom"
                | "padding-left"
                | "background"
                | "background-color"
                | "background-size"
                | "background-image"
                | "background-blend-mode"
                | "content"
                | "position"
                | "display"
                | "visibility"
                | "all"
        )
}

impl<'t> Reader<'_, 't> {
    fn span(&self, start: usize, end: usize) -> Span {
        let text = self.text.get(start..end).unwrap_or("");
        Span::new(self.base + start, self.base + start + text.trim_end().len())
    }

    /// Reads a block of rules and declarations with something else around it.
    fn block(&mut self, around: Around, input: &mut Parser<'t>) {
        let before = std::mem::replace(&mut self.around, around);
        let body = std::mem::take(&mut self.body);
        for _ in RuleBodyParser::new(input, self) {}
        self.rule();
        self.body = body;
        self.around = before;
    }

    /// The declarations read so far become a rule.
    fn rule(&mut self) {
        let declarations = std::mem::take(&mut self.body);
        if let Some(name) = &self.frames {
            if let Some(frames) = self.sheet.keyframes.get_mut(name) {
                frames.extend(declarations);
            }
            return;
        }
        let Some(text) = self.around.selectors.as_deref().filter(|_| !self.around.unknown) else { return };
        if declarations.is_empty() {
            return;
        }
        if self.sheet.rules.len() >= MAX_RULES || self.selectors >= MAX_SELECTORS {
            self.sheet.cut = true;
            return;
        }
        let selectors = selector::read(text, None);
        self.selectors += selectors.len();
        if selectors.is_empty() {
            return;
        }
        let layer = self.around.layer.clone().map(|name| match self.layers.iter().position(|l| *l == name) {
            Some(i) => i as u32,
            None => {
                self.layers.push(name);
                self.layers.len() as u32 - 1
            }
        });
        self.sheet.rules.push(Rule { selectors, declarations, media: self.around.media.clone(), layer });
    }

    fn inner_layer(&self, name: &str) -> String {
        match &self.around.layer {
            Some(outer) => format!("{outer}.{name}"),
            None => name.to_owned(),
        }
    }
}

impl<'t> DeclarationParser<'t> for Reader<'_, 't> {
    type Declaration = ();
    type Error = ();

    fn parse_value(&mut self, name: CowRcStr<'t>, input: &mut Parser<'t>, start: &ParserState) -> Result<(), Error> {
        let custom = name.starts_with("--");
        let property = if custom { name.to_string() } else { name.to_ascii_lowercase() };
        let property = property.strip_prefix("-webkit-").or(property.strip_prefix("-moz-")).unwrap_or(&property);
        // Lines of text run from side to side.
        let property = match property {
            "inline-size" => "width",
            "block-size" => "height",
            "min-inline-size" => "min-width",
            "max-inline-size" => "max-width",
            "min-block-size" => "min-height",
            "max-block-size" => "max-height",
            _ => property,
        };
        let from = input.position();
        loop {
            match input.next() {
                // A rule whose selectors look like a declaration.
                Ok(Token::CurlyBracketBlock) if !custom => return Err(error()),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let value = input.slice_from(from).trim();
        let end = input.position().byte_index();
        let (value, important) = match value.rfind('!') {
            Some(at) if value[at + 1..].trim().eq_ignore_ascii_case("important") => (value[..at].trim_end(), true),
            _ => (value, false),
        };
        // Pictures may be megabytes long; which one is shown is told by others.
        let known = value.len() > MAX_VALUE || super::value::is_known(property, value);
        let value = if value.len() <= MAX_VALUE { value } else { "" };
        if matters(property) && known && self.around.selectors.is_some() && !self.around.unknown {
            let span = self.span(start.position().byte_index(), end);
            self.body.push(Declaration { property: property.into(), value: value.into(), important, span });
        }
        Ok(())
    }
}

impl<'t> QualifiedRuleParser<'t> for Reader<'_, 't> {
    type Prelude = &'t str;
    type QualifiedRule = ();
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'t>) -> Result<&'t str, Error> {
        let start = input.position();
        while input.next().is_ok() {}
        Ok(input.slice_from(start))
    }

    fn parse_block(&mut self, prelude: &'t str, _: &ParserState, input: &mut Parser<'t>) -> Result<(), Error> {
        if self.frames.is_some() {
            // The steps of an animation all count alike.
            let around = Around { selectors: Some(String::new()), ..Around::default() };
            self.block(around, input);
            return Ok(());
        }
        // What was declared before a nested rule comes before it.
        self.rule();
        let defined = &mut self.sheet.defined;
        selector::classes(prelude, &mut |class| {
            if classes::Table::get().knows(class) && !defined.contains(class) {
                defined.insert(class.into());
            }
        });
        let mut around = self.around.clone();
        match selector::resolve(prelude, self.around.selectors.as_deref()) {
            Some(selectors) => around.selectors = Some(selectors),
            None => around.unknown = true,
        }
        self.block(around, input);
        Ok(())
    }
}

/// What an at-rule is about.
enum At<'t> {
    Import(Import),
    Layers(Vec<&'t str>),
    /// A block of rules: with these media, in this layer, under nobody knows what.
    Block {
        media: Option<Arc<Media>>,
        layer: Option<&'t str>,
        unknown: bool,
    },
    /// Rules for what lies in elements of this selector.
    Scope(String),
    Keyframes(String),
    Property(String),
}

impl<'t> AtRuleParser<'t> for Reader<'_, 't> {
    type Prelude = At<'t>;
    type AtRule = ();
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'t>, input: &mut Parser<'t>) -> Result<At<'t>, Error> {
        let name = name.to_ascii_lowercase();
        if name == "import" {
            return self.import(input).map(At::Import).ok_or_else(error);
        }
        let start = input.position();
        while input.next().is_ok() {}
        let text = input.slice_from(start).trim();
        let block = At::Block { media: None, layer: None, unknown: false };
        Ok(match name.as_str() {
            "media" => At::Block { media: Some(Media::read(text)), layer: None, unknown: false },
            "supports" => {
                let not = text.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("not"));
                At::Block { media: None, layer: None, unknown: not }
            }
            "layer" if text.contains(',') => At::Layers(text.split(',').map(str::trim).collect()),
            "layer" => At::Block { media: None, layer: Some(text), unknown: false },
            "nest" | "document" => block,
            // What holds it may have any width up to the screen's.
            "container" => {
                At::Block { media: Some(Media::read(text.get(text.find('(').unwrap_or(0)..).unwrap_or(text))), layer: None, unknown: false }
            }
            "scope" => match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).filter(|t| !t.contains(['(', ')'])) {
                Some(root) => At::Scope(format!(":where({root})")),
                // Where it ends is not known here.
                None => At::Block { media: None, layer: None, unknown: true },
            },
            // When it holds is not known here.
            "starting-style" => At::Block { media: None, layer: None, unknown: true },
            "keyframes" | "-webkit-keyframes" | "-moz-keyframes" => At::Keyframes(text.trim_matches(['"', '\'']).to_owned()),
            "property" => At::Property(text.to_owned()),
            _ => return Err(error()),
        })
    }

    fn rule_without_block(&mut self, prelude: At<'t>, _: &ParserState) -> Result<(), ()> {
        match prelude {
            At::Import(import) => self.sheet.imports.push(import),
            At::Layers(names) => {
                for name in names {
                    let name = self.inner_layer(name);
                    if self.layers.len() < 1000 && !self.layers.contains(&name) {
                        self.layers.push(name);
                    }
                }
            }
            At::Block { layer: Some(name), .. } => {
                let name = self.inner_layer(name);
                if self.layers.len() < 1000 && !self.layers.contains(&name) {
                    self.layers.push(name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn parse_block(&mut self, prelude: At<'t>, _: &ParserState, input: &mut Parser<'t>) -> Result<(), Error> {
        match prelude {
            At::Block { media, layer, unknown } => {
                self.rule();
                let mut around = self.around.clone();
                around.media.extend(media);
                around.unknown |= unknown;
                if let Some(name) = layer {
                    around.layer = Some(self.inner_layer(name));
                }
                self.block(around, input);
            }
            At::Scope(root) => {
                self.rule();
                let mut around = self.around.clone();
                around.selectors = selector::resolve(&root, self.around.selectors.as_deref());
                around.unknown |= around.selectors.is_none();
                self.block(around, input);
            }
            At::Keyframes(name) => {
                self.sheet.keyframes.insert(name.clone(), Vec::new());
                let before = self.frames.replace(name);
                self.block(Around::default(), input);
                self.frames = before;
            }
            At::Property(name) => {
                // Its descriptors are declarations that matter to nobody else.
                let mut initial = None;
                while let Ok(token) = input.next() {
                    if matches!(token, Token::Ident(i) if i.eq_ignore_ascii_case("initial-value")) && input.expect_colon().is_ok() {
                        let from = input.position();
                        while input.next().is_ok_and(|t| *t != Token::Semicolon) {}
                        initial = Some(input.slice_from(from).trim().trim_end_matches(';').trim().to_owned());
                    }
                }
                if let Some(value) = initial.filter(|v| v.len() <= MAX_VALUE) {
                    self.sheet.initial.insert(name.into(), value.into());
                }
            }
            At::Import(_) | At::Layers(_) => return Err(error()),
        }
        Ok(())
    }
}

impl<'t> Reader<'_, 't> {
    fn import(&self, input: &mut Parser<'t>) -> Option<Import> {
        input.skip_whitespace();
        let start = input.position().byte_index();
        let address = input.expect_url_or_string().ok()?.trim().to_owned();
        let token = self.text.get(start..input.position().byte_index())?;
        let inner = token.split_once('(').map_or(token, |(_, t)| t).trim_end().trim_end_matches(')').trim().trim_matches(['"', '\'']);
        let at = self.base + (inner.as_ptr() as usize - self.text.as_ptr() as usize);
        let rest = input.position();
        while input.next().is_ok() {}
        let media = input.slice_from(rest).trim();
        let media = (!media.is_empty() && !media.starts_with("layer") && !media.starts_with("supports")).then(|| media.to_owned());
        (!address.is_empty()).then(|| Import { address, span: Span::new(at, at + inner.len()), media })
    }
}

impl<'t> RuleBodyItemParser<'t, (), ()> for Reader<'_, 't> {
    fn parse_declarations(&self) -> bool {
        self.frames.is_none() || self.around.selectors.is_some()
    }

    fn parse_qualified(&self) -> bool {
        !self.attribute
    }
}
