//! Outcomes as bytes, and back without loss.

use crate::check::pictures::Left;
use crate::engine::corpus::Digest;
use crate::engine::mask::Hidden;
use crate::engine::once::OfFile;
use crate::engine::outcome::Outcome;
use crate::engine::seen::Seen;
use crate::engine::suppress::Comment;
use crate::finding::Finding;
use borsh::io::{ErrorKind, Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The registers that rules may want, by the names that outcomes have for them.
const REGISTERS: [&str; 5] = ["partners", "speaker", "approvals", "awards", "assets"];

type First = (Vec<Finding>, HashMap<String, OfFile>, Vec<Comment>, Vec<Hidden>, Vec<String>, Vec<(String, String)>, Vec<Digest>);
type Second = (BTreeMap<Left, usize>, Seen, u64, usize, bool, bool, String);

/// An outcome as bytes; `None` if it is not kept.
pub fn pack(outcome: &Outcome) -> Option<Vec<u8>> {
    // Each field has its place here: one that is added is either kept or known to be empty.
    let Outcome {
        findings,
        of_files,
        comments,
        hidden,
        troubles,
        remarks,
        not_applied,
        digests,
        unread,
        strange,
        unknown_value,
        unnamed,
        wordless,
        not_compared,
        seen,
        bytes,
        records,
        starts_input,
        skipped,
        unread_because,
        name,
        read: _,
        told: _,
    } = outcome;
    if !troubles.is_empty()
        || !unread.is_empty()
        || !strange.is_empty()
        || unread_because.is_some()
        || unknown_value.is_some()
        || unnamed.is_some()
        || *wordless
        || not_applied.iter().any(|(_, register)| !REGISTERS.contains(register))
    {
        return None;
    }
    let first = (findings, of_files, comments, hidden, remarks, not_applied.iter().collect::<Vec<_>>(), digests);
    let second = (not_compared, seen, bytes, records, starts_input, skipped, name);
    borsh::to_vec(&(first, second)).ok()
}

/// The outcomes of an input, of which the bytes follow each other.
pub fn unpack(mut bytes: &[u8]) -> Option<Vec<Outcome>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        out.push(one(&mut bytes)?);
    }
    Some(out).filter(|o| !o.is_empty())
}

fn one(bytes: &mut &[u8]) -> Option<Outcome> {
    let (findings, of_files, comments, hidden, remarks, wanted, digests) = First::deserialize(bytes).ok()?;
    let (not_compared, seen, bytes, records, starts_input, skipped, name) = Second::deserialize(bytes).ok()?;
    let not_applied = wanted.into_iter().map(|(rule, r)| Some((rule, *REGISTERS.iter().find(|k| **k == r)?))).collect::<Option<_>>()?;
    Some(Outcome {
        findings,
        of_files,
        comments,
        hidden,
        remarks,
        not_applied,
        digests,
        not_compared,
        seen,
        bytes,
        records,
        starts_input,
        skipped,
        name,
        ..Outcome::default()
    })
}

/// Writes a path, which has to be Unicode.
pub fn write_path<W: Write>(path: &Path, to: &mut W) -> Result<()> {
    path.to_str().ok_or(ErrorKind::InvalidInput)?.serialize(to)
}

/// Reads one.
pub fn read_path<R: Read>(from: &mut R) -> Result<PathBuf> {
    String::deserialize_reader(from).map(PathBuf::from)
}
