//! The schedule: a tick fires once, however many nodes there are.

use chrono::{DateTime, TimeDelta, Utc};
use duenotice::error::Result;
use duenotice::job::schedule::Schedule;
use duenotice::job::{Job, Outcome, Payload, Registry, Worker};
use duenotice::rng::Rng;
use duenotice::store::{self, Db};
use duenotice::time::TimeSource;
use serde::{Deserialize, Serialize};

use crate::support::db::Fresh;

crate::both_engines![
    four_nodes_fire_once_per_tick,
    missed_ticks_are_made_up_for_by_one,
    a_tick_passes_while_its_job_still_waits,
];

#[derive(Serialize, Deserialize)]
#[serde(tag = "v")]
enum Sweep {
    #[serde(rename = "1")]
    V1 {},
}

impl Payload for Sweep {
    const KIND: &'static str = "test.sweep";
}

impl Job<()> for Sweep {
    async fn run(self, (): ()) -> Result<Outcome> {
        Ok(Outcome::Nothing)
    }
}

fn node(db: &Db, time: &TimeSource) -> Worker<()> {
    let registry = Registry::new().with::<Sweep>();
    let schedule = Schedule::every(TimeDelta::seconds(1), &Sweep::V1 {}).unwrap();
    let (db, time) = (db.clone(), time.clone());
    Worker::new(db, time, Rng::system(), (), registry, vec![schedule])
}

fn clock() -> TimeSource {
    let start: DateTime<Utc> = "2026-11-25T09:14:00.250Z".parse().unwrap();
    TimeSource::set(start)
}

async fn four_nodes_fire_once_per_tick(fresh: Fresh) {
    let time = clock();
    let mut nodes = Vec::new();
    for _ in 0..4 {
        let db = Db::open(&fresh.url).await.unwrap();
        nodes.push((node(&db, &time), db));
    }
    let mut fired = 0;
    // Twelve looks at the clock within three seconds.
    for _ in 0..12 {
        let looks = nodes.iter().map(|(node, _)| {
            let node = node.clone();
            tokio::spawn(async move { node.tick().await.unwrap() })
        });
        for look in looks.collect::<Vec<_>>() {
            fired += look.await.unwrap();
        }
        nodes[0].0.run_until_idle().await.unwrap();
        time.advance(TimeDelta::milliseconds(250));
    }
    // At once when it is new (0.25), then at 1, 2 and 3.
    assert_eq!(fired, 4);
    for (_, db) in nodes {
        db.close().await;
    }
}

async fn missed_ticks_are_made_up_for_by_one(fresh: Fresh) {
    let time = clock();
    let node = node(&fresh.db, &time);
    assert_eq!(node.tick().await.unwrap(), 1);
    node.run_until_idle().await.unwrap();
    time.advance(TimeDelta::hours(8));
    assert_eq!(node.tick().await.unwrap(), 1);
    node.run_until_idle().await.unwrap();
    assert_eq!(node.tick().await.unwrap(), 0);
}

async fn a_tick_passes_while_its_job_still_waits(fresh: Fresh) {
    let time = clock();
    let node = node(&fresh.db, &time);
    assert_eq!(node.tick().await.unwrap(), 1);
    time.advance(TimeDelta::seconds(5));
    assert_eq!(node.tick().await.unwrap(), 0);
    let load = store::job::load(&fresh.db).await.unwrap();
    assert_eq!(load.alive, 1);
}
