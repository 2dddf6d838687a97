//! Where a picture falls into two parts.

/// What is empty between the parts of an image, at least, for one of its height (or width, if they stand one above the other).
const GAP: f64 = 0.1;
/// How much wider it is than other gaps, such as those between letters.
const WIDER: f64 = 1.5;

/// The empty stretches of a row of columns, or of a column of rows: from, to.
pub(super) fn gaps(filled: &[bool]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = None;
    for (i, f) in filled.iter().enumerate() {
        match (f, from) {
            (false, None) => from = Some(i),
            (true, Some(start)) => {
                out.push((start, i));
                from = None;
            }
            _ => {}
        }
    }
    out
}

/// The box of what is set within a box: left, top, right, bottom.
pub(super) fn tight(shown: &[bool], w: usize, (x0, y0, x1, y1): Pixels) -> Option<Pixels> {
    let mut out: Option<Pixels> = None;
    for y in y0..y1 {
        for x in (x0..x1).filter(|x| shown[y * w + x]) {
            let b = out.get_or_insert((x, y, x + 1, y + 1));
            *b = (b.0.min(x), b.1, b.2.max(x + 1), y + 1);
        }
    }
    out
}

/// Which columns of a box have something, or which of its rows.
pub(super) fn filled(shown: &[bool], w: usize, (x0, y0, x1, y1): Pixels, rows: bool) -> Vec<bool> {
    match rows {
        false => (x0..x1).map(|x| (y0..y1).any(|y| shown[y * w + x])).collect(),
        true => (y0..y1).map(|y| shown[y * w + x0..y * w + x1].contains(&true)).collect(),
    }
}

/// A box: left, top, right, bottom.
pub(super) type Pixels = (usize, usize, usize, usize);

/// Where a picture falls into two parts, and how: the box of each.
pub(super) fn cut(shown: &[bool], w: usize, h: usize) -> Option<(Pixels, Pixels, bool)> {
    let all = tight(shown, w, (0, 0, w, h))?;
    let (aw, ah) = ((all.2 - all.0) as f64, (all.3 - all.1) as f64);
    for rows in [false, true] {
        let (along, across) = if rows { (ah, aw) } else { (aw, ah) };
        let mut found = gaps(&filled(shown, w, all, rows));
        found.sort_by_key(|(a, b)| std::cmp::Reverse(b - a));
        let width = |i: usize| found.get(i).map_or(0.0, |(a, b)| (b - a) as f64);
        let usual = width(found.len() / 2);
        let least = (GAP * across.min(along)).max(0.5 * width(0)).max(if found.len() > 1 { WIDER * usual } else { 0.0 });
        for (i, (a, b)) in found.iter().enumerate() {
            if width(i) < least {
                break;
            }
            let (first, second) = match rows {
                false => ((all.0, all.1, all.0 + a, all.3), (all.0 + b, all.1, all.2, all.3)),
                true => ((all.0, all.1, all.2, all.1 + a), (all.0, all.1 + b, all.2, all.3)),
            };
            let (Some(first), Some(second)) = (tight(shown, w, first), tight(shown, w, second)) else { continue };
            // A sign is about as wide as high, and as high as the whole, or nearly; above its word, it is most of it.
            let sign = |p: Pixels| {
                let (pw, ph) = ((p.2 - p.0) as f64, (p.3 - p.1) as f64);
                (0.4..2.5).contains(&(pw / ph)) && if rows { ph > 0.35 * ah } else { ph > 0.7 * ah && pw < 0.6 * aw }
            };
            if sign(first) || sign(second) {
                return Some((first, second, rows));
            }
        }
    }
    None
}
