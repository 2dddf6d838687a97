//! Files of a folder grouped into images: by their names and their bytes. Where both say too little, what was seen in the pixels can join or
//! question groups.

use super::guess::{Guess, family_of, guess};
use super::write::NewAsset;
use super::{AssetFile, FamilyKind};
use std::collections::HashMap;

/// A file that was found in a folder.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its path, relative to the folder that was read.
    pub path: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Whether it is a drawing, which has any size.
    pub drawing: bool,
}

/// Files that belong to one image.
#[derive(Clone, Debug)]
pub struct ImageGroup {
    /// What the image is to be known by.
    pub id: String,
    /// What the paths tell of it.
    pub guess: Guess,
    /// Its files with the form each shows: the drawing first, then the largest.
    pub files: Vec<(Found, Option<String>)>,
}

/// Groups files into images. `root` is the name of the folder that was read.
pub fn group(root: &str, files: Vec<Found>) -> Vec<ImageGroup> {
    let mut groups: Vec<ImageGroup> = Vec::new();
    let mut by_name: HashMap<(Option<String>, Option<bool>, String), usize> = HashMap::new();
    let mut by_bytes: HashMap<String, usize> = HashMap::new();
    for f in files {
        let g = guess(&f.path, (f.width, f.height));
        let variant = (!g.variants.is_empty()).then(|| g.variants.join("-"));
        let key = (g.family.clone(), g.current, g.stem.clone());
        // The same bytes are the same image, whatever they are called; but one that was retired stays apart.
        let same = by_bytes.get(&f.sha256).copied().filter(|i| groups[*i].guess.current == g.current);
        let at = by_name.get(&key).copied().or(same).unwrap_or_else(|| {
            groups.push(ImageGroup { id: g.stem.clone(), guess: g.clone(), files: Vec::new() });
            groups.len() - 1
        });
        by_name.insert(key, at);
        by_bytes.entry(f.sha256.clone()).or_insert(at);
        groups[at].files.push((f, variant));
    }
    families(root, &mut groups);
    ids(&mut groups);
    for g in &mut groups {
        g.files.sort_by(|(a, av), (b, bv)| {
            (av, !a.drawing, std::cmp::Reverse(a.width), &a.path).cmp(&(bv, !b.drawing, std::cmp::Reverse(b.width), &b.path))
        });
    }
    groups.sort_by(|a, b| {
        let rank = |g: &ImageGroup| (g.guess.current == Some(false), g.guess.family.clone(), g.guess.tiers.clone(), g.id.clone());
        rank(a).cmp(&rank(b))
    });
    groups
}

/// A family that other images have, where an image's own name begins with its word; else that of the whole folder.
fn families(root: &str, groups: &mut [ImageGroup]) {
    let known: Vec<String> = groups.iter().filter_map(|g| g.guess.family.clone()).collect();
    for g in groups.iter_mut().filter(|g| g.guess.family.is_none()) {
        let begins = |k: &&String| g.guess.stem.strip_prefix(k.as_str()).is_some_and(|r| r.starts_with('-'));
        g.guess.family = known.iter().find(begins).cloned().or_else(|| family_of(root).map(str::to_owned));
    }
}

/// No two images have one id: where names clash, the family is put before them, then what else there is.
fn ids(groups: &mut [ImageGroup]) {
    let mut many: HashMap<String, usize> = HashMap::new();
    groups.iter().for_each(|g| *many.entry(g.id.clone()).or_default() += 1);
    for g in groups.iter_mut().filter(|g| many.get(&g.id).is_some_and(|n| *n > 1)) {
        if let Some(f) = g.guess.family.as_ref().filter(|f| !g.id.starts_with(f.as_str())) {
            g.id = format!("{f}-{}", g.id);
        }
        if g.guess.current == Some(false) {
            g.id.push_str("-retired");
        }
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    for g in groups.iter_mut() {
        let n = taken.entry(g.id.clone()).or_default();
        *n += 1;
        if *n > 1 {
            g.id = format!("{}-{n}", g.id);
        }
    }
}

impl ImageGroup {
    /// The tier, if one is named and no other.
    pub fn tier(&self) -> Option<&'static str> {
        match self.guess.tiers[..] {
            [one] => Some(one.name()),
            _ => None,
        }
    }

    /// The entry for a register; `path` makes of a file's path the one from the register. `others` are all images.
    pub fn entry(&self, others: &[ImageGroup], path: &dyn Fn(&str) -> String) -> NewAsset {
        let mut comments = Vec::new();
        if self.guess.family.is_none() {
            comments.push("the family is not told by the name".to_owned());
        }
        let siblings = others.iter().any(|o| o.guess.family == self.guess.family && !o.guess.tiers.is_empty());
        match self.guess.tiers.len() {
            0 if siblings && self.guess.family.is_some() => comments.push("the tier is not told by the name".to_owned()),
            0 | 1 => {}
            _ => {
                let names: Vec<&str> = self.guess.tiers.iter().map(|t| t.name()).collect();
                comments.push(format!("the name has several tiers: {}", names.join(", ")));
            }
        }
        NewAsset {
            id: self.id.clone(),
            family: self.guess.family.clone(),
            tier: self.tier().map(str::to_owned),
            current: self.guess.current,
            files: self.files.iter().map(|(f, v)| f.file(v.as_deref(), path)).collect(),
            comments,
        }
    }
}

impl Found {
    /// The file as the register has it, with the path that `path` makes of its own.
    pub fn file(&self, variant: Option<&str>, path: &dyn Fn(&str) -> String) -> AssetFile {
        AssetFile {
            path: path(&self.path),
            sha256: Some(self.sha256.clone()),
            width: Some(self.width),
            height: Some(self.height),
            variant: variant.map(str::to_owned),
        }
    }
}

/// Families whose name does not say what their images are.
pub fn unexplained(groups: &[ImageGroup]) -> Vec<String> {
    let last = |f: &str| f.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    let mut out: Vec<String> =
        groups.iter().filter_map(|g| g.guess.family.clone()).filter(|f| FamilyKind::from_name(&last(f)).is_none()).collect();
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, bytes: &str, width: u32) -> Found {
        Found { path: path.into(), sha256: bytes.into(), width, height: 90, drawing: path.ends_with(".svg") }
    }

    #[test]
    fn one_group_for_each_image() {
        let files = vec![
            found("partner/gold-240.png", "a", 240),
            found("partner/gold.svg", "b", 320),
            found("partner/gold-dark.svg", "c", 320),
            found("provider/gold.svg", "d", 480),
            found("provider/copy.svg", "d", 480),
            found("provider/starter.svg", "f", 480),
            found("old/gold.svg", "e", 300),
            found("old/partner-silver.svg", "g", 300),
        ];
        let groups = group("northstar", files);
        let of = |g: &ImageGroup| (g.id.clone(), g.files.iter().map(|(f, _)| f.path.clone()).collect::<Vec<_>>().join(" "));
        let shown: Vec<_> = groups.iter().map(of).collect();
        let want = [
            ("partner-gold", "partner/gold.svg partner/gold-240.png partner/gold-dark.svg"),
            ("starter", "provider/starter.svg"),
            ("provider-gold", "provider/copy.svg provider/gold.svg"),
            ("gold-retired", "old/gold.svg"),
            ("partner-silver", "old/partner-silver.svg"),
        ];
        assert_eq!(shown, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let entry = groups[0].entry(&groups, &|p| format!("x/{p}"));
        assert_eq!((entry.family.as_deref(), entry.tier.as_deref(), entry.current), (Some("partner"), Some("gold"), None));
        assert_eq!(entry.files[2].variant.as_deref(), Some("dark"));
        assert!(groups[1].entry(&groups, &str::to_owned).comments[0].contains("tier"));
        assert_eq!(groups[4].guess.family.as_deref(), Some("partner"));
        assert_eq!(unexplained(&groups), ["partner", "provider"]);
    }
}
