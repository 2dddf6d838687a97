//! Whether what an expression becomes stays small enough: packs may come from anywhere.

use super::lazy_regex::SIZE_LIMIT;
use regex_automata::nfa::thompson;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use std::collections::BTreeMap;

/// For a state of an automaton with what belongs to it, bytes.
const STATE: usize = 128;
/// What a byte of an expression takes that matches in any case: there are up to four forms of a letter.
const FOLDED: usize = 24 * STATE;

/// How large the automata of expressions may get, told without making them.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// What classes take, bytes, as they are and in any case: there are few, and they come again and again.
    classes: [BTreeMap<Vec<ClassUnicodeRange>, usize>; 2],
}

impl Sizes {
    /// Whether an expression whose syntax is right stays within promolint's limits. `hir`: parsed without regard to case. `fold`: letters
    /// match in any case. `folded`: parsed so; needed where there is doubt.
    pub fn fits(&mut self, hir: &Hir, fold: bool, folded: impl FnOnce() -> Option<Hir>) -> bool {
        // The first step of compiling it, without the others.
        self.most(hir, fold) < SIZE_LIMIT || folded().is_some_and(|hir| small().build_from_hir(&hir).is_ok())
    }

    /// More bytes than the automaton of an expression takes.
    fn most(&mut self, hir: &Hir, fold: bool) -> usize {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => STATE,
            HirKind::Literal(l) => l.0.len().saturating_mul(if fold { FOLDED } else { STATE }),
            HirKind::Class(Class::Unicode(c)) => self.of_class(c, fold),
            HirKind::Class(Class::Bytes(c)) => (c.ranges().len() * if fold { 2 } else { 1 }).saturating_add(2).saturating_mul(STATE),
            HirKind::Repetition(r) => {
                let times = (r.max.unwrap_or(r.min) as usize).max(r.min as usize).saturating_add(1);
                self.most(&r.sub, fold).saturating_add(2 * STATE).saturating_mul(times)
            }
            HirKind::Capture(c) => self.most(&c.sub, fold).saturating_add(2 * STATE),
            HirKind::Concat(subs) | HirKind::Alternation(subs) => {
                subs.iter().map(|sub| self.most(sub, fold)).fold(2 * STATE, usize::saturating_add)
            }
        }
    }

    /// The same of a class.
    fn of_class(&mut self, class: &ClassUnicode, fold: bool) -> usize {
        let known = &mut self.classes[usize::from(fold)];
        if let Some(size) = known.get(class.ranges()) {
            return *size;
        }
        let size = match fold {
            true => in_any_case(class).map_or(SIZE_LIMIT, |all| all.into_iter().map(most_of_class).max().unwrap_or(SIZE_LIMIT)),
            false => most_of_class(class.clone()),
        };
        known.insert(class.ranges().to_vec(), size);
        size
    }
}

/// What a class may become where letters match in any case: itself, with what else they are, or without those that are also something else,
/// for classes that say what they do not hold. The work is done on what is less: the class, or what is not in it.
fn in_any_case(class: &ClassUnicode) -> Option<Vec<ClassUnicode>> {
    let count = |c: &ClassUnicode| c.iter().map(|r| r.end() as usize - r.start() as usize + 1).sum::<usize>();
    let mut others = class.clone();
    others.negate();
    let negated = count(&others) < count(class);
    let less = if negated { others } else { class.clone() };
    let mut outer = less.clone();
    outer.try_case_fold_simple().ok()?;
    let mut alike = outer.clone();
    alike.difference(&less);
    alike.try_case_fold_simple().ok()?;
    let mut inner = less.clone();
    inner.difference(&alike);
    let mut all = vec![less, outer, inner];
    all.dedup();
    if negated {
        all.iter_mut().for_each(ClassUnicode::negate);
    }
    Some(all)
}

/// Of many ranges, twice what the class takes by itself.
fn most_of_class(class: ClassUnicode) -> usize {
    if class.ranges().len() > 8 {
        return small().build_from_hir(&Hir::class(Class::Unicode(class))).map_or(SIZE_LIMIT, |nfa| 2 * nfa.memory_usage());
    }
    class.ranges().iter().map(sequences).sum::<usize>().saturating_add(2).saturating_mul(4 * STATE)
}

/// How many sequences of ranges of bytes stand for a range of characters, at most.
fn sequences(range: &ClassUnicodeRange) -> usize {
    if range.start() == range.end() { 1 } else { 12 }
}

/// What compiles an expression as far as its size is concerned.
fn small() -> thompson::Compiler {
    let mut compiler = thompson::Compiler::new();
    compiler.configure(thompson::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).which_captures(thompson::WhichCaptures::None));
    compiler
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::translate::{Translator, TranslatorBuilder};

    #[test]
    fn no_automaton_is_larger_than_was_told() {
        let classes =
            ["k", "[a-z]", "[^a-z]", "[^ .!?]", r"\w", r"[^\w]", "[^é-ü]", "[À-ž]", "(?-u:[a-z])", ".", r"\d", r"\pL", "[a-\u{10FFFF}]"];
        let whole = ["straße", "(?i:ab)c", "(?-i:ab)c", "ka|kb", "(?:a|é|[^ß])x"];
        let sources = classes.into_iter().flat_map(|c| [c.to_owned(), format!("(?:{c}s){{2,5}}"), format!("(?:{c}|x)+ {c}")]);
        let size = |hir: &Hir| small().build_from_hir(hir).expect("a small automaton").memory_usage();
        // What every automaton takes.
        let always = size(&Hir::empty());
        for source in sources.chain(whole.map(str::to_owned)) {
            let ast = regex_syntax::ast::parse::Parser::new().parse(&source).expect("an expression");
            let plain = Translator::new().translate(&source, &ast).expect("an expression");
            for fold in [false, true] {
                let folded = TranslatorBuilder::new().case_insensitive(fold).build().translate(&source, &ast).expect("an expression");
                let size = size(&folded) - always;
                let most = Sizes::default().most(&plain, fold);
                assert!(size <= most, "{source:?}, folded {fold}: {size} bytes, not {most}");
            }
        }
    }
}
