//! Each built-in format reads a small made-up sample of its export.
#![allow(clippy::unwrap_used)]

use promolint::document::records::{Formats, Outcome, Shape, Splitter, read};
use promolint::document::{Builder, Document, FieldRole, Kind, Role};

fn documents(file: &str, shape: Shape) -> Vec<(String, Document, String)> {
    let formats = Formats::builtin();
    let mut out = Vec::new();
    for chunk in Splitter::new(file.as_bytes(), "sample", shape, formats) {
        let chunk = chunk.unwrap_or_else(|t| panic!("{}", t.message));
        for i in 0..chunk.records.len() {
            let mut b = Builder::new();
            let Outcome::Known(format) = read(&chunk, i, formats, &mut b) else { panic!("record {i} is not known: {file}") };
            out.push((format.name.clone(), b.finish(), chunk.source.text().to_owned()));
        }
    }
    out
}

/// Fields of the first record as `name=value`, those of unknown meaning left out, and its format, kind and id.
fn first(file: &str, shape: Shape) -> (String, Kind, Option<String>, Vec<String>) {
    let (format, doc, text) = documents(file, shape).remove(0);
    let fields = doc.fields.iter().filter(|f| Formats::builtin().get(&format).unwrap().field_named(&f.name).is_some());
    let fields = fields.map(|f| {
        assert!(f.value.is_empty() || text[f.span.range()] == f.value || text[f.span.range()].contains('\\'), "{f:?}");
        format!("{}={}", f.name, f.value)
    });
    let fields = fields.collect();
    (format, doc.kind.unwrap(), doc.records[0].id.clone(), fields)
}

fn has(fields: &[String], wanted: &[&str]) {
    for w in wanted {
        assert!(fields.iter().any(|f| f == w), "{w} is not in {fields:?}");
    }
}

#[test]
fn directory_export() {
    let newer = "\u{FEFF}company_name,domain,website_is_platform_link,directory_listing_name,directory_url,website,tier,partner_type,office_model,services,works_with_breeze,listing_name,slug,listing_id,description\r\n\
        \"Quill, Ltd\",quill.example,False,Quill,https://directory.example/quill,https://quill.example,none,partner,Physical office location; Work remotely,CRM Implementation; \"\"Data\"\" Migration,True,Quill,quill,17,\"We say \"\"hello\"\".\r\nTwice.\"\r\n";
    let newer = newer.replace("CRM Implementation; \"\"Data\"\" Migration", "\"CRM Implementation; \"\"Data\"\" Migration\"");
    let (_, doc, text) = documents(&newer, Shape::Csv).remove(0);
    let services: Vec<(&str, &str)> =
        doc.fields.iter().filter(|f| f.name == "services").map(|f| (f.value.as_str(), &text[f.span.range()])).collect();
    assert_eq!(services, [("CRM Implementation", "CRM Implementation"), ("\"Data\" Migration", "\"\"Data\"\" Migration")]);
    let description = doc.fields.iter().find(|f| f.name == "description").unwrap();
    let block = &doc.blocks[description.block.unwrap()];
    assert_eq!((doc.block_text(block), block.role), ("We say \"hello\". Twice.", Role::Prose));
    assert_eq!(
        doc.links.iter().map(|l| (l.target.as_str(), l.holder.as_str())).collect::<Vec<_>>(),
        [("https://directory.example/quill", "field"), ("https://quill.example", "field")]
    );
    assert_eq!(doc.fields.iter().find(|f| f.name == "tier").map(|f| f.value.as_str()), Some(""));
    assert_eq!(doc.records[0].id.as_deref(), Some("quill"));
    let office: Vec<&str> = doc.fields.iter().filter(|f| f.name == "office_model").map(|f| f.value.as_str()).collect();
    assert_eq!(office, ["Physical office location", "Work remotely"]);

    let older = "company_name,directory_url,website,tier,partner_type,all_countries,listing_id,description\nQuill,https://directory.example/q,https://quill.example,gold,provider,DE; GB,17,Text\n";
    let (format, kind, id, fields) = first(older, Shape::Csv);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("directory-export", Kind::Listing, Some("17")));
    has(&fields, &["name=Quill", "tier=gold", "partner_type=provider", "all_countries=DE", "all_countries=GB"]);
}

#[test]
fn directory_search() {
    let file = r#"[{"total": 1, "items": [{"slug": "quill", "name": "Quill", "companyName": "Quill Ltd", "listingId": 7, "tier": "none",
        "reviewSummary": {"reviewCount": 12, "overallRating": 4.9}, "products": [{"partnerTier": "GOLD", "partnerType": "PARTNER", "sourceId": 9, "worksWithBreeze": false}]}]}]"#;
    let (format, kind, id, fields) = first(file, Shape::Json);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("directory-search", Kind::Listing, Some("quill")));
    has(
        &fields,
        &[
            "name=Quill Ltd",
            "tier=",
            "tier=GOLD",
            "review_count=12",
            "rating=4.9",
            "partner_id=9",
            "works_with_breeze=false",
            "partner_type=PARTNER",
        ],
    );
}

#[test]
fn directory_profile() {
    let file = r#"{"companyName":{"value":"Quill","__typename":"S"},"companyUrl":{"value":"https://quill.example","__typename":"U"},"urlSlug":{"value":"quill","__typename":"S"},
        "tier":{"value":"gold"},"partnerType":{"value":"partner"},"description":{"value":"Caf\u00e9 help","__typename":"R"},
        "physicalOfficeLocations":{"value":[{"physicalOfficeLocation":{"value":{"country":"GB","state":"England","locality":"Leeds"},"__typename":"L"}}],"__typename":"G"},
        "remoteLocations":[{"remoteLocation":{"country":"FR","locality":{"value":"Lyon"}}}],
        "regionChoiceLabels":{"value":{"0":"Europe","1":"Asia"}},"officeLocationLabels":{"0":"Work remotely"},"languages":{"value":["en","de"]},
        "services":{"value":[{"name":{"value":"CRM Implementation","__typename":"S"}}]},"industryChoiceLabels":{"0":"Retail"},"budgetChoiceLabels":{"0":"$5,000+"},
        "credentials":{"value":[{"title":{"value":"Onboarding"},"type":{"value":"ACCREDITATION"}},{"type":{"value":"CERTIFICATION"},"title":{"value":"Inbound"}},{"title":{"value":"Odd"}}]},
        "integrations":{"value":["Ledgerly"]},"worksWithBreeze":{"value":true},"firstPublishedAt":{"value":1546300800000},"sourceId":{"value":9},"profileId":{"value":8},"partnerPortalId":{"value":7}}"#;
    let (format, kind, id, fields) = first(file, Shape::Json);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("directory-profile", Kind::Listing, Some("quill")));
    has(
        &fields,
        &[
            "name=Quill",
            "website=https://quill.example",
            "tier=gold",
            "description=Café help",
            "physical_country=GB",
            "physical_state=England",
            "physical_city=Leeds",
            "remote_country=FR",
            "remote_city=Lyon",
            "regions=Europe",
            "regions=Asia",
            "office_model=Work remotely",
            "languages=en",
            "languages=de",
            "services=CRM Implementation",
            "industries=Retail",
            "budget=$5,000+",
            "accreditations=Onboarding",
            "certifications=Inbound",
            "certifications=Odd",
            "integrations=Ledgerly",
            "works_with_breeze=true",
            "first_published=1546300800000",
            "partner_id=9",
            "profile_id=8",
            "portal_id=7",
        ],
    );
    let (_, doc, _) = documents(file, Shape::Json).remove(0);
    let city = doc.fields.iter().find(|f| f.name == "physical_city").unwrap();
    assert_eq!(
        (city.pointer.as_str(), city.role),
        ("/physicalOfficeLocations/value/0/physicalOfficeLocation/value/locality", FieldRole::Place)
    );
    assert!(doc.fields.iter().all(|f| !f.pointer.contains("__typename")));
    assert!(!doc.text.contains("ACCREDITATION"));
}

#[test]
fn directory_profile_of_the_older_kind() {
    let file = r#"[{"_id": "a1", "name": "Quill", "tier": "elite", "partnerType": "partner", "locations": [{"state": "Bayern", "locality": "Augsburg"}],
        "catalogServices": ["Web design"], "credentials": [{"title": "Onboarding", "type": "ACCREDITATION"}]}]"#;
    let (format, _, id, fields) = first(file, Shape::Json);
    assert_eq!((format.as_str(), id.as_deref()), ("directory-profile-older", Some("a1")));
    has(&fields, &["tier=elite", "state=Bayern", "city=Augsburg", "services=Web design", "accreditations=Onboarding"]);
}

#[test]
fn reviews() {
    let file = r#"{"total": 1, "reviews": [{"originalLanguage": "en", "ratings": {"OVERALL": 5}, "createdAt": 1767225600000, "reviewText": "Good work",
        "reviewerData": {"portalId": 81, "companyName": "Ledgerly"}}]}"#;
    let (format, kind, _, fields) = first(file, Shape::Json);
    assert_eq!((format.as_str(), kind), ("directory-reviews", Kind::Review));
    has(&fields, &["rating_overall=5", "reviewer_portal_id=81", "reviewer_company=Ledgerly", "text=Good work", "created=1767225600000"]);
    let own = "reviews:\n  - id: r1\n    text: Good work\n    rating: 5\n    reviewer: Ann\n    reviewer company: Ledgerly\n";
    let (format, kind, id, fields) = first(own, Shape::Yaml);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("plain-review", Kind::Review, Some("r1")));
    has(&fields, &["text=Good work", "rating_overall=5", "reviewer_name=Ann", "reviewer_company=Ledgerly"]);
}

#[test]
fn apify_tables() {
    let file = "companyName,partnerTier,country,city,rating,reviewCount,certificationCount,integrationCount,services,industriesServed,regionsServed,minimumBudget,website,leadScore,profileUrl\n\
        Quill,gold,US,Boise,4.8,31,14,3,CRM|Training,RETAIL,Europe,\"$5,000+\",https://quill.example,71,https://directory.example/q\n";
    let (format, _, id, fields) = first(file, Shape::Csv);
    assert_eq!((format.as_str(), id.as_deref()), ("apify-scrapesage", Some("https://directory.example/q")));
    has(
        &fields,
        &[
            "name=Quill",
            "tier=gold",
            "review_count=31",
            "certification_count=14",
            "services=CRM",
            "services=Training",
            "industries=RETAIL",
            "budget=$5,000+",
        ],
    );
    let file = r#"{"name": "Quill", "url": "https://directory.example/q", "partnerTier": "gold", "rating": 5, "reviewCount": 2, "companyName": "Quill Ltd", "description": "Text", "logoUrl": "https://quill.example/l.png", "sourceId": 3, "scrapedAt": "2026-01-02"}"#;
    let (format, _, id, fields) = first(file, Shape::Ndjson);
    assert_eq!((format.as_str(), id.as_deref()), ("apify-automation-lab", Some("3")));
    has(
        &fields,
        &["name=Quill Ltd", "display_name=Quill", "profile_url=https://directory.example/q", "logo_url=https://quill.example/l.png"],
    );
    let file = r#"[{"rowType": "partner", "name": "Quill", "provider": "x", "classification": "partner", "categories": ["a"], "services": ["CRM", "Web"], "rating": 5, "reviewCount": 1, "tier": "GOLD", "countries": ["DE"], "budgetRanges": ["$5,000+"], "websiteUrl": "https://quill.example", "marketplaceUrl": "https://directory.example/q"}]"#;
    let (format, _, _, fields) = first(file, Shape::Json);
    assert_eq!(format, "apify-maximedupre");
    has(
        &fields,
        &["services=CRM", "services=Web", "all_countries=DE", "budget=$5,000+", "website=https://quill.example", "partner_type=partner"],
    );
}

#[test]
fn a_list_kept_by_hand() {
    let file = "company_name,website,domain,directory,category,profile_url,rank,status,notes\nQuill,https://quill.example,quill.example,d,c,https://directory.example/q,1,new,tier=ELITE; reviews=12; odd\n";
    let (format, doc, text) = documents(file, Shape::Csv).remove(0);
    assert_eq!(format, "diy-directory");
    let tier = doc.fields.iter().find(|f| f.name == "tier").unwrap();
    assert_eq!((tier.value.as_str(), &text[tier.span.range()], tier.pointer.as_str()), ("ELITE", "ELITE", "notes"));
    assert!(doc.fields.iter().any(|f| f.name == "review_count" && f.value == "12" && f.role == FieldRole::Number));
}

#[test]
fn ads() {
    let file = "\u{FEFF}Campaign,Ad Group,Keyword,Headline 1,Headline 2,Description 1,Path 1,Final URL\nC,G,crm audit,Audit,Fixed price,We read your CRM.,crm,https://quill.example/a\n";
    let (format, kind, _, fields) = first(file, Shape::Csv);
    assert_eq!((format.as_str(), kind), ("google-ads", Kind::Ad));
    has(
        &fields,
        &["headline=Audit", "headline=Fixed price", "description=We read your CRM.", "url=https://quill.example/a", "keywords=crm audit"],
    );
    let file = "Campaign Name,Ad Name,Title,Body,Link URL\nC,a1,Tidy up,\"Two\nlines\",https://quill.example\n";
    let (format, kind, id, fields) = first(file, Shape::Csv);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("meta-ads", Kind::Ad, Some("a1")));
    has(&fields, &["headline=Tidy up", "body=Two\nlines", "url=https://quill.example"]);
    let file = "Introduction text\tHeadline\tDestination URL\nHello there\tTidy up\thttps://quill.example\n";
    let (format, kind, _, fields) = first(file, Shape::Csv);
    assert_eq!((format.as_str(), kind), ("linkedin-ads", Kind::Ad));
    has(&fields, &["body=Hello there", "headline=Tidy up", "url=https://quill.example"]);
    let file = "network: x\nads:\n  - id: 1\n    headline: 'It''s tidy'\n    description: >-\n      Two\n      lines\n    final_url: https://quill.example\n    keywords: [crm, audit]\n";
    let docs = documents(file, Shape::Yaml);
    let (format, doc, text) = &docs[0];
    assert_eq!((format.as_str(), doc.kind, doc.records[0].id.as_deref()), ("plain-ad", Some(Kind::Ad), Some("1")));
    assert!(doc.text.contains("It's tidy") && doc.text.contains("Two lines"));
    let at = doc.text.find("lines").unwrap();
    assert_eq!(&text[doc.map.spans(at, at + 5)[0].range()], "lines");
    assert_eq!(doc.fields.iter().filter(|f| f.name == "keywords").count(), 2);
}

#[test]
fn plain_shapes() {
    let file = "listings:\n- name: Quill\n  tier: gold\n  website: https://quill.example\n  services: [CRM, Web]\n  offices:\n    - {city: Leeds, country: GB}\n";
    let (format, kind, _, fields) = first(file, Shape::Yaml);
    assert_eq!((format.as_str(), kind), ("plain-listing", Kind::Listing));
    has(&fields, &["name=Quill", "services=CRM", "services=Web", "physical_city=Leeds", "physical_country=GB"]);
    let (format, kind, id, fields) =
        first("event name: Leeds open desk\ndate: 2027-01-12\nprice: 40 EUR\ndescription: An evening.\n", Shape::Yaml);
    assert_eq!((format.as_str(), kind, id.as_deref()), ("plain-event", Kind::Event, Some("Leeds open desk")));
    has(&fields, &["event_name=Leeds open desk", "price=40 EUR", "description=An evening.", "created=2027-01-12"]);
    let (format, kind, ..) = first("posts:\n - {id: a, network: x, text: Hello there}\n", Shape::Yaml);
    assert_eq!((format.as_str(), kind), ("plain-post", Kind::Social));
}

#[test]
fn sentences_that_no_format_names() {
    let texts = |file: &str, shape| {
        let (_, doc, _) = documents(file, shape).remove(0);
        doc.blocks.iter().filter(|b| b.role == Role::Prose).map(|b| doc.block_text(b).to_owned()).collect::<Vec<_>>()
    };
    let file = "company_name,tier,partner_type,slug,regions,about_us,summary,team_text,internal_notes,address_full,motto\n\
        Quill,gold,provider,quill,DACH,Oak tables,Oak chairs,We are ten people in a barn.,They never answer our letters at all.,\"1 High Street, Leeds, United Kingdom\",The Great Big Oak House\n";
    assert_eq!(texts(file, Shape::Csv), ["Oak tables", "Oak chairs", "We are ten people in a barn."]);
    let file = r#"{"companyName":"Quill","companyUrl":"https://quill.example","tier":"gold","urlSlug":"quill","description":{"en":"Oak tables","de":["Tische","Bänke"]},"bio":"Chairs","faq":[{"answer":"We answer in a day or two."}],"reviews":[{"text":"They were late for us every single time."}]}"#;
    assert_eq!(texts(file, Shape::Json), ["Oak tables", "Tische", "Bänke", "Chairs", "We answer in a day or two."]);
    let (_, doc, _) = documents(file, Shape::Json).remove(0);
    let of = |text: &str| doc.blocks.iter().find(|b| doc.block_text(b) == text).and_then(|b| b.lang).map(|l| l.as_str().to_owned());
    assert_eq!((of("Oak tables"), of("Bänke"), of("Chairs")), (Some("en".to_owned()), Some("de".to_owned()), None));
}
