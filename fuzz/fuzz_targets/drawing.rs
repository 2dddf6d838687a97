#![no_main]
//! SVG against SVG: any two texts are compared or not; a drawing is always itself; places are start tags.

#[path = "common/drawn.rs"]
mod common;

use libfuzzer_sys::fuzz_target;
use promolint::badge::{DrawingKey, Limits};

fuzz_target!(init: common::let_caught_panics_pass(), |data: &[u8]| {
    // Two drawings, with a byte between them that is none of UTF-8.
    let mut halves = data.splitn(2, |b| *b == 0xff);
    let (Some(first), second) = (halves.next(), halves.next()) else { return };
    let limits = Limits { bytes: 1 << 20, pixels: 1 << 20, side: 2048, render: 128 };
    let Ok(reference) = DrawingKey::new(first, &limits) else { return };
    if let Some(drawing) = reference.edits(&reference) {
        assert!(drawing.edits.is_empty() && drawing.similarity > 0.99, "{drawing:?}");
    }
    let Some(Ok(candidate)) = second.map(|second| DrawingKey::new(second, &limits)) else { return };
    let Some(drawing) = reference.edits(&candidate) else { return };
    assert!((0.0..=1.0).contains(&drawing.similarity));
    for edit in drawing.edits {
        assert!(!edit.alteration.words.is_empty());
        if let (Some(span), Some(second)) = (edit.span, second) {
            assert!(second[span.clone()].starts_with(b"<") && second[span].ends_with(b">"));
        }
    }
});
