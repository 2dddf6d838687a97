//! What a picture looks like at a glance, whatever its colours: to tell quickly which supplied images it may show.

use super::find::difference;
use super::raster::{Edges, Flat, Plane};
use fast_image_resize::FilterType;

/// Cells on each side.
const CELLS: usize = 24;
/// The side of the picture a sketch is made of.
pub(super) const DRAWN: usize = 72;

/// Edges and silhouette in cells, each with mean 0 and length 1.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    edges: Vec<f32>,
    shape: Vec<f32>,
}

impl Sketch {
    /// Of what fills a picture, on a background.
    pub fn of(image: &Flat, ground: [f32; 3]) -> Sketch {
        let small = image.resized(DRAWN, DRAWN, FilterType::Bilinear);
        // A background around it makes its outline an edge.
        let framed = small.part(-6, -6, DRAWN + 12, DRAWN + 12, ground);
        let edges = Edges::of(&framed.lab(), 1.0);
        let strength = super::align::root(&edges.strength);
        Sketch { edges: cells(&strength), shape: cells(&difference(&framed, ground)) }
    }

    /// How alike, -1 to 1.
    pub fn likeness(&self, other: &Sketch) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        0.75 * dot(&self.edges, &other.edges) + 0.25 * dot(&self.shape, &other.shape)
    }

    /// The same turned by `quarters` quarter turns, after mirroring left and right if asked.
    pub fn turned(&self, quarters: usize, mirrored: bool) -> Sketch {
        let turn = |v: &[f32]| -> Vec<f32> {
            (0..CELLS * CELLS)
                .map(|i| {
                    let (mut x, mut y) = (i % CELLS, i / CELLS);
                    for _ in 0..quarters {
                        (x, y) = (y, CELLS - 1 - x);
                    }
                    if mirrored {
                        x = CELLS - 1 - x;
                    }
                    v[y * CELLS + x]
                })
                .collect()
        };
        Sketch { edges: turn(&self.edges), shape: turn(&self.shape) }
    }
}

fn cells(p: &Plane) -> Vec<f32> {
    let mut out = vec![0.0; CELLS * CELLS];
    for y in 0..p.h {
        for x in 0..p.w {
            out[(y * CELLS / p.h) * CELLS + x * CELLS / p.w] += p.at(x, y);
        }
    }
    let mean = out.iter().sum::<f32>() / out.len() as f32;
    out.iter_mut().for_each(|v| *v -= mean);
    let length = out.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
    out.iter_mut().for_each(|v| *v /= length);
    out
}
