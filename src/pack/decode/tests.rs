use crate::pack::{PackSet, PackSource};

/// What is said of a pack of one rule with this `match` and these further keys.
fn told(matcher: &str, more: &str) -> Vec<String> {
    let text = format!(
        "pack: acme/x\nsources: {{s: {{title: S, checked_on: 2026-01-01, confidence: primary}}}}\nrules:\n  - id: one\n    title: T\n    source: s\n    severity: note\n    message: m\n    match: {matcher}\n{more}"
    );
    messages(&text)
}

fn messages(text: &str) -> Vec<String> {
    let set = PackSet::load(vec![PackSource::new("x.yaml", text.to_owned())]);
    set.faults.into_iter().map(|f| format!("{}; {}", f.message, f.help)).collect()
}

#[test]
fn matchers_stand_where_they_find_something() {
    let fine = [
        "{all: [{phrases: [foo]}, {not: {phrases: [bar]}}]}",
        "{any: [{all: [{phrases: [foo]}, {any: [{approval: {status: valid}}, {phrases: [bar]}]}]}, {corpus: {same: domain, fields: [website]}}]}",
        "{all: [{phrases: [foo]}, {all: [{approval: {status: valid}}, {not: {approval: {status: expired}}}]}]}",
    ];
    for matcher in fine {
        assert_eq!(told(matcher, ""), Vec::<String>::new(), "{matcher}");
    }
    let misplaced = [
        ("{not: {phrases: [foo]}}", "`not`"),
        ("{any: [{not: {phrases: [foo]}}]}", "`not`"),
        ("{all: [{phrases: [foo]}, {not: {not: {phrases: [bar]}}}]}", "`not`"),
        ("{all: [{not: {phrases: [foo]}}, {phrases: [bar]}]}", "`not`"),
        ("{all: [{phrases: [foo]}, {corpus: {same: domain, fields: [website]}}]}", "`corpus`"),
        ("{all: [{corpus: {same: domain, fields: [website]}}, {phrases: [foo]}]}", "`corpus`"),
        ("{approval: {status: valid}}", "`approval`"),
        ("{any: [{phrases: [foo]}, {approval: {status: valid}}]}", "`approval`"),
        ("{all: [{approval: {status: valid}}, {phrases: [foo]}]}", "`approval`"),
    ];
    for (matcher, form) in misplaced {
        let told = told(matcher, "");
        assert!(told.len() == 1 && told[0].contains(form) && told[0].contains("`all`"), "{matcher}: {told:?}");
    }
}

#[test]
fn what_says_nothing_is_told() {
    for matcher in [
        "{phrases: []}",
        "{phrases: [\"()\"]}",
        "{regex: []}",
        "{regex: \"\"}",
        "{regex: '^$'}",
        "{replace: {}}",
        "{replace: {\"\": Foo}}",
        "{stats: {}}",
        "{stats: {min_letters: 3}}",
        "{stats: {caps_over: 4}}",
        "{stats: {caps_over: .nan}}",
        "{stats: {emoji_over: -1}}",
        "{link: {}}",
        "{field: {}}",
        "{image: {}}",
    ] {
        assert_eq!(told(matcher, "").len(), 1, "{matcher}: {:?}", told(matcher, ""));
    }
    for more in ["near: []", "near: {within: 3}", "near: {phrases: [x], within: -3}", "unless: {regex: \"\"}", "unless: {regex: 'a*'}"] {
        let told = told("{phrases: [foo]}", &format!("    {more}\n"));
        assert_eq!(told.len(), 1, "{more}: {told:?}");
    }
}

#[test]
fn an_alias_is_nobody_elses_name() {
    for (aliases, what) in
        [("[Two Words]", "no"), ("[was, was]", "twice"), ("[one]", "twice"), ("[two]", "id of another"), ("[old]", "also an alias")]
    {
        let two = "  - {id: two, aliases: [old], title: T, source: s, severity: note, message: m, match: {phrases: [bar]}}\n";
        let told = told("{phrases: [foo]}", &format!("    aliases: {aliases}\n{two}"));
        assert!(told.len() == 1 && (what == "no" && told[0].contains("is not a rule id") || told[0].contains(what)), "{aliases}: {told:?}");
    }
}

#[test]
fn rules_of_extended_packs_are_changed_and_found() {
    let of = |rule: &str| format!("pack: acme/x\nextends: [hubspot/trademark]\nrules: [{rule}]\n");
    let told = messages(&of("{id: tm-hubspot-capitalization, severity: off}"));
    assert_eq!(
        told,
        ["there is no rule `tm-hubspot-capitalization` in the packs that this one extends; did you mean `tm-hubspot-capitalisation`?"]
    );
    let sources = || vec![PackSource::new("x.yaml", of("{id: tm-hubspot-capitalisation, severity: note}"))];
    let rule = |set: &PackSet| set.packs[0].rules.iter().map(|r| (r.why.is_empty(), r.tests.flag.len() > 2)).collect::<Vec<_>>();
    assert_eq!(rule(&PackSet::load(sources())), [(false, true)]);
    assert_eq!(rule(&PackSet::quick(sources())), [(true, false)]);
}

#[test]
fn terms_that_explode_are_told_at_their_place() {
    let terms: Vec<String> = (1..40).map(|i| format!("t{i}: [<t{0}> <t{0}>]", i - 1)).collect();
    let text = format!("pack: acme/x\nterms: {{t0: [a, b], {}}}\n", terms.join(", "));
    let told = messages(&text);
    assert!(!told.is_empty() && told.iter().all(|t| t.contains("too much")), "{told:?}");
}
