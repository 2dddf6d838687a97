//! Files of labelled content: what each text or record says, what is known beside it, and which rules must find something in it.
//!
//! Knows the form of such a file; which rules there are, the caller says.

use crate::document::Kind;
use crate::document::records::{Format, Formats};
use crate::engine::testing::facts_of;
use crate::facts::{Broken, forms};
use crate::pack::model::{TestCase, TestFormat};
use crate::pack::{json_of, shapes, test_facts};
use crate::source::{DecodeHint, Source, Span};
use crate::yaml::shape::Shape::{Any, Bool, Later, List, MapOf, Object, OneOf, OneOrMany, Str};
use crate::yaml::shape::{self, Key, ObjectShape, did_you_mean, key, required};
use crate::yaml::{self, Fault, Node};
use std::sync::LazyLock;

/// A file of labels.
pub static LABELS: ObjectShape = ObjectShape {
    name: "labels",
    doc: "Content with the rules that must find something in it, and no others.",
    keys: &[required("labels", List(&Object(&LABEL)), "The texts and records.")],
};

static LABEL: ObjectShape = ObjectShape {
    name: "label",
    doc: "A text or record, what is known beside it, and what must be found in it.",
    keys: &[
        key("text", Str, "Plain text."),
        key("html", Str, "HTML."),
        key("markdown", Str, "Markdown."),
        key("record", MapOf(&Any), "A record of canonical fields."),
        key("records", List(&MapOf(&Any)), "Several records of one file."),
        key("kind", OneOf(shapes::KINDS), "The kind of content. Default: page; of records: listing."),
        key("lang", Str, "Its language."),
        key("partner", Later(speaker), "Who is speaking, in the form of a partner of partners.yaml."),
        key("partners", List(&Object(&forms::PARTNER)), "Further partners of the register."),
        key("complete", Bool, "Whether the register of partners is complete."),
        key("approvals", List(&Object(&forms::APPROVAL)), "The register of approvals."),
        key("approvals_complete", Bool, "Whether it is complete."),
        key("awards", List(&Object(&forms::AWARD)), "The register of awards."),
        key("awards_complete", Bool, "Whether it is complete."),
        key("today", Str, "The day that expiry is reckoned from. Default: 2026-11-21."),
        required("expect", OneOrMany(&Str), "Ids of the rules that must find something; [] for none."),
    ],
};

/// A partner of a register, of whom nothing must be known.
fn speaker() -> &'static ObjectShape {
    static SPEAKER: LazyLock<ObjectShape> = LazyLock::new(|| {
        let keys: Vec<Key> = forms::PARTNER.keys.iter().map(|k| key(k.name, k.shape, k.doc)).collect();
        ObjectShape { name: "speaking partner", doc: forms::PARTNER.doc, keys: keys.leak() }
    });
    &SPEAKER
}

/// One labelled text or record.
#[derive(Debug)]
pub struct Label {
    /// The content with what is known beside it.
    pub case: TestCase,
    /// The rules that must find something in it, each with its place.
    pub expect: Vec<(String, Span)>,
    /// The line on which it begins.
    pub line: usize,
}

impl Label {
    /// What the content is.
    pub fn kind(&self) -> Kind {
        self.case.kind.unwrap_or(if self.case.format == TestFormat::Record { Kind::Listing } else { Kind::Page })
    }
}

/// A file of labels, read.
#[derive(Debug)]
pub struct LabelFile {
    /// The file.
    pub source: Source,
    /// Its labels.
    pub labels: Vec<Label>,
}

impl LabelFile {
    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong in it, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<LabelFile, Broken> {
        let source = Source::decode(name, bytes, DecodeHint::Text);
        let root = match yaml::parse(source.text()) {
            Ok(root) => root,
            Err(e) => {
                let fault = Fault::new(e.span, e.message, "mend the YAML");
                return Err(Broken { source: Box::new(source), faults: vec![fault] });
            }
        };
        let mut faults = Vec::new();
        shape::check(&root, &Object(&LABELS), "a file of labels", &mut faults);
        let mut labels = Vec::new();
        if faults.is_empty() {
            let nodes = root.get("labels").and_then(Node::as_seq).unwrap_or_default();
            labels = nodes.iter().filter_map(|n| label(n, &source, &mut faults)).collect();
        }
        if faults.is_empty() {
            return Ok(LabelFile { source, labels });
        }
        faults.sort_by_key(|f| f.span.start);
        Err(Broken { source: Box::new(source), faults })
    }
}

fn label(node: &Node, source: &Source, faults: &mut Vec<Fault>) -> Option<Label> {
    let before = faults.len();
    // A fault of the whole label is shown at its first key.
    let head = node.as_map().and_then(|m| m.first()).map_or(node.span, |(k, _)| k.span);
    let formats = [("text", TestFormat::Text), ("html", TestFormat::Html), ("markdown", TestFormat::Markdown)];
    let texts = formats.iter().filter_map(|(k, f)| Some((*f, node.get(k)?.scalar_text()?)));
    let records = ["record", "records"].iter().filter_map(|k| Some((TestFormat::Record, json_of(node.get(k)?).to_string())));
    let mut contents: Vec<(TestFormat, String)> = texts.chain(records).collect();
    if contents.len() != 1 {
        faults.push(Fault::new(head, "a label has one text", "give one of: text, html, markdown, record, records"));
    }
    for record in node.get("record").into_iter().chain(node.get("records").and_then(Node::as_seq).into_iter().flatten()) {
        fields(record, faults);
    }
    let facts = test_facts(node);
    if let Err(e) = facts_of(&facts) {
        let keys = ["today", "awards", "approvals", "partners", "partner"];
        let named = keys.iter().filter(|k| **k != "partner").find(|k| e.starts_with(*k)).and_then(|k| node.get(k));
        let span = named.or_else(|| keys.iter().find_map(|k| node.get(k))).map_or(head, |n| first_line(n.span, source));
        faults.push(Fault::new(span, e, "docs/registers.md has the form of each register"));
    }
    let expect: Vec<(String, Span)> = node.get("expect").map(ids).unwrap_or_default();
    for (i, (id, span)) in expect.iter().enumerate() {
        if expect[..i].iter().any(|(other, _)| other == id) {
            faults.push(Fault::new(*span, format!("`{id}` is expected twice"), "a label counts each rule once"));
        }
    }
    let kind = node.get("kind").and_then(Node::as_str).and_then(Kind::from_name);
    let lang = node.get("lang").and_then(Node::scalar_text);
    let (format, text) = contents.pop()?;
    let line = source.position(node.span.start).line;
    (faults.len() == before).then_some(Label { case: TestCase { format, text, kind, lang, facts, span: node.span }, expect, line })
}

/// Fields that no format knows, by its own name or the canonical one, would be read by nobody.
fn fields(record: &Node, faults: &mut Vec<Fault>) {
    let keys = record.as_map().unwrap_or_default();
    let format = Formats::builtin().detect(keys.iter().filter_map(|(k, _)| k.as_str()));
    for (k, _) in keys {
        let name = k.scalar_text().unwrap_or_default();
        let own = format.is_some_and(|f| f.child(Format::TOP, &name).is_some() || f.skip.contains(&name) || f.is_told_by(&name));
        if !own && !Formats::builtin().iter().any(|f| f.field_named(&name).is_some()) {
            let known = Formats::builtin().iter().flat_map(|f| &f.fields).map(|f| f.name.as_str());
            let help = did_you_mean(&name, known)
                .map_or_else(|| "write the canonical name that rules/formats/ gives it".to_owned(), |n| format!("did you mean `{n}`?"));
            faults.push(Fault::new(k.span, format!("no format of records has a field `{name}`"), help));
        }
    }
}

fn ids(node: &Node) -> Vec<(String, Span)> {
    let nodes = node.as_seq().unwrap_or(std::slice::from_ref(node));
    nodes.iter().filter_map(|n| Some((n.scalar_text()?, n.span))).collect()
}

/// As much of a span as lies on its first line.
fn first_line(span: Span, source: &Source) -> Span {
    Span::new(span.start, span.end.min(source.line_span(span.start).end).max(span.start))
}
