//! Made-up directory exports: profile records as NDJSON and the export table as CSV, about 1.5 KB a listing.

use super::random::Random;
use super::words::{CITIES, FIRMS, LANGUAGES};
use std::io::{self, Write};

const SERVICES: [&str; 8] = [
    "Full HubSpot Onboarding",
    "CRM Implementation",
    "CRM Migration",
    "Custom API Integrations",
    "Website Development",
    "Sales Training",
    "Content Creation",
    "Email Marketing",
];
const INDUSTRIES: [&str; 6] = ["Computer Software", "Construction", "Education", "Healthcare", "Retail", "Manufacturing"];
const TIERS: [&str; 5] = ["gold", "platinum", "diamond", "elite", "none"];
const BUDGETS: [&str; 3] = ["Any budget", "$2,500 - 5,000", "$5,000+"];
const COLUMNS: &str = "company_name,domain,website_is_platform_link,directory_listing_name,directory_url,website,tier,partner_type,review_count,rating,country,city,state,all_countries,regions,office_model,languages,services,industries,accreditations,certifications,client_size_focus,budget,works_with_breeze,integrations_supported,first_published,last_published,listing_name,slug,listing_id,partner_id,profile_id,partner_portal_id,description";
/// One listing in so many has something wrong in it.
const FAULT_IN: usize = 50;

struct Listing {
    name: String,
    slug: String,
    description: String,
    place: (&'static str, &'static str, &'static str),
    tier: &'static str,
    services: Vec<&'static str>,
    industries: Vec<&'static str>,
    budget: &'static str,
    reviews: usize,
    n: usize,
}

/// A listing with a description of so many sentences.
fn listing(n: usize, r: &mut Random, sentences: (usize, usize)) -> Listing {
    let lang = &LANGUAGES[if r.percent(70) { 0 } else { r.below(LANGUAGES.len()) }];
    let name = format!("{} {}", r.pick(&FIRMS), ["Digital", "Growth", "Studio", "Consulting", "GmbH"][r.below(5)]);
    let slug = format!("{}-{n}", name.to_lowercase().replace([' ', '&'], "-"));
    let mut description = String::new();
    let sentences = r.range(sentences.0, sentences.1);
    // A fault in one of them; the text of pages is HTML, that of records is not.
    let fault = (n % FAULT_IN == FAULT_IN / 2).then(|| r.below(sentences));
    for i in 0..sentences {
        if i > 0 {
            description.push_str(if r.percent(20) { "\n\n" } else { lang.gap });
        }
        let s = if Some(i) == fault { r.pick(lang.faults).to_owned() } else { lang.sentence(r) };
        description.push_str(&plain(&s));
        if r.percent(6) {
            description.push_str(" They call it \"the calm way\".");
        }
    }
    Listing {
        name,
        slug,
        description,
        place: CITIES[r.below(CITIES.len())],
        tier: r.pick(&TIERS),
        services: (0..r.range(2, 4)).map(|_| r.pick(&SERVICES)).collect(),
        industries: (0..r.range(1, 3)).map(|_| r.pick(&INDUSTRIES)).collect(),
        budget: r.pick(&BUDGETS),
        reviews: r.below(120),
        n,
    }
}

fn plain(s: &str) -> String {
    s.replace("&amp;", "&").replace("&trade;", "™").replace("&rsquo;", "’").replace("&#39;", "'").replace("<b>", "").replace("</b>", "")
}

/// A JSON string; some exporters write all that is not ASCII as escapes.
fn json(s: &str, ascii: bool) -> String {
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if ascii && !c.is_ascii() => c.encode_utf16(&mut [0; 2]).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}"))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Profile records, one a line.
pub fn write_ndjson(out: &mut impl Write, records: usize) -> io::Result<()> {
    let mut r = Random::new(11);
    for n in 0..records {
        let l = listing(n, &mut r, (2, 4));
        let ascii = n % 3 == 0;
        let value = |s: &str, t: &str| format!("{{\"value\":{},\"__typename\":\"{t}\"}}", json(s, ascii));
        let numbered = |list: &[&str]| {
            let entries: Vec<String> = list.iter().enumerate().map(|(i, s)| format!("\"{i}\":{}", json(s, ascii))).collect();
            format!("{{\"value\":{{{}}},\"__typename\":\"LabelMap\"}}", entries.join(","))
        };
        let services: Vec<String> = l.services.iter().map(|s| format!("{{\"name\":{}}}", value(s, "StringField"))).collect();
        let (city, state, country) = l.place;
        writeln!(
            out,
            "{{\"companyName\":{},\"companyUrl\":{},\"urlSlug\":{},\"tier\":{},\"partnerType\":{},\"description\":{},\"physicalOfficeLocations\":{{\"value\":[{{\"physicalOfficeLocation\":{{\"value\":{{\"country\":\"{country}\",\"state\":{},\"locality\":{}}},\"__typename\":\"LocationField\"}}}}],\"__typename\":\"GroupField\"}},\"regionChoiceLabels\":{},\"languages\":{{\"value\":[\"en\"],\"__typename\":\"ListField\"}},\"services\":{{\"value\":[{}],\"__typename\":\"GroupField\"}},\"industryChoiceLabels\":{},\"budgetChoiceLabels\":{},\"worksWithBreeze\":{{\"value\":{},\"__typename\":\"BooleanField\"}},\"lastPublishedAt\":{{\"value\":{},\"__typename\":\"DateField\"}},\"profileId\":{{\"value\":{},\"__typename\":\"NumberField\"}}}}",
            value(&l.name, "StringField"),
            value(&format!("https://{}.example/", l.slug), "UrlField"),
            value(&l.slug, "StringField"),
            value(l.tier, "EnumField"),
            value("partner", "EnumField"),
            value(&l.description, "RichTextField"),
            json(state, ascii),
            json(city, ascii),
            numbered(&["Europe", "Northern America"]),
            services.join(","),
            numbered(&l.industries),
            numbered(&[l.budget]),
            l.n.is_multiple_of(2),
            1_700_000_000_000u64 + n as u64,
            700_000 + n
        )?;
    }
    Ok(())
}

fn cell(s: &str) -> String {
    if s.contains(['"', ',', '\n', ';']) { format!("\"{}\"", s.replace('"', "\"\"")) } else { s.to_owned() }
}

/// The export table: byte order mark, quoted cells, lists joined by `; `.
pub fn write_csv(out: &mut impl Write, records: usize) -> io::Result<()> {
    let mut r = Random::new(12);
    write!(out, "\u{FEFF}{COLUMNS}\r\n")?;
    for n in 0..records {
        let l = listing(n, &mut r, (7, 10));
        let (city, state, country) = l.place;
        let domain = format!("{}.example", l.slug);
        let cells = [
            l.name.clone(),
            domain.clone(),
            "False".into(),
            l.name.clone(),
            format!("https://ecosystem.hubspot.com/marketplace/solutions/{}", l.slug),
            format!("https://{domain}/?utm_source=hubspot"),
            l.tier.into(),
            "partner".into(),
            l.reviews.to_string(),
            "4.8".into(),
            country.into(),
            city.into(),
            state.into(),
            country.into(),
            "Europe; Northern America".into(),
            "Physical office location".into(),
            "en; de".into(),
            l.services.join("; "),
            l.industries.join("; "),
            "CRM Implementation; Onboarding".into(),
            "HubSpot Marketing Software; HubSpot Sales Software".into(),
            "11 to 25; 26 to 50; 51 to 200".into(),
            l.budget.into(),
            "True".into(),
            "Salesforce; Shopify; Stripe".into(),
            "2021-04-03".into(),
            "2026-09-30".into(),
            l.name.clone(),
            l.slug.clone(),
            (500_000 + n).to_string(),
            (900_000 + n).to_string(),
            (700_000 + n).to_string(),
            (100_000 + n).to_string(),
            l.description.clone(),
        ];
        write!(out, "{}\r\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}
