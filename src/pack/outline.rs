//! What a rule looks at, told without reading its matcher: most rules of a run find nothing to look at, and are never read.

use super::model::{Matcher, MatcherForm, PlaceCheck};
use crate::yaml::{Node, Value};

/// Names of which some count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// None of them.
    #[default]
    None,
    /// These.
    Of(Vec<String>),
    /// Any.
    All,
}

impl Names {
    fn of(names: &[String]) -> Names {
        if names.is_empty() { Names::All } else { Names::Of(names.to_vec()) }
    }

    fn or(self, other: Names) -> Names {
        match (self, other) {
            (Names::None, names) | (names, Names::None) => names,
            (Names::Of(mut a), Names::Of(b)) => {
                a.extend(b);
                Names::Of(a)
            }
            _ => Names::All,
        }
    }
}

/// What a document must have for a rule to find anything in it, beside the words that the prefilter looks for; and what kinds of matcher the
/// rule has anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Fields of records.
    pub fields: Names,
    /// Addresses, by what holds them.
    pub holders: Names,
    /// Blocks of text.
    pub blocks: bool,
    /// HTML.
    pub html: bool,
    /// Pictures.
    pub pictures: bool,
    /// It is tried on whatever there is.
    pub always: bool,
    /// It looks at text only, so that without candidates of the prefilter nothing can be found.
    pub text_only: bool,
    /// One of its matchers looks at pictures.
    pub images: bool,
    /// One asks for who is speaking, most of the time.
    pub speakers: bool,
    /// One compares documents with each other.
    pub corpus: bool,
    /// One looks for words of lists.
    pub words: bool,
    /// One looks at elements.
    pub elements: bool,
}

impl Outline {
    /// The outline of what a matcher looks at.
    pub fn of(m: &Matcher) -> Outline {
        let mut outline = Outline::default();
        outline.add(m, true);
        outline.text_only = text_only(m);
        outline
    }

    /// `first`: nothing is found where this matcher finds nothing.
    fn add(&mut self, m: &Matcher, first: bool) {
        match &m.form {
            MatcherForm::Text(_) => {}
            MatcherForm::Words(_) => {
                self.words = true;
                self.blocks |= first;
            }
            MatcherForm::Stats(_) => self.blocks |= first,
            MatcherForm::Element(_) => {
                self.elements = true;
                self.html |= first;
            }
            MatcherForm::Image(_) => {
                self.images = true;
                self.pictures |= first;
            }
            MatcherForm::Link(l) if first => self.holders = std::mem::take(&mut self.holders).or(Names::of(&l.holder)),
            MatcherForm::Field(f) if first => self.fields = std::mem::take(&mut self.fields).or(Names::of(&f.name)),
            MatcherForm::Link(_) | MatcherForm::Field(_) => {}
            MatcherForm::Corpus(_) => self.corpus = true,
            MatcherForm::Claim(_) | MatcherForm::Place(_) | MatcherForm::Approval(_) => {
                self.speakers |= !matches!(m.form, MatcherForm::Approval(_));
                match &m.form {
                    // What it looks for is among the words that the prefilter looks for.
                    form if form.patterns().is_some() => {}
                    MatcherForm::Place(p) if p.check == PlaceCheck::NonPlace && first => {
                        self.fields = std::mem::take(&mut self.fields).or(Names::of(&p.fields));
                    }
                    MatcherForm::Place(p) if p.check == PlaceCheck::NonPlace => {}
                    _ => self.always |= first,
                }
            }
            MatcherForm::Any(list) => list.iter().for_each(|m| self.add(m, first)),
            // The first decides: without it the others do not matter.
            MatcherForm::All(list) => list.iter().enumerate().for_each(|(i, m)| self.add(m, first && i == 0)),
            MatcherForm::Not(inner) => self.add(inner, first),
        }
    }

    /// The outline that promolint's build wrote.
    pub(super) fn prepared(node: &Node) -> Outline {
        let names = |key: &str| match node.get(key).map(|n| &n.value) {
            None => Names::None,
            Some(Value::Seq(list)) => Names::Of(list.iter().filter_map(Node::scalar_text).collect()),
            Some(_) => Names::All,
        };
        let is: Vec<&str> = node.get("is").and_then(Node::as_str).unwrap_or_default().split(' ').collect();
        let is = |name: &str| is.contains(&name);
        Outline {
            fields: names("fields"),
            holders: names("holders"),
            blocks: is("blocks"),
            html: is("html"),
            pictures: is("pictures"),
            always: is("always"),
            text_only: is("text_only"),
            images: is("images"),
            speakers: is("speakers"),
            corpus: is("corpus"),
            words: is("words"),
            elements: is("elements"),
        }
    }
}

/// Whether a tree looks at text only, so that without candidates nothing can be found.
fn text_only(m: &Matcher) -> bool {
    match &m.form {
        form if form.patterns().is_some() => true,
        // The first decides: without it the others do not matter.
        MatcherForm::All(list) => list.first().is_some_and(text_only),
        MatcherForm::Any(list) => list.iter().all(text_only),
        MatcherForm::Not(inner) => text_only(inner),
        _ => false,
    }
}
