//! Phrases, regular expressions, selectors and word lists.

use super::*;
use crate::pack::rewrite::{Part, Rewrite};
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::{Translator, TranslatorBuilder};

impl Decoder<'_> {
    /// Several regular expressions as one.
    pub(super) fn regexes(&mut self, node: &Node) -> Option<LazyRegex> {
        let sources: Vec<String> = nodes(node).into_iter().filter_map(|n| self.regex(n)).collect();
        if sources.is_empty() {
            return None;
        }
        let several = sources.len() > 1;
        let regex = LazyRegex::any(sources, self.exact);
        // Each fits, but they become one automaton, and what does not fit finds nothing.
        if several && !self.trusted && regex.size().is_none() {
            let help = "make repetitions and classes smaller, or divide them among several matchers";
            self.fault(node.span, "together these regular expressions take too much memory", help);
        }
        Some(regex)
    }

    /// A list of plain strings, in which `<term>` stands for the term's entries.
    pub(super) fn strings(&mut self, node: Option<&Node>) -> Vec<String> {
        let texts = self.string_texts(node);
        lazy::expand(&texts, self.terms, false)
    }

    /// The same, worked out when first needed. `lower`: in lower case.
    pub(super) fn lazy_strings(&mut self, node: Option<&Node>, lower: bool) -> Lazy<Vec<String>> {
        let (texts, terms) = (self.string_texts(node), Arc::clone(self.terms));
        Lazy::new(move || lazy::expand(&texts, &terms, lower))
    }

    /// The texts of a list of strings; those that name no term are told.
    pub(super) fn string_texts(&mut self, node: Option<&Node>) -> Vec<String> {
        let texts = node.map(nodes).unwrap_or_default().into_iter().map(|n| (n, n.scalar_text().unwrap_or_default()));
        let texts: Vec<_> = texts.collect();
        for (n, text) in texts.iter().filter(|_| !self.trusted) {
            let term = text.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
            if let Some(name) = term.filter(|name| !self.terms.has(name)) {
                let help = "declare it under `terms:`, here or in a pack this one extends";
                self.faults.push(Fault { file: self.file, ..Fault::new(n.span, format!("no term is called `{name}`"), help) });
            }
        }
        texts.into_iter().map(|(_, text)| text).collect()
    }

    pub(super) fn phrase_set(&mut self, node: &Node) -> PhraseSet {
        let exact = self.exact;
        PhraseSet::new(self.parse_phrases(node), exact)
    }

    /// The phrases of a matcher, under `phrases`.
    pub(super) fn phrases(&mut self, matcher: &Node) -> Patterns {
        let each = |d: &mut Self, n: &Node| {
            let known = (n.scalar_text().unwrap_or_default(), d.exact);
            // Several rules may look for one phrase: they share what is made of it, and what it finds.
            if let Some(pattern) = d.known.get(&known) {
                return Some(Arc::clone(pattern));
            }
            let phrase = d.phrase(n, &known.0)?;
            let pattern = Arc::new(d.pattern(phrase));
            d.known.insert(known, Arc::clone(&pattern));
            Some(pattern)
        };
        let of_builtin = |d: &mut Self, text: &str| {
            // Of a built-in rule that another pack changes, and perhaps its terms.
            let parts = phrase::parse(text, &**d.terms).unwrap_or_default();
            d.pattern(Phrase::Read(parts))
        };
        self.text_patterns(matcher, "phrases", each, of_builtin)
    }

    fn pattern(&mut self, phrase: Phrase) -> Pattern {
        let exact = self.exact;
        let keys = phrase.with(|parts| Keys::of_phrase(parts, exact, &mut self.tables.choices));
        Pattern::from_phrase(phrase, exact, keys)
    }

    /// A term of a rewrite, in any case.
    fn pattern_of_term(&mut self, phrase: Phrase) -> Pattern {
        let was = std::mem::replace(&mut self.exact, false);
        let pattern = self.pattern(phrase);
        self.exact = was;
        pattern
    }

    /// The regular expressions of a matcher, under `regex`.
    pub(super) fn patterns(&mut self, matcher: &Node) -> Patterns {
        let each = |d: &mut Self, n: &Node| {
            let text = n.scalar_text().unwrap_or_default();
            let syntax = d.syntax(n, &text)?;
            if syntax.properties().maximum_len() == Some(0) {
                d.fault(n.span, "this matches no words", "write what it should find");
            }
            let keys = Keys::of_syntax(&syntax, d.exact);
            Some(Arc::new(Pattern::from_regex(text, d.exact, keys)))
        };
        let of_builtin = |d: &mut Self, text: &str| Pattern::from_regex(text.to_owned(), d.exact, Keys::of_regex(text, d.exact));
        self.text_patterns(matcher, "regex", each, of_builtin)
    }

    fn text_patterns(
        &mut self,
        matcher: &Node,
        form: &str,
        each: impl Fn(&mut Self, &Node) -> Option<Arc<Pattern>>,
        of_builtin: impl Fn(&mut Self, &str) -> Pattern,
    ) -> Patterns {
        let Some(numbers) = matcher.get(PATTERNS).and_then(Node::as_str) else {
            return matcher.get(form).map(nodes).unwrap_or_default().into_iter().filter_map(|n| each(self, n)).collect();
        };
        let numbers: Vec<u32> = numbers.split(' ').filter_map(|n| n.parse().ok()).collect();
        if self.trusted {
            return Patterns::later(numbers, &self.builtin);
        }
        let texts = numbers.into_iter().filter_map(|n| builtin_pattern(n as usize));
        texts.map(|p| Arc::new(of_builtin(self, p.text))).collect()
    }

    pub(super) fn parse_phrases(&mut self, node: &Node) -> Vec<Phrase> {
        let texts = nodes(node).into_iter().map(|n| (n, n.scalar_text().unwrap_or_default()));
        texts.filter_map(|(n, text)| self.phrase(n, &text)).collect()
    }

    fn phrase(&mut self, node: &Node, text: &str) -> Option<Phrase> {
        if self.trusted {
            return Some(Phrase::Text(text.to_owned(), Arc::clone(self.terms)));
        }
        match phrase::parse(text, &**self.terms) {
            Ok(parts) => Some(Phrase::Read(parts)),
            Err(e) => {
                let span = self.inside(node, Span::new(e.at.start, e.at.end));
                let help = term_help(&e, self.terms.names());
                self.fault(span, e.message, help);
                None
            }
        }
    }

    /// Approved wording: text, and `<term>` for the term's word that was found.
    pub(super) fn rewrite(&mut self, node: &Node) -> Option<Rewrite> {
        let text = node.scalar_text().unwrap_or_default();
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, (name, after))) = rest.split_once('<').and_then(|(b, r)| Some((b, r.split_once('>')?))) {
            let term = format!("<{name}>");
            let phrase = if self.trusted {
                Ok(Phrase::Text(term, Arc::clone(self.terms)))
            } else {
                phrase::parse(&term, &**self.terms).map(Phrase::Read)
            };
            match phrase {
                Ok(phrase) => parts.extend([Part::Text(before.to_owned()), Part::Kept(Arc::new(self.pattern_of_term(phrase)))]),
                Err(e) => {
                    let at = text.len() - rest.len() + before.len();
                    let span = self.inside(node, Span::new(at, at + name.len() + 2));
                    let help = term_help(&e, self.terms.names());
                    self.fault(span, e.message, help);
                    return None;
                }
            }
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(Rewrite { parts })
    }

    pub(super) fn regex(&mut self, node: &Node) -> Option<String> {
        let text = node.scalar_text().unwrap_or_default();
        (self.trusted || self.syntax(node, &text).is_some()).then_some(text)
    }

    /// What a regular expression is, as far as it is written: letters in the case that they have there. `None` if it cannot be used.
    fn syntax(&mut self, node: &Node, text: &str) -> Option<Hir> {
        let ast = match regex_syntax::ast::parse::Parser::new().parse(text) {
            Ok(ast) => ast,
            Err(e) => {
                let s = e.span();
                let span = self.inside(node, Span::new(s.start.offset, s.end.offset.max(s.start.offset)));
                self.fault(span, format!("this regular expression is broken: {}", e.kind()), "see https://docs.rs/regex/#syntax");
                return None;
            }
        };
        let hir = match Translator::new().translate(text, &ast) {
            Ok(hir) => hir,
            Err(e) => {
                let s = e.span();
                let span = self.inside(node, Span::new(s.start.offset, s.end.offset));
                self.fault(span, format!("this regular expression is broken: {}", e.kind()), "see https://docs.rs/regex/#syntax");
                return None;
            }
        };
        let fold = !self.exact;
        let folded = || TranslatorBuilder::new().case_insensitive(fold).build().translate(text, &ast).ok();
        if !self.tables.sizes.fits(&hir, fold, folded) {
            self.fault(node.span, "this regular expression takes too much memory", "make repetitions smaller, or split it");
            return None;
        }
        for advice in crate::pack::lint::regex(text, &ast, self.exact) {
            let span = self.inside(node, advice.span);
            self.advice(span, advice.message, advice.help);
        }
        Some(hir)
    }

    /// A regular expression for a predicate.
    pub(super) fn predicate_regex(&mut self, node: &Node) -> Option<LazyRegex> {
        let source = self.regex(node)?;
        Some(LazyRegex::new(source, self.exact))
    }

    pub(super) fn selector(&mut self, node: &Node) -> Option<Select> {
        let text = node.scalar_text().unwrap_or_default();
        if self.trusted {
            return Some(Select::trusted(text));
        }
        match Select::read(text) {
            Ok(s) => Some(s),
            Err(_) => {
                self.fault(
                    node.span,
                    "this CSS selector is broken",
                    "selectors are those of CSS level 4, without pseudo-elements and state (`:hover`)",
                );
                None
            }
        }
    }
}
