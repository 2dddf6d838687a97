//! Phrases, regular expressions, selectors and word lists.

use super::*;

impl Decoder<'_> {
    /// Several regular expressions as one.
    pub(super) fn regexes(&mut self, node: &Node) -> Option<LazyRegex> {
        let sources: Vec<String> = nodes(node).into_iter().filter_map(|n| self.regex(n)).collect();
        if sources.is_empty() {
            return None;
        }
        Some(LazyRegex::new(sources.iter().map(|s| format!("(?:{s})")).collect::<Vec<_>>().join("|"), self.exact))
    }

    /// A list of plain strings, in which `<term>` stands for the term's entries.
    pub(super) fn strings(&mut self, node: Option<&Node>) -> Vec<String> {
        let mut out = Vec::new();
        for n in node.map(nodes).unwrap_or_default() {
            let text = n.scalar_text().unwrap_or_default();
            match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
                Some(name) => match self.terms.get(name) {
                    Some(words) => out.extend(words.iter().filter_map(|w| phrase::spellings(w)).flatten()),
                    None => self.fault(
                        n.span,
                        format!("no term is called `{name}`"),
                        "declare it under `terms:`, here or in a pack this one extends",
                    ),
                },
                None => out.push(text),
            }
        }
        out
    }

    pub(super) fn phrase_set(&mut self, node: &Node) -> PhraseSet {
        let exact = self.exact;
        PhraseSet::new(self.parse_phrases(node), exact)
    }

    pub(super) fn phrases(&mut self, node: &Node) -> Vec<Pattern> {
        let exact = self.exact;
        self.parse_phrases(node).iter().map(|parts| Pattern::from_phrase(parts, exact)).collect()
    }

    pub(super) fn parse_phrases(&mut self, node: &Node) -> Vec<Vec<Part>> {
        let mut out = Vec::new();
        for n in nodes(node) {
            let text = n.scalar_text().unwrap_or_default();
            match phrase::parse(&text, self.terms) {
                Ok(parts) => out.push(parts),
                Err(f) => {
                    let span = self.inside(n, f.span);
                    self.fault(span, f.message, f.help);
                }
            }
        }
        out
    }

    pub(super) fn regex(&mut self, node: &Node) -> Option<String> {
        let text = node.scalar_text().unwrap_or_default();
        let ast = match regex_syntax::ast::parse::Parser::new().parse(&text) {
            Ok(ast) => ast,
            Err(e) => {
                let s = e.span();
                let span = self.inside(node, Span::new(s.start.offset, s.end.offset.max(s.start.offset)));
                self.fault(span, format!("this regular expression is broken: {}", e.kind()), "see https://docs.rs/regex/#syntax");
                return None;
            }
        };
        if self.trusted {
            return Some(crate::pack::lint::ascii_boundaries(&text, &ast));
        }
        if let Err(e) = regex_syntax::hir::translate::Translator::new().translate(&text, &ast) {
            let s = e.span();
            let span = self.inside(node, Span::new(s.start.offset, s.end.offset));
            self.fault(span, format!("this regular expression is broken: {}", e.kind()), "see https://docs.rs/regex/#syntax");
            return None;
        }
        if let Err(e) = pattern::compile(&text, self.exact) {
            let message = match e {
                regex::Error::CompiledTooBig(_) => "this regular expression takes too much memory".to_owned(),
                e => format!("this regular expression is broken: {e}"),
            };
            self.fault(node.span, message, "make repetitions smaller, or split it");
            return None;
        }
        for advice in crate::pack::lint::regex(&text, &ast, self.exact) {
            let span = self.inside(node, advice.span);
            self.advice(span, advice.message, advice.help);
        }
        Some(crate::pack::lint::ascii_boundaries(&text, &ast))
    }

    /// A regular expression for a predicate.
    pub(super) fn predicate_regex(&mut self, node: &Node) -> Option<LazyRegex> {
        let source = self.regex(node)?;
        Some(LazyRegex::new(source, self.exact))
    }

    pub(super) fn selector(&mut self, node: &Node) -> Option<Selector> {
        let text = node.scalar_text().unwrap_or_default();
        match Selector::parse(&text) {
            Ok(s) => Some(s),
            Err(e) => {
                self.fault(
                    node.span,
                    format!("this CSS selector is broken: {e}"),
                    "selectors are those of CSS level 4, without pseudo-elements and state (`:hover`)",
                );
                None
            }
        }
    }
}
