//! A value of a register with its place, and what it means that one is not there.

use crate::finding::Location;
use crate::source::{Source, Span};

/// A value and where the register says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// Its place in the text of the register.
    pub span: Span,
}

impl<T> Fact<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Fact<T> {
        Fact { value, span }
    }
}

/// What a register says of one thing: a value, that there is none, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum State<T> {
    /// The register is silent.
    #[default]
    Unknown,
    /// It says that there is none, here.
    Absent(Span),
    /// It says this.
    Is(Fact<T>),
}

impl<T> State<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            State::Is(f) => Some(&f.value),
            _ => None,
        }
    }

    /// Where the register says it; nowhere if it is silent.
    pub fn span(&self) -> Option<Span> {
        match self {
            State::Unknown => None,
            State::Absent(s) => Some(*s),
            State::Is(f) => Some(f.span),
        }
    }

    /// Whether the register is silent.
    pub fn is_unknown(&self) -> bool {
        matches!(self, State::Unknown)
    }

    /// Whether it says that there is none.
    pub fn is_absent(&self) -> bool {
        matches!(self, State::Absent(_))
    }
}

/// What a register lists of one kind. An empty list that is known says that there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    items: Vec<Fact<T>>,
    span: Option<Span>,
    whole: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { items: Vec::new(), span: None, whole: false }
    }
}

impl<T> List<T> {
    /// A list that stands at `span`; `whole` if there is nothing beyond it.
    pub fn new(items: Vec<Fact<T>>, span: Span, whole: bool) -> List<T> {
        List { items, span: Some(span), whole }
    }

    /// One entry more.
    pub(super) fn push(&mut self, item: Fact<T>) {
        self.span = Some(self.span.map_or(item.span, |s| s.cover(&item.span)));
        self.items.push(item);
    }

    /// Says that there is nothing beyond what is listed.
    pub(super) fn close(&mut self, at: Span) {
        self.span.get_or_insert(at);
        self.whole = true;
    }

    /// Says that there may be more.
    pub(super) fn open(&mut self) {
        self.whole = false;
    }

    /// What is listed.
    pub fn items(&self) -> &[Fact<T>] {
        &self.items
    }

    /// Where the list stands; nowhere if the register has none.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// Whether the register is silent.
    pub fn is_unknown(&self) -> bool {
        self.span.is_none()
    }

    /// Whether there is nothing beyond what is listed.
    pub fn is_whole(&self) -> bool {
        self.span.is_some() && self.whole
    }

    /// Whether it is known that there are none.
    pub fn is_known_empty(&self) -> bool {
        self.is_whole() && self.items.is_empty()
    }

    /// Whether one of the entries fits: yes where it stands, no if the list is whole and none does, else unknown.
    pub fn has(&self, fits: impl Fn(&T) -> bool) -> Answer {
        match (self.items.iter().find(|i| fits(&i.value)), self.span) {
            (Some(i), _) => Answer::Yes(Some(i.span)),
            (None, span @ Some(_)) if self.whole => Answer::No(span),
            _ => Answer::Unknown,
        }
    }
}

/// The answer of a register to a question, with the place that is responsible for it where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is so.
    Yes(Option<Span>),
    /// It is not so.
    No(Option<Span>),
    /// The register does not say.
    Unknown,
}

/// A place in a register's file, for the second label of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file, or the stretch of it.
    pub source: &'a Source,
    /// Where in the source's text.
    pub span: Span,
}

impl Place<'_> {
    /// What is written there.
    pub fn text(&self) -> &str {
        self.source.text().get(self.span.range()).unwrap_or("")
    }

    /// The place as findings give it. Of a place that spans lines, the first line is meant.
    pub fn location(&self, label: impl Into<String>) -> Location {
        let line = self.source.line_span(self.span.start);
        let span = Span::new(self.span.start, self.span.end.min(line.end).max(self.span.start));
        let text = self.source.text().get(span.range()).map(str::to_owned);
        Location::new(self.source, &[span], text, Some(label.into()))
    }
}
