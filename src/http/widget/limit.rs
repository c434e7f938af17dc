//! How often one person may ask, or one delivery may be reported on, in a minute.
//!
//! A count is kept by a keyed hash, exactly and for nobody else. Memory is bounded; when it is full, new
//! names are let through uncounted: a limit that turned down somebody else's first request could keep a
//! notice from a person, which is worse than a busy minute.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

const SHARDS: usize = 16;
/// How many names are counted in one minute and shard; 16 bytes each, about.
const NAMES_MAX: usize = 65_536;

/// Counts by the minute.
#[derive(Debug)]
pub struct Limit {
    per_minute: u32,
    hasher: RandomState,
    shards: [Mutex<Minute>; SHARDS],
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    counts: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
}

/// The name is a hash already, and a keyed one.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Limit {
    /// Lets so many through in a minute.
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            hasher: RandomState::new(),
            shards: Default::default(),
        }
    }

    /// Counts one more for `name`; `false` when that is too many in this minute.
    pub fn allows(&self, name: impl Hash, now: DateTime<Utc>) -> bool {
        let hash = self.hasher.hash_one(name);
        // Not the bits that the table itself looks at first: the lowest and the highest.
        let shard = usize::try_from((hash >> 40) & 0xff).unwrap_or(0) % SHARDS;
        let mut minute = self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let number = now.timestamp().div_euclid(60);
        if minute.number != number {
            minute.number = number;
            minute.counts.clear();
        }
        if minute.counts.len() >= NAMES_MAX && !minute.counts.contains_key(&hash) {
            return true;
        }
        let count = minute.counts.entry(hash).or_insert(0);
        *count = count.saturating_add(1);
        *count <= self.per_minute
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn each_name_has_its_own_minute() {
        let at = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        let limit = Limit::new(2);
        assert!(limit.allows("a", at(0)));
        assert!(limit.allows("a", at(59)));
        assert!(!limit.allows("a", at(59)));
        assert!(limit.allows("b", at(59)));
        assert!(limit.allows("a", at(60)));
    }
}
