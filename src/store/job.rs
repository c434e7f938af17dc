//! The queue of what is to be done later, as rows.
//!
//! What always holds: a job is claimed in one statement; `attempts` rises with each claim and is the
//! fencing token, so a worker that was away for longer than its lease can neither end nor postpone a
//! job that another has taken over. A job that is done is a row that is gone. There is no status
//! column, no heartbeat and no sweep: a dead worker's lease lapses by itself.
//!
//! What runs is not decided here; see [`crate::job`].

use chrono::{DateTime, Utc};

use super::{Db, Exec, Tx};
use crate::error::Result;
use crate::ids::JobId;
use crate::sql;

/// A job to be written down.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// Its id.
    pub id: JobId,
    /// Which code runs it.
    pub kind: &'a str,
    /// What that code needs, as versioned JSON.
    pub payload: &'a str,
    /// Not before this instant.
    pub run_at: DateTime<Utc>,
    /// At most one job with the same key is waiting; a running or dead one does not count.
    pub dedupe: Option<&'a str>,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// A job that this worker holds until its lease ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Claimed {
    /// Its id.
    pub id: JobId,
    /// Which code runs it.
    pub kind: String,
    /// Versioned JSON.
    pub payload: String,
    /// From 1; also the fencing token.
    pub attempts: i64,
}

/// A job that was given up, for a person to look at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Dead {
    /// Its id.
    pub id: JobId,
    /// Which code ran it.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Load {
    /// Waiting or running.
    pub alive: i64,
    /// Given up.
    pub dead: i64,
}

/// Writes a job down in the caller's transaction; `false` when one with the same key is waiting.
pub async fn enqueue(tx: &mut Tx, job: &NewJob<'_>) -> Result<bool> {
    tx.command(sql!(
        "insert into job (id, kind, payload, run_at, dedupe, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (dedupe) do nothing"
    ))
    .bind(job.id)
    .bind(job.kind)
    .bind(job.payload)
    .bind(job.run_at)
    .bind(job.dedupe.map(str::to_owned))
    .bind(job.created_at)
    .run_unless_exists()
    .await
}

/// Is a job of this kind waiting or running?
pub async fn pending(tx: &mut Tx, kind: &str) -> Result<bool> {
    let row: Option<(i64,)> = tx
        .query(sql!(
            "select attempts from job where kind = $1 and run_at is not null limit 1"
        ))
        .bind(kind)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Is a job due? Asked of a reader, so that an idle worker never takes the writer.
pub async fn any_due(db: &Db, now: DateTime<Utc>) -> Result<bool> {
    let row: Option<(i64,)> = db
        .query(sql!("select attempts from job where run_at <= $1 limit 1"))
        .bind(now)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Takes up to `limit` due jobs until `lease_end`. The key against duplicates is given free here: what
/// is enqueued from now on may concern something that this run no longer sees.
pub async fn claim(
    db: &Db,
    now: DateTime<Utc>,
    lease_end: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>> {
    db.command(sql!(
        sqlite: "update job set attempts = attempts + 1, run_at = $2, dedupe = null
         where id in (select id from job where run_at <= $1 order by run_at limit $3)
         returning id, kind, payload, attempts",
        // Several workers pass each other instead of queueing up for the same rows.
        postgres: "update job set attempts = attempts + 1, run_at = $2, dedupe = null
         where id in (
             select id from job where run_at <= $1 order by run_at limit $3 for update skip locked
         )
         returning id, kind, payload, attempts",
    ))
    .bind(now)
    .bind(lease_end)
    .bind(limit)
    .all()
    .await
}

/// Holds a claimed job until `lease_end`; `false` when it was lost to another worker.
pub async fn renew(db: &Db, id: JobId, attempts: i64, lease_end: DateTime<Utc>) -> Result<bool> {
    let rows = db
        .command(sql!(
            "update job set run_at = $3 where id = $1 and attempts = $2"
        ))
        .bind(id)
        .bind(attempts)
        .bind(lease_end)
        .run()
        .await?;
    Ok(rows > 0)
}

/// Ends a job, in the transaction of its effect; `false` when the job was lost to another worker, and
/// then the effect must not be committed.
pub async fn finish(tx: &mut Tx, id: JobId, attempts: i64) -> Result<bool> {
    let rows = tx
        .command(sql!("delete from job where id = $1 and attempts = $2"))
        .bind(id)
        .bind(attempts)
        .run()
        .await?;
    Ok(rows > 0)
}

/// Postpones a job to `run_at`, or with none gives it up; `false` when it was lost to another worker.
pub async fn fail(
    db: &Db,
    id: JobId,
    attempts: i64,
    run_at: Option<DateTime<Utc>>,
    error: &str,
) -> Result<bool> {
    let rows = db
        .command(sql!(
            "update job set run_at = $3, last_error = $4 where id = $1 and attempts = $2"
        ))
        .bind(id)
        .bind(attempts)
        .bind(run_at)
        .bind(error)
        .run()
        .await?;
    Ok(rows > 0)
}

/// The jobs that were given up, oldest first, at most 100.
pub async fn dead(db: impl Exec<'_>) -> Result<Vec<Dead>> {
    db.query(sql!(
        "select id, kind, attempts, last_error, created_at from job
         where run_at is null order by created_at, id limit 100"
    ))
    .all()
    .await
}

/// Lets a job that was given up run again, as if it had never been tried; `false` when there is none.
pub async fn revive(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<bool> {
    let rows = tx
        .command(sql!(
            "update job set run_at = $2, attempts = 0 where id = $1 and run_at is null"
        ))
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows > 0)
}

/// How full the queue is.
pub async fn load(db: impl Exec<'_>) -> Result<Load> {
    db.query(sql!(
        "select count(run_at) as alive, count(*) - count(run_at) as dead from job"
    ))
    .one()
    .await
}

/// One row of the schedule.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// The schedule's name.
    pub name: String,
    /// When it fires next.
    pub next_at: DateTime<Utc>,
}

/// The whole schedule; it has as many rows as the program has schedules.
pub async fn schedules(db: &Db) -> Result<Vec<Due>> {
    db.query(sql!(
        "select name, next_at from schedule order by name limit 100"
    ))
    .all()
    .await
}

/// Makes sure that there is a row for `name`.
pub async fn plan(tx: &mut Tx, name: &str, next_at: DateTime<Utc>) -> Result<()> {
    tx.command(sql!(
        "insert into schedule (name, next_at) values ($1, $2) on conflict (name) do nothing"
    ))
    .bind(name)
    .bind(next_at)
    .run()
    .await?;
    Ok(())
}

/// Moves `name` on to `next_at` if it is due; `true` for exactly one of all who try.
pub async fn advance(
    tx: &mut Tx,
    name: &str,
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
) -> Result<bool> {
    let rows = tx
        .command(sql!(
            "update schedule set next_at = $3 where name = $1 and next_at <= $2"
        ))
        .bind(name)
        .bind(now)
        .bind(next_at)
        .run()
        .await?;
    Ok(rows > 0)
}
