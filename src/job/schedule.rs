//! What runs again and again, and how often: a name, an interval, a job.
//!
//! However many processes there are, a tick fires once: whoever moves `schedule.next_at` on enqueues
//! the job in the same transaction. Ticks lie on a grid from 1970-01-01T00:00:00Z on. Ticks that were
//! missed while nothing ran are made up for by one. While a schedule's job still waits or runs, its
//! ticks pass without another one.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Payload, remind::Remind, tidy::Tidy};
use crate::error::{Error, Result};
use crate::ids::JobId;
use crate::rng::Rng;
use crate::store::{self, Db};

/// One line of the schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    name: &'static str,
    every: TimeDelta,
    payload: String,
}

/// Everything that the product does again and again.
///
/// # Errors
/// When a job cannot be written as JSON.
pub fn all() -> Result<Vec<Schedule>> {
    Ok(vec![
        // A deadline of hours is told within a minute.
        Schedule::every(TimeDelta::minutes(1), &Remind::V1 {})?,
        // So that nothing past its time lies about for longer than an hour.
        Schedule::every(TimeDelta::hours(1), &Tidy::V1 {})?,
    ])
}

impl Schedule {
    /// Enqueues `job` every `every` (at least a second). The schedule is named like the job's kind.
    ///
    /// # Errors
    /// When the job cannot be written as JSON.
    pub fn every<P: Payload>(every: TimeDelta, job: &P) -> Result<Self> {
        Ok(Self {
            name: P::KIND,
            every: every.max(TimeDelta::seconds(1)),
            payload: serde_json::to_string(job).map_err(Error::internal)?,
        })
    }

    /// The next tick after `now`.
    fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let step = self.every.num_milliseconds();
        let since = now.timestamp_millis().rem_euclid(step);
        now + TimeDelta::milliseconds(step - since)
    }
}

/// Fires what is due at `now`; gives how many fired here. Takes the writer only when something is due.
pub async fn tick(db: &Db, rng: &Rng, now: DateTime<Utc>, all: &[Schedule]) -> Result<usize> {
    let rows = store::job::schedules(db).await?;
    let mut fired = 0;
    for schedule in all {
        let waits = rows
            .iter()
            .any(|r| r.name == schedule.name && r.next_at > now);
        if !waits && fire(db, rng, now, schedule).await? {
            fired += 1;
        }
    }
    Ok(fired)
}

async fn fire(db: &Db, rng: &Rng, now: DateTime<Utc>, schedule: &Schedule) -> Result<bool> {
    let mut tx = db.begin("schedule.fire").await?;
    store::job::plan(&mut tx, schedule.name, now).await?;
    if !store::job::advance(&mut tx, schedule.name, now, schedule.next(now)).await? {
        return Ok(false);
    }
    let idle = !store::job::pending(&mut tx, schedule.name).await?;
    if idle {
        let row = store::job::NewJob {
            id: JobId(rng.uuid(now)),
            kind: schedule.name,
            payload: &schedule.payload,
            run_at: now,
            dedupe: None,
            created_at: now,
        };
        store::job::enqueue(&mut tx, &row).await?;
    }
    tx.commit().await?;
    Ok(idle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_lie_on_a_grid() {
        let minutely = Schedule {
            name: "x",
            every: TimeDelta::minutes(1),
            payload: String::new(),
        };
        let at = |s: &str| s.parse::<DateTime<Utc>>().unwrap();
        let next = minutely.next(at("2026-11-25T09:14:07.5Z"));
        assert_eq!(next, at("2026-11-25T09:15:00Z"));
        assert_eq!(minutely.next(next), at("2026-11-25T09:16:00Z"));
    }
}
