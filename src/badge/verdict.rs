//! What a comparison says.

use super::Region;
use std::ops::Range;

/// What is to be said of one mark in a picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// The very bytes that were supplied.
    Identical,
    /// A legitimate copy: encoded anew, resized within limits, padded, flattened on an allowed background.
    Copy,
    /// Altered; [`Mark::alterations`] says how.
    Altered,
    /// A legitimate copy of an image that was retired.
    Outdated,
    /// The same template with other content: a drawing that imitates a supplied image.
    LookAlike,
    /// It may be a supplied image, and may be altered: what was measured does not decide.
    Unsure,
}

/// The sort of an alteration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Group {
    /// Other colours.
    Colour,
    /// Something else is drawn or written.
    Content,
    /// Shadow, outline, glow.
    Effect,
    /// Blurred or enlarged.
    Softness,
    /// Other proportions, turned, mirrored.
    Geometry,
    /// Parts cut off.
    Crop,
    /// Background, free space around it, size.
    Setting,
}

/// An alteration. The names are those of `alterations:` in rule packs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AlterationKind {
    Hue,
    Tint,
    Mono,
    Tone,
    Gradient,
    PartRecoloured,
    Opacity,
    Text,
    Added,
    Removed,
    Changed,
    Shadow,
    Outline,
    Glow,
    Blur,
    Upscaled,
    Stretch,
    Skew,
    Rotation,
    Mirror,
    Crop,
    Background,
    ClearSpace,
    MinSize,
    Animation,
}

impl AlterationKind {
    /// All kinds with the names packs and reports use.
    pub const ALL: [(AlterationKind, &'static str); 25] = [
        (AlterationKind::Hue, "hue"),
        (AlterationKind::Tint, "tint"),
        (AlterationKind::Mono, "mono"),
        (AlterationKind::Tone, "tone"),
        (AlterationKind::Gradient, "gradient"),
        (AlterationKind::PartRecoloured, "part-recoloured"),
        (AlterationKind::Opacity, "opacity"),
        (AlterationKind::Text, "text"),
        (AlterationKind::Added, "added"),
        (AlterationKind::Removed, "removed"),
        (AlterationKind::Changed, "changed"),
        (AlterationKind::Shadow, "shadow"),
        (AlterationKind::Outline, "outline"),
        (AlterationKind::Glow, "glow"),
        (AlterationKind::Blur, "blur"),
        (AlterationKind::Upscaled, "upscaled"),
        (AlterationKind::Stretch, "stretch"),
        (AlterationKind::Skew, "skew"),
        (AlterationKind::Rotation, "rotation"),
        (AlterationKind::Mirror, "mirror"),
        (AlterationKind::Crop, "crop"),
        (AlterationKind::Background, "background"),
        (AlterationKind::ClearSpace, "clear-space"),
        (AlterationKind::MinSize, "min-size"),
        (AlterationKind::Animation, "animation"),
    ];

    /// The name packs and reports use.
    pub fn name(self) -> &'static str {
        AlterationKind::ALL.iter().find(|(k, _)| *k == self).map_or("changed", |(_, n)| n)
    }

    /// The sort it belongs to.
    pub fn group(self) -> Group {
        use AlterationKind as K;
        match self {
            K::Hue | K::Tint | K::Mono | K::Tone | K::Gradient | K::PartRecoloured | K::Opacity => Group::Colour,
            K::Text | K::Added | K::Removed | K::Changed => Group::Content,
            K::Shadow | K::Outline | K::Glow => Group::Effect,
            K::Blur | K::Upscaled => Group::Softness,
            K::Stretch | K::Skew | K::Rotation | K::Mirror => Group::Geometry,
            K::Crop => Group::Crop,
            K::Background | K::ClearSpace | K::MinSize | K::Animation => Group::Setting,
        }
    }
}

/// One way in which a mark differs from what was supplied.
#[derive(Clone, PartialEq, Debug)]
pub struct Alteration {
    /// Which.
    pub kind: AlterationKind,
    /// What was measured, against what is allowed: `stretched 7.2 % wider; allowed 1 %`.
    pub words: String,
    /// What was measured, in the unit of `words`.
    pub measured: f32,
    /// The most that is allowed, in the same unit.
    pub allowed: f32,
    /// Where, if only a part of the mark.
    pub region: Option<Region>,
    /// Where the file says so, if it is a drawing: the bytes of an element's start tag.
    pub span: Option<Range<usize>>,
}

/// A supplied image that a picture shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// Which: its place in the library.
    pub reference: usize,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// Where it is in the picture.
    pub region: Region,
    /// How certain it is that it is this image, 0 to 1.
    pub confidence: f32,
    /// How it differs, the plainest first.
    pub alterations: Vec<Alteration>,
    /// Why it is [`Verdict::Unsure`], in one clause.
    pub unsure: Option<String>,
    /// From the reference's pixels to the picture's: `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`.
    pub place: [f32; 6],
}

/// What of the library a picture shows: nothing, if it is unrelated.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comparison {
    /// The marks, the surest first.
    pub marks: Vec<Mark>,
}
