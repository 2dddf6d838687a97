//! Images of pages and image files through the program, held against a register of two small badges.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test, with a register, a page and what it shows.
struct Site(PathBuf);

impl Site {
    fn new(name: &str, page: &str) -> Site {
        let folder = std::env::temp_dir().join(format!("promolint-images-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for f in ["site/img", "register"] {
            fs::create_dir_all(folder.join(f)).unwrap();
        }
        let site = Site(folder);
        for (file, colour) in [("gold", [217, 164, 65]), ("old", [140, 150, 160])] {
            site.badge(&format!("register/{file}.png"), colour);
        }
        let register = "assets:\n  - {id: badge-gold, family: badge, status: current, files: [gold.png]}\n  \
                        - {id: badge-old, family: badge, status: retired, successor: badge-gold, files: [old.png]}\n";
        site.put("register/assets.yaml", register.as_bytes());
        site.put("site/index.html", page.as_bytes());
        site
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    /// A shield with a bar, drawn for this test.
    fn badge(&self, name: &str, colour: [u8; 3]) {
        let [r, g, b] = colour;
        let inside = |x: u32, y: u32| x.abs_diff(24) * 2 < 58 - y.saturating_sub(20);
        let picture = image::RgbImage::from_fn(48, 48, |x, y| match () {
            () if !inside(x, y) => image::Rgb([255; 3]),
            () if (18..24).contains(&y) && (10..38).contains(&x) => image::Rgb([20, 33, 61]),
            () => image::Rgb([r, g, b]),
        });
        picture.save(self.0.join(name)).unwrap();
    }

    fn copy(&self, from: &str, to: &str) {
        fs::copy(self.0.join(from), self.0.join(to)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_promolint"));
        Command::new(program).current_dir(&self.0).arg("check").args(["--color", "never"]).args(arguments).output().unwrap()
    }

    /// Findings by rule and address, what could not be checked, and the exit code.
    fn check(&self, arguments: &[&str]) -> (Vec<Value>, Value, i32) {
        let all = [&["--format", "jsonl", "--only", "hubspot/logo,image-missing"], arguments].concat();
        let out = self.run(&all);
        let text = String::from_utf8(out.stdout).unwrap();
        let mut lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let summary = lines.pop().unwrap();
        (lines, summary, out.status.code().unwrap())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn rules(findings: &[Value]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {} {}", f["path"].as_str().unwrap(), f["rule"].as_str().unwrap(), f["primary"]["text"])).collect()
}

const REGISTER: [&str; 2] = ["--assets", "register/assets.yaml"];

#[test]
fn a_finding_has_its_places_in_page_image_and_register() {
    let page = "<p>Hello</p>\n<img src='img/badge%20old.png?v=2' alt='Partner of 2021'>\n<img src=img/gold.png alt='Gold'>\n";
    let site = Site::new("places", page);
    site.copy("register/old.png", "site/img/badge old.png");
    site.copy("register/gold.png", "site/img/gold.png");
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    // The file is an input, too: said once, at the page.
    assert_eq!(rules(&found), ["site/index.html logo-outdated-badge \"img/badge%20old.png?v=2\""], "{summary:#}");
    assert_eq!(code, 0);
    let (files, ..) = site.check(&[&["site/img"], &REGISTER[..]].concat());
    assert_eq!(rules(&files), ["site/img/badge old.png logo-outdated-badge null"]);
    let file = &files[0]["primary"];
    assert_eq!((&file["spans"], &file["region"]["width"]), (&serde_json::json!([]), &serde_json::json!(48)));
    assert_eq!(files[0]["kind"], "image");
    let shown = &found[0];
    let span = &shown["primary"]["spans"][0];
    let at = span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize;
    assert_eq!(&page[at], "img/badge%20old.png?v=2");
    let related: Vec<(&str, &Value)> =
        shown["related"].as_array().unwrap().iter().map(|r| (r["path"].as_str().unwrap(), &r["region"]["height"])).collect();
    assert_eq!(related, [("site/img/badge old.png", &serde_json::json!(48)), ("register/assets.yaml", &Value::Null)]);
    assert!(shown["help"].as_str().unwrap().contains("badge-gold (gold.png)"), "{shown:#}");
    let concise =
        String::from_utf8(site.run(&[&["site/img", "--format", "concise", "--only", "hubspot/logo"], &REGISTER[..]].concat()).stdout)
            .unwrap();
    assert!(concise.starts_with("site/img/badge old.png@0,0+48x48: warning[logo-outdated-badge]"), "{concise}");
    let rich = String::from_utf8(site.run(&[&["site/img", "--only", "hubspot/logo"], &REGISTER[..]].concat()).stdout).unwrap();
    assert!(rich.contains("image: site/img/badge old.png, 48 by 48 pixels at 0, 0"), "{rich}");
}

#[test]
fn addresses_lead_to_the_root_of_the_site_and_never_out_of_it() {
    let page = "<img src=/img/old.png alt=a><img src='../secret/old.png' alt=b><img src='%2e%2e/secret/old.png' alt=c><img src='img/link.png' alt=d>\
                <img src='https://cdn.example/old.png' alt=e><img src='{{ badge }}' alt=f><img src=img/gone.png alt=g>\
                <img src='data:image/png;base64,AAAA' alt=h>";
    let site = Site::new("root", page);
    site.copy("register/old.png", "site/img/old.png");
    fs::create_dir_all(site.0.join("secret")).unwrap();
    site.copy("register/old.png", "secret/old.png");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../secret/old.png", site.0.join("site/img/link.png")).unwrap();
    fs::create_dir_all(site.0.join("site/deep/er")).unwrap();
    site.put("site/deep/er/page.html", b"<img src=/img/old.png alt=a><img src=../../img/old.png alt=b>");
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    let wanted = ["site/deep/er/page.html logo-outdated-badge \"/img/old.png\"", "site/index.html image-missing \"img/gone.png\""];
    assert_eq!(rules(&found), wanted);
    let also: Vec<(&str, &str)> = found[0]["related"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["label"] == "also used here")
        .map(|r| (r["path"].as_str().unwrap(), r["text"].as_str().unwrap()))
        .collect();
    assert_eq!(also, [("site/deep/er/page.html", "../../img/old.png"), ("site/index.html", "/img/old.png")]);
    let reasons = summary["images_not_compared"].as_array().unwrap();
    let n = |word: &str| reasons.iter().find(|r| r["reason"].as_str().unwrap().contains(word)).map(|r| r["images"].as_u64().unwrap());
    assert_eq!((n("other hosts"), n("outside")), (Some(1), Some(3)), "{summary:#}");
    // The picture written out is broken: said at its place.
    assert_eq!((code, summary["not_checked"].as_array().unwrap().len()), (2, 1));
    assert_eq!(summary["not_checked"][0]["location"]["path"], "site/index.html");
    // A page that is named by itself is read with the same root, if a folder around it is marked as a project.
    site.put("site/promolint.yaml", b"packs: [hubspot]\n");
    let (found, ..) = site.check(&[&["site/deep/er/page.html"], &REGISTER[..]].concat());
    assert_eq!(rules(&found), wanted[..1]);
}

#[test]
fn what_cannot_be_read_is_said_once_and_the_rest_is_checked() {
    let site = Site::new("broken", "<img src=img/cut.png alt=x><img src=img/cut.png alt=y><img src=img/old.png alt=z>");
    site.copy("register/old.png", "site/img/old.png");
    let bytes = fs::read(site.0.join("register/gold.png")).unwrap();
    site.put("site/img/cut.png", &bytes[..bytes.len() / 2]);
    site.put("site/img/not.svg", b"<html><body>no drawing</body></html>");
    site.put("site/img/photo.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1");
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    assert_eq!(rules(&found).len(), 1);
    let not_checked: Vec<&str> = summary["not_checked"].as_array().unwrap().iter().map(|t| t["path"].as_str().unwrap()).collect();
    assert_eq!((not_checked, code), (vec!["site/img/cut.png", "site/img/not.svg", "site/img/photo.avif"], 2), "{summary:#}");
    assert!(summary["not_checked"].as_array().unwrap().iter().all(|t| t["help"].is_string()));
    let one = site.run(&[&["site", "--jobs", "1"], &REGISTER[..]].concat()).stdout;
    assert_eq!(site.run(&[&["site", "--jobs", "5"], &REGISTER[..]].concat()).stdout, one);
}

#[test]
fn without_a_register_images_are_no_content_unless_named() {
    let site = Site::new("none", "<img src=img/old.png alt=z>");
    site.copy("register/old.png", "site/img/old.png");
    let (found, summary, code) = site.check(&["site"]);
    assert_eq!((rules(&found).len(), summary["skipped"].as_u64(), code), (0, Some(1), 0));
    let (_, summary, code) = site.check(&["site/img/old.png"]);
    let trouble = &summary["not_checked"][0];
    assert!(code == 2 && trouble["help"].as_str().unwrap().contains("--assets"), "{summary:#}");
    // A register with a file that is not there: said at its line, and the other image still counts.
    fs::remove_file(site.0.join("register/gold.png")).unwrap();
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    assert_eq!((rules(&found).len(), code), (1, 2));
    assert_eq!(summary["not_checked"][0]["location"]["spans"][0]["line"], 2);
}

#[test]
fn one_file_on_many_pages_is_one_finding() {
    let site = Site::new("once", "<img src=img/old.png alt=a>");
    site.copy("register/old.png", "site/img/old.png");
    for i in 0..8 {
        site.put(&format!("site/page-{i}.html"), format!("<p>Page {i}</p><img src=img/old.png alt='{i}'>").as_bytes());
    }
    // What is accepted on one page is not accepted on the others.
    let accepted = "<!-- promolint-ignore logo-outdated-badge: the history of our badges -->\n<img src=img/old.png alt=x>";
    site.put("site/history.html", accepted.as_bytes());
    let (found, summary, _) = site.check(&[&["site"], &REGISTER[..]].concat());
    let open: Vec<&Value> = found.iter().filter(|f| f["suppressed"].is_null()).collect();
    assert_eq!((open.len(), open[0]["path"].as_str()), (1, Some("site/index.html")), "{summary:#}");
    let also = open[0]["related"].as_array().unwrap().iter().filter(|r| r["label"] == "also used here").count();
    assert_eq!((also, open[0]["notes"][0].as_str()), (5, Some("the image is used in 3 more places")));
    assert_eq!(summary["findings"]["warning"], 1);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_opened() {
    let site = Site::new("pipe", "<img src=img/pipe.png alt=a><img src=img/zero.png alt=b><img src=img/old.png alt=c>");
    site.copy("register/old.png", "site/img/old.png");
    assert!(Command::new("mkfifo").arg(site.0.join("site/img/pipe.png")).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", site.0.join("site/img/zero.png")).unwrap();
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    assert_eq!((rules(&found).len(), code), (1, 2), "{summary:#}");
    assert_eq!(summary["not_checked"].as_array().unwrap().len(), 1);
}

#[test]
fn what_shows_through_is_the_colour_of_the_page() {
    let img = "<img src=img/light.png alt='Gold'>";
    let page = format!(
        "<link rel=stylesheet href=theme.css>\n<section class=allowed>{img}</section>\n<section class=forbidden>{img}</section>\n\
         <section class=picture>{img}</section>\n<section class='copy forbidden'><img src=img/copy.png alt='Gold'></section>\n\
         <section class='copy allowed'><img src=img/copy.png alt='Gold'></section>\n"
    );
    let site = Site::new("behind", &page);
    // White on nothing, as light variants are supplied.
    let inside = |x: u32, y: u32| x.abs_diff(48) * 2 < 116 - y.saturating_sub(40) && (4..92).contains(&y);
    let light = image::RgbaImage::from_fn(96, 96, |x, y| match () {
        () if !inside(x, y) => image::Rgba([0; 4]),
        () if (36..48).contains(&y) && (20..76).contains(&x) => image::Rgba([20, 33, 61, 255]),
        () => image::Rgba([255; 4]),
    });
    light.save(site.0.join("register/light.png")).unwrap();
    site.copy("register/light.png", "site/img/light.png");
    image::imageops::resize(&light, 120, 120, image::imageops::FilterType::Triangle).save(site.0.join("site/img/copy.png")).unwrap();
    site.put(
        "site/theme.css",
        b".allowed {background: #14213d} .forbidden {background: #c0182b} .picture {background: #14213d url(hero.jpg)}",
    );
    let register = "assets:\n  - {id: badge-light, family: badge, status: current, backgrounds: ['#14213d'], files: [light.png]}\n";
    site.put("register/assets.yaml", register.as_bytes());
    let (found, summary, code) = site.check(&[&["site/index.html"], &REGISTER[..]].concat());
    let lines: Vec<(u64, &str)> =
        found.iter().map(|f| (f["primary"]["spans"][0]["line"].as_u64().unwrap(), f["message"].as_str().unwrap())).collect();
    let wrong = "`badge-light` stands on a background that the register does not allow: on #c0182b, ";
    assert!(matches!(lines[..], [(3, a), (5, b)] if a.starts_with(wrong) && b.starts_with(wrong)), "{lines:#?} {summary:#}");
    assert_eq!(code, 0);
}

#[test]
fn style_sheets_that_are_not_read_are_said_once_where_a_mark_is_shown() {
    let links = "<link rel=stylesheet href=css/gone.css><link rel=stylesheet href=https://cdn.example/a.css><link rel=stylesheet media=print href=p.css>\
                 <link rel=stylesheet href='https://fonts.googleapis.com/css2?family=Lato'>";
    let site = Site::new("sheets", &format!("{links}<img src=img/gold.png alt=Gold><img src=img/gold.png?2 alt=Gold>"));
    site.copy("register/gold.png", "site/img/gold.png");
    site.put("site/other.html", format!("{links}<p>No mark.").as_bytes());
    let (found, _, code) = site.check(&[&["site", "--only", "style-sheet-not-read"], &REGISTER[..]].concat());
    assert_eq!(rules(&found), ["site/index.html style-sheet-not-read \"css/gone.css\""]);
    assert!(found[0]["message"].as_str().unwrap().starts_with("2 style sheets were not read"), "{found:#?}");
    assert_eq!((found[0]["severity"].as_str(), code), (Some("note"), 0));
}

#[test]
fn class_names_of_components_alter_pictures() {
    let site = Site::new("class-names", "<p>Hello</p>\n");
    site.copy("register/gold.png", "site/img/gold.png");
    site.put("site/a.mdx", b"<img className=\"grayscale\" src=\"img/gold.png\" alt=\"Gold\" />\n");
    site.put("site/b.html", b"<img className=\"grayscale\" src=\"img/gold.png\" alt=\"Gold\">\n");
    let (found, summary, code) = site.check(&[&["site"], &REGISTER[..]].concat());
    assert_eq!((rules(&found), code), (vec!["site/a.mdx logo-altered-by-css \"grayscale\"".to_owned()], 1), "{summary:#}");
}

#[test]
fn pictures_of_differences_take_nobodys_place() {
    let site = Site::new("no-place", "<img src=img/old.png alt=x>\n");
    site.badge("site/img/old.png", [20, 200, 40]);
    let arguments = [&["site", "--image-diffs", "diffs"], &REGISTER[..]].concat();
    site.check(&arguments);
    let pictures = || fs::read_dir(site.0.join("diffs")).unwrap().map(|f| f.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(pictures().len(), 1);
    let name = pictures().remove(0);
    fs::write(&name, "words").unwrap();
    let (_, summary, _) = site.check(&arguments);
    assert_eq!(fs::read_to_string(&name).unwrap(), "words", "{summary:#}");
    let compare = |out: &str| {
        let run = Command::new(env!("CARGO_BIN_EXE_promolint"))
            .current_dir(&site.0)
            .args(["badge", "compare", "register/gold.png", "site/img/old.png", "--out", out])
            .output()
            .unwrap();
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    for out in ["site/index.html", "register/gold.png"] {
        let before = fs::read(site.0.join(out)).unwrap();
        let (code, words) = compare(out);
        assert!(code == Some(2) && words.contains("nothing was written"), "{out}: {words}");
        assert_eq!(fs::read(site.0.join(out)).unwrap(), before, "{out}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("site/new.png", site.0.join("link.png")).unwrap();
        assert!(compare("link.png").0 == Some(2) && !site.0.join("site/new.png").exists());
        fs::remove_file(&name).unwrap();
        fs::write(site.0.join("words.txt"), "words").unwrap();
        std::os::unix::fs::symlink("../words.txt", &name).unwrap();
        site.check(&arguments);
        assert_eq!(fs::read_to_string(site.0.join("words.txt")).unwrap(), "words");
    }
    compare("new.png");
    assert!(fs::read(site.0.join("new.png")).unwrap().starts_with(b"\x89PNG") && compare("new.png").1.is_empty());
}
