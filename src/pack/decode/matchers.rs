//! The matchers, one method each.

use super::*;

/// In place of the phrases and expressions of a prepared pack: their numbers. No key of YAML begins so.
pub(super) const PATTERNS: &str = "$patterns";

/// A number that promolint's build put beside what an author wrote.
fn kept(node: &Node, key: &str) -> Option<u32> {
    node.get(key).and_then(number).map(|n| n as u32)
}

/// Where a matcher stands.
#[derive(Clone, Copy, PartialEq)]
enum Stand {
    /// By itself: what it finds is shown.
    Alone,
    /// First in `all`: what it finds is shown if the others are met.
    First,
    /// One of the others.
    Further,
    /// Inside one of the others.
    Within,
}

impl Decoder<'_> {
    pub fn matcher(&mut self, node: &Node) -> Option<Matcher> {
        self.matcher_at(node, Stand::Alone)
    }

    /// Says what never finds anything where it stands.
    fn misplaced(&mut self, form: &str, at: Span, stand: Stand) {
        let shown = matches!(stand, Stand::Alone | Stand::First);
        let (message, help) = match form {
            "not" if stand == Stand::First => ("the first of `all` is where findings are shown; `not` has no place", "put it second"),
            "not" if stand != Stand::Further => ("`not` finds nothing by itself", "put it in `all`, behind what is to be found"),
            "approval" if shown => ("`approval` has no place of its own", "put it in `all`, behind what is to be pointed at"),
            "corpus" if stand != Stand::Alone => {
                ("`corpus` is told at the end of a run, and finds nothing in `all` or `not`", "let it stand alone, or inside `any`")
            }
            _ => return,
        };
        self.fault(at, message, help);
    }

    /// Says that a matcher which names nothing finds nothing, or everything.
    fn says_nothing(&mut self, form: &str, value: &Node) {
        let is_empty = match &value.value {
            Value::Seq(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Null => true,
            _ => false,
        };
        if is_empty {
            self.fault(value.span, format!("`{form}` is empty"), "say what to look for");
        }
    }

    fn matcher_at(&mut self, node: &Node, stand: Stand) -> Option<Matcher> {
        const FORMS: [&str; 16] = [
            "words", "phrases", "regex", "replace", "stats", "element", "link", "field", "claim", "place", "approval", "corpus", "image",
            "all", "any", "not",
        ];
        let present: Vec<&str> = FORMS.into_iter().filter(|f| node.get(f).is_some()).collect();
        let was = self.exact;
        let file = self.file;
        let context = self.context(&|name| node.get(name).map(|n| (file, n)));
        let [form] = present[..] else {
            let at = node.as_map().and_then(|m| m.first()).map_or(node.span, |(k, _)| k.span);
            match present[..] {
                [] => self.fault(at, "`match` names no matcher", format!("add one of: {}", FORMS.join(", "))),
                _ => self.fault(
                    at,
                    format!("`match` names {} matchers: {}", present.len(), present.join(", ")),
                    "put them in a list under `any:` or `all:`",
                ),
            }
            return None;
        };
        let (key, value) = node.as_map()?.iter().find(|(k, _)| k.scalar() == Some(form))?;
        self.misplaced(form, key.span, stand);
        if !matches!(form, "all" | "any") && node.get(PATTERNS).is_none() {
            self.says_nothing(form, value);
        }
        let form = match form {
            "words" => Some(MatcherForm::Words(Box::new(self.word_lists(value)))),
            "phrases" => Some(MatcherForm::Text(self.phrases(node))),
            "regex" => Some(MatcherForm::Text(self.patterns(node))),
            "replace" => {
                Some(MatcherForm::Text(value.as_map().unwrap_or_default().iter().filter_map(|(k, v)| self.replacement(k, v)).collect()))
            }
            "stats" => Some(MatcherForm::Stats(self.stats(value))),
            "element" => self.element(value).map(|e| MatcherForm::Element(Box::new(e))),
            "link" => Some(MatcherForm::Link(Box::new(self.link(value)))),
            "field" => Some(MatcherForm::Field(Box::new(self.field(value)))),
            "claim" => Some(MatcherForm::Claim(Box::new(self.claim(value)))),
            "place" => Some(MatcherForm::Place(Box::new(self.place(value)))),
            "approval" => Some(MatcherForm::Approval(Box::new(self.approval(value)))),
            "corpus" => Some(MatcherForm::Corpus(Box::new(self.corpus(value)))),
            "image" => Some(MatcherForm::Image(Box::new(self.image(value)))),
            "all" | "any" => {
                let inside = |number: usize| match stand {
                    _ if form == "any" => {
                        if stand == Stand::Further {
                            Stand::Within
                        } else {
                            stand
                        }
                    }
                    Stand::Alone | Stand::First if number == 0 => Stand::First,
                    _ if number == 0 => Stand::Within,
                    _ => Stand::Further,
                };
                let nodes = nodes(value).into_iter().enumerate();
                let list: Vec<Matcher> = nodes.filter_map(|(number, n)| self.matcher_at(n, inside(number))).collect();
                if list.is_empty() && value.as_seq().is_none_or(<[Node]>::is_empty) {
                    self.fault(value.span, format!("`{form}` is empty"), "name at least one matcher");
                }
                Some(if form == "all" { MatcherForm::All(list) } else { MatcherForm::Any(list) })
            }
            _ => self.matcher_at(value, Stand::Within).map(|m| MatcherForm::Not(Box::new(m))),
        };
        self.exact = was;
        let says = self.says(node);
        form.map(|form| Matcher { form, context, says })
    }

    /// An entry of `replace`.
    fn replacement(&mut self, wrong: &Node, right: &Node) -> Option<Arc<Pattern>> {
        let text = wrong.scalar_text().unwrap_or_default();
        if text.trim().is_empty() {
            self.fault(wrong.span, "there are no words to replace", "write the wrong form before the colon");
            return None;
        }
        Some(Arc::new(Pattern::replacing(&text, &right.scalar_text().unwrap_or_default())))
    }

    pub(super) fn says(&mut self, node: &Node) -> Option<Arc<Says>> {
        const KEYS: [&str; 10] = ["severity", "message", "label", "notes", "help", "fix", "rewrite", "kinds", "language", "mask"];
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
            rewrite: node.get("rewrite").and_then(|n| self.rewrite(n)),
            languages: node.get("language").map(list).unwrap_or_default().iter().filter_map(|l| Lang::from_tag(l)).collect(),
            kinds: node.get("kinds").map(list).unwrap_or_default().iter().filter_map(|k| Kind::from_name(k)).collect(),
            mask: node.get("mask").map(|n| matches!(n.value, Value::Bool(true))),
        }))
    }

    fn stats(&mut self, node: &Node) -> Stats {
        let limit = |key: &str| node.get(key).and_then(number);
        if let Some(n) = node.get("caps_over").filter(|n| number(n).is_some_and(|share| share >= 1.0)) {
            self.fault(n.span, "no text has a larger share of capitals", "write a number from 0 to below 1, such as 0.5");
        }
        if !["caps_over", "emoji_over", "exclaim_run"].iter().any(|key| node.get(key).is_some()) && node.get("min_letters").is_some() {
            self.fault(node.span, "`stats` names no limit", "add `caps_over`, `emoji_over` or `exclaim_run`");
        }
        Stats {
            caps_over: limit("caps_over"),
            emoji_over: limit("emoji_over").map(|n| n as usize),
            exclaim_run: limit("exclaim_run").map(|n| n as usize),
            min_letters: limit("min_letters").map_or(40, |n| n as usize),
        }
    }

    pub(super) fn predicates(&mut self, node: Option<&Node>) -> Vec<(String, Predicate)> {
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

    pub(super) fn element(&mut self, node: &Node) -> Option<ElementMatcher> {
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
            text: node.get("text").map(|n| self.phrase_set(n).numbered(kept(node, "$text"))),
            text_not: node.get("text_not").map(|n| self.phrase_set(n)),
            label: node.get("label").map(|n| self.phrase_set(n).numbered(kept(node, "$label"))),
            has,
            has_not,
            inside,
            not_inside,
            document_has,
            document_lacks,
            report,
        })
    }

    pub(super) fn link(&mut self, node: &Node) -> LinkMatcher {
        let mut lower = |name: &str| self.strings(node.get(name)).into_iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
        let (scheme, host, domain, not_domain) = (lower("scheme"), lower("host"), lower("domain"), lower("not_domain"));
        let (label_contains, lookalike_of, subdomain_contains) =
            (lower("label_contains"), lower("lookalike_of"), lower("subdomain_contains"));
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

    pub(super) fn field(&mut self, node: &Node) -> FieldMatcher {
        let mut roles = Vec::new();
        for n in node.get("role").map(nodes).unwrap_or_default() {
            let name = n.scalar_text().unwrap_or_default();
            match FieldRole::ALL.iter().find(|(_, r)| *r == name) {
                Some((r, _)) => roles.push(*r),
                None => self.fault(
                    n.span,
                    format!("`{name}` is not a field role"),
                    format!("one of: {}", FieldRole::ALL.map(|(_, n)| n).join(", ")),
                ),
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
        let same_as = strings("same_as");
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
            same_as,
            other_partner: node.get("in_register").is_some(),
            above_record: match node.get("above_record").and_then(Node::as_str) {
                Some("review_count") => Some(OnRecord::ReviewCount),
                Some("rating") => Some(OnRecord::Rating),
                _ => None,
            },
            link: node.get("link").map(|n| self.link(n)),
            when: node.get("when").map(nodes).unwrap_or_default().into_iter().map(|n| self.field(n)).collect(),
            around: node.get("around").map(nodes).unwrap_or_default().into_iter().map(|n| self.field(n)).collect(),
        }
    }
}

impl Predicate {
    /// Sets of strings of which a value that meets the condition has one each.
    fn needles(&self) -> Vec<Vec<String>> {
        let lower = |list: &[String]| list.iter().map(|s| s.to_ascii_lowercase()).collect::<Vec<_>>();
        let literal = self.matches.iter().flat_map(|m| m.sources()).map(|s| literals::required(s, true)).next().unwrap_or_default();
        let sets = [lower(&self.equals), lower(&self.has_word), lower(&self.contains), literal];
        // Signs may be written as references (`&#x2F;`); something short is everywhere; something not ASCII may be written in another case.
        let run = |s: &String| {
            s.split(|c: char| c.is_ascii_punctuation() && c != '-' && c != '.').max_by_key(|p| p.len()).unwrap_or("").to_owned()
        };
        let sets = sets.iter().map(|set| set.iter().map(run).collect::<Vec<_>>());
        sets.filter(|set| !set.is_empty() && set.iter().all(|s| s.len() >= 3 && s.is_ascii())).collect()
    }
}
