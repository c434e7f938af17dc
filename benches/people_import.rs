//! Importing a list of people as a source, against the engine's own bulk load of the same rows into a
//! table of the same columns with its index, in one run: `cargo bench --bench people_import [-- ROWS]`.
//!
//! Ours finds out the format, checks every field, hashes the identifiers, seals the contact, sorts,
//! finds repeated ids, hashes the whole and writes the evidence. The peers (`sqlite3 .import`,
//! `psql \copy`) only load. Told at the end: the most memory that our process ever held (VmHWM), whose
//! limit is 300 MiB.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use duenotice::app::App;
use duenotice::catalog::Catalog;
use duenotice::config::{Config, ServerSecret};
use duenotice::domain::access::{Actor, Role, Who};
use duenotice::domain::scope::field::{Mapping, Unique};
use duenotice::ids::AccountId;
use duenotice::rng::Rng;
use duenotice::service::source::{self, About, End, Settings};
use duenotice::service::{self, Ctx};
use duenotice::store::source::Source;
use duenotice::store::{Db, Exec as _, migrate};
use duenotice::time::TimeSource;

#[path = "../tests/it/support/postgres.rs"]
mod postgres;

fn main() {
    let rows: usize = std::env::args()
        .skip(1)
        .find_map(|a| a.parse().ok())
        .unwrap_or(1_000_000);
    let rounds = if rows > 2_000_000 { 1 } else { 3 };
    let dir = tempfile::tempdir_in(std::env::var_os("BENCH_DIR").unwrap_or("/tmp".into())).unwrap();
    let (ours, peer) = (dir.path().join("people.csv"), dir.path().join("peer.csv"));
    write_files(rows, &ours, &peer);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for round in 1..=rounds {
            let at = dir.path().join(format!("{round}.db"));
            let url = format!("sqlite:{}", at.display());
            let seconds = import(&url, dir.path(), &ours, rows).await;
            std::fs::remove_file(&at).unwrap();
            let peer_at = dir.path().join(format!("peer{round}.db"));
            let loaded = sqlite3(&peer_at, &peer);
            let _ = std::fs::remove_file(&peer_at);
            report(
                &format!("SQLite round {round}"),
                rows,
                seconds,
                ".import",
                loaded,
            );
            if let Some(server) = postgres::server() {
                let url = postgres::create(server).await;
                let seconds = import(&url, dir.path(), &ours, rows).await;
                postgres::remove(server, &url).await;
                let url = postgres::create(server).await;
                let loaded = psql(&url, &peer);
                postgres::remove(server, &url).await;
                report(
                    &format!("PostgreSQL round {round}"),
                    rows,
                    seconds,
                    "\\copy",
                    loaded,
                );
            }
        }
    });
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or("VmHWM: not known");
    println!("{most} (limit: 300 MiB = 307200 kB)");
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn report(what: &str, rows: usize, ours: f64, peer_name: &str, peer: Option<f64>) {
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

/// Ids in random order, as a company's export has them.
fn write_files(rows: usize, ours: &Path, peer: &Path) {
    let mut ours = BufWriter::new(std::fs::File::create(ours).unwrap());
    let mut peer = BufWriter::new(std::fs::File::create(peer).unwrap());
    writeln!(
        ours,
        "user_id,email,lang,country,state,birth_year,registered_at"
    )
    .unwrap();
    let countries = ["AT,", "DE,", "US,CO", "US,TX", "CH,", "BR,"];
    let mut n: u64 = 1;
    for row in 0..rows {
        n = n
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (id, country) = (format!("usr_{n:016x}"), countries[row % countries.len()]);
        let (year, day) = (50 + row % 50, 1 + row % 28);
        let rest = format!("{id}@mail.example,de,{country},19{year},2025-03-{day:02}T10:00:00Z");
        writeln!(ours, "{id},{rest}").unwrap();
        writeln!(peer, "1,{id},{row},{rest}").unwrap();
    }
}

async fn import(url: &str, dir: &Path, file: &Path, rows: usize) -> f64 {
    let db = Db::open(url).await.unwrap();
    migrate(&db).await.unwrap();
    db.command(duenotice::sql!(
        "insert into site (id, name, origins, default_lang, created_at, version)
         values ('shop', 'Shop', '[]', 'en', '2026-01-01T00:00:00+00:00', 1)"
    ))
    .run()
    .await
    .unwrap();
    let mut config = Config::defaults().unwrap();
    config.spool = dir.join("spool");
    let app = App::new(
        config,
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
    let about = About {
        name: "accounts".to_owned(),
        system: "website_account".to_owned(),
        site: "shop".to_owned(),
        in_system: true,
    };
    let start = Instant::now();
    let file = std::fs::File::open(file).unwrap();
    let s = source::receive(&ctx, incident, &about, "people.csv", file)
        .await
        .unwrap();
    let mapping: Mapping = serde_json::from_str(&s.mapping).unwrap();
    assert_eq!((mapping.columns.len(), mapping.unique), (7, Unique::Person));
    let settings = Settings {
        about,
        format: None,
        mapping,
    };
    source::set(&ctx, incident, s.id, &settings).await.unwrap();
    let s: Source = source::begin(&ctx, incident, s.id, true).await.unwrap();
    let end = source::work(&app, s.id, s.token).await.unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(end, End::Done);
    let done = source::find(&app, incident, s.id).await.unwrap();
    assert_eq!(usize::try_from(done.rows_taken).unwrap(), rows);
    app.db.close().await;
    seconds
}

const TABLE: &str = "create table listed (source bigint not null, user_id text not null,
    line bigint not null, email text, lang text, country text, region text, birth_year bigint,
    since text, primary key (source, user_id, line))";

fn sqlite3(db: &Path, file: &Path) -> Option<f64> {
    let run = |args: &[&str]| Command::new("sqlite3").arg(db).args(args).status().ok();
    run(&[&format!(
        "pragma journal_mode = wal; {TABLE} without rowid;"
    )])?;
    let start = Instant::now();
    let import = format!(".import --csv {} listed", file.display());
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
    run(&format!("\\copy listed from '{}' csv", file.display()))?;
    Some(start.elapsed().as_secs_f64())
}
