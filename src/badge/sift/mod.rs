//! Points that stand out in a picture at whatever size it is, each with a description of what surrounds it: SIFT, after Lowe,
//! "Distinctive image features from scale-invariant keypoints" (2004). Plain loops over slices, which compilers turn into vector code.

mod describe;
mod extrema;
mod pyramid;
#[cfg(test)]
mod tests;

use super::raster::Plane;

/// Numbers of one description: 4 by 4 cells of 8 directions.
pub(super) const NUMBERS: usize = 128;

/// A point, in pixels of the picture; a pixel's centre is at a whole number plus a half.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feature {
    pub x: f32,
    pub y: f32,
    /// Across the spot that stands out.
    pub size: f32,
    /// Where it gets lighter, in radians: 0 to the right, a quarter turn downwards.
    pub angle: f32,
    /// Of length 1.
    pub about: [f32; NUMBERS],
}

/// The points that stand out most, at most `most`, the strongest first. `grey`: 0 to 255. `doubled`: enlarged first, for finer points.
pub(super) fn features(grey: Plane, doubled: bool, most: usize) -> Vec<Feature> {
    let octaves = pyramid::octaves(grey, doubled);
    let mut spots: Vec<_> = octaves.iter().enumerate().flat_map(|(i, o)| extrema::spots(i, o)).collect();
    spots.sort_by(|a, b| b.contrast.total_cmp(&a.contrast).then_with(|| a.place().cmp(&b.place())));
    // From neighbouring pixels the same spot may be reached.
    spots.dedup_by_key(|s| s.place());
    let mut room = describe::Room::default();
    let mut found = Vec::new();
    for spot in &spots {
        if found.len() >= most {
            break;
        }
        let layer = &octaves[spot.octave].layers[spot.layer];
        // From pixels of the octave to those of the picture.
        let k = if doubled { 0.5 } else { 1.0 } * (1_u32 << spot.octave) as f32;
        // Pixels' centres are whole numbers in octaves, and the first pixel of each is the first of the one before.
        let offset = if doubled { 0.25 } else { 0.5 };
        let (x, y) = spot.at();
        for angle in describe::directions(layer, spot) {
            let about = room.description(layer, spot, angle);
            found.push(Feature { x: x * k + offset, y: y * k + offset, size: 2.0 * spot.sigma() * k, angle, about });
        }
    }
    found.truncate(most);
    found
}
