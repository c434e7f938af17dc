//! From where a stopped reading goes on, and how fast it goes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::service::spool::Run;
use crate::store::source::{Source, Status};

/// What a slice of work leaves for the next one, in the same transaction as its effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Rows that are in runs or among the rejected.
    pub rows: u64,
    /// Of these the rejected ones.
    pub rejected: u64,
    /// The runs on disk.
    pub runs: Vec<Run>,
    /// Every row is in a run.
    pub complete: bool,
    /// Records in the database.
    pub loaded: u64,
    /// When the present attempt began, and what was done then: for the rate.
    pub begun_at: Option<DateTime<Utc>>,
    /// [`Progress::done`] at that time.
    pub done_then: u64,
    /// Rows read at that time.
    pub rows_then: u64,
}

impl Checkpoint {
    /// Of a source; a new one where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(source: &Source) -> serde_json::Result<Self> {
        source
            .checkpoint
            .as_deref()
            .map_or(Ok(Self::default()), serde_json::from_str)
    }
}

/// How far a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Reading, loading, or neither.
    pub status: Status,
    /// Rows read.
    pub rows: u64,
    /// What was done of `total`: bytes of the file while reading, records while loading.
    pub done: u64,
    /// None: not known, as for a query.
    pub total: Option<u64>,
    /// Rows (reading) or records (loading) a second in this attempt; none in its first second.
    pub per_second: Option<u64>,
    /// Seconds that are left at this rate.
    pub seconds_left: Option<u64>,
}

impl Progress {
    /// Of a source as it stands at `now`.
    ///
    /// # Errors
    /// Its checkpoint cannot be read.
    pub fn of(source: &Source, now: DateTime<Utc>) -> serde_json::Result<Self> {
        let checkpoint = Checkpoint::of(source)?;
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        let rows = number(source.rows_read);
        let (done, total) = if source.status == Status::Loading {
            let records = checkpoint.runs.iter().map(|r| r.records).sum();
            (number(source.rows_taken), Some(records))
        } else {
            let total = Some(number(source.bytes_total)).filter(|n| *n > 0);
            (number(source.bytes_read), total)
        };
        let mut progress = Self {
            status: source.status,
            rows,
            done,
            total,
            per_second: None,
            seconds_left: None,
        };
        let until = source.beat_at.unwrap_or(now);
        let ms = checkpoint
            .begun_at
            .map_or(0, |begun| number((until - begun).num_milliseconds()));
        if source.status.under_way() && ms >= 1000 {
            let new = done.saturating_sub(checkpoint.done_then);
            let of = |n: u64| n.saturating_mul(1000) / ms;
            progress.seconds_left = total
                .filter(|_| new > 0)
                .map(|total| total.saturating_sub(done).saturating_mul(ms) / new / 1000);
            progress.per_second = Some(match source.status {
                Status::Loading => of(new),
                _ => of(rows.saturating_sub(checkpoint.rows_then)),
            });
        }
        Ok(progress)
    }

    /// Of a hundred; none when the total is not known.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        self.total
            .map(|total| self.done.min(total) * 100 / total.max(1))
    }
}
