//! The program's documents in parts: which rules and which attestations stand for each. They come from `rules/coverage.yaml` and
//! `rules/registers/attestations.yaml`; what the parts say is ours in short, the documents are not kept.

use serde::Deserialize;
use std::sync::OnceLock;

/// The documents, what of them is graded, their parts, and what people sign for.
#[derive(Debug, Default, Deserialize)]
pub struct Clauses {
    /// The documents.
    pub documents: Vec<Document>,
    /// What a report card grades.
    pub sections: Vec<Section>,
    /// Parts for which rules or attestations stand, in the order of the documents.
    pub parts: Vec<Part>,
    /// What people sign for, since no public text shows it.
    pub attestations: Vec<Item>,
}

/// A document of the program.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// What it is known by.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// Some parts of a document that are graded together.
#[derive(Debug, Deserialize)]
pub struct Section {
    /// Its number.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The id of its document.
    pub document: String,
    /// What it is about.
    pub title: String,
}

/// A part of a document.
#[derive(Debug, Deserialize)]
pub struct Part {
    /// Its number.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The id of its document.
    pub document: String,
    /// What it says, in our words.
    pub title: String,
    /// Rules that stand for it: ids, or beginnings of ids with an asterisk.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Attestations that stand for it: ids of items.
    #[serde(default)]
    pub attestations: Vec<String>,
}

/// What somebody signs for.
#[derive(Debug, Deserialize)]
pub struct Item {
    /// What it is known by.
    pub id: String,
    /// What is stated by signing.
    pub asks: String,
    /// What would be evidence.
    pub evidence: String,
    /// For how many days a signature holds; without end if no document says how often.
    pub max_age: Option<u32>,
}

impl Clauses {
    /// Those that are built in; read when first asked for.
    pub fn get() -> &'static Clauses {
        static CLAUSES: OnceLock<Clauses> = OnceLock::new();
        // The build made the JSON, and a test holds it to be readable.
        CLAUSES.get_or_init(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/clauses.json"))).unwrap_or_default())
    }

    /// The item of this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.attestations.iter().find(|i| i.id == id)
    }

    /// The document of this id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|d| d.id == id)
    }

    /// The parts for which an attestation stands.
    pub fn parts_of_item<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |p| p.attestations.iter().any(|a| a == id))
    }

    /// The parts of a section.
    pub fn parts_of<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(|p| section.holds(p))
    }
}

impl Section {
    /// Whether a part is of this section: `6.1` is of `6`, and `T1` of `T1`.
    pub fn holds(&self, part: &Part) -> bool {
        let rest = part.reference.strip_prefix(&self.reference);
        part.document == self.document && rest.is_some_and(|r| r.is_empty() || r.starts_with('.'))
    }
}

impl Part {
    /// Whether this rule stands for it.
    pub fn names(&self, rule: &str) -> bool {
        self.rules.iter().any(|name| name.strip_suffix('*').map_or(name == rule, |prefix| rule.starts_with(prefix)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_there() {
        let c = Clauses::get();
        assert!(c.documents.len() > 1 && !c.attestations.is_empty());
        for item in &c.attestations {
            assert!(c.parts_of_item(&item.id).next().is_some(), "{}", item.id);
        }
        for part in &c.parts {
            assert_eq!(c.sections.iter().filter(|s| s.holds(part)).count(), 1, "{}", part.reference);
            assert!(c.document(&part.document).is_some() && (part.rules.is_empty() || !part.names("cc")), "{}", part.reference);
        }
    }
}
