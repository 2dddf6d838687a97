//! Files that are read as a whole: YAML, and anything that is not UTF-8.

use super::Shape;
use super::formats::Formats;
use super::stream::{BARE, Chunk, Content, Splitter, Trouble, TroubleKind};
use crate::document::Kind;
use crate::source::{Source, Span};
use crate::yaml::{self, Node};

/// The records of a file that is already decoded, in one chunk, and its troubles.
pub fn split(source: Source, shape: Shape, formats: &Formats, kind: Option<Kind>) -> Vec<Result<Chunk, Trouble>> {
    if shape == Shape::Yaml {
        return yaml(source, formats, kind);
    }
    let text = source.text().to_owned();
    let splitter = Splitter::new(text.as_bytes(), source.name().to_owned(), shape, formats).of_kind(kind).chunk_size(text.len() + 1);
    let mut source = Some(source);
    let mut out = Vec::new();
    for item in splitter {
        match (item, source.take()) {
            // Everything was read at once, so there is one chunk, and it begins with the file.
            (Ok(chunk), Some(whole)) => out.push(Ok(Chunk { source: whole, ..chunk })),
            (Ok(chunk), None) => out.push(Ok(chunk)),
            (Err(t), whole) => {
                out.push(Err(t));
                source = whole;
            }
        }
    }
    // Troubles were placed in the decoded text; what they show must say where in the file it stands.
    if let Some(Ok(chunk)) = out.iter().find(|i| i.is_ok()) {
        let placed: Vec<Option<Source>> = out.iter().map(|i| i.as_ref().err().map(|t| in_file(t, &chunk.source))).collect();
        return out.into_iter().zip(placed).map(|(item, source)| relocate(item, source)).collect();
    }
    let placed: Vec<Option<Source>> = out.iter().map(|i| i.as_ref().err().zip(source.as_ref()).map(|(t, s)| in_file(t, s))).collect();
    out.into_iter().zip(placed).map(|(item, source)| relocate(item, source)).collect()
}

fn in_file(t: &Trouble, file: &Source) -> Source {
    let start = t.source.base().offset;
    file.stretch(Span::new(start, start + t.source.text().len()))
}

fn relocate(item: Result<Chunk, Trouble>, source: Option<Source>) -> Result<Chunk, Trouble> {
    match (item, source) {
        (Err(t), Some(source)) => Err(Trouble { source: Box::new(source), ..t }),
        (item, _) => item,
    }
}

fn yaml(source: Source, formats: &Formats, kind: Option<Kind>) -> Vec<Result<Chunk, Trouble>> {
    let root = match yaml::parse(source.text()) {
        Ok(root) => root,
        Err(e) => {
            let help = "fix this place; nothing of the file was read".to_owned();
            return vec![Err(Trouble { kind: TroubleKind::Content, message: e.message, help, source: Box::new(source), span: e.span })];
        }
    };
    let (span, holds_any) = (root.span, holds_any(&root));
    let nodes: Vec<Node> = records(root, formats);
    if nodes.is_empty() {
        let (message, help) = (BARE.0.to_owned(), BARE.1.to_owned());
        let trouble =
            |source| Err(Trouble { kind: TroubleKind::Empty, message, help, source: Box::new(source), span: Span::at(span.start) });
        return if holds_any { vec![trouble(source)] } else { Vec::new() };
    }
    let records: Vec<Span> = nodes.iter().map(|n| n.span).collect();
    vec![Ok(Chunk { source, records, first_index: 0, kind, content: Content::Yaml(nodes) })]
}

/// Whether there is anything that could have been a record.
fn holds_any(root: &Node) -> bool {
    match &root.value {
        yaml::Value::Seq(items) => !items.is_empty(),
        yaml::Value::Map(_) | yaml::Value::Null => false,
        _ => true,
    }
}

/// The maps of a list; a map that is one record; or the maps of the lists that a map keeps under keys the formats name.
fn records(root: Node, formats: &Formats) -> Vec<Node> {
    let maps = |items: Vec<Node>| items.into_iter().filter(|n| n.as_map().is_some()).collect::<Vec<_>>();
    match root.value {
        yaml::Value::Seq(items) => maps(items),
        yaml::Value::Map(ref entries) => {
            let keys = || entries.iter().filter_map(|(k, _)| k.as_str());
            let holds = |k: &Node, v: &Node| {
                k.as_str().is_some_and(|k| formats.is_container(k)) && v.as_seq().is_some_and(|s| s.iter().any(|n| n.as_map().is_some()))
            };
            if formats.detect(keys()).is_some() || !entries.iter().any(|(k, v)| holds(k, v)) {
                return vec![root];
            }
            let lists = entries.iter().filter(|(k, v)| holds(k, v)).filter_map(|(_, v)| v.as_seq());
            lists.flatten().filter(|n| n.as_map().is_some()).cloned().collect()
        }
        _ => Vec::new(),
    }
}
