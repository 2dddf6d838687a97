use super::*;
use crate::facts::{Answer, Office, Works};
use proptest::prelude::*;

fn yaml(text: &str) -> Partners {
    Partners::read("partners.yaml", text.as_bytes().to_vec(), FormatsRef::Builtin).unwrap_or_else(|b| panic!("{:?}", b.faults))
}

fn export(name: &str, text: &str) -> Partners {
    Partners::read(name, text.as_bytes().to_vec(), FormatsRef::Builtin).unwrap_or_else(|b| panic!("{:?}", b.faults))
}

const TWO: &str = "complete: true
checked_on: 2026-11-20
partners:
  - id: brightpath
    name: Brightpath GmbH
    aliases: [Bright Path]
    ids: [4711]
    domains: [brightpath.example, 'brightpath-crm.example']
    handles:
    - '@brightpath'
    membership: partner
    tier: gold
    partner_since: 2019
    accreditations: []
    certifications: [Inbound Marketing]
    partial: certifications
    offices:
      head: {city: Berlin, country: DE}
      physical:
        - {city: Berlin, country: de, street: Beispielweg 3}
      remote: none
  - id: hillside
    name: \"Hillside \\\"Digital\\\" Ltd.\"
    domains: hillside.example
    tier: none
";

#[test]
fn three_states_and_their_places() {
    let r = yaml(TWO);
    assert!(r.is_complete() && r.len() == 2);
    let p = r.by_id("Brightpath").expect("by id");
    let at = |span| r.place(p, span).map(|p| p.text().to_owned());
    assert_eq!(p.tier.value().map(|t| t.name()), Some("gold"));
    assert_eq!(at(p.tier.span().expect("told")).as_deref(), Some("gold"));
    assert_eq!(r.place(p, p.tier.span().expect("told")).map(|p| p.location("x").spans[0].line), Some(12));
    assert!(p.accreditations.is_known_empty() && p.employees.is_unknown());
    assert!(matches!(p.accreditations.has(|_| true), Answer::No(Some(_))));
    assert!(matches!(p.certifications.has(|c| c == "Inbound Marketing"), Answer::Yes(Some(_))));
    assert_eq!(p.certifications.has(|c| c == "Other"), Answer::Unknown, "the list is partial");
    assert!(p.offices.remote.is_known_empty() && p.offices.served.is_unknown());
    let office: &Office = &p.offices.physical.items()[0].value;
    assert_eq!(office.describe(), "Beispielweg 3, Berlin, DE");
    let q = r.by_id("hillside").expect("by id");
    assert!(q.tier.is_absent() && q.membership.is_unknown() && q.is_member().is_none());
    assert_eq!(p.is_member(), Some(true));
}

#[test]
fn looked_up_by_whatever_is_at_hand() {
    let r = yaml(TWO);
    let id = |list: Vec<&Partner>| list.iter().map(|p| p.id.value.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(id(r.by_domain("https://www.blog.brightpath.example/x")), "brightpath");
    assert_eq!(id(r.by_name("BRIGHTPATH")), "brightpath");
    assert_eq!(id(r.by_name("bright path inc")), "brightpath");
    assert_eq!(id(r.by_name("Hillside Digital")), "hillside");
    assert_eq!(id(r.by_handle("https://social.example/brightpath")), "brightpath");
    assert_eq!(r.by_id("4711").map(|p| p.id.value.as_str()), Some("brightpath"));
    assert_eq!(r.id_near("brihtpath"), Some("brightpath"));
    assert!(r.by_name("nobody").is_empty());
}

/// A register with so many firms that it is cut rather than read.
fn long(extra: &str) -> String {
    let mut text = TWO.to_owned();
    for i in 0..3000 {
        text.push_str(&format!(
            "  # number {i}\n  - name: Firm {i} AG\n    id: firm-{i}\n    domains:\n      - firm-{i}.example\n    notes: >\n      A text that\n\n      - has a dash\n    tier: elite\n"
        ));
    }
    text.push_str(extra);
    text
}

#[test]
fn a_long_register_gives_what_a_short_one_gives() {
    let text = long("checked_on: 2026-01-01\n").replacen("checked_on: 2026-11-20\n", "", 1);
    let (cut, whole) = (yaml(&text), Partners::whole(Source::from_text("p", text.clone())).expect("whole"));
    assert!(matches!(cut.form, Form::Cut(..)) && matches!(whole.form, Form::Whole(..)));
    assert_eq!((cut.len(), cut.is_complete(), cut.checked_on()), (3002, true, whole.checked_on()));
    for (a, b) in cut.iter().zip(whole.iter()) {
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }
    assert_eq!(cut.by_name("firm 77").len(), 1);
    assert_eq!(cut.by_domain("firm-2999.example").len(), 1);
    assert_eq!(cut.by_name("Hillside Digital").len(), 1);
    assert_eq!(cut.by_handle("brightpath").len(), 1);
    assert!(cut.take_faults().is_empty());
}

#[test]
fn a_firm_that_is_broken_is_told_when_it_is_asked_for() {
    let r = yaml(&long("  - id: bad\n    name: Bad\n    tier: bronce\n"));
    assert!(r.by_id("firm-5").is_some() && r.take_faults().is_empty());
    assert!(r.by_id("bad").is_none());
    let faults = r.take_faults();
    let text = r.yaml_source().map(|s| s.text()[faults[0].span.range()].to_owned());
    assert_eq!((text.as_deref(), faults.len()), (Some("bronce"), 1));
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    let firm = |keys: &str| format!("partners:\n  - id: a\n    name: A\n    {keys}\n");
    let cases = [
        (firm("teir: gold"), "teir", "did you mean `tier`?"),
        (firm("tier: platinm"), "platinm", "did you mean `platinum`?"),
        (firm("tier: silver"), "silver", "one of: gold, platinum, diamond, elite, none, untiered"),
        (firm("membership: partnr"), "partnr", "did you mean `partner`?"),
        (firm("rating: high"), "high", "it takes a number"),
        (firm("rating: 46"), "46", "write a number from 0 to 5"),
        (firm("review_count: 1.234"), "1.234", "write a whole number, without a sign between thousands"),
        (firm("employees: -3"), "-3", "write 0 or more"),
        (firm("tier_since: 2026-02-30"), "2026-02-30", "write YYYY-MM-DD or YYYY"),
        (firm("offices: {physical: [{city: Bonn, country: Germany}]}"), "Germany", "write `DE` for Germany"),
        (firm("offices: {physical: [{}]}"), "{}", "say where it is, or leave it out"),
        (firm("domains: [nowhere]"), "nowhere", "write it as in `acme.example`"),
        (firm("membership: directory_user\n    tier: gold"), "gold", "one of `membership` and `tier` is wrong"),
        ("partners:\n  - {id: a, name: A}\n  - {id: A, name: B}\n".into(), "A", "give one of them another id, or merge them"),
        ("partners: []\nchecked_on: yesterday\n".into(), "yesterday", "write YYYY-MM-DD"),
        ("partners:\n  - name: A\n".into(), "name", "add `id:` – What it is known by in `--partner` and in other registers."),
    ];
    for (text, at, help) in cases {
        let broken = Partners::read("p.yaml", text.clone().into_bytes(), FormatsRef::Builtin).expect_err(&text);
        let f = &broken.faults[0];
        assert_eq!((&broken.source.text()[f.span.range()], f.help.as_str()), (at, help), "{}", f.message);
    }
}

#[test]
fn exports_write_numbers_in_either_notation_and_none_for_an_empty_list() {
    let of = |rating: &str, reviews: &str| {
        let head = "company_name;tier;partner_type;slug;office_model;rating;review_count;accreditations;certifications;regions";
        let r = export("export.csv", &format!("{head}\nAcme;gold;partner;acme;;{rating};{reviews};none; None ;none\n"));
        let p = r.by_id("acme").expect("by id");
        assert!(p.accreditations.is_known_empty() && p.certifications.is_known_empty() && p.offices.served.is_unknown());
        (p.rating.value().copied(), p.review_count.value().copied())
    };
    assert_eq!(of("4,6", "1.234"), (Some(4.6), Some(1234.0)));
    assert_eq!(of("4.91", "1 234"), (Some(4.91), Some(1234.0)));
    assert_eq!(of("4,91", "1'234"), (Some(4.91), Some(1234.0)));
    assert_eq!(of("46", "1,5"), (None, None));
    let listed = |text: &str| {
        yaml(&format!("partners:\n  - {{id: a, name: A, accreditations: {text}}}\n")).by_id("a").map(|p| p.accreditations.is_known_empty())
    };
    assert_eq!((listed("none"), listed("[None]"), listed("[None, Onboarding]")), (Some(true), Some(true), Some(false)));
}

#[test]
fn a_flat_export_cannot_say_which_place_is_an_office() {
    let text = "\u{FEFF}company_name,website,tier,partner_type,review_count,country,city,all_countries,regions,office_model,accreditations,works_with_breeze,slug,listing_id\n\
        Brightpath GmbH,https://brightpath.example/,Gold,partner,31,DE,Berlin,DE; US,DACH,Physical office location; Work remotely,\"CRM Implementation; Onboarding\",True,brightpath,4711\n\
        Hillside Ltd,https://hillside.example,,provider,,GB,,,,Work remotely,,,hillside,\n\
        Untiered Co,https://untiered.example,none,provider,0,FR,,,,,,False,untiered,\n";
    let r = export("export.csv", text);
    assert_eq!((r.len(), r.is_export(), r.is_complete()), (3, true, false));
    let p = r.by_id("4711").expect("by listing id");
    assert_eq!(p.id.value, "brightpath");
    assert_eq!(p.tier.value().map(|t| t.name()), Some("gold"));
    assert_eq!(
        r.place(p, p.tier.span().expect("told")).map(|x| (x.text().to_owned(), x.location("").spans[0].line)),
        Some(("Gold".into(), 2))
    );
    assert!(p.offices.physical.is_unknown() && !p.offices.unsorted.is_whole());
    let unsorted: Vec<String> = p.offices.unsorted.items().iter().map(|o| o.value.describe()).collect();
    assert_eq!(unsorted, ["Berlin, DE", "US"]);
    assert_eq!(p.works.items().iter().map(|w| w.value).collect::<Vec<_>>(), [Works::Physical, Works::Remote]);
    assert!(p.accreditations.is_whole() && p.accreditations.items().len() == 2);
    assert_eq!(p.works_with_breeze.value(), Some(&true));
    let q = r.by_domain("hillside.example")[0];
    assert!(q.tier.is_unknown() && q.accreditations.is_unknown() && q.review_count.is_unknown());
    let u = r.by_name("untiered")[0];
    assert!(u.tier.is_absent() && u.review_count.value() == Some(&0.0));
    assert!(export("export.csv", text).with_head(Some(true), None).is_complete());
}

#[test]
fn a_name_of_signs_alone_is_an_id_and_no_name_to_look_up() {
    let r = export("export.csv", "company_name,tier,partner_type,slug,regions\n+.,gold,partner,,\n.,gold,partner,,\n");
    let ids: Vec<&str> = r.iter().map(|p| p.id.value.as_str()).collect();
    assert_eq!((ids, r.by_name("…").len()), (vec!["and", "."], 0));
}

#[test]
fn a_profile_tells_offices_from_remote_places_and_none_from_unknown() {
    let text = r#"[{"companyName":{"value":"Brightpath"},"companyUrl":{"value":"https://brightpath.example"},"urlSlug":{"value":"brightpath"},"tier":{"value":"DIAMOND"},"partnerType":{"value":"partner"},
      "physicalOfficeLocations":{"value":[{"physicalOfficeLocation":{"value":{"country":"DE","locality":"Berlin"}}},{"physicalOfficeLocation":{"value":{"country":"US","state":"MA","locality":"Boston"}}}]},
      "remoteLocations":{"value":[]},"regionChoiceLabels":{"value":["DACH"]},
      "credentials":{"value":[{"title":"Inbound Sales","type":"CERTIFICATION"}]}}]"#;
    let r = export("profiles.json", text);
    let p = r.by_id("brightpath").expect("there");
    let places = |l: &crate::facts::List<Office>| l.items().iter().map(|o| o.value.describe()).collect::<Vec<_>>();
    assert_eq!(places(&p.offices.physical), ["Berlin, DE", "Boston, MA, US"]);
    assert!(p.offices.physical.is_whole() && p.offices.remote.is_known_empty());
    assert_eq!(places(&p.offices.served), ["DACH"]);
    assert!(p.accreditations.is_known_empty() && p.certifications.items().len() == 1);
    let entry = write::entry(p);
    let again = yaml(&format!("partners:\n{entry}"));
    let q = again.by_id("brightpath").expect("round trip");
    assert_eq!(write::entry(q), entry);
    assert_eq!(places(&q.offices.physical), places(&p.offices.physical));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Garbage is refused or read, and never more than that; places lie in the text.
    #[test]
    fn no_register_makes_it_panic(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'-'), Just(b' '), Just(b':'), Just(b'"'), Just(b','), Just(b'{'), Just(b'['), any::<u8>()], 0..300),
        name in prop::sample::select(vec!["p.yaml", "p.csv", "p.json", "p.ndjson", "p"]),
        head in prop::sample::select(vec!["", "partners:\n  - id: a\n    name: ", "company_name,tier,partner_type,slug,regions\n", "[{\"companyName\":\"A\",\"urlSlug\":\"a\",\"tier\":\"gold\",\"credentials\":"]),
    ) {
        let bytes = [head.as_bytes(), &bytes].concat();
        match Partners::read(name, bytes.clone(), FormatsRef::Builtin) {
            Ok(r) => {
                for p in r.iter() {
                    for span in [Some(p.span), Some(p.name.span), p.tier.span(), p.accreditations.span()].into_iter().flatten() {
                        if let Some(place) = r.place(p, span) {
                            prop_assert!(place.source.text().get(span.range()).is_some());
                            place.location("here");
                        }
                    }
                    let _ = write::entry(p);
                }
                r.by_id("a");
            }
            Err(b) => for f in b.faults {
                prop_assert!(b.source.text().get(f.span.range()).is_some(), "{f:?}");
            },
        }
        let _ = crate::facts::Approvals::read(name, bytes.clone());
        let _ = crate::facts::Assets::read(name, bytes.clone());
        let _ = crate::facts::Awards::read(name, bytes);
    }

    /// Whatever a value is, it can be written and read back.
    #[test]
    fn what_is_written_reads_back(text in prop_oneof!["\\PC{1,20}", prop::collection::vec(any::<char>(), 1..20).prop_map(String::from_iter), "[\u{0}-\u{A0}\u{2028}\u{FEFF}\u{FFFE}\u{FFFF} ab:#-]{1,12}"]) {
        let list = format!("notes: {}\npartners: []\n", write::list([&text]));
        let root = crate::yaml::parse(&list).map_err(|e| TestCaseError::fail(format!("{list:?}: {}", e.message)))?;
        prop_assert_eq!(root.get("notes").and_then(|n| n.as_seq()?.first()?.scalar_text()), Some(text), "{:?}", list);
    }

    /// What an entry can be looked up by is what reading it would give.
    #[test]
    fn keys_are_found_as_they_are_read(
        values in prop::collection::vec(prop_oneof![
            "(\"[a-z é,:#'\\\\\\]]{0,6}\"|'[a-z é,:#\"\\\\]{0,6}')",
            "\\[((\"[a-z é:#\\\\]{0,4}\"|'[a-z ]{0,4}')(, ?| , )?){0,3}\\]",
            "\"[a-z\u{7f}\u{80}\u{85}\u{a0}\u{fffe}\u{feff}\t]{1,3}\"",
            "\n    - \"[a-z ]{1,4}\"\n    - '[a-z ]{1,4}' # c",
        ], 1..4),
    ) {
        let keys = ["name", "domains", "handles"];
        let body = values.iter().zip(keys).map(|(v, k)| format!("    {k}: {v}\n")).collect::<String>();
        let text = format!("  - id: a\n{body}");
        let mut found = Vec::new();
        scan::keys(&text, Span::new(0, text.len()), &mut |_, v| found.push(v.to_owned()));
        let Ok(read) = crate::yaml::parse(&text) else { return Ok(()) };
        let entries = read.as_seq().and_then(|l| l.first()?.as_map()).expect("a list with a map");
        let read: Vec<String> = entries.iter().flat_map(|(_, v)| strings(v)).collect();
        prop_assert_eq!(found, read, "{}", text);
    }

    /// What is cut into firms is cut where the reader of the whole cuts it, whatever stands in them.
    #[test]
    fn cutting_agrees_with_reading(lines in prop::collection::vec(prop::sample::select(vec![
        "  - id: b", "    name: B", "    notes: |", "      - text", "      more: x", "    notes: \"two", "      lines\"", "    aliases:", "    - C", "    - id: z",
        "  -", "    id: c", "# - id: q", "", "complete: true", "  - {id: d, name: D}", "    tier: gold",
    ]), 0..12)) {
        let text = format!("partners:\n  - id: a\n    name: A\n{}\n", lines.join("\n"));
        if let (Ok(whole), Some(found)) = (Partners::whole(Source::from_text("p", text.clone())), scan::scan(&text)) {
            let cut = Partners::cut(Source::from_text("p", text.clone()), found).expect("what is whole can be cut");
            let show = |r: &Partners| r.iter().map(|p| format!("{p:?}")).collect::<Vec<_>>();
            prop_assert_eq!(show(&cut), show(&whole), "{}", text);
            let (a, b) = (cut.index(), whole.index());
            prop_assert_eq!(a.ids(), b.ids());
            prop_assert_eq!(a.names(), b.names());
        }
    }
}
