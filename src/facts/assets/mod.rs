//! The register of images as the program supplies them. Read and checked here; what is done with it lives elsewhere.

mod group;
mod guess;
pub mod write;

pub use group::{Found, ImageGroup, group, unexplained};
pub use guess::{Guess, family_of, guess};

use super::forms::{ASSET_USES, BACKGROUNDS, FAMILIES};
use super::kind::Kind;
use super::reader::Reader;
use super::register::{Entries, Register};
use super::value::{Fact, List, State};
use super::{Broken, Day, Tier};
use crate::badge::AlterationKind;
use crate::source::Span;
use crate::yaml::shape::did_you_mean;
use crate::yaml::{Node, Value};
use std::collections::HashMap;
use std::fmt;

/// What the images of a family are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FamilyKind {
    /// Badges that partners are given.
    Badge,
    /// The company's logo or word mark.
    Logo,
    /// The symbol of the company.
    Sprocket,
    /// Certificates of courses and examinations.
    Certificate,
}

impl FamilyKind {
    /// All kinds.
    pub const ALL: [FamilyKind; 4] = [FamilyKind::Badge, FamilyKind::Logo, FamilyKind::Sprocket, FamilyKind::Certificate];

    /// The register's word.
    pub fn name(self) -> &'static str {
        FAMILIES[self as usize]
    }

    /// By the register's word.
    pub fn from_name(name: &str) -> Option<FamilyKind> {
        FamilyKind::ALL.into_iter().find(|k| k.name().eq_ignore_ascii_case(name))
    }
}

/// What an image may stand on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Background {
    /// This colour, sRGB.
    Colour([u8; 3]),
    /// Any light colour.
    Light,
    /// Any dark colour.
    Dark,
    /// Whatever.
    Any,
    /// None of its own: what is behind it shows through.
    Transparent,
}

impl Background {
    /// By a colour as `#rrggbb` or `#rgb`, or by the register's word.
    pub fn parse(text: &str) -> Option<Background> {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "white" => Some(Background::Colour([255; 3])),
            "light" => Some(Background::Light),
            "dark" => Some(Background::Dark),
            "any" => Some(Background::Any),
            "transparent" => Some(Background::Transparent),
            _ => {
                let digits: Vec<u8> =
                    text.strip_prefix('#').unwrap_or(&text).chars().map(|c| Some(c.to_digit(16)? as u8)).collect::<Option<_>>()?;
                match digits[..] {
                    [r, g, b] => Some(Background::Colour([r * 17, g * 17, b * 17])),
                    [a, b, c, d, e, f] => Some(Background::Colour([a * 16 + b, c * 16 + d, e * 16 + f])),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Background {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Background::Colour([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
            Background::Light => f.write_str("light"),
            Background::Dark => f.write_str("dark"),
            Background::Any => f.write_str("any"),
            Background::Transparent => f.write_str("transparent"),
        }
    }
}

/// One file of an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssetFile {
    /// Its path, relative to the register.
    pub path: String,
    /// The SHA-256 of its bytes, in lower case, when the register was written.
    pub sha256: Option<String>,
    /// Its width in pixels.
    pub width: Option<u32>,
    /// Its height in pixels.
    pub height: Option<u32>,
    /// The form it shows, if the image comes in several.
    pub variant: Option<String>,
}

/// One image in all its files.
#[derive(Clone, Debug)]
pub struct Asset {
    /// What it is known by.
    pub id: Fact<String>,
    /// The family it belongs to.
    pub family: Option<Fact<String>>,
    /// The tier it stands for.
    pub tier: State<Tier>,
    /// Whether it may still be used.
    pub current: State<bool>,
    /// Its files.
    pub files: List<AssetFile>,
    /// Forms it comes in.
    pub variants: List<String>,
    /// The least width in pixels.
    pub min_width: State<f64>,
    /// Free space around it, as a share of its height.
    pub clear_space: State<f64>,
    /// What it may stand on.
    pub backgrounds: List<Background>,
    /// How many times its own size it may be enlarged to.
    pub max_upscale: State<f64>,
    /// Alterations that are permitted.
    pub allow: List<AlterationKind>,
    /// What it may be used for.
    pub uses: List<String>,
    /// What to use instead, if it was retired: an id of this register.
    pub successor: Option<Fact<String>>,
    /// The day from which it may no longer be used.
    pub retired_on: State<Day>,
    /// For people.
    pub notes: Option<Fact<String>>,
    /// The entry's place.
    pub span: Span,
}

impl Asset {
    /// Whether it is known to be retired on a day: by `retired_on`, else by its status.
    pub fn is_retired(&self, today: Day) -> bool {
        self.retired_on.value().map_or(self.current.value() == Some(&false), |day| *day <= today)
    }

    /// The colours it may stand on; `None` where the register is silent, or permits more than single colours.
    pub fn colours(&self) -> Option<Vec<[u8; 3]>> {
        let grounds = self.backgrounds.items();
        let single = |b: &Fact<Background>| match b.value {
            Background::Colour(c) => Some(Some(c)),
            Background::Transparent => Some(None),
            _ => None,
        };
        let colours: Vec<_> = grounds.iter().map(single).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        Some(colours).filter(|c| !c.is_empty())
    }
}

/// What images are looked up by.
#[derive(Debug, Default)]
pub struct AssetIndex {
    by_id: HashMap<String, usize>,
    families: HashMap<String, FamilyKind>,
}

/// The register of images; complete if every image is in it.
pub type Assets = Register<Asset, AssetIndex>;

impl Assets {
    /// Reads a register.
    ///
    /// # Errors
    /// Everything in the file that is wrong, each at its place.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Assets, Broken> {
        let entries = Entries { kind: Kind::Assets, read: asset, what: "asset", id: Some(|a: &Asset| &a.id) };
        Register::with_whole(name, bytes, &entries, |root, list, r| {
            same_files(list, r);
            let by_id = list.iter().enumerate().map(|(i, a)| (a.id.value.to_lowercase(), i)).collect();
            let index = AssetIndex { by_id, families: families(root) };
            successors(list, &index, r);
            index
        })
    }

    /// The image of this id.
    pub fn by_id(&self, id: &str) -> Option<&Asset> {
        self.index.by_id.get(&id.to_lowercase()).map(|i| &self.list[*i])
    }

    /// An id that is close to what somebody wrote.
    pub fn id_near(&self, id: &str) -> Option<&str> {
        did_you_mean(id, self.list.iter().map(|a| a.id.value.as_str()))
    }

    /// What the images of an asset's family are: by `families`, or by the family's name, the last word of which may say it
    /// (`solutions-badge`).
    pub fn family_kind(&self, asset: &Asset) -> Option<FamilyKind> {
        let family = asset.family.as_ref()?.value.to_lowercase();
        let last = family.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        self.index.families.get(&family).copied().or_else(|| FamilyKind::from_name(last))
    }

    /// The image to use instead of a retired one: its successor, or that one's if it was retired too.
    pub fn successor(&self, asset: &Asset, today: Day) -> Option<&Asset> {
        let mut next = asset.successor.as_ref();
        for _ in 0..self.list.len() {
            let at = self.by_id(&next?.value)?;
            if !at.is_retired(today) {
                return Some(at);
            }
            next = at.successor.as_ref();
        }
        None
    }

    /// The image to use: this one, or if it was retired its successor, or a current one of its family and tier.
    pub fn to_use<'a>(&'a self, asset: &'a Asset, today: Day) -> Option<&'a Asset> {
        if !asset.is_retired(today) {
            return Some(asset);
        }
        let family = |a: &Asset| a.family.as_ref().map(|f| f.value.to_lowercase());
        let like = |a: &&Asset| !a.is_retired(today) && family(a) == family(asset) && a.tier.value() == asset.tier.value();
        self.successor(asset, today).or_else(|| self.list.iter().find(like).filter(|_| asset.family.is_some()))
    }
}

fn families(root: &Node) -> HashMap<String, FamilyKind> {
    let known = root.get("families").and_then(Node::as_map).unwrap_or_default();
    known.iter().filter_map(|(k, v)| Some((k.scalar()?.to_lowercase(), FamilyKind::from_name(v.scalar()?)?))).collect()
}

/// A path without what does not change where it leads.
fn normal(path: &str) -> String {
    path.split(['/', '\\']).filter(|p| !p.is_empty() && *p != ".").collect::<Vec<_>>().join("/")
}

/// A file belongs to one image: else nobody could say which one a copy of it shows.
fn same_files(list: &[Asset], r: &mut Reader) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for a in list {
        for f in a.files.items() {
            match seen.get(&normal(&f.value.path)) {
                Some(id) if *id == a.id.value => r.fault(f.span, format!("`{}` is there twice", f.value.path), "leave one of them out"),
                Some(id) => r.fault(
                    f.span,
                    format!("`{}` is a file of `{id}` already", f.value.path),
                    "a file belongs to one image: take it out of the other, or make one entry of both",
                ),
                None => drop(seen.insert(normal(&f.value.path), &a.id.value)),
            }
        }
    }
}

fn successors(list: &[Asset], index: &AssetIndex, r: &mut Reader) {
    for a in list {
        let Some(s) = &a.successor else { continue };
        if s.value.eq_ignore_ascii_case(&a.id.value) {
            r.fault(s.span, format!("`{}` cannot come after itself", s.value), "name the image that is to be used instead");
        } else if !index.by_id.contains_key(&s.value.to_lowercase()) {
            let help = did_you_mean(&s.value, list.iter().map(|a| a.id.value.as_str()))
                .map_or_else(|| "give the id of an image in this register".to_owned(), |n| format!("did you mean `{n}`?"));
            r.fault(s.span, format!("there is no asset `{}`", s.value), help);
        }
    }
}

fn asset(node: &Node, r: &mut Reader) -> Option<Asset> {
    let current = r.text(node, "status").map_or(State::Unknown, |f| State::Is(Fact::new(f.value == "current", f.span)));
    let retired_on = r.day(node, "retired_on");
    Some(Asset {
        id: r.required(node, "id")?,
        family: r.text(node, "family"),
        tier: r.tier(node, "tier"),
        current,
        files: r.list_of(node, "files", file),
        variants: r.list(node, "variants"),
        min_width: ranged(r, node, "min_width", 1.0, 12_000.0, "pixels, from 1 to 12000"),
        clear_space: ranged(r, node, "clear_space", 0.0, 2.0, "a share of the height, as 0.25 for a quarter of it, at most 2"),
        backgrounds: r.list_of(node, "backgrounds", background),
        max_upscale: ranged(r, node, "max_upscale", 1.0, 16.0, "a factor from 1, which is its own size, to 16"),
        allow: r.list_of(node, "allow", alteration),
        uses: r.list_of(node, "uses", |r, n| word(r, n, "use", ASSET_USES.iter().copied()).map(str::to_owned)),
        successor: r.text(node, "successor"),
        retired_on,
        notes: r.text(node, "notes"),
        span: node.span,
    })
}

fn ranged(r: &mut Reader, node: &Node, key: &str, least: f64, most: f64, help: &str) -> State<f64> {
    match node.get(key) {
        Some(n) if matches!(n.value, Value::Number(v) if !(least..=most).contains(&v)) => {
            r.fault(n.span, format!("`{key}` cannot be {}", n.scalar().unwrap_or_default()), format!("write {help}"));
            State::Unknown
        }
        _ => r.number(node, key),
    }
}

/// One of some words; another is a fault.
fn word<'w>(r: &mut Reader, node: &Node, what: &str, words: impl Iterator<Item = &'w str> + Clone) -> Option<&'w str> {
    let written = node.scalar()?.trim();
    let found = words.clone().find(|w| w.eq_ignore_ascii_case(written));
    if found.is_none() {
        let help = match did_you_mean(written, words.clone()) {
            Some(w) => format!("did you mean `{w}`?"),
            None => format!("one of: {}", words.collect::<Vec<_>>().join(", ")),
        };
        r.fault(node.span, format!("`{written}` is no {what}"), help);
    }
    found
}

fn alteration(r: &mut Reader, node: &Node) -> Option<AlterationKind> {
    let name = word(r, node, "alteration", AlterationKind::ALL.iter().map(|(_, n)| *n))?;
    AlterationKind::ALL.iter().find(|(_, n)| *n == name).map(|(k, _)| *k)
}

fn background(r: &mut Reader, node: &Node) -> Option<Background> {
    let written = node.scalar()?;
    let found = Background::parse(written);
    if found.is_none() {
        let help = match did_you_mean(written, BACKGROUNDS.iter().copied()) {
            Some(w) => format!("did you mean `{w}`?"),
            None => format!("write \"#rrggbb\" in quotes, or one of: {}", BACKGROUNDS.join(", ")),
        };
        r.fault(node.span, format!("`{}` is no colour", written.trim()), help);
    }
    found
}

/// A file by its path, or with what is known of it.
fn file(r: &mut Reader, node: &Node) -> Option<AssetFile> {
    if let Some(path) = node.scalar() {
        let path = path.trim();
        if path.is_empty() {
            r.fault(node.span, "this file has no name", "write its path, relative to this register");
            return None;
        }
        return Some(AssetFile { path: path.to_owned(), sha256: None, width: None, height: None, variant: None });
    }
    let path = r.required(node, "path")?;
    let sha256 = r.text(node, "sha256").and_then(|h| {
        let good = h.value.len() == 64 && h.value.bytes().all(|b| b.is_ascii_hexdigit());
        if !good {
            r.fault(h.span, "this is no SHA-256, which has 64 digits from 0 to f", "`promolint badge index FOLDER --merge` writes it");
        }
        good.then(|| h.value.to_ascii_lowercase())
    });
    let pixels = |r: &mut Reader, key| ranged(r, node, key, 1.0, 1e6, "whole pixels, 1 or more").value().map(|v| *v as u32);
    let (width, height) = (pixels(r, "width"), pixels(r, "height"));
    Some(AssetFile { path: path.value, sha256, width, height, variant: r.text(node, "variant").map(|f| f.value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(String, String, String)> {
        let broken = Assets::read("assets.yaml", text.as_bytes().to_vec()).expect_err("broken");
        let at = |f: &crate::yaml::Fault| text[f.span.range()].to_owned();
        broken.faults.iter().map(|f| (at(f), f.message.clone(), f.help.clone())).collect()
    }

    #[test]
    fn all_keys_are_read() {
        let hash = "AB".repeat(32);
        let text = format!(
            "families: {{solutions: badge}}\nassets:\n  - id: gold\n    family: solutions\n    tier: gold\n    files: [gold.svg, {{path: gold.png, \
             sha256: {hash}, width: 240, height: 200, variant: dark}}]\n    variants: [dark]\n    min_width: 80\n    clear_space: 0.25\n    \
             backgrounds: [\"#FFF\", white, transparent, \"#1d2b4f\"]\n    max_upscale: 2\n    allow: [mono, clear-space]\n    uses: [page, icon]\n  \
             - {{id: old, status: retired, successor: older, retired_on: 2024-01-31, backgrounds: [light]}}\n  - {{id: older, status: retired, \
             successor: Gold, family: academy-certificate}}\n  - {{id: later, status: current, retired_on: 2099-01-01}}\n"
        );
        let r = Assets::read("assets.yaml", text.into_bytes()).unwrap_or_else(|b| panic!("{:?}", b.faults));
        let gold = r.by_id("GOLD").expect("gold");
        let [svg, png] = gold.files.items() else { panic!("two files") };
        assert_eq!((svg.value.path.as_str(), svg.value.width), ("gold.svg", None));
        assert_eq!((png.value.width, png.value.height, png.value.variant.as_deref()), (Some(240), Some(200), Some("dark")));
        assert_eq!(png.value.sha256.as_deref(), Some("ab".repeat(32).as_str()));
        assert_eq!(gold.colours(), Some(vec![[255; 3], [255; 3], [0x1d, 0x2b, 0x4f]]));
        assert_eq!(gold.allow.items().iter().map(|a| a.value.name()).collect::<Vec<_>>(), ["mono", "clear-space"]);
        assert_eq!(r.family_kind(gold), Some(FamilyKind::Badge));
        let today = Day::parse("2026-11-21").expect("a day");
        let [old, older, later] = ["old", "older", "later"].map(|i| r.by_id(i).expect("there"));
        assert_eq!(old.colours(), None);
        assert_eq!(r.family_kind(older), Some(FamilyKind::Certificate));
        assert!(old.is_retired(today) && older.is_retired(today) && !gold.is_retired(today) && !later.is_retired(today));
        assert_eq!(r.successor(old, today).map(|a| a.id.value.as_str()), Some("gold"));
        assert_eq!(r.successor(gold, today).map(|a| &a.id.value), None);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let text = "assets:\n  - {id: a, files: [x.svg, ./y.png], allow: [strech], backgrounds: [reddish, wite], uses: [pages]}\n  \
                    - {id: b, files: [y.png], successor: aa, min_width: 0, clear_space: 40, max_upscale: 0.5}\n  \
                    - {id: c, successor: c, files: [{path: z.png, sha256: 12, width: 0}]}\n";
        let found = faults(text);
        let has = |at: &str, message: &str, help: &str| {
            assert!(
                found.iter().any(|(a, m, h)| a == at && m.contains(message) && h.contains(help)),
                "{at}: {message}: {help}\n{found:#?}"
            );
        };
        has("strech", "no alteration", "did you mean `stretch`?");
        has("reddish", "no colour", "#rrggbb");
        has("wite", "no colour", "did you mean `white`?");
        has("pages", "no use", "did you mean `page`?");
        has("y.png", "a file of `a` already", "one image");
        has("aa", "no asset `aa`", "did you mean `a`?");
        has("0", "`min_width` cannot be 0", "from 1");
        has("40", "`clear_space` cannot be 40", "quarter");
        has("0.5", "`max_upscale`", "factor");
        has("c", "after itself", "instead");
        has("12", "SHA-256", "badge index");
        has("0", "`width`", "pixels");
        assert_eq!(found.len(), 12);
    }
}
