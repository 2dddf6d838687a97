//! Whether a mark is paler than it should be, told by what filters, sharpening and formats keep.

use crate::badge::raster::{Flat, Plane};

/// How far from the mark, in pixels, what was blurred out of it is gathered.
const REACH: f32 = 3.5;
/// The least share of what is drawn that lies to one side of the ground, as dark lines on white do: light and dark would cancel out.
const ONE_SIDED: f32 = 0.7;

/// How much paler than the expected a mark is: 0 not at all, 1 if nothing of it is left, below 0 if it is stronger. The sum of how far all
/// pixels are from the ground is compared, which resizing, blurring and writing leave as it is; of thin lines, no single pixel tells.
pub(super) fn paler(expected: &Flat, found: &Flat, distance: &Plane, cut: &[bool], ground: [f32; 3]) -> f32 {
    let (mut own, mut other, mut all) = ([0.0_f32; 3], [0.0_f32; 3], 0.0_f32);
    for (((e, f), distance), cut) in expected.data.iter().zip(&found.data).zip(&distance.data).zip(cut) {
        if !*cut || *distance > REACH {
            continue;
        }
        let off = [0, 1, 2].map(|k| e[k] - ground[k]);
        all += off.iter().map(|v| v * v).sum::<f32>().sqrt();
        (0..3).for_each(|k| {
            own[k] += off[k];
            other[k] += f[k] - ground[k];
        });
    }
    let square = own.iter().map(|v| v * v).sum::<f32>();
    if all < 1.0 || square.sqrt() < ONE_SIDED * all {
        return 0.0;
    }
    1.0 - (0..3).map(|k| own[k] * other[k]).sum::<f32>() / square
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurred_lines_are_no_paler_and_faded_ones_are() {
        let ground = [250.0; 3];
        let mut lines = Flat::filled(60, 40, ground);
        for (x, y) in (10..50).flat_map(|x| [(x, 12), (x, 18), (x, 27)]) {
            lines.data[y * 60 + x] = [20.0, 20.0, 60.0];
        }
        let near = Plane { w: 60, h: 40, data: vec![0.0; 2400] };
        let cut = vec![true; 2400];
        let is = |f: &Flat| paler(&lines, f, &near, &cut, ground);
        let faded = Flat { data: lines.data.iter().map(|c| c.map(|v| 250.0 + 0.8 * (v - 250.0))).collect(), ..lines.clone() };
        assert!(is(&lines).abs() < 1e-4 && is(&lines.blurred(1.0)).abs() < 0.01, "{}", is(&lines.blurred(1.0)));
        assert!((is(&faded) - 0.2).abs() < 1e-3 && (is(&faded.blurred(0.7)) - 0.2).abs() < 0.01);
    }
}
