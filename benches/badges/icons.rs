//! Small signs, drawn in a box of 100 by 100 about the origin; each part says which of two colours it wears.

use super::letters;
use super::random::Random;
use super::scene::{around, circle, polygon, rect, ring, star};

/// Path and tone: 0 the main colour, 1 the second.
pub type Parts = Vec<(String, u8)>;

/// Pictographs without meaning for a program: things.
const SIGNS: &str = "⚓⚡⚙★♛♞♜☂☀☁☎✂✈✿❄⌂☘♨⛄⛵🌲🌵🌻🍀🍎🎈🎧🏆🐘🐙🐟🐦🐝🐳💎💡📌📎📷🔑🔔🔥🚀🚲🦋🎯🏠🌍🌊🍇🎸⏰✉🔍🎨🎲🐢🐬🐧🐞🍄🍒🌙⛅☕⚖⚛⛏🎓🎁📈📊🔗🔧🛡🧭🦉🦊";

/// A sign that looks the same in a mirror or on its head is one of those below 6.
pub fn draw(r: &mut Random) -> Parts {
    let kind = r.below(22);
    let mut out = Parts::new();
    match kind {
        0 => {
            let n = r.int(4, 9) as usize;
            out.push((star(0.0, 0.0, 50.0, r.range(16.0, 32.0), n, 0.0), 0));
            if r.chance(0.5) {
                out.push((circle(0.0, 0.0, r.range(6.0, 13.0)), 1));
            }
        }
        1 => {
            let w = r.range(8.0, 16.0);
            out.push((ring(0.0, 0.0, 50.0, 50.0 - w), 0));
            out.push((circle(0.0, 0.0, r.range(12.0, 26.0)), 1));
        }
        2 => {
            // A ring of beads.
            let n = r.int(5, 10) as usize;
            let size = r.range(7.0, 13.0);
            for (i, (x, y)) in around(0.0, 0.0, 38.0, n, 0.0).into_iter().enumerate() {
                out.push((circle(x, y, size), (i % 2 * r.below(2)) as u8));
            }
            out.push((circle(0.0, 0.0, r.range(8.0, 18.0)), 1));
        }
        3 => {
            // Hexagon in hexagon.
            let s = r.range(0.0, 30.0);
            out.push((polygon(&around(0.0, 0.0, 50.0, 6, s)), 0));
            out.push((polygon(&around(0.0, 0.0, r.range(18.0, 32.0), 6, s + r.range(0.0, 30.0))), 1));
        }
        4 => {
            // Bars that grow.
            let n = r.int(3, 5);
            let w = 100.0 / (n as f32 * 1.4);
            for i in 0..n {
                let h = 100.0 * (i as f32 + 1.0) / n as f32 * r.range(0.85, 1.0);
                out.push((rect(-50.0 + i as f32 * w * 1.4, 50.0 - h, w, h, r.range(0.0, 6.0)), u8::from(i == n - 1)));
            }
        }
        5 => {
            // Chevrons.
            let n = r.int(2, 3);
            for i in 0..n {
                let y = -40.0 + i as f32 * 30.0;
                out.push((
                    polygon(&[(-45.0, y + 28.0), (0.0, y - 8.0), (45.0, y + 28.0), (45.0, y + 46.0), (0.0, y + 10.0), (-45.0, y + 46.0)]),
                    u8::from(i == 0),
                ));
            }
        }
        6 => {
            // Mountains.
            let (a, b) = (r.range(-25.0, -5.0), r.range(10.0, 30.0));
            out.push((polygon(&[(-50.0, 40.0), (a, -45.0), (a + 50.0, 40.0)]), 0));
            out.push((polygon(&[(b - 35.0, 40.0), (b, r.range(-20.0, 0.0)), (50.0, 40.0)]), 1));
        }
        7 => {
            // A bolt.
            let k = r.range(-8.0, 8.0);
            out.push((polygon(&[(10.0 + k, -50.0), (-32.0, 8.0), (-4.0, 8.0), (-12.0 - k, 50.0), (32.0, -12.0), (4.0, -12.0)]), 0));
        }
        8 => {
            // A gem.
            let w = r.range(18.0, 28.0);
            out.push((polygon(&[(-50.0, -15.0), (-w, -40.0), (w, -40.0), (50.0, -15.0), (0.0, 45.0)]), 0));
            out.push((polygon(&[(-w, -15.0), (0.0, -36.0), (w, -15.0), (0.0, 40.0)]), 1));
        }
        9 => {
            // A leaf, or a flame.
            let b = r.range(30.0, 50.0);
            out.push((format!("M0 -50C{b:.1} -20 {b:.1} 30 0 50C{:.1} 30 {:.1} -20 0 -50Z", -b, -b * 0.6), 0));
            out.push((format!("M0 50L{:.1} -20L6 50Z", r.range(-6.0, 10.0)), 1));
        }
        10 => {
            // A cog.
            let n = r.int(6, 11) as usize;
            let inner = r.range(30.0, 38.0);
            let mut p = Vec::new();
            for i in 0..n {
                let step = 360.0 / n as f32;
                for (da, rad) in [(-0.28, inner), (-0.2, 50.0), (0.2, 50.0), (0.28, inner)] {
                    let a: f32 = ((i as f32 + da) * step).to_radians();
                    p.push((rad * a.sin(), -rad * a.cos()));
                }
            }
            out.push((polygon(&p), 0));
            out.push((circle(0.0, 0.0, r.range(10.0, 18.0)), 1));
        }
        11 => {
            // A web of nodes.
            let n = r.int(4, 6) as usize;
            let points: Vec<(f32, f32)> = around(0.0, 0.0, 38.0, n, r.range(0.0, 60.0))
                .into_iter()
                .map(|(x, y)| (x + r.range(-8.0, 8.0), y + r.range(-8.0, 8.0)))
                .collect();
            for i in 0..n {
                let (a, b) = (points[i], points[(i + 1 + r.below(2)) % n]);
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let l = (dx * dx + dy * dy).sqrt().max(1.0);
                let (nx, ny) = (-dy / l * 3.5, dx / l * 3.5);
                out.push((polygon(&[(a.0 + nx, a.1 + ny), (b.0 + nx, b.1 + ny), (b.0 - nx, b.1 - ny), (a.0 - nx, a.1 - ny)]), 0));
            }
            for (i, p) in points.iter().enumerate() {
                out.push((circle(p.0, p.1, r.range(8.0, 13.0)), u8::from(i == 0)));
            }
        }
        12 => {
            // A crown.
            let k = r.range(-5.0, 15.0);
            out.push((polygon(&[(-48.0, -25.0), (-24.0, k), (0.0, -42.0), (24.0, k), (48.0, -25.0), (38.0, 30.0), (-38.0, 30.0)]), 0));
            out.push((rect(-38.0, 35.0, 76.0, 9.0, 0.0), 1));
        }
        13 => {
            // A cube.
            out.push((polygon(&[(0.0, -50.0), (43.0, -25.0), (0.0, 0.0), (-43.0, -25.0)]), 1));
            out.push((polygon(&[(-43.0, -21.0), (-2.0, 3.0), (-2.0, 50.0), (-43.0, 26.0)]), 0));
            out.push((polygon(&[(43.0, -21.0), (2.0, 3.0), (2.0, 50.0), (43.0, 26.0)]), 0));
        }
        14 => {
            // Waves.
            for i in 0..3 {
                let y = -30.0 + 28.0 * i as f32;
                let b = r.range(14.0, 26.0);
                out.push((format!("M-50 {y:.1}C-25 {:.1} -25 {:.1} 0 {y:.1}S25 {:.1} 50 {y:.1}L50 {:.1}C25 {:.1} 25 {:.1} 0 {:.1}S-25 {:.1} -50 {:.1}Z", y - b, y - b, y + b, y + 14.0, y + b + 14.0, y + b + 14.0, y + 14.0, y - b + 14.0, y + 14.0), u8::from(i == 1)));
            }
        }
        15 => {
            // Squares in a pattern, the same left and right.
            for y in 0..5 {
                for x in 0..3 {
                    if r.chance(0.5) {
                        let tone = u8::from(r.chance(0.25));
                        for x in if x == 2 { vec![2] } else { vec![x, 4 - x] } {
                            out.push((rect(-50.0 + 20.0 * x as f32, -50.0 + 20.0 * y as f32, 20.2, 20.2, 0.0), tone));
                        }
                    }
                }
            }
            out.push((rect(-10.0, -50.0, 20.0, 100.0, 0.0), 0));
        }
        16 => {
            // A tick in a ring.
            out.push((ring(0.0, 0.0, 50.0, 40.0), 0));
            out.push((polygon(&[(-26.0, 2.0), (-17.0, -8.0), (-5.0, 4.0), (20.0, -22.0), (30.0, -12.0), (-5.0, 24.0)]), 1));
        }
        _ => {
            let signs: Vec<char> = SIGNS.chars().collect();
            let sign = (0..8).find_map(|_| letters::pictograph(r.pick(&signs))).unwrap_or_else(|| star(0.0, 0.0, 50.0, 22.0, 5, 0.0));
            out.push((sign, 0));
        }
    }
    out
}
