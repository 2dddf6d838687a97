//! `promolint badge compare`: an image held against a supplied one, or against a register of them.

use super::{IMAGE, Image, bytes, hex, show};
use crate::badge::{Alteration, Comparison, Library, Limits, Mark, Region, Setting, Verdict};
use crate::cli::args::{Color, CompareArgs, CompareFormat, Selection};
use crate::cli::{complain, exit, files, print, refuse, setup, stderr_palette, stdout_palette};
use crate::engine::cache::Cache;
use crate::engine::{io_message, is_png_or_empty, name_of, references_kept};
use crate::facts::{Asset, Assets, Day, Kind};
use crate::finding::{Severity, Trouble};
use crate::report::{Palette, clean, rich_trouble};
use image::ImageFormat;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// The version of the JSON.
const SCHEMA: &str = "promolint.compare/1";

/// Runs the command.
pub fn run(args: &CompareArgs) -> u8 {
    compare(args).unwrap_or_else(|code| code)
}

/// What a candidate is held against.
struct Supplied {
    library: Library,
    /// The register with its folder; none where a single file was given.
    register: Option<(Assets, PathBuf)>,
    /// The single file.
    file: Option<PathBuf>,
    /// Paths of the register's files by their bytes.
    paths: Vec<([u8; 32], String)>,
    today: Day,
    troubles: Vec<Trouble>,
}

/// Refuses to write the picture over what is compared, or over anything but a picture.
fn may_write(out: &Path, args: &CompareArgs) -> Result<(), u8> {
    let name = name_of(out);
    let inputs = args.files.iter().chain(&args.assets).filter_map(|f| f.canonicalize().ok());
    let whole = out.canonicalize().ok();
    let reason = match whole {
        _ if files::is_dangling(out) => format!("{name} is a link to a file that is not there"),
        Some(whole) if inputs.into_iter().any(|i| i == whole) => format!("the picture would be written over {name}, which is compared"),
        Some(whole) if whole.is_file() && !is_png_or_empty(&whole) => format!("{name} is there already, and is no PNG picture"),
        _ => return Ok(()),
    };
    Err(refuse(&reason, "name another file, or remove this one; nothing was written"))
}

fn compare(args: &CompareArgs) -> Result<u8, u8> {
    args.out.as_deref().map_or(Ok(()), |out| may_write(out, args))?;
    let limits = Limits::default();
    let (supplied, candidate) = match args.files.as_slice() {
        [reference, candidate] if is_register(reference) => {
            if args.assets.is_some() {
                return Err(refuse("two registers were given", "leave out `--assets`, or the first file"));
            }
            (Supplied::register(reference, args, &limits)?, candidate)
        }
        [_, _] if args.assets.is_some() || args.asset.is_some() => {
            let help = "with a register only the image in question is given: `promolint badge compare --assets FILE CANDIDATE`";
            return Err(refuse("both a supplied image and a register were given", help));
        }
        [reference, candidate] => (Supplied::file(reference, args, &limits)?, candidate),
        [candidate] => {
            let file = match &args.assets {
                Some(f) => f.clone(),
                None => of_configuration(args)?,
            };
            (Supplied::register(&file, args, &limits)?, candidate)
        }
        _ => return Err(refuse("there is no image to compare", "give the supplied image, then the one in question")),
    };
    let asset = match (&args.asset, &supplied.register) {
        (Some(id), Some((assets, _))) => match assets.by_id(id) {
            Some(a) => Some(a.id.value.clone()),
            None => {
                let help = assets.id_near(id).map_or_else(|| "give an id of that register".to_owned(), |n| format!("did you mean `{n}`?"));
                return Err(refuse(&format!("{} has no asset `{id}`", assets.source().name()), &help));
            }
        },
        _ => None,
    };
    let palette = stderr_palette(args.color);
    supplied.troubles.iter().for_each(|t| complain(&rich_trouble(t, palette)));
    if supplied.library.references().is_empty() {
        return Err(refuse(
            "there is no supplied image to compare with",
            "`promolint register check FILE` says what is wrong in a register",
        ));
    }
    let name = name_of(candidate);
    let image = read(candidate, &limits, args.color)?;
    let comparison = image.held_against(&supplied.library, Setting { behind: args.behind });
    let result = Outcome::of(&supplied, &name, &image, comparison, asset.as_deref());
    let code = match args.format {
        CompareFormat::Rich => print(&result.words(stdout_palette(args.color))),
        CompareFormat::Json => print(&(serde_json::to_string_pretty(&result.json()).unwrap_or_default() + "\n")),
    };
    if code != exit::OK {
        return Err(code);
    }
    result.draw(args)?;
    let worst = if supplied.troubles.is_empty() { exit::OK } else { exit::TROUBLE };
    Ok(worst.max(result.code()))
}

fn is_register(file: &Path) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
}

fn of_configuration(args: &CompareArgs) -> Result<PathBuf, u8> {
    let config = setup::configuration(&Selection { color: args.color, ..Selection::default() }, Path::new("."))?;
    let named = config.registers.get("assets").map(|r| config.folder().join(&r.file));
    named.ok_or_else(|| {
        let help =
            "give the supplied image first, or name a register with `--assets FILE` or in promolint.yaml: `registers: {assets: FILE}`";
        refuse("there is nothing to compare with", help)
    })
}

/// An image that a person named.
fn read(file: &Path, limits: &Limits, color: Color) -> Result<Image, u8> {
    let bytes = bytes(file, limits).map_err(|e| files::unreadable(file, &IMAGE, &e))?;
    Image::of(&bytes, limits).map_err(|r| {
        let name = name_of(file);
        complain(&rich_trouble(
            &Trouble::about(name, format!("this image cannot be compared: {}", r.message), r.help),
            stderr_palette(color),
        ));
        exit::TROUBLE
    })
}

impl Supplied {
    fn file(file: &Path, args: &CompareArgs, limits: &Limits) -> Result<Supplied, u8> {
        let image = read(file, limits, args.color)?;
        Ok(Supplied {
            library: Library::new(vec![image.into_reference(name_of(file))]),
            register: None,
            file: Some(file.to_owned()),
            paths: Vec::new(),
            today: Day::today(),
            troubles: Vec::new(),
        })
    }

    fn register(file: &Path, args: &CompareArgs, limits: &Limits) -> Result<Supplied, u8> {
        let assets = setup::register(file, &files::register(Kind::Assets), args.color, Assets::read)?;
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let today = args.today.unwrap_or_else(Day::today);
        let paths = RefCell::new(Vec::new());
        let open = |path: &str| {
            let bytes = bytes(&folder.join(path), limits).map_err(|e| io_message(&e))?;
            paths.borrow_mut().push((Sha256::digest(&bytes).into(), path.to_owned()));
            Ok(bytes)
        };
        let cache = if args.no_cache { None } else { Cache::of_user() };
        let (references, troubles) = references_kept(&assets, today, &open, cache.as_ref());
        let paths = paths.into_inner();
        Ok(Supplied { library: Library::new(references), register: Some((assets, folder)), file: None, paths, today, troubles })
    }

    fn asset(&self, mark: &Mark) -> Option<&Asset> {
        self.register.as_ref()?.0.by_id(&self.library.references().get(mark.reference)?.id)
    }

    /// The file of a mark's reference.
    fn path(&self, mark: &Mark) -> Option<String> {
        let reference = self.library.references().get(mark.reference)?;
        if let Some(file) = &self.file {
            return Some(name_of(file));
        }
        let (_, folder) = self.register.as_ref()?;
        self.paths.iter().find(|(h, _)| *h == reference.sha256).map(|(_, p)| name_of(&folder.join(p)))
    }

    /// The file to use instead of what was found: one of the same form, if the image has several.
    fn instead(&self, mark: &Mark) -> Option<(String, String)> {
        let (assets, folder) = match &self.register {
            Some(r) => (&r.0, &r.1),
            None => return self.path(mark).map(|p| (p.clone(), p)),
        };
        let shown = self.asset(mark)?;
        let to_use = assets.to_use(shown, self.today)?;
        let hash = self.library.references().get(mark.reference)?.sha256;
        let path = self.paths.iter().find(|(h, _)| *h == hash).map(|(_, p)| p);
        let variant = shown.files.items().iter().find(|f| Some(&f.value.path) == path).and_then(|f| f.value.variant.clone());
        let items = to_use.files.items();
        let file = items.iter().find(|f| f.value.variant == variant).or(items.first())?;
        Some((to_use.id.value.clone(), name_of(&folder.join(&file.value.path))))
    }
}

/// A mark with what the register says of it.
struct Found {
    mark: Mark,
    id: String,
    /// The verdict, once what the register permits is no alteration.
    verdict: Verdict,
    /// Ways in which it differs, with whether the register permits them.
    ways: Vec<(Alteration, bool)>,
    path: Option<String>,
    instead: Option<(String, String)>,
    retired_on: Option<Day>,
}

/// What a comparison comes to.
struct Outcome<'a> {
    supplied: &'a Supplied,
    name: &'a str,
    image: &'a Image,
    found: Vec<Found>,
    /// The only image that was asked for.
    asked: Option<&'a str>,
}

impl<'a> Outcome<'a> {
    fn of(supplied: &'a Supplied, name: &'a str, image: &'a Image, comparison: Comparison, asked: Option<&'a str>) -> Outcome<'a> {
        let found = comparison.marks.into_iter().map(|mark| {
            let asset = supplied.asset(&mark);
            let permitted = |a: &Alteration| asset.is_some_and(|s| s.allow.items().iter().any(|k| k.value == a.kind));
            let ways: Vec<(Alteration, bool)> = mark.alterations.iter().map(|a| (a.clone(), permitted(a))).collect();
            let all_permitted = !ways.is_empty() && ways.iter().all(|(_, p)| *p);
            let verdict = if mark.verdict == Verdict::Altered && all_permitted { Verdict::Copy } else { mark.verdict };
            Found {
                id: supplied.library.references().get(mark.reference).map(|r| r.id.clone()).unwrap_or_default(),
                verdict,
                ways,
                path: supplied.path(&mark),
                instead: supplied.instead(&mark).filter(|_| !matches!(verdict, Verdict::Identical | Verdict::Copy | Verdict::Unsure)),
                retired_on: asset.and_then(|a| a.retired_on.value().copied()),
                mark,
            }
        });
        Outcome { supplied, name, image, found: found.collect(), asked }
    }

    /// Whether a mark is of the image that was asked for.
    fn is_asked(&self, f: &Found) -> bool {
        self.asked.is_none_or(|a| f.id.eq_ignore_ascii_case(a))
    }

    fn code(&self) -> u8 {
        let codes = self.found.iter().filter(|f| self.is_asked(f)).map(|f| match f.verdict {
            Verdict::Identical | Verdict::Copy => exit::OK,
            Verdict::Altered | Verdict::Outdated | Verdict::LookAlike => exit::FOUND,
            Verdict::Unsure => exit::TROUBLE,
        });
        // What is plainly wrong counts before what is not known.
        let codes: Vec<u8> = codes.collect();
        match () {
            () if codes.is_empty() || codes.contains(&exit::FOUND) => exit::FOUND,
            () if codes.contains(&exit::TROUBLE) => exit::TROUBLE,
            () => exit::OK,
        }
    }

    fn words(&self, palette: Palette) -> String {
        let name = clean(self.name);
        let mut out = String::new();
        for f in &self.found {
            let id = clean(&f.id);
            let (severity, word, says) = match f.verdict {
                Verdict::Identical => (Severity::Note, "identical", format!("{name} is the very file of `{id}`")),
                Verdict::Copy => (Severity::Note, "copy", format!("{name} shows `{id}` as it was supplied")),
                Verdict::Altered => (Severity::Error, "altered", format!("{name} shows `{id}`, altered")),
                Verdict::Outdated => {
                    let on = f.retired_on.map_or(String::new(), |d| format!(" on {d}"));
                    (Severity::Warning, "outdated", format!("{name} shows `{id}`, which was retired{on}"))
                }
                Verdict::LookAlike => {
                    (Severity::Warning, "look-alike", format!("{name} is like `{id}` in form and another image in content"))
                }
                Verdict::Unsure => (Severity::Note, "unsure", format!("{name} may show `{id}`")),
            };
            out.push_str(&format!("{}: {}\n", palette.severity(severity, word), palette.bold(&says)));
            let mut line = |what: &str, text: String| out.push_str(&format!("  {what}: {text}\n"));
            if let Some(asked) = self.asked.filter(|_| !self.is_asked(f)) {
                line("asked for", format!("`{}`, which is another image", clean(asked)));
            }
            for (a, permitted) in &f.ways {
                let at = a.region.map_or(String::new(), |r| format!(", at {}", place(r)));
                let kind = a.kind.name();
                let what = if *permitted { "permitted" } else { "differs" };
                line(what, format!("{} ({kind}{at})", clean(&a.words)));
            }
            if let Some(why) = &f.mark.unsure {
                line("why", clean(why));
            }
            let whole = Region { x: 0, y: 0, width: self.image.size().0, height: self.image.size().1 };
            if f.mark.region != whole {
                line("where", place(f.mark.region));
            }
            if let Some(p) = f.path.as_ref().filter(|p| **p != f.id) {
                line("supplied as", clean(p));
            }
            line("sure to", format!("{:.0} %", f.mark.confidence.clamp(0.0, 1.0) * 100.0));
            if let Some((id, path)) = &f.instead {
                line("use instead", if id == path { clean(path) } else { format!("{} (`{}`)", clean(path), clean(id)) });
            }
        }
        if self.found.is_empty() {
            let word = palette.severity(Severity::Warning, "unrelated");
            let what = match (&self.supplied.register, self.asked) {
                (_, Some(id)) => format!("`{}`", clean(id)),
                (Some((assets, _)), None) => format!("any image of {}", clean(assets.source().name())),
                (None, None) => format!("`{}`", clean(&self.supplied.library.references()[0].id)),
            };
            out.push_str(&format!("{word}: {}\n", palette.bold(&format!("{name} does not show {what}"))));
        }
        out
    }

    fn json(&self) -> Value {
        let region = |r: Region| json!({"x": r.x, "y": r.y, "width": r.width, "height": r.height});
        let marks = self.found.iter().map(|f| {
            let ways = f.ways.iter().map(|(a, permitted)| {
                json!({
                    "kind": a.kind.name(), "words": a.words, "measured": number(a.measured), "allowed": number(a.allowed),
                    "permitted": permitted, "region": a.region.map(region), "span": a.span.as_ref().map(|s| json!({"start": s.start, "end": s.end})),
                })
            });
            json!({
                "verdict": verdict(f.verdict), "asset": f.id, "file": f.path, "asked_for": self.is_asked(f),
                "confidence": number(f.mark.confidence), "region": region(f.mark.region),
                "alterations": ways.collect::<Vec<_>>(), "unsure": f.mark.unsure,
                "use_instead": f.instead.as_ref().map(|(id, path)| json!({"asset": id, "file": path})),
            })
        });
        let (width, height) = self.image.size();
        json!({
            "schema": SCHEMA, "path": self.name, "sha256": hex(&self.image.sha256), "width": width, "height": height,
            "marks": marks.collect::<Vec<_>>(),
        })
    }

    /// The picture of what differs: into a file, and into a terminal.
    fn draw(&self, args: &CompareArgs) -> Result<(), u8> {
        let bad = |f: &&Found| !matches!(f.verdict, Verdict::Identical | Verdict::Copy);
        let Some(first) = self.found.iter().find(bad).or(self.found.first()) else {
            if let Some(out) = &args.out {
                complain(&format!("{} was not written: nothing supplied was found that could be drawn beside it", name_of(out)));
            }
            return Ok(());
        };
        // Drawing takes as long as comparing.
        let wanted = args.out.is_some() || args.format == CompareFormat::Rich;
        if !wanted || args.out.is_none() && !show::wanted(args.show) {
            return Ok(());
        }
        let picture = self.supplied.library.picture_of(&self.image.picture, &first.mark);
        if let Some(out) = &args.out {
            let mut png = Cursor::new(Vec::new());
            if let Err(e) = picture.write_to(&mut png, ImageFormat::Png) {
                return Err(refuse(&format!("cannot write {}: {e}", name_of(out)), "nothing was changed"));
            }
            files::replace(out, |file| file.write_all(png.get_ref()).map(|()| true))?;
        }
        if args.format == CompareFormat::Rich {
            let shown = show::shown(&picture, args.show);
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(&shown).and_then(|()| out.flush());
        }
        Ok(())
    }
}

fn place(r: Region) -> String {
    format!("{} x {} pixels from {}, {}", r.width, r.height, r.x, r.y)
}

/// A number as people read it: three places are more than was measured.
fn number(n: f32) -> Value {
    if n.is_finite() { json!((f64::from(n) * 1000.0).round() / 1000.0) } else { Value::Null }
}

fn verdict(v: Verdict) -> &'static str {
    match v {
        Verdict::Identical => "identical",
        Verdict::Copy => "copy",
        Verdict::Altered => "altered",
        Verdict::Outdated => "outdated",
        Verdict::LookAlike => "look-alike",
        Verdict::Unsure => "unsure",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::badge::{AlterationKind, Encoding, Picture, Reference};
    use image::RgbaImage;

    const REGISTER: &str = "assets:\n  - {id: gold, tier: gold, files: [gold.svg, {path: dark.svg, variant: dark}], allow: [mono]}\n  \
        - {id: gold-2021, status: retired, retired_on: 2024-01-01, successor: gold, files: [old.svg, {path: old-dark.svg, variant: dark}]}\n";

    fn supplied() -> Supplied {
        let assets = Assets::read("kit/assets.yaml", REGISTER.as_bytes().to_vec()).unwrap_or_else(|b| panic!("{:?}", b.faults));
        let picture = Picture { pixels: RgbaImage::new(4, 4), encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 };
        let reference = |id: &str, n: u8| Reference {
            id: id.into(),
            family: None,
            tier: None,
            retired: false,
            sha256: [n; 32],
            picture: picture.clone(),
            drawing: None,
            min_width: None,
            clear_space: None,
            backgrounds: None,
            max_upscale: None,
        };
        let files = [("gold", "gold.svg"), ("gold", "dark.svg"), ("gold-2021", "old.svg"), ("gold-2021", "old-dark.svg")];
        Supplied {
            library: Library::new(files.iter().zip(0..).map(|((id, _), n)| reference(id, n)).collect()),
            paths: files.iter().zip(0..).map(|((_, path), n)| ([n; 32], (*path).to_owned())).collect(),
            register: Some((assets, PathBuf::from("kit"))),
            file: None,
            today: Day::parse("2026-11-21").expect("a day"),
            troubles: Vec::new(),
        }
    }

    fn said(verdict: Verdict, reference: usize, kinds: &[AlterationKind], asked: Option<&str>) -> (u8, String, Value) {
        let supplied = supplied();
        let picture = Picture { pixels: RgbaImage::new(200, 100), encoding: Encoding::Png, frames: 1, rough_colours: false, scale: 1.0 };
        let image = Image { picture, sha256: [9; 32], drawing: None };
        let way = |k: &AlterationKind| Alteration {
            kind: *k,
            words: format!("is {}", k.name()),
            measured: 7.25,
            allowed: 1.0,
            region: None,
            span: None,
        };
        let mark = Mark {
            reference,
            verdict,
            region: Region { x: 10, y: 5, width: 50, height: 60 },
            confidence: 0.974,
            alterations: kinds.iter().map(way).collect(),
            unsure: (verdict == Verdict::Unsure).then(|| "it is too small".to_owned()),
            place: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        };
        let outcome = Outcome::of(&supplied, "a.png", &image, Comparison { marks: vec![mark] }, asked);
        (outcome.code(), outcome.words(Palette::new(false)), outcome.json())
    }

    #[test]
    fn verdicts_in_words_and_as_data() {
        use AlterationKind::{Mono, Stretch};
        let (code, words, json) = said(Verdict::Altered, 1, &[Stretch, Mono], None);
        assert_eq!(code, 1);
        assert_eq!(
            words,
            "altered: a.png shows `gold`, altered\n  differs: is stretch (stretch)\n  permitted: is mono (mono)\n  where: 50 x 60 pixels from 10, 5\n  \
             supplied as: kit/dark.svg\n  sure to: 97 %\n  use instead: kit/dark.svg (`gold`)\n"
        );
        let mark = &json["marks"][0];
        assert_eq!((mark["alterations"][0]["measured"].as_f64(), mark["alterations"][1]["permitted"].as_bool()), (Some(7.25), Some(true)));
        assert_eq!(mark["use_instead"]["file"], "kit/dark.svg");

        // What the register permits leaves a copy.
        let (code, words, _) = said(Verdict::Altered, 0, &[Mono], None);
        assert!(
            code == 0 && words.starts_with("copy: a.png shows `gold` as it was supplied\n") && !words.contains("use instead"),
            "{words}"
        );

        // Of a retired image, the same form of the one that came after it.
        let (code, words, _) = said(Verdict::Outdated, 3, &[], None);
        assert!(
            code == 1 && words.contains("which was retired on 2024-01-01") && words.contains("use instead: kit/dark.svg (`gold`)"),
            "{words}"
        );

        let (code, words, _) = said(Verdict::Unsure, 0, &[], None);
        assert!(code == 2 && words.contains("why: it is too small"), "{words}");
        assert_eq!(said(Verdict::Identical, 0, &[], None).0, 0);
        assert_eq!(said(Verdict::LookAlike, 0, &[], None).0, 1);

        // Another image than the one that was asked for, and none.
        let (code, words, json) = said(Verdict::Copy, 0, &[], Some("gold-2021"));
        assert!(
            code == 1 && words.contains("asked for: `gold-2021`, which is another image") && json["marks"][0]["asked_for"] == false,
            "{words}"
        );
        let (supplied, image) =
            (supplied(), Image { picture: supplied().library.references()[0].picture.clone(), sha256: [9; 32], drawing: None });
        let none = Outcome::of(&supplied, "a.png", &image, Comparison::default(), None);
        assert_eq!(
            (none.code(), none.words(Palette::new(false)).as_str()),
            (1, "unrelated: a.png does not show any image of kit/assets.yaml\n")
        );
    }
}
