//! Two lists of people united, intersected and subtracted by a recipe, against the same sets in SQL written by
//! hand, in one run on both engines: `cargo bench --bench set_operations [-- PEOPLE]`. Aim: within three times.
//! `benches/support/engines.rs` says how databases are kept.
//!
//! Half of the people stand on both lists. By hand: the operator between two selects, into a temporary
//! table, and its rows counted. Ours does that, gives the counts of the steps, and leaves the result
//! ready to be read page by page. Behind them: a recipe that joins a list of accounts with a list of orders by
//! their e-mail address, and the reading of all records of its result.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use duenotice::domain::scope::identifier::Key;
use duenotice::domain::scope::recipe::{Bound, Given, Known, bind, read};
use duenotice::store::run::{self, Input, Outcome};
use duenotice::store::{self, Db, Exec as _, Tx, migrate};

#[path = "support/engines.rs"]
mod engines;
#[path = "support/scatter.rs"]
mod scatter;

use engines::Engine;
use scatter::key;

const ROUNDS: usize = 3;

fn main() {
    engines::each(20_000, measure);
}

async fn measure(engine: &Engine, _: &Path, people: usize) {
    let name = engine.name;
    let url = engine.database(&format!("sets-{people}"), true).await;
    let db = Db::open(&url).await.unwrap();
    migrate(&db).await.unwrap();
    if !filled(&db).await {
        fill(&db, u64::try_from(people).unwrap()).await;
    }
    for op in ["union", "intersect", "except"] {
        let mut best = (f64::MAX, f64::MAX);
        let mut rows = (0, 0);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            rows.0 = by_hand(&db, op).await;
            best.0 = start.elapsed().as_secs_f64().min(best.0);
            let start = Instant::now();
            rows.1 = ours(&db, &format!("affected = first {op} second"), false)
                .await
                .0
                .persons;
            best.1 = start.elapsed().as_secs_f64().min(best.1);
        }
        assert_eq!(rows.0, rows.1);
        let (hand, own) = best;
        println!(
            "{name} {op} of two lists of {people}: {own:.2} s for {} people; by hand {hand:.2} s; ratio {:.2}",
            rows.1,
            own / hand
        );
    }
    let start = Instant::now();
    let text = "old = first where since < 1970-01-12\nafter = second except old\naffected = after union (first where country = AT)";
    let steps = ours(&db, text, false).await.0;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{name} three steps with filters: {seconds:.2} s for {} people",
        steps.persons
    );
    let start = Instant::now();
    let text = "link first by email\naffected = first intersect third";
    let (joined, records, read) = ours(&db, text, true).await;
    let seconds = start.elapsed().as_secs_f64() - read;
    let links = joined.links.unwrap();
    println!(
        "{name} links of {people} accounts to addresses of orders: {seconds:.2} s, {} joined; {records} records of \
         {} people read in {read:.2} s",
        links.persons, joined.persons
    );
    db.close().await;
    engine.done(&url).await;
}

/// Does the database hold the lists from an earlier run?
async fn filled(db: &Db) -> bool {
    let any: Option<(i64,)> = db
        .query(duenotice::sql!("select source from listed limit 1"))
        .optional()
        .await
        .unwrap();
    any.is_some()
}

/// Sources 1 and 2 are people with half of them on both; source 3 are orders under the addresses of every
/// second of source 1.
async fn fill(db: &Db, people: u64) {
    let mut tx = db.begin("bench").await.unwrap();
    let address = |n: u64| key(n + (1 << 40));
    let first = (0..people).map(|n| (key(n), Some(address(n)))).collect();
    load(&mut tx, 1, first).await;
    let second = (people / 2..people / 2 + people)
        .map(|n| (key(n), None))
        .collect();
    load(&mut tx, 2, second).await;
    let third = (0..people).step_by(2).map(|n| (address(n), None)).collect();
    load(&mut tx, 3, third).await;
    tx.commit().await.unwrap();
    if db.engine() == store::Engine::Postgres {
        db.command(duenotice::sql!("analyze listed"))
            .run()
            .await
            .unwrap();
    }
}

/// Rows of about the size that accounts have.
async fn load(tx: &mut Tx, source: i64, mut rows: Vec<([u8; 16], Option<[u8; 16]>)>) {
    rows.sort_unstable();
    let mut line = 0;
    for piece in rows.chunks(4000) {
        let mut q = tx.command(duenotice::sql!(
            "insert into listed (source, key, line, kind, email_key, since, country, lang, sealed) values "
        ));
        for (n, (key, email)) in piece.iter().enumerate() {
            line += 1;
            q = q.push(if n == 0 { "(" } else { ", (" });
            q = q.push_bind(source).push(", ").push_bind(Key::new(*key));
            q = q.push(", ").push_bind(line).push(", 0, ");
            q = q.push_bind(email.map(Key::new));
            q = q.push(", ").push_bind(line).push(", ");
            q = q.push(if line % 3 == 0 { "'AT'" } else { "'DE'" });
            q = q.push(", 'de', ").push_bind([7_u8; 60].to_vec()).push(")");
        }
        q.run().await.unwrap();
    }
}

async fn by_hand(db: &Db, op: &str) -> i64 {
    let mut tx = db.begin("bench").await.unwrap();
    tx.command(duenotice::sql!(
        "create temporary table by_hand as select key from listed where source = 1 "
    ))
    .push(op)
    .push(" select key from listed where source = 2")
    .run()
    .await
    .unwrap();
    let (rows,): (i64,) = tx
        .query(duenotice::sql!("select count(*) from by_hand"))
        .one()
        .await
        .unwrap();
    rows
}

/// The outcome; with `all`, how many records its people have and how long it took to read them.
async fn ours(db: &Db, text: &str, all: bool) -> (Outcome, usize, f64) {
    let bound = bound(text);
    let sources = BTreeMap::from(["first", "second", "third"].map(str::to_owned).map(|name| {
        let number = match name.as_str() {
            "first" => 1,
            "second" => 2,
            _ => 3,
        };
        (name, number)
    }));
    let input = Input {
        bound: &bound,
        sources: &sources,
        apart: &[],
    };
    let mut tx = db.begin("bench").await.unwrap();
    let outcome = run::run(&mut tx, &input).await.unwrap();
    let (mut records, mut after) = (0, None);
    let start = Instant::now();
    loop {
        if !all {
            break;
        }
        let page = run::records(&mut tx, &input, after, 5000).await.unwrap();
        records += page.len();
        after = page.last().map(Into::into);
        if page.is_empty() {
            break;
        }
    }
    (outcome, records, start.elapsed().as_secs_f64())
}

fn bound(text: &str) -> Bound {
    let recipe = read(text, &Known::names(["first", "second", "third"])).unwrap();
    let given = Given {
        params: &BTreeMap::new(),
        zone: chrono_tz::UTC,
        retention: &BTreeMap::new(),
    };
    bind(&recipe, &given).unwrap()
}
