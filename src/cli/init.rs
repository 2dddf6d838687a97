//! `promolint init`.

use super::args::InitArgs;
use super::{complain, exit, print};
use crate::config::{FILE_NAME, TEMPLATE};
use crate::engine::name_of;
use std::io::{ErrorKind, Write};

/// Empty registers, by name.
const REGISTERS: [(&str, &str); 3] = [
    ("partners.yaml", include_str!("registers/partners.yaml")),
    ("approvals.yaml", include_str!("registers/approvals.yaml")),
    ("assets.yaml", include_str!("registers/assets.yaml")),
];

/// Writes the configuration and empty registers; never over one that is there.
pub fn run(args: &InitArgs) -> u8 {
    let write = |name: &str, text: &str| {
        let path = args.folder.join(name);
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        (file.and_then(|mut f| f.write_all(text.as_bytes())), path)
    };
    let mut out = String::new();
    for (name, text) in std::iter::once((FILE_NAME, TEMPLATE)).chain(REGISTERS) {
        match write(name, text) {
            (Ok(()), path) => out.push_str(&format!("wrote {}\n", name_of(&path))),
            // Registers that somebody keeps already are as good; a configuration means that all this was done before.
            (Err(e), _) if e.kind() == ErrorKind::AlreadyExists && name != FILE_NAME => {}
            (Err(e), path) if e.kind() == ErrorKind::AlreadyExists => {
                complain(&format!("error: {} is there already, and was left as it is", path.display()));
                return exit::TROUBLE;
            }
            (Err(e), path) => {
                complain(&format!("error: cannot write {}: {e}", path.display()));
                return exit::TROUBLE;
            }
        }
    }
    let next = format!("next: promolint {}\nand for what no text shows: promolint attest init\n", name_of(&args.folder));
    print(&format!("{out}{next}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Approvals, Assets, partners};

    #[test]
    fn templates_are_registers_with_and_without_their_comments() {
        for text in [|t: &str| t.to_owned(), |t: &str| t.replace(": []\n#  -", ":\n#  -").replace("\n#  ", "\n  ")] {
            let bytes = |i: usize| text(REGISTERS[i].1).into_bytes();
            let partners = partners::Partners::read("partners.yaml", bytes(0), Default::default()).expect("partners");
            let approvals = Approvals::read("approvals.yaml", bytes(1)).expect("approvals");
            let assets = Assets::read("assets.yaml", bytes(2)).expect("assets");
            assert_eq!(partners.len(), approvals.len());
            assert_eq!(partners.len(), assets.iter().count());
        }
    }
}
