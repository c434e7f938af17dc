//! Importing a roster of a million people, against the engine's own bulk load of the same rows into a
//! table of the same shape, in one run: `cargo bench --bench roster_import [-- ROWS]`.
//!
//! Ours checks every field, stages, finds repeated ids, merges, counts per country and state, hashes
//! the whole roster and writes the evidence. The peers (`sqlite3 .import`, `psql \copy`) only load.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use duenotice::app::App;
use duenotice::catalog::Catalog;
use duenotice::config::{Config, ServerSecret};
use duenotice::domain::access::{Actor, Role, Who};
use duenotice::ids::AccountId;
use duenotice::rng::Rng;
use duenotice::service::roster::Upload;
use duenotice::service::{self, Ctx};
use duenotice::store::{Db, Exec as _, migrate};
use duenotice::time::TimeSource;

#[path = "../tests/it/support/postgres.rs"]
mod postgres;

fn main() {
    let rows: usize = std::env::args()
        .skip(1)
        .find_map(|a| a.parse().ok())
        .unwrap_or(1_000_000);
    let dir = tempfile::tempdir().unwrap();
    let (ours, peer) = (dir.path().join("roster.csv"), dir.path().join("peer.csv"));
    write_files(rows, &ours, &peer);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for round in 1..=3 {
            let url = format!(
                "sqlite:{}",
                dir.path().join(format!("{round}.db")).display()
            );
            let seconds = import(&url, &ours, rows).await;
            let loaded = sqlite3(&dir.path().join(format!("peer{round}.db")), &peer);
            report(
                &format!("SQLite round {round}"),
                rows,
                seconds,
                ".import",
                loaded,
            );
            if let Some(server) = postgres::server() {
                let url = postgres::create(server).await;
                let seconds = import(&url, &ours, rows).await;
                let peer_url = postgres::create(server).await;
                let loaded = psql(&peer_url, &peer);
                report(
                    &format!("PostgreSQL round {round}"),
                    rows,
                    seconds,
                    "\\copy",
                    loaded,
                );
                postgres::remove(server, &url).await;
                postgres::remove(server, &peer_url).await;
            }
        }
    });
}

fn report(what: &str, rows: usize, ours: f64, peer_name: &str, peer: Option<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rows = rows as f64;
    match peer {
        Some(peer) => println!(
            "{what}: {:.0} rows/s ({ours:.2} s); {peer_name} {:.0} rows/s ({peer:.2} s); ratio {:.2}",
            rows / ours,
            rows / peer,
            peer / ours
        ),
        None => println!(
            "{what}: {:.0} rows/s ({ours:.2} s); no {peer_name} here",
            rows / ours
        ),
    }
}

/// User ids in random order, as a company's export has them.
fn write_files(rows: usize, ours: &Path, peer: &Path) {
    let mut ours = BufWriter::new(std::fs::File::create(ours).unwrap());
    let mut peer = BufWriter::new(std::fs::File::create(peer).unwrap());
    writeln!(ours, "user_id,email,lang,country,state,birth_year,exposed").unwrap();
    let countries = ["AT,", "DE,", "US,CO", "US,TX", "CH,", "BR,"];
    let mut n: u64 = 1;
    for row in 0..rows {
        n = n
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let country = countries[row % countries.len()];
        let id = format!("usr_{n:016x}");
        let rest = format!(
            "{id}@mail.example,de,{country},19{},name email",
            50 + row % 50
        );
        writeln!(ours, "{id},{rest}").unwrap();
        writeln!(peer, "0192a1b2c3d4e5f6,shop,{id},1,{rest}").unwrap();
    }
}

async fn import(url: &str, file: &Path, rows: usize) -> f64 {
    let db = Db::open(url).await.unwrap();
    migrate(&db).await.unwrap();
    db.command(duenotice::sql!(
        "insert into site (id, name, origins, default_lang, created_at, version)
         values ('shop', 'Shop', '[]', 'en', '2026-01-01T00:00:00+00:00', 1)"
    ))
    .run()
    .await
    .unwrap();
    let app = App::new(
        Config::defaults().unwrap(),
        Catalog::builtin().unwrap(),
        db,
        ServerSecret::new([7; 32]),
        TimeSource::system(),
        Rng::system(),
    );
    let actor = Actor {
        who: Who::Account(AccountId(uuid::Uuid::nil())),
        name: "bench".to_owned(),
        role: Some(Role::Responder),
    };
    let ctx = Ctx::new(&app, actor);
    let report = service::incident::Report {
        title: "Bench".to_owned(),
        description: "Bench".to_owned(),
        zone: "UTC".to_owned(),
        detected_at: "2026-01-01T00:00:00Z".to_owned(),
        confidentiality: true,
        systems: vec!["website_account".to_owned()],
        data_kinds: vec!["name".to_owned()],
        ..Default::default()
    };
    let incident = service::incident::report(&ctx, &report).await.unwrap();
    let file = std::fs::File::open(file).unwrap();
    let upload = Upload {
        name: "roster.csv",
        file: &file,
        site: "shop",
        found: None,
    };
    let start = Instant::now();
    let done = service::roster::import(&ctx, incident, &upload)
        .await
        .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(usize::try_from(done.added).unwrap(), rows);
    app.db.close().await;
    seconds
}

const TABLE: &str = "create table person (incident_id text not null, site_id text not null,
    user_id text not null, revision bigint not null, email text, lang text, country text,
    region text, birth_year bigint, exposed text, primary key (incident_id, site_id, user_id))";

fn sqlite3(db: &Path, file: &Path) -> Option<f64> {
    let run = |args: &[&str]| Command::new("sqlite3").arg(db).args(args).status().ok();
    run(&[&format!(
        "pragma journal_mode = wal; {TABLE} without rowid;"
    )])?;
    let start = Instant::now();
    let import = format!(".import --csv {} person", file.display());
    run(&["-cmd", "pragma synchronous = full", &import])
        .filter(std::process::ExitStatus::success)?;
    Some(start.elapsed().as_secs_f64())
}

fn psql(url: &str, file: &Path) -> Option<f64> {
    let run = |sql: &str| {
        Command::new("psql")
            .args([url, "-q", "-c", sql])
            .status()
            .ok()
            .filter(|s| s.success())
    };
    run(&TABLE.replace("user_id text", "user_id text collate \"C\""))?;
    let start = Instant::now();
    run(&format!("\\copy person from '{}' csv", file.display()))?;
    Some(start.elapsed().as_secs_f64())
}
