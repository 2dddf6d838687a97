//! `near`, `unless` and their like.

use super::*;

impl Decoder<'_> {
    pub(super) fn context<'n>(&mut self, get: &dyn Fn(&str) -> Option<(usize, &'n Node)>) -> Context {
        let mut c = Context::default();
        let field = |d: &mut Self, name: &str| {
            let (file, node) = get(name)?;
            d.file = file;
            Some(node)
        };
        if let Some(n) = field(self, "case") {
            self.exact = n.as_str() == Some("exact");
        }
        if let Some(n) = field(self, "scope") {
            for s in list(n) {
                if s == "any" {
                    c.any_scope = true;
                } else {
                    c.scope.extend(Scope::from_name(&s));
                }
            }
        }
        if let Some(n) = field(self, "near") {
            c.near.extend(self.near(n, Within::Words(8)));
        }
        if let Some(n) = field(self, "required_with") {
            c.near.extend(self.near(n, Within::Block));
        }
        if let Some(n) = field(self, "unless_near") {
            c.unless_near.extend(self.near(n, Within::Words(8)));
        }
        let mut before: Vec<&Node> = field(self, "not_before").into_iter().flat_map(nodes).collect();
        let mut after: Vec<&Node> = field(self, "not_after").into_iter().flat_map(nodes).collect();
        if let Some(n) = field(self, "unless") {
            let was = std::mem::replace(&mut self.exact, false);
            if let Some(s) = n.get("scope") {
                c.not_scope.extend(list(s).iter().filter_map(|s| Scope::from_name(s)));
            }
            c.exceptions = n.get("phrases").map(|p| self.phrase_set(p));
            c.document = n.get("document").map(|p| self.phrase_set(p));
            if let Some(p) = n.get("near") {
                c.unless_near.extend(self.near(p, Within::Words(8)));
            }
            c.exception_regex = n.get("regex").and_then(|r| {
                nodes(r).into_iter().for_each(|r| self.excepts_something(r));
                self.regexes(r)
            });
            before.extend(n.get("not_before").into_iter().flat_map(nodes));
            after.extend(n.get("not_after").into_iter().flat_map(nodes));
            self.exact = was;
        }
        c.not_before = self.beside(&before);
        c.not_after = self.beside(&after);
        c
    }

    /// What begins with a letter, a digit, a term or a group is a phrase; anything else are signs, taken as they are.
    pub(super) fn beside(&mut self, list: &[&Node]) -> Beside {
        let was = std::mem::replace(&mut self.exact, false);
        let mut out = Beside::default();
        let mut phrases = Vec::new();
        for n in list {
            let text = n.scalar_text().unwrap_or_default();
            let mut chars = text.chars();
            let is_phrase = match chars.next() {
                Some('<') => text.ends_with('>') || text.contains('>'),
                Some('(') => chars.next().is_some_and(char::is_alphanumeric),
                Some(c) => c.is_alphanumeric(),
                None => continue,
            };
            if is_phrase {
                phrases.extend(self.parse_phrases(n));
            } else {
                out.signs.push(text.replace('’', "'"));
            }
        }
        out.phrases = PhraseSet::new(phrases, false);
        self.exact = was;
        out
    }

    /// Says that an expression which may match nothing at all is an exception to everything.
    fn excepts_something(&mut self, node: &Node) {
        let hir = node.scalar().filter(|_| !self.trusted).and_then(|text| regex_syntax::parse(text).ok());
        if hir.is_some_and(|hir| hir.properties().minimum_len() == Some(0)) {
            self.fault(
                node.span,
                "this matches even where nothing stands, and so excepts everything",
                "leave no part of it that must be there to chance",
            );
        }
    }

    pub(super) fn near(&mut self, node: &Node, default: Within) -> Vec<Near> {
        match &node.value {
            Value::Null => self.fault(node.span, "there is nothing to be near", "name phrases"),
            Value::Seq(items) if items.is_empty() => self.fault(node.span, "there is nothing to be near", "name phrases"),
            _ => {}
        }
        let is_condition = |n: &Node| matches!(n.value, Value::Map(_) | Value::Seq(_));
        match &node.value {
            Value::Map(_) => vec![self.near_map(node, default)],
            Value::Seq(items) if items.iter().any(is_condition) => items
                .iter()
                .flat_map(|i| match i.value {
                    Value::Map(_) => vec![self.near_map(i, default)],
                    // A list that rules have in common.
                    Value::Seq(_) => self.near(i, default),
                    _ => {
                        self.fault(i.span, "phrases and conditions are mixed here", "write `{phrases: […]}`");
                        Vec::new()
                    }
                })
                .collect(),
            _ => vec![Near { phrases: self.context_phrases(node), speaker: false, within: default, side: Side::Both }],
        }
    }

    pub(super) fn near_map(&mut self, node: &Node, default: Within) -> Near {
        let within = match node.get("within").map(|n| &n.value) {
            Some(Value::Number(n)) => Within::Words(n.max(0.0) as usize),
            Some(Value::Str(s)) if s == "sentence" => Within::Sentence,
            Some(Value::Str(s)) if s == "block" => Within::Block,
            Some(Value::Str(s)) if s == "document" => Within::Document,
            Some(Value::Str(s)) if s == "lead" => Within::Lead,
            Some(Value::Str(s)) if s == "cell" => Within::Cell,
            _ => default,
        };
        let side = match node.get("side").and_then(Node::as_str) {
            Some("before") => Side::Before,
            Some("after") => Side::After,
            _ => Side::Both,
        };
        let phrases = node.get("phrases").map(|n| self.context_phrases(n)).unwrap_or_default();
        let speaker = node.get("speaker").is_some_and(|n| matches!(n.value, Value::Bool(true)));
        if node.get("phrases").is_none_or(|n| nodes(n).is_empty()) && !speaker {
            self.fault(node.span, "there is nothing to be near", "add `phrases`, or `speaker: true`");
        }
        Near { phrases, speaker, within, side }
    }

    /// Context is looked at regardless of case, also for a rule that matches exactly.
    pub(super) fn context_phrases(&mut self, node: &Node) -> PhraseSet {
        let was = std::mem::replace(&mut self.exact, false);
        let set = self.phrase_set(node);
        self.exact = was;
        set
    }
}
