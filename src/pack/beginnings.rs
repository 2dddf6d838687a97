//! What phrases begin with, told from their parts.

use super::literals::{Head, in_order_of_heads};
use super::phrase::{Beginning, Beginnings, JOINTS, Options, Part, Unit, forms, units};
use super::rows::Row;

/// More beginnings than this tell little, and take long to work out.
const MOST: usize = 2000;

/// How much of each is told, bytes: the more, the more of them there are; where they are too many, less.
const TOLD: [usize; 2] = [10, 6];

/// What matches of these rows begin with. `fold`: letters match in any case. `None` where they are too many, or one could begin with anything.
pub(super) fn openers(rows: &[Row], fold: bool) -> Option<Vec<Head>> {
    (0..TOLD.len()).find_map(|length| {
        let mut heads = Vec::new();
        for row in rows {
            for one in of_parts(row.parts(), length)? {
                heads.push(Head::new(&one.text, one.open && row.edges.1, fold));
            }
            if heads.len() > MOST {
                return None;
            }
        }
        in_order_of_heads(heads)
    })
}

/// What parts begin with, so many bytes of it at most as the entry `length` of [`TOLD`] says, or a character more. `None` where those are too
/// many.
fn of_parts(parts: &[Part], length: usize) -> Option<Vec<Beginning>> {
    let len = TOLD[length];
    let mut all = vec![Beginning { text: String::new(), open: true }];
    for unit in units(parts) {
        if !all.iter().any(|b| b.open) {
            break;
        }
        match unit {
            Unit::One(Part::Literal(s)) => s.chars().for_each(|c| append(&mut all, &each(forms(&c).iter()), len)),
            Unit::One(Part::Space) => append(&mut all, &each([' '].iter()), len),
            Unit::One(Part::Joint) => append(&mut all, &JOINTS.map(|text| Beginning { text: text.to_owned(), open: true }), len),
            Unit::One(Part::Number) => {
                append(&mut all, &each("0123456789".chars().collect::<Vec<_>>().iter()), len);
                all.iter_mut().for_each(|b| b.open = false);
            }
            Unit::One(_) => all.iter_mut().for_each(|b| b.open = false),
            Unit::Choice(options, [before, after]) => {
                let told = options.beginnings(length, || of_options(options, length))?;
                let mut next: Vec<Beginning> = told.to_vec();
                for one in &mut next {
                    one.text.insert_str(0, before);
                    if one.open {
                        one.text.push_str(after);
                    }
                }
                if options.are_optional() {
                    next.push(Beginning { text: String::new(), open: true });
                }
                next.sort();
                next.dedup();
                append(&mut all, &next, len);
            }
        }
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// What the options of a choice begin with, but for those that are empty.
fn of_options(options: &Options, length: usize) -> Beginnings {
    let mut all = Vec::new();
    for option in options.iter().filter(|o| !o.is_empty()) {
        all.extend(of_parts(option, length)?);
    }
    all.sort();
    all.dedup();
    Some(all)
}

fn each<'c>(signs: impl Iterator<Item = &'c char>) -> Vec<Beginning> {
    signs.map(|c| Beginning { text: c.to_string(), open: true }).collect()
}

/// Goes on with each of `next` behind each that is open; where that makes too many, they end.
fn append(all: &mut Vec<Beginning>, next: &[Beginning], len: usize) {
    let open = all.iter().filter(|b| b.open).count();
    if all.len() + open * next.len() > MOST && next.len() > 1 {
        all.iter_mut().for_each(|b| b.open = false);
        return;
    }
    let mut out = Vec::with_capacity(all.len() + open * next.len());
    for one in all.drain(..) {
        if !one.open {
            out.push(one);
            continue;
        }
        for more in next {
            let text = [one.text.as_str(), more.text.as_str()].concat();
            // What is as long as may be told is all that is told of it.
            let open = more.open && text.len() <= len;
            out.push(Beginning { text, open });
        }
    }
    *all = out;
}
