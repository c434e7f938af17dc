//! Importing a roster file, against the engine's own bulk load of the same rows into the same table, in one
//! run on both engines: `cargo bench --bench roster_import [-- PEOPLE]`.
//!
//! Ours checks every field, hashes and seals, stages, finds repeated ids, merges, counts per country and state,
//! hashes the whole roster and writes the evidence. The peers (`sqlite3 .import`, `psql \copy`) only load.
//! `benches/support/engines.rs` says what else can be set.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::path::Path;
use std::time::Instant;

use duenotice::domain::access::Role;
use duenotice::service::roster::{self, Upload};
use duenotice::store::Exec as _;

#[path = "support/desk.rs"]
mod desk;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/people.rs"]
mod people;
#[path = "support/scatter.rs"]
mod scatter;

use desk::{Desk, SITE, acting};
use engines::Engine;

fn main() {
    engines::each(20_000, measure);
}

async fn measure(engine: &Engine, dir: &Path, rows: usize) {
    let file = dir.join(format!("roster-{rows}.csv"));
    people::write(&file, rows, "exposed", |_| "name email".to_owned());
    let rounds = if rows > 500_000 { 1 } else { 3 };
    for round in 1..=rounds {
        let url = engine.database(&format!("roster-{rows}"), false).await;
        let desk = Desk::open(&url, dir).await;
        let seconds = import(&desk, &file, rows).await;
        let sealed = sealed_bytes(&desk).await;
        desk.close().await;
        engine.done(&url).await;
        let loads = peer::load(engine, dir, "person", rows, |values, column, n| {
            let p = people::person(n);
            match column {
                "incident_id" => values.key(u64::MAX - 1),
                "site_id" => SITE.to_owned(),
                "person_key" => values.key(n),
                "revision" | "changed_revision" => "1".to_owned(),
                "sealed" => values.sealed(n, sealed),
                "lang" => "de".to_owned(),
                "country" => p.country.to_owned(),
                "region" => p.state.to_owned(),
                "place_from" => "file".to_owned(),
                "birth_year" => p.birth_year.to_string(),
                "exposed" => "email name".to_owned(),
                _ => String::new(),
            }
        })
        .await;
        let what = format!("{} roster of {rows} people, round {round}", engine.name);
        peer::report(&what, rows, seconds, &loads);
    }
}

async fn import(desk: &Desk, file: &Path, rows: usize) -> f64 {
    let file = std::fs::File::open(file).unwrap();
    let upload = Upload {
        name: "roster.csv",
        file: &file,
        site: SITE,
        found: None,
    };
    let responder = acting(&desk.app, Role::Responder);
    let start = Instant::now();
    let done = roster::import(&responder, desk.incident, &upload).await;
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(usize::try_from(done.unwrap().added).unwrap(), rows);
    seconds
}

/// How long a sealed contact is.
async fn sealed_bytes(desk: &Desk) -> usize {
    let (sealed,): (Vec<u8>,) = desk
        .app
        .db
        .query(duenotice::sql!("select sealed from person limit 1"))
        .one()
        .await
        .unwrap();
    sealed.len()
}
