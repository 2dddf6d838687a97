#![allow(clippy::unwrap_used)]
use super::*;

fn detect(keys: &str) -> Option<&'static str> {
    Formats::builtin().detect(keys.split(',')).map(|f| f.name.as_str())
}

#[test]
fn every_builtin_file_is_readable() {
    for (file, text) in load::BUILTIN {
        let f = load::format(file, text).unwrap_or_else(|e| panic!("{e} at {:?}", e.error.span));
        assert_eq!(format!("{}.yaml", f.name), *file);
    }
    assert_eq!(Formats::builtin().iter().count(), load::BUILTIN.len());
}

#[test]
fn exports_are_recognised() {
    let newer = "company_name,domain,website_is_platform_link,directory_listing_name,directory_url,website,tier,partner_type,review_count,rating,country,city,state,all_countries,regions,office_model,languages,services,industries,accreditations,certifications,client_size_focus,budget,works_with_breeze,integrations_supported,first_published,last_published,listing_name,slug,listing_id,partner_id,profile_id,partner_portal_id,description";
    let older = newer.replace("domain,website_is_platform_link,directory_listing_name,", "");
    for (keys, format) in [
        (newer, "directory-export"),
        (&older, "directory-export"),
        ("slug,name,tier,reviewSummary", "directory-search"),
        ("companyName,listingName,listingId,slug,description,products", "directory-search"),
        ("companyName,companyUrl,urlSlug,tier,partnerType,physicalOfficeLocations,credentials,profileId", "directory-profile"),
        ("_id,name,tier,partnerType,locations,catalogServices,credentials", "directory-profile-older"),
        ("originalLanguage,ratings,createdAt,reviewerData", "directory-reviews"),
        (
            "companyName,partnerTier,country,city,rating,reviewCount,certificationCount,integrationCount,services,industriesServed,regionsServed,minimumBudget,website,leadScore,profileUrl",
            "apify-scrapesage",
        ),
        ("name,url,partnerTier,rating,reviewCount,companyName,description,logoUrl,sourceId,scrapedAt", "apify-automation-lab"),
        (
            "rowType,name,provider,classification,categories,services,rating,reviewCount,tier,countries,budgetRanges,websiteUrl,marketplaceUrl",
            "apify-maximedupre",
        ),
        ("company_name,website,domain,directory,category,profile_url,rank,status,notes", "diy-directory"),
        ("Campaign,Campaign Type,Ad Group,Criterion Type,Keyword,Headline 1,Headline 2,Description 1,Final URL,Status", "google-ads"),
        ("Campaign,Ad Group,Keyword,Criterion Type", "google-ads"),
        ("Campaign Name,Ad Set Name,Ad Name,Title,Body,Link Description,Call to Action,Link", "meta-ads"),
        ("Campaign,Introduction text,Headline,Destination URL", "linkedin-ads"),
        ("id,headline,description,final_url,image", "plain-ad"),
        ("eventName,date,description", "plain-event"),
        ("id,network,text", "plain-post"),
        ("reviewer_name,rating,text", "plain-review"),
        ("name,description,website", "plain-listing"),
        ("company_name,website,tier,description", "plain-listing"),
        ("listingName,description", "plain-listing"),
    ] {
        assert_eq!(detect(keys), Some(format), "{keys}");
    }
}

#[test]
fn other_files_are_not_taken_for_listings() {
    for keys in [
        "name,version,description,main,scripts,dependencies,devDependencies,license,repository,homepage",
        "name,description,website,version",
        "compilerOptions,include,exclude",
        "name,version,lockfileVersion,requires,packages",
        "name,on,jobs",
        "on,jobs,permissions",
        "services,volumes,version",
        "order_id,date,customer,region,product,quantity,price,total",
        "date,region,revenue,rating",
        "first_name,last_name,email,phone,city,country,company",
        "name,email,city,website,description",
        "id,name,city,country",
        "title,body,user,labels,number,state",
        "name,tier,price,description",
        "title,description,url",
        "headline,author,description,url,datePublished",
        "event_name,timestamp,user_id,date",
        "level,message,channel,logger",
        "a,b,c",
        "1,2,3",
        "",
        "type,name,inputs,outputs,stateMutability",
        "openapi,info,servers,paths,components",
        "name,description,inputs,runs",
        "$schema,title,type,properties,required",
        "id,total,currency,items,customer",
        "movie,rating,review,author,price",
    ] {
        assert_eq!(detect(keys), None, "{keys}");
    }
}

#[test]
fn user_files_add_and_replace_and_are_told_their_mistakes() {
    let own = "format: mine\nkind: listing\ndetect: [{each: [firma, stufe]}]\nfields:\n  name: {from: [firma], role: name}\n";
    let formats = Formats::with_files([("mine.yaml", own)]).unwrap();
    assert_eq!(formats.detect(["firma", "stufe"]).unwrap().name, "mine");
    assert!(formats.get("directory-export").is_some());
    for (bad, at, words) in [
        (own.replace("kind: listing", "kind: lising"), "lising", "no kind"),
        (own.replace("fields:", "felder:"), "felder", "`felder` is no key"),
        (own.replace("role: name", "role: nome"), "nome", "no role"),
        (own.replace("from:", "form:"), "form", "no key of a field"),
        (own.replace("each:", "all:"), "all", "`all` is no way"),
        (own.replace("detect: [{each: [firma, stufe]}]\n", ""), "", "`detect` is missing"),
        (format!("{own}id: [slug]\n"), "", "`slug`, which is no field"),
        (own.replace("{from: [firma], role: name}", "x"), "x", "expected a map, found text"),
        (format!("{own}kind: ad\n"), "kind", "twice"),
    ] {
        let e = Formats::with_files([("mine.yaml", bad.as_str())]).unwrap_err();
        assert!(e.error.message.contains(words), "{e}");
        assert!(bad[e.error.span.range()].contains(at), "{e} at {:?}", &bad[e.error.span.range()]);
    }
}

#[test]
fn records_of_a_kind_that_the_user_names_are_read_by_a_plain_format() {
    use crate::document::records::{self, Outcome, Shape, Splitter};
    let formats = Formats::builtin();
    let files = [
        ("id,name,description,website,phone,note\na,Acorn,Trusted,https://acorn.example,1,Two words\n", Shape::Csv),
        ("[{\"id\": \"a\", \"name\": \"Acorn\", \"description\": \"Trusted\", \"phone\": 1, \"note\": \"Two words\"}]", Shape::Json),
        ("- {id: a, name: Acorn, description: Trusted, phone: 1, note: Two words}\n", Shape::Yaml),
    ];
    for (file, shape) in files {
        let read = |kind| {
            let chunk = Splitter::new(file.as_bytes(), "f", shape, formats).of_kind(kind).next().unwrap().unwrap();
            let mut b = crate::document::Builder::new();
            let known = matches!(records::read(&chunk, 0, formats, &mut b), Outcome::Known(_));
            (known, b.finish())
        };
        assert!(!read(None).0 && !read(Some(Kind::Email)).0);
        let (known, document) = read(Some(Kind::Listing));
        assert!(known && document.records[0].id.as_deref() == Some("a"), "{file}");
        assert!(["Acorn", "Trusted", "Two words"].iter().all(|t| document.text.contains(t)), "{file}: {}", document.text);
    }
}
