//! A list of people from its file to the answer for one of them, on both engines, in one run:
//! `cargo bench --bench people_import [-- PEOPLE]`. Aims: the import at no less than 0.8 of the engine's own
//! bulk load, in less than 300 MiB; one person found in less than a millisecond.
//!
//! `duenotice people import` finds out the format, checks every field, hashes the identifiers, seals the
//! contact, sorts, finds repeated ids, hashes the whole and writes the evidence. The peers (`sqlite3
//! .import`, `psql \copy`) only load. Then `duenotice people recipe --apply` makes the list the roster, a
//! notice goes live, and people are looked up. `benches/support/engines.rs` says how databases are kept.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::path::Path;

use duenotice::store::{self, Exec as _};

#[path = "support/child.rs"]
mod child;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/look_up.rs"]
mod look_up;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/people.rs"]
mod people;
#[path = "support/scatter.rs"]
mod scatter;

use child::Child;
use desk::{Desk, SITE};
use engines::Engine;

fn main() {
    engines::each(20_000, measure);
}

async fn measure(engine: &Engine, dir: &Path, rows: usize) {
    let file = dir.join(format!("people-{rows}.csv"));
    people::write(&file, rows, "registered_at", registered_at);
    let name = format!("people-{rows}");
    let mut url = engine.database(&name, true).await;
    let desk = Desk::open(&url, dir).await;
    let there = taken(&desk).await == Some(rows);
    desk.close().await;
    if there {
        println!("{}: the list is there from an earlier run", engine.name);
    } else {
        let rounds = if rows > 500_000 { 1 } else { 3 };
        for _ in 0..rounds {
            engine.done(&url).await;
            url = engine.database(&name, false).await;
            import(engine, dir, &file, &url, rows).await;
        }
    }
    roster(engine, dir, &url, rows).await;
    let desk = Desk::open(&url, dir).await;
    look_up::measure(engine.name, &desk, rows).await;
    desk.close().await;
    engine.done(&url).await;
}

/// Imports the list into an empty database, and loads the peer.
async fn import(engine: &Engine, dir: &Path, file: &Path, url: &str, rows: usize) {
    let desk = Desk::open(url, dir).await;
    let reference = reference(&desk).await;
    desk.close().await;
    let child = Child::run(
        dir,
        url,
        &[
            "people",
            "import",
            file.to_str().unwrap(),
            "--incident",
            &reference,
            "--name",
            "accounts",
            "--system",
            "website_account",
            "--site",
            SITE,
        ],
    );
    let desk = Desk::open(url, dir).await;
    assert_eq!(taken(&desk).await, Some(rows));
    let sealed = sealed_bytes(&desk).await;
    desk.close().await;
    let loads = peer::load(engine, dir, "listed", rows, |values, column, n| {
        let p = people::person(n);
        match column {
            "source" => "1".to_owned(),
            "key" => values.key(n),
            "line" => (n + 2).to_string(),
            "kind" => "0".to_owned(),
            "email_key" => values.key(n + (1 << 40)),
            "since" => (1_740_800_000 + n % 28 * 86_400).to_string(),
            "country" => p.country.to_owned(),
            "region" => p.state.to_owned(),
            "lang" => "de".to_owned(),
            "birth_year" => p.birth_year.to_string(),
            "sealed" => values.sealed(n, sealed),
            _ => String::new(),
        }
    })
    .await;
    peer::report(
        &format!("{} import of {rows} people", engine.name),
        rows,
        child.seconds,
        &loads,
    );
    child.print_memory();
}

fn registered_at(n: u64) -> String {
    format!("2025-03-{:02}T10:00:00Z", 1 + n % 28)
}

/// Makes the list the roster, unless it is.
async fn roster(engine: &Engine, dir: &Path, url: &str, rows: usize) {
    let desk = Desk::open(url, dir).await;
    let reference = reference(&desk).await;
    let there = store::incident::find(&desk.app.db, desk.incident).await;
    let there = usize::try_from(there.unwrap().unwrap().persons) == Ok(rows);
    desk.close().await;
    if there {
        println!("{}: the roster is there from an earlier run", engine.name);
        return;
    }
    let recipe = dir.join("recipe.txt");
    std::fs::write(&recipe, "affected = accounts\n").unwrap();
    let child = Child::run(
        dir,
        url,
        &[
            "people",
            "recipe",
            "--incident",
            &reference,
            "--file",
            recipe.to_str().unwrap(),
            "--note",
            "Bench",
            "--apply",
            "--reason",
            "Bench",
        ],
    );
    println!(
        "{} roster of {rows} people from a recipe: {:.2} s",
        engine.name, child.seconds
    );
    child.print_memory();
}

async fn reference(desk: &Desk) -> String {
    let incident = store::incident::find(&desk.app.db, desk.incident).await;
    incident.unwrap().unwrap().reference
}

/// How many rows of the list are in.
async fn taken(desk: &Desk) -> Option<usize> {
    let all = store::source::list(&desk.app.db, desk.incident).await;
    let done = all.unwrap().into_iter().find(|s| s.done_at.is_some())?;
    usize::try_from(done.rows_taken).ok()
}

/// How long a sealed contact is.
async fn sealed_bytes(desk: &Desk) -> usize {
    let (sealed,): (Vec<u8>,) = desk
        .app
        .db
        .query(duenotice::sql!("select sealed from listed limit 1"))
        .one()
        .await
        .unwrap();
    sealed.len()
}
