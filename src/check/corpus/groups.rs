//! Which of the members that a matcher took from the documents of a run belong together.

use super::Marks;
use super::sketch::{ROWS, SIZE, Sketch, join};
use crate::pack::model::{CorpusMatcher, DifferBy, Same};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::HashMap;

/// Texts that meet in a band are compared with so many earlier ones that differ from each other.
const COMPARED: usize = 8;

/// A member of a run, by its number.
#[derive(Debug, Clone, Copy, BorshSerialize, BorshDeserialize)]
pub struct Member {
    /// What members of a group have in common.
    pub key: u64,
    /// What tells it apart.
    pub marks: Marks,
}

/// Members that belong together and should not.
#[derive(Debug, PartialEq)]
pub struct Group {
    /// The first of each that differs from the others, by rising number.
    pub members: Vec<usize>,
    /// How alike they are at least, of texts.
    pub similarity: f64,
}

/// The groups, by their first members. `sketches`: those of the members, where texts are compared.
pub fn groups(m: &CorpusMatcher, members: &[Member], sketches: &[Sketch]) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    let mut judge = |same: &[usize]| {
        let parts = apart(m, members, same);
        for firsts in parts {
            if (m.at_least..=m.at_most).contains(&firsts.len()) {
                let of = |i: &usize| sketches.get(*i);
                let similarity = match (m.same, firsts.first().and_then(of)) {
                    (Same::Text, Some(a)) => firsts.iter().skip(1).filter_map(of).map(|b| a.similarity(b)).fold(1.0, f64::min),
                    _ => 1.0,
                };
                out.push(Group { members: firsts, similarity });
            }
        }
    };
    if m.same == Same::Text {
        clusters(m, members, sketches).iter().for_each(|c| judge(c));
    } else {
        let mut order = Vec::new();
        Often::new(members.len()).among(members.iter().map(|m| m.key), |i| order.push(i));
        order.sort_unstable_by_key(|i| (members[*i].key, *i));
        order.chunk_by(|a, b| members[*a].key == members[*b].key).filter(|run| run.len() > 1).for_each(&mut judge);
    }
    out.sort_by(|a, b| a.members.cmp(&b.members));
    out
}

/// Texts that are alike, each with one at least of its cluster.
fn clusters(m: &CorpusMatcher, members: &[Member], sketches: &[Sketch]) -> Vec<Vec<usize>> {
    let mut sets = Sets::new(members.len());
    let mut often = Often::new(members.len());
    let mut order: Vec<(u64, u64, u32)> = Vec::new();
    for band in 0..SIZE / ROWS {
        order.clear();
        let bands = sketches.iter().zip(members).map(|(s, member)| join(member.key, s.band(band)));
        often.among(bands, |i| order.push((members[i].key, sketches[i].band(band), i as u32)));
        order.sort_unstable();
        for run in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|run| run.len() > 1) {
            let mut earlier: Vec<usize> = Vec::new();
            for &(_, _, i) in run {
                let i = i as usize;
                let near = |e: &&usize| sets.same(**e, i) || sketches[**e].similarity(&sketches[i]) >= m.similarity;
                match earlier.iter().find(near).copied() {
                    Some(e) => sets.unite(e, i),
                    None if earlier.len() < COMPARED => earlier.push(i),
                    None => {}
                }
            }
        }
    }
    sets.all()
}

/// Tells hashes that may be there more than once from those that are there once, which most are, so that few are sorted.
struct Often {
    /// How many hashes fall into each place: 0, 1, or more.
    seen: Vec<u8>,
}

impl Often {
    fn new(n: usize) -> Often {
        Often { seen: vec![0; n.saturating_mul(8).next_power_of_two()] }
    }

    /// Names the numbers of all hashes that are there more than once, by rising number, and of few others.
    fn among(&mut self, hashes: impl Iterator<Item = u64> + Clone, mut name: impl FnMut(usize)) {
        self.seen.fill(0);
        let places = self.seen.len() - 1;
        for h in hashes.clone() {
            let seen = &mut self.seen[h as usize & places];
            *seen = (*seen + 1).min(2);
        }
        hashes.enumerate().filter(|(_, h)| self.seen[*h as usize & places] > 1).for_each(|(i, _)| name(i));
    }
}

/// The members of a group that differ, the first of each sort; several such lists where the group falls apart.
fn apart(m: &CorpusMatcher, members: &[Member], same: &[usize]) -> Vec<Vec<usize>> {
    let marks = |i: usize| members[i].marks;
    let by = |of: &dyn Fn(Marks) -> [u32; 5]| parts(same, &|i| of(marks(i)));
    let firsts = |parts: Vec<Vec<usize>>| vec![parts.iter().filter_map(|p| p.first().copied()).collect::<Vec<_>>()];
    match m.differ_by {
        DifferBy::Record => firsts(by(&|k| [k.id, k.whole, 0, 0, 0])),
        DifferBy::Place => firsts(by(&|k| [k.id, k.whole, k.other, 0, 0])),
        DifferBy::Name => firsts(by(&|k| [k.id, k.whole, k.name, k.head, 0])),
        DifferBy::Firm => firsts(by(&|k| [k.id, k.whole, k.name, k.head, k.domain])),
        // Of one firm, the first record of each tier.
        DifferBy::Tier => {
            // A listing that is there twice was read on two days.
            let once = firsts(by(&|k| [k.id, k.whole, 0, 0, 0])).remove(0);
            let firms = parts(&once, &|i| [marks(i).name, 0, 0, 0, 0]);
            firms.into_iter().flat_map(|firm| firsts(parts(&firm, &|i| [marks(i).other, 0, 0, 0, 0]))).collect()
        }
    }
}

/// Parts of a list of which no two share a hash.
fn parts(list: &[usize], hashes: &dyn Fn(usize) -> [u32; 5]) -> Vec<Vec<usize>> {
    let mut sets = Sets::new(list.len());
    let mut seen: HashMap<(usize, u32), usize> = HashMap::new();
    for (n, &i) in list.iter().enumerate() {
        for (sort, hash) in hashes(i).into_iter().enumerate().filter(|(_, h)| *h != 0) {
            let first = *seen.entry((sort, hash)).or_insert(n);
            sets.unite(first, n);
        }
    }
    let mut out: Vec<Vec<usize>> = Vec::new();
    let mut number: HashMap<usize, usize> = HashMap::new();
    for (n, &i) in list.iter().enumerate() {
        let root = sets.root(n);
        let at = *number.entry(root).or_insert_with(|| {
            out.push(Vec::new());
            out.len() - 1
        });
        out[at].push(i);
    }
    out
}

/// Disjoint sets of numbers.
struct Sets {
    up: Vec<u32>,
}

impl Sets {
    fn new(n: usize) -> Sets {
        Sets { up: (0..n as u32).collect() }
    }

    fn root(&self, mut i: usize) -> usize {
        while self.up[i] as usize != i {
            i = self.up[i] as usize;
        }
        i
    }

    fn same(&self, a: usize, b: usize) -> bool {
        self.root(a) == self.root(b)
    }

    /// Puts two together; the lower number is the root. Paths are halved on the way.
    fn unite(&mut self, a: usize, b: usize) {
        for mut i in [a, b] {
            while self.up[i] as usize != i {
                let up = self.up[i] as usize;
                self.up[i] = self.up[up];
                i = up;
            }
        }
        let (a, b) = (self.root(a), self.root(b));
        self.up[a.max(b)] = a.min(b) as u32;
    }

    /// All sets of more than one, each by rising number.
    fn all(&self) -> Vec<Vec<usize>> {
        let mut sets: HashMap<usize, Vec<usize>> = HashMap::new();
        for i in 0..self.up.len() {
            let root = self.root(i);
            if root != i {
                sets.entry(root).or_insert_with(|| vec![root]).push(i);
            }
        }
        let mut all: Vec<_> = sets.into_values().collect();
        all.sort_unstable();
        all
    }
}
