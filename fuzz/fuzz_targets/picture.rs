#![no_main]
//! Pictures of every sort: any bytes are decoded or refused, and what is decoded is within the limits.

#[path = "common/drawn.rs"]
mod common;

use libfuzzer_sys::fuzz_target;
use promolint::badge::{Limits, open, sniff};

fuzz_target!(init: common::let_caught_panics_pass(), |data: &[u8]| {
    let limits = Limits { bytes: 1 << 20, pixels: 1 << 20, side: 2048, render: 128 };
    let _ = sniff(data);
    match open(data, &limits) {
        Ok(picture) => {
            let (width, height) = picture.pixels.dimensions();
            assert!(width > 0 && height > 0 && width.max(height) <= limits.side);
            assert!(u64::from(width) * u64::from(height) <= limits.pixels);
            assert!(picture.frames > 0 && picture.scale > 0.0);
        }
        Err(refusal) => assert!(!refusal.message.is_empty() && !refusal.help.is_empty()),
    }
});
