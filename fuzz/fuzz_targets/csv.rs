#![no_main]
//! CSV and YAML: any bytes are read or refused; spans stay on characters; the size of chunks changes nothing.

#[path = "common/records.rs"]
mod common;

use libfuzzer_sys::fuzz_target;
use promolint::document::records::Shape;

fuzz_target!(|data: &[u8]| common::check(data, &[Shape::Csv, Shape::Yaml]));
