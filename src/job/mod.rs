//! What runs later: a small queue in the database, so that a job is enqueued in the transaction that
//! wants it and ends in the transaction of its effect.
//!
//! What always holds:
//! * A job runs at least once after its transaction committed, and never if it did not.
//! * What a job writes in the transaction of [`Outcome::Done`] happens exactly once.
//! * Payloads are versioned (`#[serde(tag = "v")]`): a job enqueued by an older program is understood
//!   by a newer one. A kind or version that is not known is tried again later, as after a rollback.
//! * A job that fails waits 4ⁿ seconds, at most an hour; after [`Payload::ATTEMPTS_MAX`] tries it is
//!   given up, logged as an error, and stays for a person to look at.
//!
//! * A run that takes longer than its lease renews it; one that takes longer than [`Payload::RUN_MAX`]
//!   is ended and tried again.
//!
//! What it does not do: it holds no order between jobs, and what a job does outside of the database it
//! may do twice.

pub mod read_source;
pub mod remind;
pub mod run_recipe;
pub mod schedule;
pub mod send_mail;
pub mod tidy;
pub mod worker;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use worker::Worker;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::JobId;
use crate::rng::Rng;
use crate::store::{self, Tx};

/// What a job needs to know, written down as JSON.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Names the job in the table; never changes.
    const KIND: &'static str;
    /// How often it is tried before it is given up. The 8 tries take about an hour and a half.
    const ATTEMPTS_MAX: i64 = 8;
    /// How long one run may take; its lease is renewed while it runs.
    const RUN_MAX: Duration = worker::RUN_MAX;
}

/// A job that can run with a context `C`.
pub trait Job<C>: Payload {
    /// Runs it. An error is like [`Outcome::Retry`].
    fn run(self, context: C) -> impl Future<Output = Result<Outcome>> + Send;
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// Its effect stands in this transaction, which is committed together with the job's end.
    Done(Tx),
    /// There was nothing to do, or nothing that stands in our database.
    Nothing,
    /// Not now; the sentence says why.
    Retry(String),
    /// Never; the sentence says why.
    Fail(String),
}

/// When a job is to run, and whether it may stand twice in the queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct When<'a> {
    /// Not before this instant; none: at once.
    pub at: Option<DateTime<Utc>>,
    /// At most one job with the same key is waiting.
    pub dedupe: Option<&'a str>,
}

/// Writes a job down in the caller's transaction, to run at once after it committed.
pub async fn enqueue<P: Payload>(
    tx: &mut Tx,
    rng: &Rng,
    now: DateTime<Utc>,
    job: &P,
) -> Result<()> {
    enqueue_when(tx, rng, now, job, When::default()).await?;
    Ok(())
}

/// Writes a job down in the caller's transaction; `false` when one with the same key is waiting.
pub async fn enqueue_when<P: Payload>(
    tx: &mut Tx,
    rng: &Rng,
    now: DateTime<Utc>,
    job: &P,
    when: When<'_>,
) -> Result<bool> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    let row = store::job::NewJob {
        id: JobId(rng.uuid(now)),
        kind: P::KIND,
        payload: &payload,
        run_at: when.at.unwrap_or(now),
        dedupe: when.dedupe,
        created_at: now,
    };
    store::job::enqueue(tx, &row).await
}

type Running = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;

/// One kind of job: how its payload is read and run.
struct Kind<C> {
    attempts_max: i64,
    run_max: Duration,
    run: fn(&str, C) -> Result<Running, serde_json::Error>,
}

/// The kinds of job a program knows.
pub struct Registry<C>(BTreeMap<&'static str, Kind<C>>);

impl<C: Send + 'static> Registry<C> {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Knows `J` too.
    pub fn with<J: Job<C>>(mut self) -> Self {
        fn run<C: Send + 'static, J: Job<C>>(
            payload: &str,
            context: C,
        ) -> Result<Running, serde_json::Error> {
            let job: J = serde_json::from_str(payload)?;
            Ok(Box::pin(job.run(context)))
        }
        let kind = Kind {
            attempts_max: J::ATTEMPTS_MAX,
            run_max: J::RUN_MAX,
            run: run::<C, J>,
        };
        self.0.insert(J::KIND, kind);
        self
    }

    fn attempts_max(&self, kind: &str) -> i64 {
        self.0.get(kind).map_or(8, |k| k.attempts_max)
    }

    fn run_max(&self, kind: &str) -> Duration {
        self.0.get(kind).map_or(worker::RUN_MAX, |k| k.run_max)
    }

    fn start(&self, kind: &str, payload: &str, context: C) -> Result<Running, String> {
        let known = self
            .0
            .get(kind)
            .ok_or_else(|| format!("This program knows no job of the kind {kind}."))?;
        (known.run)(payload, context)
            .map_err(|e| format!("The payload of this {kind} job is not understood: {e}."))
    }
}

impl<C: Send + 'static> Default for Registry<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// Every kind of job of the product.
pub fn registry() -> Registry<App> {
    Registry::new()
        .with::<send_mail::SendMail>()
        .with::<remind::Remind>()
        .with::<tidy::Tidy>()
        .with::<read_source::ReadSource>()
        .with::<run_recipe::RunRecipe>()
}
