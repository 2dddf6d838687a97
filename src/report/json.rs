//! Findings for programs: the contract's `promolint/1`, `promolint.finding/1` and `promolint.summary/1`.

use super::Reporter;
use crate::engine::Summary;
use crate::finding::Finding;
use serde::Serialize;
use std::io::{self, Write};

/// One object: schema, findings, summary. Written as the findings come.
pub struct Json<W> {
    out: W,
    any: bool,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Json { out, any: false }
    }
}

impl<W: Write> Reporter for Json<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings {
            self.out.write_all(if self.any { b",\n" } else { b"{\"schema\":\"promolint/1\",\"findings\":[\n" })?;
            self.any = true;
            write(&mut self.out, f)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.out.write_all(if self.any { b"\n],\n\"summary\":" } else { b"{\"schema\":\"promolint/1\",\"findings\":[],\n\"summary\":" })?;
        write(&mut self.out, summary)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

/// One object a line: findings, then the summary.
pub struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        JsonLines { out }
    }
}

impl<W: Write> Reporter for JsonLines<W> {
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        for f in findings {
            write(&mut self.out, f)?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        write(&mut self.out, summary)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// serde_json wraps a writer's error; a closed pipe must stay recognisable.
fn write<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
