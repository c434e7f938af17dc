//! Claims due jobs, runs them, and settles how they ended.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::schedule::{self, Schedule};
use super::{Outcome, Registry};
use crate::app::App;
use crate::error::{Error, Result};
use crate::rng::Rng;
use crate::store::{self, Db, job::Claimed};
use crate::time::TimeSource;

/// How long a run may take, unless its kind says otherwise.
pub const RUN_MAX: Duration = Duration::from_secs(4 * 60);
/// How long a claimed job is left alone. A run renews it long before it ends, so that no two overlap
/// while their worker lives.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How long a stop waits for the runs under way; what takes longer runs again after its lease.
pub const STOP_MAX: Duration = Duration::from_secs(20);

const AT_ONCE_MAX: usize = 8;
const POLL: Duration = Duration::from_millis(500);
const BACK_OFF_MAX_S: i64 = 3600;

/// Runs jobs. Any number of workers, in any number of processes, may run on one database.
pub struct Worker<C>(Arc<Inner<C>>);

struct Inner<C> {
    db: Db,
    time: TimeSource,
    rng: Rng,
    context: C,
    registry: Registry<C>,
    schedule: Vec<Schedule>,
    lease: TimeDelta,
}

impl<C> Clone for Worker<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Worker<App> {
    /// The worker of the product: every job, the whole schedule.
    ///
    /// # Errors
    /// When a scheduled job cannot be written as JSON.
    pub fn of(app: &App) -> Result<Self> {
        let (db, time, rng) = (app.db.clone(), app.time.clone(), app.rng.clone());
        let schedule = schedule::all()?;
        Ok(Self::new(
            db,
            time,
            rng,
            app.clone(),
            super::registry(),
            schedule,
        ))
    }
}

impl<C: Clone + Send + Sync + 'static> Worker<C> {
    /// A worker for the jobs of `registry`, which also fires `schedule`.
    pub fn new(
        db: Db,
        time: TimeSource,
        rng: Rng,
        context: C,
        registry: Registry<C>,
        schedule: Vec<Schedule>,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            time,
            rng,
            context,
            registry,
            schedule,
            lease: LEASE,
        }))
    }

    /// With another lease; for tests of workers that die.
    pub fn with_lease(self, lease: TimeDelta) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { lease, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    /// Works until `stop`, then lets the runs under way end. An error of the database is logged and
    /// the work goes on when the database is back.
    pub async fn run(&self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.step(&mut running).await {
                tracing::error!(%error, "the job queue cannot be read");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(POLL) => {}
                // A place is free: look at once whether more is due.
                Some(_) = running.join_next() => {}
            }
        }
        let all = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_MAX, all).await.is_err() {
            tracing::warn!("jobs under way were left; they run again when their lease ends");
        }
    }

    /// Fires what is due of the schedule and fills the free places with due jobs.
    async fn step(&self, running: &mut JoinSet<()>) -> Result<()> {
        self.tick().await?;
        let free = AT_ONCE_MAX - running.len().min(AT_ONCE_MAX);
        for job in self.claim(free).await? {
            let worker = self.clone();
            running.spawn(async move { worker.work(job).await });
        }
        Ok(())
    }

    /// Runs every job that is due now, and those that they enqueue, until none is due; gives how many
    /// runs there were. The schedule is not fired. For tests and the command line.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn run_until_idle(&self) -> Result<usize> {
        let mut runs = 0;
        loop {
            let jobs = self.claim(AT_ONCE_MAX).await?;
            if jobs.is_empty() {
                return Ok(runs);
            }
            runs += jobs.len();
            let mut running = JoinSet::new();
            for job in jobs {
                let worker = self.clone();
                running.spawn(async move { worker.work(job).await });
            }
            while running.join_next().await.is_some() {}
        }
    }

    /// Fires what is due of the schedule; gives how many fired here.
    pub async fn tick(&self) -> Result<usize> {
        let Inner { db, time, rng, .. } = &*self.0;
        schedule::tick(db, rng, time.now(), &self.0.schedule).await
    }

    async fn claim(&self, free: usize) -> Result<Vec<Claimed>> {
        let Inner { db, time, .. } = &*self.0;
        let now = time.now();
        if free == 0 || !store::job::any_due(db, now).await? {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(free).unwrap_or(1);
        store::job::claim(db, now, now + self.0.lease, limit).await
    }

    /// Runs one job and settles it. Whatever happens, the job ends, waits or is given up; only when
    /// the database fails here it keeps its lease and runs again after that.
    async fn work(&self, job: Claimed) {
        let outcome = if job.attempts > self.0.registry.attempts_max(&job.kind) {
            // Each claim before this one ended without a word: the process died with it.
            Outcome::Fail(format!(
                "It was begun {} times and never ended.",
                job.attempts - 1
            ))
        } else {
            self.outcome(&job).await
        };
        if let Err(error) = self.settle(&job, outcome).await {
            tracing::error!(job.id = %job.id, job.kind, %error, "a job could not be settled");
        }
    }

    async fn outcome(&self, job: &Claimed) -> Outcome {
        let context = self.0.context.clone();
        let future = match self.0.registry.start(&job.kind, &job.payload, context) {
            Ok(future) => future,
            Err(why) => return Outcome::Retry(why),
        };
        // A task of its own: a panic ends it and nothing else.
        let mut task = tokio::spawn(future);
        let run_max = self.0.registry.run_max(&job.kind);
        let ended = tokio::select! {
            ended = tokio::time::timeout(run_max, &mut task) => ended,
            lost = self.hold(job) => {
                task.abort();
                return Outcome::Retry(lost.to_string());
            }
        };
        match ended {
            Ok(Ok(Ok(outcome))) => outcome,
            Ok(Ok(Err(error))) => Outcome::Retry(error.to_string()),
            Ok(Err(died)) => Outcome::Retry(format!("It panicked: {}", panic_text(died))),
            Err(_) => {
                task.abort();
                Outcome::Retry(format!("It took longer than {} s.", run_max.as_secs()))
            }
        }
    }

    /// Renews the lease of a job again and again; ends only when the job was lost to another worker.
    async fn hold(&self, job: &Claimed) -> Error {
        let Inner { db, time, .. } = &*self.0;
        let every = (self.0.lease / 5).to_std().unwrap_or(POLL);
        loop {
            tokio::time::sleep(every).await;
            let until = time.now() + self.0.lease;
            match store::job::renew(db, job.id, job.attempts, until).await {
                Ok(true) => {}
                Ok(false) => return lost(),
                Err(error) => tracing::warn!(%error, job.id = %job.id, "a lease was not renewed"),
            }
        }
    }

    async fn settle(&self, job: &Claimed, outcome: Outcome) -> Result<()> {
        let Inner { db, time, .. } = &*self.0;
        let (run_at, why) = match outcome {
            Outcome::Done(tx) => return self.end(job, tx).await,
            Outcome::Nothing => return self.end(job, db.begin("job.end").await?).await,
            Outcome::Retry(why) => {
                let may = job.attempts < self.0.registry.attempts_max(&job.kind);
                (may.then(|| time.now() + back_off(job.attempts)), why)
            }
            Outcome::Fail(why) => (None, why),
        };
        if !store::job::fail(db, job.id, job.attempts, run_at, &why).await? {
            return Err(lost());
        }
        tell(job, run_at, &why);
        Ok(())
    }

    async fn end(&self, job: &Claimed, mut tx: store::Tx) -> Result<()> {
        if !store::job::finish(&mut tx, job.id, job.attempts).await? {
            return Err(lost());
        }
        tx.commit().await?;
        tracing::debug!(job.id = %job.id, job.kind, "a job is done");
        Ok(())
    }
}

fn tell(job: &Claimed, run_at: Option<DateTime<Utc>>, why: &str) {
    let Claimed {
        id, kind, attempts, ..
    } = job;
    match run_at {
        Some(at) => {
            tracing::warn!(job.id = %id, job.kind = kind, attempts, why, next = %at, "a job is tried again later");
        }
        None => {
            tracing::error!(job.id = %id, job.kind = kind, attempts, why, "a job was given up");
        }
    }
}

fn lost() -> Error {
    Error::internal("its lease had ended and another worker has taken it; nothing was written")
}

/// 4ⁿ seconds after the n-th try, at most an hour.
fn back_off(attempts: i64) -> TimeDelta {
    let n = u32::try_from(attempts.clamp(0, 10)).unwrap_or(0);
    TimeDelta::seconds(4_i64.pow(n).min(BACK_OFF_MAX_S))
}

fn panic_text(died: tokio::task::JoinError) -> String {
    match died.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a word".to_owned()),
        Err(died) => died.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_never_more_than_an_hour() {
        let waits: Vec<i64> = (1..=8).map(|n| back_off(n).num_seconds()).collect();
        assert_eq!(waits, [4, 16, 64, 256, 1024, 3600, 3600, 3600]);
    }
}
