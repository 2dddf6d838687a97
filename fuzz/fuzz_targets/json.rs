#![no_main]
//! JSON and NDJSON: any bytes are read or refused; spans stay on characters; the size of chunks changes nothing.

#[path = "common/records.rs"]
mod common;

use libfuzzer_sys::fuzz_target;
use promolint::document::records::Shape;

fuzz_target!(|data: &[u8]| common::check(data, &[Shape::Json, Shape::Ndjson]));
