//! From the tree of a pack's file to the model. The form has been checked before ([`super::shape`]); what is left are the meanings.

use super::model::*;
use super::pattern::{self, LazyRegex, Pattern, PhraseSet};
use super::phrase::{self, Part, Terms};
use super::{Fault, literals};
use crate::document::{FieldRole, Kind, Lang};
use crate::finding::{Applicability, Confidence, RuleSource, Severity};
use crate::source::Span;
use crate::yaml::{self, Node, Value};
use scraper::Selector;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One key of a rule, with the file it was written in: a rule may be merged from several.
#[derive(Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub value: Node,
    pub file: usize,
}

pub(super) struct Decoder<'a> {
    /// The text of each file.
    pub texts: &'a [&'a str],
    pub file: usize,
    pub terms: &'a Terms,
    pub sources: &'a HashMap<String, (RuleSource, Confidence)>,
    pub faults: &'a mut Vec<Fault>,
    /// `case: exact` of the rule and matcher that is being read.
    exact: bool,
    /// A built-in pack: its expressions are known to be good, and compiled when they are needed.
    trusted: bool,
}

impl<'a> Decoder<'a> {
    pub fn new(
        texts: &'a [&'a str],
        terms: &'a Terms,
        sources: &'a HashMap<String, (RuleSource, Confidence)>,
        faults: &'a mut Vec<Fault>,
        trusted: bool,
    ) -> Self {
        Decoder { texts, file: 0, terms, sources, faults, exact: false, trusted }
    }

    fn fault(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { file: self.file, ..Fault::new(span, message, help) });
    }

    fn advice(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { file: self.file, ..Fault::advice(span, message, help) });
    }

    /// A span of a decoded scalar as a span of the file.
    fn inside(&self, node: &Node, span: Span) -> Span {
        let Some(text) = self.texts.get(self.file) else { return node.span };
        let map = yaml::scalar_map(text, node);
        let end = span.end.max(span.start + 1);
        map.cover(span.start, end).unwrap_or(node.span)
    }

    pub fn rule(&mut self, entries: &[Entry], pack: &str) -> Option<Rule> {
        let find = |name: &str| entries.iter().find(|e| e.key == name);
        let id = find("id")?.clone();
        let before = self.faults.iter().filter(|f| !f.usable).count();
        self.file = id.file;
        let id_text = id.value.scalar_text().unwrap_or_default();
        let well_formed = id_text.starts_with(|c: char| c.is_ascii_lowercase())
            && id_text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !well_formed {
            self.fault(id.value.span, format!("`{id_text}` is not a rule id"), "lower case letters, digits and hyphens, beginning with a letter");
        }
        for (name, why) in [
            ("title", "the requirement in one line"),
            ("source", "where it comes from"),
            ("severity", "error, warning, note or off"),
            ("match", "what to look for"),
            ("message", "the headline of a finding"),
        ] {
            if find(name).is_none() {
                self.file = id.file;
                self.fault(id.value.span, format!("rule `{id_text}` has no `{name}`"), format!("add `{name}:` – {why}"));
            }
        }
        let text = |d: &mut Self, name: &str| -> Option<String> {
            let e = find(name)?;
            d.file = e.file;
            e.value.scalar_text().map(|s| s.trim().to_owned())
        };
        let strings = |name: &str| find(name).map(|e| list(&e.value)).unwrap_or_default();

        let mut sources = Vec::new();
        let mut confidence = None;
        if let Some(e) = find("source") {
            self.file = e.file;
            for node in nodes(&e.value) {
                let name = node.scalar_text().unwrap_or_default();
                match self.sources.get(&name) {
                    Some((source, c)) => {
                        confidence.get_or_insert(*c);
                        sources.push(source.clone());
                    }
                    None => {
                        let help = match super::shape::did_you_mean(&name, self.sources.keys().map(String::as_str)) {
                            Some(s) => format!("did you mean `{s}`?"),
                            None => "declare it under `sources:`".into(),
                        };
                        self.fault(node.span, format!("no source is called `{name}`"), help);
                    }
                }
            }
        }
        if let Some(c) = text(self, "confidence").and_then(|c| Confidence::from_name(&c)) {
            confidence = Some(c);
        }
        let kinds: Vec<Kind> = strings("kinds").iter().filter_map(|k| Kind::from_name(k)).collect();
        let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds };
        let mut languages = Vec::new();
        if let Some(e) = find("language") {
            self.file = e.file;
            for node in nodes(&e.value) {
                match node.scalar_text().as_deref().and_then(Lang::from_tag) {
                    Some(l) => languages.push(l),
                    None => self.fault(node.span, "this is not a language", "write its code: en, de, ja"),
                }
            }
        }
        self.exact = text(self, "case").as_deref() == Some("exact");
        let exact = self.exact;
        let severity = find("severity").map(|e| severity_by_kind(&e.value));
        if let Some(e) = find("severity")
            && confidence == Some(Confidence::Inferred)
            && severity.as_ref().and_then(SeverityByKind::highest) == Some(Severity::Error)
        {
            self.file = e.file;
            self.advice(e.value.span, "an inferred rule cannot be an error", "make it a warning, or name a source that says so");
        }
        let context = self.context(&|name| entries.iter().find(|e| e.key == name).map(|e| (e.file, &e.value)));
        self.exact = exact;
        let matcher = find("match").and_then(|e| {
            self.file = e.file;
            self.matcher(&e.value)
        });
        let tests = find("tests")
            .map(|e| {
                self.file = e.file;
                self.tests(&e.value)
            })
            .unwrap_or_default();
        let fix = text(self, "fix").map(|f| applicability(&f));
        if let (Some(e), Some(m)) = (find("fix"), &matcher)
            && !m.replaces()
        {
            self.file = e.file;
            self.fault(e.key_span, "`fix` needs a matcher that says what to write instead", "use `replace`, or remove `fix`");
        }
        let words = RuleText {
            message: text(self, "message").unwrap_or_default(),
            label: text(self, "label"),
            notes: strings("notes"),
            help: text(self, "help"),
        };
        let rule = Rule {
            id: id_text,
            aliases: strings("aliases"),
            pack: pack.to_owned(),
            title: text(self, "title").unwrap_or_default(),
            why: text(self, "why").unwrap_or_default(),
            sources,
            confidence: confidence.unwrap_or(Confidence::Inferred),
            severity: severity.unwrap_or(SeverityByKind { default: None, by_kind: BTreeMap::new() }),
            kinds,
            languages,
            matcher: matcher?,
            context,
            once: find("once").is_some_and(|e| matches!(e.value.value, Value::Bool(true))),
            text: words,
            fix,
            tests,
            span: id.value.span,
        };
        (self.faults.iter().filter(|f| !f.usable).count() == before).then_some(rule)
    }

    fn context<'n>(&mut self, get: &dyn Fn(&str) -> Option<(usize, &'n Node)>) -> Context {
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
            c.exception_regex = n.get("regex").and_then(|r| self.regexes(r));
            before.extend(n.get("not_before").into_iter().flat_map(nodes));
            after.extend(n.get("not_after").into_iter().flat_map(nodes));
            self.exact = was;
        }
        c.not_before = self.beside(&before);
        c.not_after = self.beside(&after);
        c
    }

    /// What begins with a letter, a digit, a term or a group is a phrase; anything else are signs, taken as they are.
    fn beside(&mut self, list: &[&Node]) -> Beside {
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

    /// Several regular expressions as one.
    fn regexes(&mut self, node: &Node) -> Option<LazyRegex> {
        let sources: Vec<String> = nodes(node).into_iter().filter_map(|n| self.regex(n)).collect();
        if sources.is_empty() {
            return None;
        }
        Some(LazyRegex::new(sources.iter().map(|s| format!("(?:{s})")).collect::<Vec<_>>().join("|"), self.exact))
    }

    /// A list of plain strings, in which `<term>` stands for the term's entries.
    fn strings(&mut self, node: Option<&Node>) -> Vec<String> {
        let mut out = Vec::new();
        for n in node.map(nodes).unwrap_or_default() {
            let text = n.scalar_text().unwrap_or_default();
            match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
                Some(name) => match self.terms.get(name) {
                    Some(words) => out.extend(words.iter().filter_map(|w| phrase::spellings(w)).flatten()),
                    None => self.fault(n.span, format!("no term is called `{name}`"), "declare it under `terms:`, here or in a pack this one extends"),
                },
                None => out.push(text),
            }
        }
        out
    }

    fn near(&mut self, node: &Node, default: Within) -> Vec<Near> {
        match &node.value {
            Value::Map(_) => vec![self.near_map(node, default)],
            Value::Seq(items) if items.iter().any(|i| matches!(i.value, Value::Map(_))) => items
                .iter()
                .filter_map(|i| match i.value {
                    Value::Map(_) => Some(self.near_map(i, default)),
                    _ => {
                        self.fault(i.span, "phrases and conditions are mixed here", "write `{phrases: […]}`");
                        None
                    }
                })
                .collect(),
            _ => vec![Near { phrases: self.context_phrases(node), within: default, side: Side::Both }],
        }
    }

    fn near_map(&mut self, node: &Node, default: Within) -> Near {
        let within = match node.get("within").map(|n| &n.value) {
            Some(Value::Number(n)) => Within::Words(n.max(0.0) as usize),
            Some(Value::Str(s)) if s == "sentence" => Within::Sentence,
            Some(Value::Str(s)) if s == "block" => Within::Block,
            Some(Value::Str(s)) if s == "document" => Within::Document,
            _ => default,
        };
        let side = match node.get("side").and_then(Node::as_str) {
            Some("before") => Side::Before,
            Some("after") => Side::After,
            _ => Side::Both,
        };
        let phrases = node.get("phrases").map(|n| self.context_phrases(n)).unwrap_or_default();
        Near { phrases, within, side }
    }

    /// Context is looked at regardless of case, also for a rule that matches exactly.
    fn context_phrases(&mut self, node: &Node) -> PhraseSet {
        let was = std::mem::replace(&mut self.exact, false);
        let set = self.phrase_set(node);
        self.exact = was;
        set
    }

    fn phrase_set(&mut self, node: &Node) -> PhraseSet {
        let exact = self.exact;
        PhraseSet::new(self.parse_phrases(node), exact)
    }

    fn phrases(&mut self, node: &Node) -> Vec<Pattern> {
        let exact = self.exact;
        self.parse_phrases(node).iter().map(|parts| Pattern::from_phrase(parts, exact)).collect()
    }

    fn parse_phrases(&mut self, node: &Node) -> Vec<Vec<Part>> {
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

    fn regex(&mut self, node: &Node) -> Option<String> {
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
            return Some(super::lint::ascii_boundaries(&text, &ast));
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
        for advice in super::lint::regex(&text, &ast, self.exact) {
            let span = self.inside(node, advice.span);
            self.advice(span, advice.message, advice.help);
        }
        Some(super::lint::ascii_boundaries(&text, &ast))
    }

    /// A regular expression for a predicate.
    fn predicate_regex(&mut self, node: &Node) -> Option<LazyRegex> {
        let source = self.regex(node)?;
        Some(LazyRegex::new(source, self.exact))
    }

    fn selector(&mut self, node: &Node) -> Option<Selector> {
        let text = node.scalar_text().unwrap_or_default();
        match Selector::parse(&text) {
            Ok(s) => Some(s),
            Err(e) => {
                self.fault(node.span, format!("this CSS selector is broken: {e}"), "selectors are those of CSS level 4, without pseudo-elements and state (`:hover`)");
                None
            }
        }
    }

    pub fn matcher(&mut self, node: &Node) -> Option<Matcher> {
        const FORMS: [&str; 10] = ["phrases", "regex", "replace", "stats", "element", "link", "field", "all", "any", "not"];
        let present: Vec<&str> = FORMS.into_iter().filter(|f| node.get(f).is_some()).collect();
        let was = self.exact;
        let file = self.file;
        let context = self.context(&|name| node.get(name).map(|n| (file, n)));
        let [form] = present[..] else {
            let at = node.as_map().and_then(|m| m.first()).map_or(node.span, |(k, _)| k.span);
            match present[..] {
                [] => self.fault(at, "`match` names no matcher", format!("add one of: {}", FORMS.join(", "))),
                _ => self.fault(at, format!("`match` names {} matchers: {}", present.len(), present.join(", ")), "put them in a list under `any:` or `all:`"),
            }
            return None;
        };
        let value = node.get(form)?;
        let form = match form {
            "phrases" => Some(MatcherForm::Text(self.phrases(value))),
            "regex" => {
                let exact = self.exact;
                Some(MatcherForm::Text(
                    nodes(value).into_iter().filter_map(|n| self.regex(n)).map(|s| Pattern::from_regex(s, exact)).collect(),
                ))
            }
            "replace" => Some(MatcherForm::Text(
                value
                    .as_map()
                    .unwrap_or_default()
                    .iter()
                    .map(|(k, v)| Pattern::replacing(&k.scalar_text().unwrap_or_default(), &v.scalar_text().unwrap_or_default()))
                    .collect(),
            )),
            "stats" => Some(MatcherForm::Stats(Stats {
                caps_over: value.get("caps_over").and_then(number),
                emoji_over: value.get("emoji_over").and_then(number).map(|n| n as usize),
                exclaim_run: value.get("exclaim_run").and_then(number).map(|n| n as usize),
                min_letters: value.get("min_letters").and_then(number).map_or(40, |n| n as usize),
            })),
            "element" => self.element(value).map(|e| MatcherForm::Element(Box::new(e))),
            "link" => Some(MatcherForm::Link(Box::new(self.link(value)))),
            "field" => Some(MatcherForm::Field(Box::new(self.field(value)))),
            "all" | "any" => {
                let list: Vec<Matcher> = nodes(value).into_iter().filter_map(|n| self.matcher(n)).collect();
                if list.is_empty() {
                    self.fault(value.span, format!("`{form}` is empty"), "name at least one matcher");
                }
                if form == "all" && matches!(list.first().map(|m| &m.form), Some(MatcherForm::Not(_))) {
                    self.fault(value.span, "the first of `all` is where findings are shown; `not` has no place", "put it second");
                }
                Some(if form == "all" { MatcherForm::All(list) } else { MatcherForm::Any(list) })
            }
            _ => self.matcher(value).map(|m| MatcherForm::Not(Box::new(m))),
        };
        self.exact = was;
        let says = self.says(node);
        form.map(|form| Matcher { form, context, says })
    }

    fn says(&mut self, node: &Node) -> Option<Arc<Says>> {
        const KEYS: [&str; 8] = ["severity", "message", "label", "notes", "help", "fix", "kinds", "language"];
        if !KEYS.iter().any(|k| node.get(k).is_some()) {
            return None;
        }
        let text = |name: &str| node.get(name).and_then(Node::scalar_text).map(|s| s.trim().to_owned());
        Some(Arc::new(Says {
            severity: text("severity").and_then(|s| Severity::from_name(&s)),
            message: text("message"),
            label: text("label"),
            notes: node.get("notes").map(list),
            help: text("help"),
            fix: text("fix").map(|f| applicability(&f)),
            languages: node.get("language").map(list).unwrap_or_default().iter().filter_map(|l| Lang::from_tag(l)).collect(),
            kinds: node.get("kinds").map(list).unwrap_or_default().iter().filter_map(|k| Kind::from_name(k)).collect(),
        }))
    }

    fn predicates(&mut self, node: Option<&Node>) -> Vec<(String, Predicate)> {
        let Some(map) = node.and_then(Node::as_map) else { return Vec::new() };
        let mut out = Vec::new();
        for (k, v) in map {
            let mut p = Predicate::default();
            if let Value::Map(_) = v.value {
                p.exists = v.get("exists").map(|n| matches!(n.value, Value::Bool(true)));
                p.equals = v.get("equals").into_iter().chain(v.get("one_of")).flat_map(list).collect();
                p.has_word = v.get("has_word").map(list).unwrap_or_default();
                p.lacks_word = v.get("lacks_word").map(list).unwrap_or_default();
                p.contains = v.get("contains").map(list).unwrap_or_default();
                p.matches = v.get("matches").and_then(|n| self.predicate_regex(n));
            } else {
                p.equals = list(v);
            }
            out.push((k.scalar_text().unwrap_or_default(), p));
        }
        out
    }

    fn element(&mut self, node: &Node) -> Option<ElementMatcher> {
        let select_node = node.get("select")?;
        let select = self.selector(select_node);
        let mut optional = |name: &str| node.get(name).and_then(|n| self.selector(n));
        let (has, has_not, inside) = (optional("has"), optional("has_not"), optional("inside"));
        let (not_inside, document_has, document_lacks) = (optional("not_inside"), optional("document_has"), optional("document_lacks"));
        let report = match node.get("report").and_then(Node::as_str) {
            None | Some("tag") => ReportPart::Tag,
            Some("text") => ReportPart::Text,
            Some(other) => match (other.strip_prefix("attr:"), node.get("report")) {
                (Some(name), _) => ReportPart::Attr(name.to_owned()),
                (None, Some(n)) => {
                    self.fault(n.span, format!("`{other}` cannot be pointed at"), "one of: tag, text, attr:NAME");
                    ReportPart::Tag
                }
                (None, None) => ReportPart::Tag,
            },
        };
        let (attr, style) = (self.predicates(node.get("attr")), self.predicates(node.get("style")));
        let mut needles = vec![literals::of_selector(&select_node.scalar_text().unwrap_or_default())];
        needles.extend(attr.iter().chain(&style).flat_map(|(_, p)| p.needles()));
        // The most telling set is enough: others would only be met more often.
        needles.retain(|set| !set.is_empty());
        let telling = |set: &Vec<String>| (set.iter().map(String::len).min(), std::cmp::Reverse(set.len()));
        let needles = needles.into_iter().max_by_key(telling).unwrap_or_default();
        Some(ElementMatcher {
            needles,
            select: select?,
            attr,
            style,
            text: node.get("text").map(|n| self.phrase_set(n)),
            text_not: node.get("text_not").map(|n| self.phrase_set(n)),
            label: node.get("label").map(|n| self.phrase_set(n)),
            has,
            has_not,
            inside,
            not_inside,
            document_has,
            document_lacks,
            report,
        })
    }

    fn link(&mut self, node: &Node) -> LinkMatcher {
        let mut lower = |name: &str| self.strings(node.get(name)).into_iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
        let (scheme, host, domain, not_domain) = (lower("scheme"), lower("host"), lower("domain"), lower("not_domain"));
        let (label_contains, lookalike_of, subdomain_contains) = (lower("label_contains"), lower("lookalike_of"), lower("subdomain_contains"));
        LinkMatcher {
            holder: self.strings(node.get("holder")),
            fields: self.strings(node.get("fields")),
            scheme,
            host,
            domain,
            not_domain,
            label_contains,
            lookalike_of,
            subdomain_contains,
            path: node.get("path").and_then(|n| self.predicate_regex(n)),
            not_path: node.get("not_path").and_then(|n| self.predicate_regex(n)),
        }
    }

    fn field(&mut self, node: &Node) -> FieldMatcher {
        let mut roles = Vec::new();
        for n in node.get("role").map(nodes).unwrap_or_default() {
            let name = n.scalar_text().unwrap_or_default();
            match FieldRole::ALL.iter().find(|(_, r)| *r == name) {
                Some((r, _)) => roles.push(*r),
                None => self.fault(n.span, format!("`{name}` is not a field role"), format!("one of: {}", FieldRole::ALL.map(|(_, n)| n).join(", "))),
            }
        }
        let count = node.get("count").map(|n| Count {
            of: match n.get("of").and_then(Node::as_str) {
                Some("separators") => Counted::Separators,
                Some("emoji") => Counted::Emoji,
                Some("words") => Counted::Words,
                Some("entries") => Counted::Entries,
                _ => Counted::Chars,
            },
            over: n.get("over").and_then(number).map(|n| n as usize),
            under: n.get("under").and_then(number).map(|n| n as usize),
        });
        let regex = node.get("regex").and_then(|n| self.regexes(n));
        let mut strings = |name: &str| self.strings(node.get(name));
        let (name, record, not_one_of, unlike) = (strings("name"), strings("record"), strings("not_one_of"), strings("unlike"));
        let one_of = strings("one_of").into_iter().chain(strings("equals")).collect();
        FieldMatcher {
            name,
            record,
            roles,
            part: match node.get("part").and_then(Node::as_str) {
                Some("head") => NamePart::Head,
                Some("tail") => NamePart::Tail,
                _ => NamePart::Whole,
            },
            is: match node.get("is").and_then(Node::as_str) {
                Some("present") => Some(FieldState::Present),
                Some("empty") => Some(FieldState::Empty),
                Some("missing") => Some(FieldState::Missing),
                _ => None,
            },
            phrases: node.get("phrases").map(|n| self.phrase_set(n)),
            phrases_not: node.get("phrases_not").map(|n| self.phrase_set(n)),
            regex,
            one_of,
            not_one_of,
            count,
            unlike,
            link: node.get("link").map(|n| self.link(n)),
            when: node.get("when").map(nodes).unwrap_or_default().into_iter().map(|n| self.field(n)).collect(),
        }
    }

    fn tests(&mut self, node: &Node) -> Tests {
        let mut cases = |name: &str| {
            let mut out = Vec::new();
            for n in node.get(name).map(nodes).unwrap_or_default() {
                let formats = [("text", TestFormat::Text), ("html", TestFormat::Html), ("markdown", TestFormat::Markdown)];
                let (format, text) = match &n.value {
                    Value::Map(_) => {
                        let text = formats.iter().find_map(|(k, f)| n.get(k).map(|v| (*f, v.scalar_text().unwrap_or_default())));
                        match (text, n.get("record")) {
                            (Some(t), None) => t,
                            (None, Some(r)) => (TestFormat::Record, json(r).to_string()),
                            _ => {
                                self.fault(n.span, "a test has one text", "give one of: text, html, markdown, record");
                                continue;
                            }
                        }
                    }
                    _ => (TestFormat::Text, n.scalar_text().unwrap_or_default()),
                };
                let kind = n.get("kind").and_then(Node::as_str).and_then(Kind::from_name);
                let lang = n.get("lang").and_then(|l| l.scalar_text());
                out.push(TestCase { format, text, kind, lang, span: n.span });
            }
            out
        };
        Tests { flag: cases("flag"), pass: cases("pass") }
    }
}

impl Predicate {
    /// Sets of strings of which a value that meets the condition has one each.
    fn needles(&self) -> Vec<Vec<String>> {
        let lower = |list: &[String]| list.iter().map(|s| s.to_ascii_lowercase()).collect::<Vec<_>>();
        let literal = self.matches.as_ref().map(|m| literals::required(m.source(), true)).unwrap_or_default();
        let sets = [lower(&self.equals), lower(&self.has_word), lower(&self.contains), literal];
        // Something short is everywhere; something not ASCII may be written in another case.
        sets.into_iter().filter(|set| !set.is_empty() && set.iter().all(|s| s.len() >= 3 && s.is_ascii())).collect()
    }
}

impl Matcher {
    /// Whether it says what to write instead.
    pub fn replaces(&self) -> bool {
        match &self.form {
            MatcherForm::Text(p) => p.iter().any(|p| p.replacement.is_some()),
            MatcherForm::Any(m) | MatcherForm::All(m) => m.iter().any(Matcher::replaces),
            _ => false,
        }
    }
}

fn applicability(name: &str) -> Applicability {
    match name {
        "safe" => Applicability::Safe,
        "unsafe" => Applicability::Unsafe,
        _ => Applicability::Display,
    }
}

/// The items of a list, or the one item.
pub(super) fn nodes(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Seq(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        _ => vec![node],
    }
}

/// A text, or a list of them.
pub(super) fn list(node: &Node) -> Vec<String> {
    nodes(node).into_iter().filter_map(Node::scalar_text).collect()
}

fn number(node: &Node) -> Option<f64> {
    match node.value {
        Value::Number(n) => Some(n),
        _ => None,
    }
}

/// `severity: x`, or by kind. The form has been checked.
pub fn severity_by_kind(node: &Node) -> SeverityByKind {
    let level = |n: &Node| n.as_str().and_then(Severity::from_name);
    match &node.value {
        Value::Map(entries) => SeverityByKind {
            default: node.get("default").and_then(level),
            by_kind: entries.iter().filter_map(|(k, v)| Some((Kind::from_name(k.as_str()?)?, level(v)))).collect(),
        },
        _ => SeverityByKind { default: level(node), by_kind: BTreeMap::new() },
    }
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => (*n as i64).into(),
        Value::Number(n) => (*n).into(),
        Value::Str(s) => s.as_str().into(),
        Value::Seq(items) => items.iter().map(json).collect::<Vec<_>>().into(),
        Value::Map(entries) => {
            serde_json::Value::Object(entries.iter().map(|(k, v)| (k.scalar_text().unwrap_or_default(), json(v))).collect())
        }
    }
}

