//! Who is certainly *not* concerned, told from memory: a Bloom filter over all targeted people, and the
//! rule for when it may be believed.
//!
//! Almost everybody who asks is unaffected, and must be answered without touching the database. A
//! person who is affected must never be told "nothing" because this node had not heard yet. So a
//! filter is believed only while it cannot be behind *any* change on *any* node:
//!
//! * The node reads the activation state (epoch, pending announcements) again and again. A reading that
//!   *began* at `b` is good until `b + trust`, less a tenth for clocks that run at unequal speed; and
//!   only if nothing was announced and the epoch is the one that was read *before* the people in the
//!   filter were.
//! * Every change that targets more people is announced first, waits for `trust`, and commits with the
//!   next epoch (`service::announcement`, where the proof stands).
//!
//! Otherwise the answer is [`Answer::AskDatabase`]: slower, never wrong. A false positive costs one
//! query. People who left a roster stay in a filter: the same cost, and a correction may be for them.
//!
//! Time comes in as [`Present`]: the monotonic clock, which nobody can set back, and the wall clock,
//! because the monotonic one stands still while a machine sleeps.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use fastbloom::BloomFilter;

use crate::domain::activation::Activation;
use crate::domain::scope::identifier::Key;

/// One needless query in so many, about.
const FALSE_POSITIVES: f64 = 0.001;

/// The present on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// Never set back; stands still while the machine sleeps.
    pub monotonic: Instant,
    /// UTC.
    pub wall: DateTime<Utc>,
}

/// What the filter says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Certainly not targeted by any active notice, on any node.
    Untargeted,
    /// Perhaps targeted, or the filter may be behind.
    AskDatabase,
}

/// The people of one epoch.
pub struct People {
    epoch: i64,
    hasher: RandomState,
    bloom: BloomFilter,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "People of epoch {}", self.epoch)
    }
}

/// Gathers people before the size of the filter is known: eight bytes each.
#[derive(Debug)]
pub struct Gather {
    epoch: i64,
    hasher: RandomState,
    hashes: Vec<u64>,
}

impl Gather {
    /// Begins a filter. `epoch` must have been read *before* the first of the people is.
    pub fn new(epoch: i64) -> Self {
        Self {
            epoch,
            hasher: RandomState::new(),
            hashes: Vec::new(),
        }
    }

    /// Adds a person of a site.
    pub fn add(&mut self, site: &str, person: Key) {
        self.hashes.push(self.hasher.hash_one((site, person)));
    }

    /// Makes the filter.
    pub fn finish(self) -> People {
        let mut bloom =
            BloomFilter::with_false_pos(FALSE_POSITIVES).expected_items(self.hashes.len().max(1));
        for hash in &self.hashes {
            bloom.insert_hash(*hash);
        }
        People {
            epoch: self.epoch,
            hasher: self.hasher,
            bloom,
        }
    }
}

/// The current filter of this node, and until when it is believed.
#[derive(Debug)]
pub struct Filter {
    /// How long a reading is good, less the margin. Zero: never, everything asks the database.
    good_for: Duration,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    people: Option<Arc<People>>,
    good_until: Option<Present>,
}

impl Filter {
    /// With how long a reading of the activation state is good; see
    /// [`TRUST`](crate::domain::activation::TRUST). With zero no filter is ever believed.
    pub fn new(trust: Duration) -> Self {
        Self {
            good_for: trust - trust / 10,
            state: RwLock::default(),
        }
    }

    /// What is known about a person at `now`.
    pub fn answer(&self, site: &str, person: Key, now: Present) -> Answer {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(people), Some(until)) = (&state.people, state.good_until) else {
            return Answer::AskDatabase;
        };
        let current = now.monotonic < until.monotonic && now.wall < until.wall;
        if current
            && !people
                .bloom
                .contains_hash(people.hasher.hash_one((site, person)))
        {
            Answer::Untargeted
        } else {
            Answer::AskDatabase
        }
    }

    /// Takes a reading of the activation state that began at `began`. Gives `true` when the filter is
    /// of another epoch, or there is none, and must be built anew.
    pub fn read(&self, began: Present, activation: Activation) -> bool {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let fits = state
            .people
            .as_ref()
            .is_some_and(|people| people.epoch == activation.epoch);
        state.good_until = (fits && activation.pending == 0).then(|| Present {
            monotonic: began.monotonic + self.good_for,
            wall: began.wall + TimeDelta::from_std(self.good_for).unwrap_or_default(),
        });
        !fits
    }

    /// Puts a new filter in place. It is believed from the next reading on that fits it.
    pub fn install(&self, people: People) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.people = Some(Arc::new(people));
        state.good_until = None;
    }
}

#[cfg(test)]
mod test {
    use super::*;
    use crate::domain::activation::TRUST;
    use crate::domain::scope::identifier::Hasher;

    struct Clock(Present);

    impl Clock {
        fn new() -> Self {
            Self(Present {
                monotonic: Instant::now(),
                wall: "2026-11-25T12:00:00Z".parse().unwrap(),
            })
        }

        fn advance(&mut self, ms: u64) -> Present {
            self.0.monotonic += Duration::from_millis(ms);
            self.0.wall += TimeDelta::milliseconds(i64::try_from(ms).unwrap());
            self.0
        }
    }

    fn key(user: &str) -> Key {
        Hasher::new(&[7; 32]).account("shop", user)
    }

    fn people(epoch: i64, users: &[&str]) -> People {
        let mut gather = Gather::new(epoch);
        for user in users {
            gather.add("shop", key(user));
        }
        gather.finish()
    }

    const QUIET: Activation = Activation {
        epoch: 3,
        pending: 0,
    };

    #[test]
    fn nothing_is_believed_before_the_first_reading() {
        let clock = Clock::new();
        let filter = Filter::new(TRUST);
        assert_eq!(
            filter.answer("shop", key("u"), clock.0),
            Answer::AskDatabase
        );
        assert!(filter.read(clock.0, QUIET), "there is none to believe");
        filter.install(people(3, &[]));
        assert_eq!(
            filter.answer("shop", key("u"), clock.0),
            Answer::AskDatabase,
            "a filter just built has not been compared with the epoch"
        );
        assert!(!filter.read(clock.0, QUIET));
        assert_eq!(filter.answer("shop", key("u"), clock.0), Answer::Untargeted);
    }

    #[test]
    fn belief_ends_a_margin_before_a_change_may_commit() {
        let mut clock = Clock::new();
        let filter = Filter::new(TRUST);
        filter.install(people(3, &["a"]));
        filter.read(clock.0, QUIET);
        assert_eq!(
            filter.answer("shop", key("a"), clock.0),
            Answer::AskDatabase
        );
        assert_eq!(
            filter.answer("other", key("b"), clock.advance(899)),
            Answer::Untargeted
        );
        assert_eq!(
            filter.answer("other", key("b"), clock.advance(1)),
            Answer::AskDatabase
        );
    }

    #[test]
    fn a_reading_counts_from_when_it_began_not_from_when_it_came_back() {
        let mut clock = Clock::new();
        let filter = Filter::new(TRUST);
        filter.install(people(3, &[]));
        let began = clock.0;
        let came_back = clock.advance(950);
        filter.read(began, QUIET);
        assert_eq!(
            filter.answer("shop", key("u"), came_back),
            Answer::AskDatabase
        );
    }

    #[test]
    fn an_announcement_ends_belief_at_once_and_a_quiet_reading_gives_it_back() {
        let mut clock = Clock::new();
        let filter = Filter::new(TRUST);
        filter.install(people(3, &[]));
        filter.read(clock.0, QUIET);
        let announced = Activation {
            epoch: 3,
            pending: 1,
        };
        assert!(
            !filter.read(clock.advance(250), announced),
            "nothing changed yet, so nothing is built"
        );
        assert_eq!(
            filter.answer("shop", key("u"), clock.0),
            Answer::AskDatabase
        );
        filter.read(clock.advance(250), QUIET);
        assert_eq!(filter.answer("shop", key("u"), clock.0), Answer::Untargeted);
    }

    #[test]
    fn a_new_epoch_needs_a_new_filter() {
        let mut clock = Clock::new();
        let filter = Filter::new(TRUST);
        filter.install(people(3, &[]));
        filter.read(clock.0, QUIET);
        let next = Activation {
            epoch: 4,
            pending: 0,
        };
        assert!(filter.read(clock.advance(250), next));
        assert_eq!(
            filter.answer("shop", key("u"), clock.0),
            Answer::AskDatabase
        );
        // A build that was overtaken by another change is not believed either.
        filter.install(people(3, &[]));
        assert!(filter.read(clock.advance(250), next));
        filter.install(people(4, &["u"]));
        assert!(!filter.read(clock.advance(250), next));
        assert_eq!(
            filter.answer("shop", key("u"), clock.0),
            Answer::AskDatabase
        );
        assert_eq!(filter.answer("shop", key("v"), clock.0), Answer::Untargeted);
    }

    #[test]
    fn a_machine_that_slept_believes_nothing() {
        let clock = Clock::new();
        let filter = Filter::new(TRUST);
        filter.install(people(3, &[]));
        filter.read(clock.0, QUIET);
        let awake = Present {
            monotonic: clock.0.monotonic,
            wall: clock.0.wall + TimeDelta::minutes(10),
        };
        assert_eq!(filter.answer("shop", key("u"), awake), Answer::AskDatabase);
    }

    #[test]
    fn everybody_who_was_added_is_found() {
        let users: Vec<String> = (0..20_000).map(|n| format!("u{n}")).collect();
        let filter = Filter::new(TRUST);
        filter.install(people(
            3,
            &users.iter().map(String::as_str).collect::<Vec<_>>(),
        ));
        let now = Clock::new().0;
        filter.read(now, QUIET);
        for user in &users {
            assert_eq!(filter.answer("shop", key(user), now), Answer::AskDatabase);
        }
        let needless = users
            .iter()
            .filter(|user| filter.answer("other", key(user), now) == Answer::AskDatabase)
            .count();
        assert!(needless < 100, "{needless} of 20000");
    }
}
