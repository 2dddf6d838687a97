//! What is known of an image that was made.

use super::canvas::Area;
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Expect {
    Identical,
    Copy,
    Altered,
    Outdated,
    LookAlike,
    Unrelated,
}

impl Expect {
    pub fn name(self) -> &'static str {
        match self {
            Expect::Identical => "identical",
            Expect::Copy => "copy",
            Expect::Altered => "altered",
            Expect::Outdated => "outdated",
            Expect::LookAlike => "lookalike",
            Expect::Unrelated => "unrelated",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Setting {
    Bare,
    Page,
    Banner,
}

impl Setting {
    pub fn name(self) -> &'static str {
        match self {
            Setting::Bare => "bare",
            Setting::Page => "page",
            Setting::Banner => "banner",
        }
    }
}

/// A mark in an image.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The place of its design in the register; none for look-alikes and what is unrelated.
    pub reference: Option<usize>,
    pub id: String,
    pub sort: &'static str,
    pub expect: Expect,
    /// Of an alteration.
    pub kind: Option<super::alter::Kind>,
    pub strength: Option<usize>,
    /// What was done, in words.
    pub words: String,
    /// Where what is drawn of it lies.
    pub ink: Area,
    /// Where its whole file lies, with transparent margins.
    pub whole: Area,
    /// Where a local change lies.
    pub change: Option<Area>,
    /// Another tier's word: either of the two references is right.
    pub swapped: bool,
}

/// An image.
#[derive(Clone, Debug)]
pub struct Label {
    pub index: usize,
    pub setting: Setting,
    pub code: String,
    pub ending: &'static str,
    pub width: usize,
    pub height: usize,
    pub marks: Vec<Mark>,
    /// Where look-alikes and unrelated logos stand in pages.
    pub others: Vec<Mark>,
}

fn area(a: Area) -> Value {
    json!([a.0.round() as i64, a.1.round() as i64, a.2.round() as i64, a.3.round() as i64])
}

impl Mark {
    pub fn json(&self) -> Value {
        json!({
            "reference": self.reference,
            "id": self.id,
            "sort": self.sort,
            "expect": self.expect.name(),
            "kind": self.kind.map(|k| k.name()),
            "groups": self.kind.map(|k| k.groups().iter().map(|g| format!("{g:?}")).collect::<Vec<_>>()),
            "strength": self.strength.map(|s| s + 1),
            "words": self.words,
            "box": area(self.ink),
            "whole": area(self.whole),
            "change": self.change.map(area),
            "swapped": self.swapped,
        })
    }
}

impl Label {
    pub fn json(&self) -> Value {
        json!({
            "index": self.index,
            "setting": self.setting.name(),
            "encoding": self.code,
            "width": self.width,
            "height": self.height,
            "marks": self.marks.iter().map(Mark::json).collect::<Vec<_>>(),
            "others": self.others.iter().map(Mark::json).collect::<Vec<_>>(),
        })
    }
}
