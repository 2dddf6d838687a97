use super::*;

/// A blob or a bar: where from the middle, which way, half its length and width, how light.
struct Shape {
    x: f32,
    y: f32,
    way: (f32, f32),
    half: (f32, f32),
    light: f32,
    blob: bool,
}

/// Forty blobs and bars, no two of them alike, the same each time.
fn shapes() -> Vec<Shape> {
    let shape = |i: u32| {
        let chance = |k: u32| {
            let n = (10 * i + k + 1).wrapping_mul(2_654_435_761);
            ((n ^ n >> 15).wrapping_mul(2_246_822_519) >> 8) as f32 / (1 << 24) as f32
        };
        let blob = i.is_multiple_of(2);
        let half = (8.0 + 22.0 * chance(3), (4.0 + 9.0 * chance(4)) * if blob { 1.0 } else { 0.5 });
        let (x, y) = (200.0 * (chance(0) - 0.5), 200.0 * (chance(1) - 0.5));
        Shape { x, y, way: (6.3 * chance(2)).sin_cos(), half, light: 255.0 * chance(5), blob }
    };
    (0..40).map(shape).collect()
}

/// The shapes one on another, turned about the middle and made larger or smaller. Each pixel is the mean of sixteen places in it.
fn drawn(w: usize, h: usize, scale: f32, angle: f32) -> Plane {
    let shapes = shapes();
    let light = |x: f32, y: f32| {
        let within = |s: &&Shape| {
            let (dx, dy, (sin, cos)) = (x - s.x, y - s.y, s.way);
            let (u, v) = ((cos * dx + sin * dy) / s.half.0, (cos * dy - sin * dx) / s.half.1);
            if s.blob { u * u + v * v < 1.0 } else { u.abs() < 1.0 && v.abs() < 1.0 }
        };
        shapes.iter().rev().find(within).map_or(200.0, |s| s.light)
    };
    let (sin, cos) = (angle.sin() / scale, angle.cos() / scale);
    let data = (0..w * h).map(|i| {
        let place = |k: usize| {
            let x = (i % w) as f32 + ((k % 4) as f32 + 0.5) / 4.0 - w as f32 / 2.0;
            let y = (i / w) as f32 + ((k / 4) as f32 + 0.5) / 4.0 - h as f32 / 2.0;
            light(cos * x + sin * y, cos * y - sin * x)
        };
        (0..16).map(place).sum::<f32>() / 16.0
    });
    Plane { w, h, data: data.collect() }
}

/// How many points the first picture has, the share of them that the second has too, and of these the share described alike.
fn again(doubled: bool) -> (usize, f32, f32) {
    let (scale, turned) = (0.7_f32, 30_f32.to_radians());
    let mut first = features(drawn(260, 240, 1.0, 0.0), doubled, 600);
    // Finer ones are too small to be found in the second.
    first.retain(|f| f.size * scale > if doubled { 2.0 } else { 4.0 });
    let second = features(drawn(300, 280, scale, turned), doubled, 600);
    let (sin, cos) = turned.sin_cos();
    let (mut near, mut alike) = (0, 0);
    for f in &first {
        let (x, y) = (scale * (f.x - 130.0), scale * (f.y - 120.0));
        let (x, y) = (150.0 + cos * x - sin * y, 140.0 + sin * x + cos * y);
        let same = |s: &&Feature| {
            let off = (s.angle - f.angle - turned).sin().abs().max(1.0 - (s.angle - f.angle - turned).cos());
            (s.x - x).hypot(s.y - y) < 1.5 && (s.size / (f.size * scale)).ln().abs() < 0.25 && off < 0.25
        };
        let cosine = |s: &Feature| f.about.iter().zip(&s.about).map(|(a, b)| a * b).sum::<f32>();
        let best = second.iter().filter(same).map(cosine).fold(f32::NAN, f32::max);
        near += usize::from(best.is_finite());
        alike += usize::from(best > 0.9);
    }
    (first.len(), near as f32 / first.len() as f32, alike as f32 / near as f32)
}

#[test]
fn points_are_found_again_in_a_turned_and_smaller_picture() {
    for doubled in [true, false] {
        let (n, near, alike) = again(doubled);
        assert!(n >= 40 && near > 0.65 && alike > 0.9, "{doubled}: {n} points, {near} of them again, {alike} of these alike");
    }
}

#[test]
fn where_a_blob_is_and_how_large() {
    // A Gaussian of 5 pixels, lighter than its surroundings.
    for doubled in [true, false] {
        let mut plane = Plane::new(90, 70);
        for (i, v) in plane.data.iter_mut().enumerate() {
            let (x, y) = ((i % 90) as f32 + 0.5 - 40.3, (i / 90) as f32 + 0.5 - 31.8);
            *v = 40.0 + 150.0 * (-(x * x + y * y) / 50.0).exp();
        }
        let found = features(plane, doubled, 600);
        let f = found.first().expect("the blob");
        assert!((f.x - 40.3).abs() < 0.1 && (f.y - 31.8).abs() < 0.1, "{} {}", f.x, f.y);
        assert!((f.size / 2.0 - 5.0).abs() < 1.0, "{}", f.size);
    }
}

#[test]
fn directions_are_measured_from_the_right_downwards() {
    for quarter in 0..4 {
        let angle = quarter as f32 * std::f32::consts::FRAC_PI_2 + 0.3;
        let mut plane = Plane::new(64, 64);
        for (i, v) in plane.data.iter_mut().enumerate() {
            let (x, y) = ((i % 64) as f32 - 31.2, (i / 64) as f32 - 31.9);
            *v = 120.0 + 2.0 * (x * angle.cos() + y * angle.sin()) + 25.0 * (-(x * x + y * y) / 18.0).exp();
        }
        let found = features(plane, false, 1);
        let off = (found[0].angle - angle).sin().abs();
        assert!(off < 0.1 && (found[0].angle - angle).cos() > 0.0, "{} instead of {angle}", found[0].angle);
    }
}

#[test]
fn flat_and_tiny_pictures_have_no_points() {
    for doubled in [true, false] {
        for (w, h) in [(0, 0), (1, 1), (0, 9), (5, 5), (15, 400), (400, 15), (16, 16), (17, 33), (120, 90)] {
            let flat = Plane { w, h, data: vec![128.0; w * h] };
            assert!(features(flat, doubled, 600).is_empty(), "{w} x {h}");
        }
        for (w, h) in [(1, 1), (5, 5), (7, 9)] {
            let data = (0..w * h).map(|i| (i * 97 % 256) as f32).collect();
            assert!(features(Plane { w, h, data }, doubled, 600).is_empty(), "{w} x {h}");
        }
        // Noise, in every size around those at which octaves end.
        for n in 8..50 {
            let data = (0..n * (n + 3)).map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 24) as f32).collect();
            for f in features(Plane { w: n, h: n + 3, data }, doubled, 600) {
                assert!(f.x > 0.0 && f.y > 0.0 && f.x < n as f32 && f.y < (n + 3) as f32 && f.about.iter().all(|v| v.is_finite()));
            }
        }
    }
}

#[test]
fn the_same_points_each_time_and_no_more_than_asked_for() {
    let once = features(drawn(200, 160, 0.8, 0.2), true, 600);
    assert_eq!(once, features(drawn(200, 160, 0.8, 0.2), true, 600));
    let few = features(drawn(200, 160, 0.8, 0.2), true, 20);
    assert_eq!(few, once[..20]);
}
