//! The job queue: each effect exactly once, whatever happens to workers.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use duenotice::error::{Error, Result};
use duenotice::ids::JobId;
use duenotice::job::{self, Job, Outcome, Payload, Registry, When, Worker};
use duenotice::rng::Rng;
use duenotice::sql;
use duenotice::store::{self, Db, Tx};
use duenotice::time::TimeSource;
use serde::{Deserialize, Serialize};

use crate::support::db::Fresh;

crate::both_engines![
    each_effect_happens_exactly_once,
    a_dropped_transaction_enqueues_nothing,
    a_key_stands_once_among_the_waiting,
    who_lost_the_lease_changes_nothing,
    a_job_that_fails_waits_longer_each_time_and_is_given_up,
    what_will_never_work_is_given_up_at_once,
    a_job_that_kills_its_process_is_given_up,
    a_kind_of_another_program_waits,
    a_job_that_was_given_up_can_be_revived,
];

/// Writes its number down; before that, the first time, it may fail in some way.
#[derive(Serialize, Deserialize)]
#[serde(tag = "v")]
enum Note {
    #[serde(rename = "1")]
    V1 { n: i64, first: Trouble },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Trouble {
    None,
    Error,
    Panic,
    Retry,
    Never,
}

impl Payload for Note {
    const KIND: &'static str = "test.note";
}

#[derive(Clone)]
struct Context {
    db: Db,
    troubled: Arc<Mutex<BTreeSet<i64>>>,
}

impl Job<Context> for Note {
    async fn run(self, cx: Context) -> Result<Outcome> {
        let Self::V1 { n, first } = self;
        let mut tx = cx.db.begin("test.note").await?;
        note(&mut tx, n).await?;
        if cx.troubled.lock().unwrap().insert(n) {
            match first {
                Trouble::None => {}
                Trouble::Error => return Err(Error::internal("once")),
                Trouble::Panic => panic!("once"),
                Trouble::Retry => return Ok(Outcome::Retry("once".to_owned())),
                Trouble::Never => return Ok(Outcome::Fail("it is no use".to_owned())),
            }
        }
        Ok(Outcome::Done(tx))
    }
}

async fn note(tx: &mut Tx, n: i64) -> Result<()> {
    tx.command(sql!("insert into note (n) values ($1)"))
        .bind(n)
        .run()
        .await?;
    Ok(())
}

async fn notes(db: &Db) -> Vec<i64> {
    let rows: Vec<(i64,)> = db
        .query(sql!("select n from note order by n"))
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|r| r.0).collect()
}

use duenotice::store::Exec as _;

fn start() -> DateTime<Utc> {
    "2026-11-25T09:14:00Z".parse().unwrap()
}

async fn prepare(fresh: &Fresh) -> (Worker<Context>, TimeSource) {
    fresh
        .db
        .command(sql!("create table note (n bigint not null)"))
        .run()
        .await
        .unwrap();
    let time = TimeSource::set(start());
    (worker(&fresh.db, &time), time)
}

fn worker(db: &Db, time: &TimeSource) -> Worker<Context> {
    let context = Context {
        db: db.clone(),
        troubled: Arc::default(),
    };
    let registry = Registry::new().with::<Note>();
    let rng = Rng::system();
    Worker::new(db.clone(), time.clone(), rng, context, registry, Vec::new())
}

async fn enqueue(db: &Db, n: i64, first: Trouble) {
    let mut tx = db.begin("test").await.unwrap();
    job::enqueue(&mut tx, &Rng::system(), start(), &Note::V1 { n, first })
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn load(db: &Db) -> (i64, i64) {
    let load = store::job::load(db).await.unwrap();
    (load.alive, load.dead)
}

async fn each_effect_happens_exactly_once(fresh: Fresh) {
    let (_, time) = prepare(&fresh).await;
    for n in 0..201 {
        let first = match n % 40 {
            7 => Trouble::Error,
            17 => Trouble::Panic,
            27 => Trouble::Retry,
            _ => Trouble::None,
        };
        enqueue(&fresh.db, n, first).await;
    }
    // Two processes take 40 jobs each, do their effects, and abort before they commit.
    for _ in 0..2 {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::job::dies_over_forty_jobs"])
            .env("DUENOTICE_TEST_DIES_ON", &fresh.url)
            .output()
            .unwrap()
            .status;
        assert!(!status.success(), "the child was to die");
    }
    assert_eq!(notes(&fresh.db).await, [0; 0]);
    let mut nodes = Vec::new();
    for _ in 0..4 {
        let db = Db::open(&fresh.url).await.unwrap();
        nodes.push((worker(&db, &time), db));
    }
    while load(&fresh.db).await.0 > 0 {
        let runs = nodes.iter().map(|(worker, _)| {
            let worker = worker.clone();
            tokio::spawn(async move { worker.run_until_idle().await.unwrap() })
        });
        for run in runs.collect::<Vec<_>>() {
            run.await.unwrap();
        }
        time.advance(TimeDelta::seconds(20));
        assert!(time.now() - start() < TimeDelta::hours(1), "a job was lost");
    }
    assert_eq!(notes(&fresh.db).await, (0..201).collect::<Vec<_>>());
    assert_eq!(load(&fresh.db).await, (0, 0));
    for (_, db) in nodes {
        db.close().await;
    }
}

/// Not a test of its own: the process that [`each_effect_happens_exactly_once`] starts to die.
#[tokio::test]
async fn dies_over_forty_jobs() {
    let Ok(url) = std::env::var("DUENOTICE_TEST_DIES_ON") else {
        return;
    };
    let db = Db::open(&url).await.unwrap();
    let lease = start() + TimeDelta::minutes(5);
    let jobs = store::job::claim(&db, start(), lease, 40).await.unwrap();
    assert_eq!(jobs.len(), 40);
    let mut tx = db.begin("test").await.unwrap();
    for job in jobs {
        let Note::V1 { n, .. } = serde_json::from_str(&job.payload).unwrap();
        note(&mut tx, n).await.unwrap();
        assert!(
            store::job::finish(&mut tx, job.id, job.attempts)
                .await
                .unwrap()
        );
    }
    std::process::abort();
}

async fn a_dropped_transaction_enqueues_nothing(fresh: Fresh) {
    let (worker, _) = prepare(&fresh).await;
    let mut tx = fresh.db.begin("test").await.unwrap();
    let job = Note::V1 {
        n: 1,
        first: Trouble::None,
    };
    job::enqueue(&mut tx, &Rng::system(), start(), &job)
        .await
        .unwrap();
    drop(tx);
    assert_eq!(worker.run_until_idle().await.unwrap(), 0);
    assert_eq!(notes(&fresh.db).await, [0; 0]);
}

async fn a_key_stands_once_among_the_waiting(fresh: Fresh) {
    let (worker, _) = prepare(&fresh).await;
    let add = async |n| {
        let mut tx = fresh.db.begin("test").await.unwrap();
        let job = Note::V1 {
            n,
            first: Trouble::None,
        };
        let when = When {
            at: None,
            dedupe: Some("the-key"),
        };
        let added = job::enqueue_when(&mut tx, &Rng::system(), start(), &job, when)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        added
    };
    assert!(add(1).await);
    assert!(!add(2).await);
    // From the claim on, the key is free: a running job no longer sees what happens now.
    let lease = start() + TimeDelta::minutes(5);
    let held = store::job::claim(&fresh.db, start(), lease, 1)
        .await
        .unwrap();
    assert_eq!(held.len(), 1);
    assert!(add(3).await);
    worker.run_until_idle().await.unwrap();
    assert_eq!(notes(&fresh.db).await, [3]);
}

async fn who_lost_the_lease_changes_nothing(fresh: Fresh) {
    let (worker, time) = prepare(&fresh).await;
    enqueue(&fresh.db, 1, Trouble::None).await;
    let lease = start() + TimeDelta::minutes(5);
    let slow = store::job::claim(&fresh.db, start(), lease, 1)
        .await
        .unwrap();
    let (id, attempts) = (slow[0].id, slow[0].attempts);
    time.move_to(lease);
    let again = store::job::claim(&fresh.db, lease, lease + TimeDelta::minutes(5), 1)
        .await
        .unwrap();
    assert_eq!(again[0].attempts, 2, "the lease had ended");

    let mut tx = fresh.db.begin("test").await.unwrap();
    assert!(!store::job::finish(&mut tx, id, attempts).await.unwrap());
    drop(tx);
    let failed = store::job::fail(&fresh.db, id, attempts, None, "late").await;
    assert!(!failed.unwrap());
    assert_eq!(load(&fresh.db).await, (1, 0));

    time.advance(TimeDelta::minutes(5));
    worker.run_until_idle().await.unwrap();
    assert_eq!(notes(&fresh.db).await, [1]);
}

async fn a_job_that_fails_waits_longer_each_time_and_is_given_up(fresh: Fresh) {
    let (_, time) = prepare(&fresh).await;
    enqueue(&fresh.db, 1, Trouble::Retry).await;
    let mut waited = Vec::new();
    loop {
        // A worker without memory of earlier trouble: the job fails every time.
        let worker = worker(&fresh.db, &time);
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        if load(&fresh.db).await.0 == 0 {
            break;
        }
        let mut seconds = 0;
        while !store::job::any_due(&fresh.db, time.now()).await.unwrap() {
            time.advance(TimeDelta::seconds(4));
            seconds += 4;
        }
        waited.push(seconds);
    }
    assert_eq!(waited, [4, 16, 64, 256, 1024, 3600, 3600]);
    let dead = store::job::dead(&fresh.db).await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, 8));
    assert_eq!(dead[0].last_error.as_deref(), Some("once"));
    assert_eq!(notes(&fresh.db).await, [0; 0]);
}

async fn what_will_never_work_is_given_up_at_once(fresh: Fresh) {
    let (worker, _) = prepare(&fresh).await;
    enqueue(&fresh.db, 1, Trouble::Never).await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert_eq!(load(&fresh.db).await, (0, 1));
    assert_eq!(notes(&fresh.db).await, [0; 0]);
}

async fn a_job_that_kills_its_process_is_given_up(fresh: Fresh) {
    let (worker, time) = prepare(&fresh).await;
    enqueue(&fresh.db, 1, Trouble::None).await;
    for _ in 0..8 {
        let now = time.now();
        let claimed = store::job::claim(&fresh.db, now, now + TimeDelta::minutes(5), 1).await;
        assert_eq!(claimed.unwrap().len(), 1);
        time.advance(TimeDelta::minutes(5));
    }
    worker.run_until_idle().await.unwrap();
    let dead = store::job::dead(&fresh.db).await.unwrap();
    assert_eq!(
        dead[0].last_error.as_deref(),
        Some("It was begun 8 times and never ended.")
    );
}

async fn a_kind_of_another_program_waits(fresh: Fresh) {
    let (worker, _) = prepare(&fresh).await;
    let mut tx = fresh.db.begin("test").await.unwrap();
    let row = store::job::NewJob {
        id: JobId(Rng::system().uuid(start())),
        kind: "tomorrow.kind",
        payload: "{}",
        run_at: start(),
        dedupe: None,
        created_at: start(),
    };
    store::job::enqueue(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert_eq!(load(&fresh.db).await, (1, 0));
}

async fn a_job_that_was_given_up_can_be_revived(fresh: Fresh) {
    let (worker, time) = prepare(&fresh).await;
    enqueue(&fresh.db, 1, Trouble::Never).await;
    worker.run_until_idle().await.unwrap();
    let dead = store::job::dead(&fresh.db).await.unwrap();
    let mut tx = fresh.db.begin("test").await.unwrap();
    let revive = store::job::revive(&mut tx, dead[0].id, time.now());
    assert!(revive.await.unwrap());
    tx.commit().await.unwrap();
    worker.run_until_idle().await.unwrap();
    assert_eq!(notes(&fresh.db).await, [1]);
}
