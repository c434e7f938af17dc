//! Where the present comes from: everything that needs "now" is handed a [`TimeSource`].
//!
//! Instants are UTC and cut to milliseconds, because PostgreSQL keeps microseconds and SQLite keeps
//! what it is given: a value must come back equal from both. A zone travels in its own field.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the present: the machine's clock, or in tests and demo seeds a clock that is set by hand.
#[derive(Clone, Debug, Default)]
pub struct TimeSource(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Set(Arc<AtomicI64>),
}

impl TimeSource {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `at` until it is moved.
    pub fn set(at: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.timestamp_millis()))))
    }

    /// The present, UTC, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one home of the machine's clock"
            )]
            Source::System => Utc::now().trunc_subsecs(3),
            Source::Set(ms) => {
                DateTime::from_timestamp_millis(ms.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a clock that was set by hand to `at`; the machine's clock is left alone.
    pub fn move_to(&self, at: DateTime<Utc>) {
        if let Source::Set(ms) = &self.0 {
            ms.store(at.timestamp_millis(), Ordering::SeqCst);
        }
    }

    /// Moves a clock that was set by hand forward.
    pub fn advance(&self, by: chrono::TimeDelta) {
        self.move_to(self.now() + by);
    }
}
