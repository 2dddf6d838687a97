//! What a document leaves behind, as bytes. Places that several matchers share are written once, and shared again.

use super::{Digest, Entry, Rare, Spot};
use crate::finding::Location;
use borsh::io::{ErrorKind, Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};
use std::sync::Arc;

#[derive(BorshSerialize, BorshDeserialize)]
enum Form {
    Again { start: u64, len: u32, line: u32, column: u32, end_line: u32, end_column: u32, check: u32 },
    Kept(u32),
}

/// The places of a digest.
#[derive(Default)]
struct Places(Vec<Arc<Location>>);

impl Places {
    fn form(&mut self, spot: &Spot) -> Form {
        match *spot {
            Spot::Again { start, len, line, column, end_line, end_column, check } => {
                Form::Again { start, len, line, column, end_line, end_column, check }
            }
            Spot::Kept(ref location) => {
                let at = self.0.iter().position(|l| Arc::ptr_eq(l, location)).unwrap_or_else(|| {
                    self.0.push(Arc::clone(location));
                    self.0.len() - 1
                });
                Form::Kept(at as u32)
            }
        }
    }

    fn spot(&self, form: Form) -> Result<Spot> {
        Ok(match form {
            Form::Again { start, len, line, column, end_line, end_column, check } => {
                Spot::Again { start, len, line, column, end_line, end_column, check }
            }
            Form::Kept(at) => Spot::Kept(Arc::clone(self.0.get(at as usize).ok_or(ErrorKind::InvalidData)?)),
        })
    }
}

impl BorshSerialize for Digest {
    fn serialize<W: Write>(&self, to: &mut W) -> Result<()> {
        let Digest { kind, index, id, name, entries } = self;
        let mut places = Places::default();
        let name = name.as_ref().map(|n| places.form(n));
        let spots: Vec<Form> = entries.iter().map(|e| places.form(&e.spot)).collect();
        let locations: Vec<&Location> = places.0.iter().map(|l| &**l).collect();
        (kind, index, id.as_deref(), locations, name, spots).serialize(to)?;
        for Entry { rule, leaf, severity, member, spot: _, pointer, sketch, rare } in entries {
            (rule, leaf, severity, member, pointer, sketch).serialize(to)?;
            let rare = rare.as_ref().map(|r| {
                let Rare { place, evidence, suppressed } = &**r;
                (place, evidence, suppressed)
            });
            rare.serialize(to)?;
        }
        Ok(())
    }
}

impl BorshDeserialize for Digest {
    fn deserialize_reader<R: Read>(from: &mut R) -> Result<Digest> {
        let (kind, index, id): (_, _, Option<String>) = BorshDeserialize::deserialize_reader(from)?;
        let locations: Vec<Location> = BorshDeserialize::deserialize_reader(from)?;
        let places = Places(locations.into_iter().map(Arc::new).collect());
        let name = Option::<Form>::deserialize_reader(from)?.map(|n| places.spot(n)).transpose()?;
        let spots: Vec<Form> = BorshDeserialize::deserialize_reader(from)?;
        let mut entries = Vec::with_capacity(spots.len());
        for spot in spots {
            let (rule, leaf, severity, member, pointer, sketch) = BorshDeserialize::deserialize_reader(from)?;
            let rare: Option<(_, _, _)> = BorshDeserialize::deserialize_reader(from)?;
            let rare = rare.map(|(place, evidence, suppressed)| Box::new(Rare { place, evidence, suppressed }));
            entries.push(Entry { rule, leaf, severity, member, spot: places.spot(spot)?, pointer, sketch, rare });
        }
        Ok(Digest { kind, index, id: id.map(Into::into), name, entries })
    }
}
