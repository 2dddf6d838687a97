//! What a rule is about, so that it is not blamed for what it does not look at.

use super::class::Class;
use crate::document::Role;
use crate::pack::model::{Matcher, MatcherForm, Rule, Scope};

/// Why a text was not written in some way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The rule looks at pictures.
    Pictures,
    /// The rule, or the text, compares documents.
    Several,
    /// The rule looks at elements, addresses or values, not at words.
    NoWords,
    /// The rule is about capitals, or about names that capitals tell from words.
    Case,
    /// The rule does not look at attributes, or asks for more than one block.
    Scope,
    /// What the text is written in does not know this way.
    Medium,
    /// As HTML, and otherwise unchanged, the text is another case for the rule.
    AsHtml,
    /// The text has nothing to write so.
    Nothing,
    /// The rule's own test fails.
    OwnTest,
}

impl LeftOut {
    /// All, in the order of the report.
    pub const ALL: [LeftOut; 9] = [
        LeftOut::Pictures,
        LeftOut::Several,
        LeftOut::NoWords,
        LeftOut::Case,
        LeftOut::Scope,
        LeftOut::Medium,
        LeftOut::AsHtml,
        LeftOut::Nothing,
        LeftOut::OwnTest,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            LeftOut::Pictures => "pictures",
            LeftOut::Several => "several-documents",
            LeftOut::NoWords => "no-words",
            LeftOut::Case => "about-case",
            LeftOut::Scope => "scope",
            LeftOut::Medium => "format",
            LeftOut::AsHtml => "as-html",
            LeftOut::Nothing => "nothing-to-change",
            LeftOut::OwnTest => "own-test-fails",
        }
    }

    /// The reason in words.
    pub fn why(self) -> &'static str {
        match self {
            LeftOut::Pictures => "the rule looks at pictures",
            LeftOut::Several => "documents are compared",
            LeftOut::NoWords => "the rule looks at elements, addresses or values, not at words",
            LeftOut::Case => "the rule is about capitals, or about names that capitals tell from words",
            LeftOut::Scope => "the rule does not look at attributes by themselves",
            LeftOut::Medium => "the text's format does not know this way of writing",
            LeftOut::AsHtml => "as HTML the text is another case for the rule",
            LeftOut::Nothing => "the text has nothing to write so",
            LeftOut::OwnTest => "the rule's own test fails",
        }
    }
}

/// What of a rule decides what can be done to its texts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About {
    pictures: bool,
    several: bool,
    /// It looks for words in running text.
    pub(super) text: bool,
    /// It looks for words in elements or fields.
    pub(super) words: bool,
    case: bool,
    scoped: bool,
}

impl About {
    pub(super) fn rule(rule: &Rule) -> About {
        let mut about = About { pictures: rule.outline.images, ..About::default() };
        let mut scopes = vec![rule.context()];
        about.matcher(rule.matcher(), &mut scopes);
        for context in scopes {
            about.case |= context.scope.contains(&Scope::Caps) || context.not_scope.contains(&Scope::Caps);
            let attribute = |s: &Scope| matches!(s, Scope::Role(Role::Alt | Role::Attr | Role::Meta));
            about.scoped |= !context.scope.is_empty() && !context.any_scope || context.not_scope.iter().any(attribute);
        }
        about
    }

    fn matcher<'m>(&mut self, m: &'m Matcher, contexts: &mut Vec<&'m crate::pack::model::Context>) {
        contexts.push(&m.context);
        if let Some(patterns) = m.form.patterns() {
            self.text = true;
            self.case |= patterns.iter().any(|p| p.minds_case());
        }
        match &m.form {
            // Places are told from words by their capitals.
            MatcherForm::Place(_) => (self.case, self.words) = (true, true),
            MatcherForm::Claim(_) => self.words = true,
            MatcherForm::Stats(_) => (self.case, self.text) = (true, true),
            MatcherForm::Element(e) => {
                let sets = [&e.text, &e.text_not, &e.label];
                self.words |= sets.iter().any(|s| s.is_some());
                self.case |= sets.iter().any(|s| s.as_ref().is_some_and(|s| s.minds_case()));
            }
            MatcherForm::Field(f) => {
                self.words |= f.phrases.is_some() || f.regex.is_some();
                self.case |= f.phrases.as_ref().is_some_and(|s| s.minds_case());
            }
            MatcherForm::Corpus(_) => self.several = true,
            MatcherForm::All(list) | MatcherForm::Any(list) => list.iter().for_each(|m| self.matcher(m, contexts)),
            MatcherForm::Not(inner) => self.matcher(inner, contexts),
            _ => {}
        }
    }

    /// Why none of its texts can be rewritten in this way, whatever they say.
    pub(super) fn left_out(self, class: Class) -> Option<LeftOut> {
        if self.pictures {
            Some(LeftOut::Pictures)
        } else if self.several {
            Some(LeftOut::Several)
        } else if !self.text && !self.words {
            Some(LeftOut::NoWords)
        } else if self.case && class.changes_case() {
            Some(LeftOut::Case)
        } else if class == Class::Attribute && (self.scoped || !self.text) {
            Some(LeftOut::Scope)
        } else {
            None
        }
    }
}
