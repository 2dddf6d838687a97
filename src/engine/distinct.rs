//! Fingerprints tell findings apart, also where several records share an id and a sentence.

use super::outcome::Outcome;
use crate::finding::nth_fingerprint;
use std::collections::HashMap;

/// So many fingerprints of one input are remembered: what is held does not grow with the input.
const MOST: usize = 1 << 19;

/// The fingerprints of an input's records so far, each with how often it came.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    met: HashMap<u128, u32>,
}

impl Distinct {
    /// Takes outcomes in their order, and gives a finding that has the fingerprint of one before it one of its own.
    pub fn take(&mut self, outcome: &mut Outcome) {
        if outcome.starts_input {
            self.met.clear();
        }
        for f in outcome.findings.iter_mut().filter(|f| f.record.is_some()) {
            let Ok(key) = u128::from_str_radix(&f.fingerprint, 16) else { continue };
            if let Some(n) = self.met.get_mut(&key) {
                *n += 1;
                let own = nth_fingerprint(&f.fingerprint, *n);
                if let Some(file) = outcome.of_files.get(&f.fingerprint).cloned() {
                    outcome.of_files.insert(own.clone(), file);
                }
                f.fingerprint = own;
            } else if self.met.len() < MOST {
                self.met.insert(key, 0);
            }
        }
    }
}
