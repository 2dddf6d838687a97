//! `promolint init`.

use super::args::InitArgs;
use super::{complain, exit, print};
use crate::config::{FILE_NAME, TEMPLATE};
use std::io::Write;

/// Writes the configuration; never over one that is there.
pub fn run(args: &InitArgs) -> u8 {
    let path = args.folder.join(FILE_NAME);
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    match file.and_then(|mut f| f.write_all(TEMPLATE.as_bytes())) {
        Ok(()) => print(&format!("wrote {}\nnext: promolint {}\n", crate::engine::name_of(&path), crate::engine::name_of(&args.folder))),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            complain(&format!("error: {} is there already, and was left as it is", path.display()));
            exit::TROUBLE
        }
        Err(e) => {
            complain(&format!("error: cannot write {}: {e}", path.display()));
            exit::TROUBLE
        }
    }
}
