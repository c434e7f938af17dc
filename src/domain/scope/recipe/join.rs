//! Which identifiers are one person: what the links join, within the limits.
//!
//! The database does the same for millions; this is for a few, and what the database is held against.
//!
//! Always holds: an identifier that stands with too many anchors joins nobody; a chain that is too long
//! joins nobody; the answer does not depend on the order of the records.

use std::collections::{BTreeMap, BTreeSet};

use super::Limits;
use crate::domain::scope::identifier::Key;

/// A record of a linked source says that its anchor and another identifier are one person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The record's anchor.
    pub anchor: Key,
    /// The other identifier.
    pub other: Key,
}

/// What joining gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Identifier to the smallest one of its person; those that are not here stand for themselves.
    pub labels: BTreeMap<Key, Key>,
    /// Identifiers that stand with more anchors than allowed, with how many.
    pub shared: Vec<(Key, usize)>,
    /// How many identifiers each chain has that is longer than allowed.
    pub long: Vec<usize>,
}

impl Joined {
    /// Which person an identifier is.
    #[must_use]
    pub fn label(&self, key: Key) -> Key {
        self.labels.get(&key).copied().unwrap_or(key)
    }
}

/// Joins what is one person's.
///
/// `anchors` are those of all records of the recipe's sources: an identifier that is none of
/// them and stands with one anchor only joins nothing, and does not count as a part of a chain.
/// `apart` are pairs that a person separated, in either order.
#[must_use]
pub fn join(
    pairs: &[Pair],
    anchors: &BTreeSet<Key>,
    apart: &BTreeSet<(Key, Key)>,
    limits: Limits,
) -> Joined {
    let mut by_other: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    for Pair { anchor, other } in pairs {
        let split = apart.contains(&(*anchor, *other)) || apart.contains(&(*other, *anchor));
        if anchor != other && !split {
            by_other.entry(*other).or_default().insert(*anchor);
        }
    }
    let mut joined = Joined::default();
    let most = |limit: i64| usize::try_from(limit).unwrap_or(usize::MAX);
    let mut beside: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    for (other, with) in by_other {
        if with.len() > most(limits.link) {
            joined.shared.push((other, with.len()));
        } else if with.len() > 1 || anchors.contains(&other) {
            for anchor in with {
                beside.entry(anchor).or_default().insert(other);
                beside.entry(other).or_default().insert(anchor);
            }
        }
    }
    let mut seen = BTreeSet::new();
    // In the order of keys: the first one of a chain is its smallest.
    for first in beside.keys() {
        let mut chain = vec![*first];
        if !seen.insert(*first) {
            continue;
        }
        let mut at = 0;
        while let Some(key) = chain.get(at).copied() {
            at += 1;
            let next = beside.get(&key).into_iter().flatten();
            chain.extend(next.filter(|k| seen.insert(**k)));
        }
        if chain.len() > most(limits.person) {
            joined.long.push(chain.len());
        } else {
            joined
                .labels
                .extend(chain.into_iter().map(|key| (key, *first)));
        }
    }
    joined
}
