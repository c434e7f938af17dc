//! A list that a company hands over becomes a source: every row is taken or comes back with its reason,
//! and a reading that was cut off goes on as if nothing had happened.

use std::io::Write as _;
use std::time::Duration;

use chrono::TimeDelta;
use duenotice::domain::scope::field::Mapping;
use duenotice::domain::scope::identifier::Kind;
use duenotice::error::{Error, Result};
use duenotice::ids::{IncidentId, SourceId};
use duenotice::service;
use duenotice::service::source::{self, About, End, Settings};
use duenotice::service::spool::Folder;
use duenotice::sql;
use duenotice::store::source::{Source, Status};
use duenotice::store::{self, Exec as _};

use crate::support::clear::in_clear;
use crate::support::db::Fresh;
use crate::support::world::World;

crate::both_engines!(
    every_row_is_taken_or_comes_back,
    what_makes_no_sense_is_said_next_to_its_field,
    a_reading_that_is_cut_off_again_and_again_ends_as_if_it_had_not_been,
    who_holds_an_older_token_writes_nothing,
    a_stopped_reading_goes_on_and_a_discarded_one_is_gone,
    what_a_killed_server_left_on_disk_is_removed,
);

pub fn about(name: &str) -> About {
    About {
        name: name.to_owned(),
        system: "website_account".to_owned(),
        site: "shop".to_owned(),
        in_system: true,
    }
}

/// Receives a list and takes the mapping that its columns suggest.
pub async fn received(
    world: &World,
    incident: IncidentId,
    about: &About,
    csv: &[u8],
) -> Result<Source> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(csv).unwrap();
    let ctx = world.responder();
    let s = source::receive(&ctx, incident, about, "list.csv", file).await?;
    let mapping: Mapping = serde_json::from_str(&s.mapping).unwrap();
    let settings = Settings {
        about: about.clone(),
        format: None,
        mapping,
    };
    source::set(&ctx, incident, s.id, &settings).await
}

/// Reads it to its end.
pub async fn read(world: &World, s: &Source) -> Source {
    let begun = source::begin(&world.responder(), s.incident_id, s.id, true)
        .await
        .unwrap();
    source::work(&world.app, s.id, begun.token).await.unwrap();
    source::find(&world.app, s.incident_id, s.id).await.unwrap()
}

async fn every_row_is_taken_or_comes_back(fresh: Fresh) {
    let url = fresh.url.clone();
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let csv = "user_id;e-mail;country;registered_at\n\
               u-1;Anna@Mail.example;AT;2025-01-02\n\
               u-2;nobody;AT;2025-01-02\n\
               u-3;ben@mail.example;Narnia;2025-01-02\n\
               u-4;cleo@mail.example;US;03/04/2025\n\
               u-1;anna@mail.example;AT;2025-01-02\n\
               =1+1;d@mail.example;AT;2025-01-02\n\
               u-5;e@mail.example;;\n";
    let s = received(&world, incident, &about("accounts"), csv.as_bytes())
        .await
        .unwrap();
    let trial = source::trial(&world.app, &s).await.unwrap();
    assert_eq!(
        (trial.rows, trial.good, trial.bad, trial.whole),
        (7, 3, 4, true)
    );
    let s = read(&world, &s).await;
    assert_eq!(s.status, Status::Done);
    assert_eq!(
        (s.rows_read, s.rows_taken, s.rows_rejected, s.rows_repeated),
        (7, 2, 5, 1)
    );
    let rejected = store::source::rejections(&world.app.db, s.no, 0, 100)
        .await
        .unwrap();
    let expected = [
        (3, "e-mail", "not an e-mail address"),
        (4, "country", "two letters"),
        (5, "registered_at", "not a time"),
        (6, "", "stands on line 2;"),
        (7, "user_id", "formula"),
    ];
    let told: Vec<_> = rejected
        .iter()
        .map(|r| (r.line, r.field.as_str()))
        .collect();
    let wanted: Vec<_> = expected
        .iter()
        .map(|(line, field, _)| (*line, *field))
        .collect();
    assert_eq!(told, wanted);
    let opened = source::rejected(&world.app, &s, 0, 100).await.unwrap();
    for (row, (.., word)) in opened.iter().zip(expected) {
        assert!(row.reason.contains(word), "{row:?}");
    }
    assert_eq!(
        opened[1].row.as_deref(),
        Some("u-3,ben@mail.example,Narnia,2025-01-02")
    );
    // What a sentence cites stands in clear as little as the row.
    let words = ["Anna@Mail", "ben@mail", "Narnia", "03/04/2025", "=1+1"];
    assert_eq!(
        in_clear(&world.app.db, &url, &words).await,
        Vec::<String>::new()
    );
    // The address is found by any spelling of it, and nothing of it stands in the database.
    let key = world
        .app
        .hasher
        .read(Kind::Email, "", "anna@mail.example", None)
        .unwrap();
    let (n,): (i64,) = world
        .app
        .db
        .query(sql!(
            "select count(*) from listed where source = $1 and email_key = $2"
        ))
        .bind(s.no)
        .bind(key)
        .one()
        .await
        .unwrap();
    assert_eq!(n, 1);
    assert!(!world.app.config.spool.join(s.id.to_string()).exists());
    world.verified().await;
}

async fn what_makes_no_sense_is_said_next_to_its_field(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let fields = |error: Error| match error {
        Error::Invalid(fields) => fields.into_iter().map(|f| f.field).collect::<Vec<_>>(),
        other => panic!("{other}"),
    };
    let mut wrong = about("union");
    wrong.system = "mainframe".to_owned();
    wrong.site = "nowhere".to_owned();
    let refused = received(&world, incident, &wrong, b"user_id\nu-1\n")
        .await
        .unwrap_err();
    assert_eq!(fields(refused), ["name", "system", "site"]);
    let mut no_site = about("accounts");
    no_site.site = String::new();
    let refused = received(&world, incident, &no_site, b"user_id\nu-1\n")
        .await
        .unwrap_err();
    assert_eq!(fields(refused), ["site"]);
    let refused = received(&world, incident, &about("accounts"), b"colour\nred\n")
        .await
        .unwrap_err();
    assert_eq!(fields(refused), ["mapping"]);
    let refused = received(&world, incident, &about("accounts"), b"")
        .await
        .unwrap_err();
    assert_eq!(fields(refused), ["file"]);
}

/// Ids in an order of their own, some bad lines, some repeated.
fn many(rows: u64) -> Vec<u8> {
    let mut csv = "user_id,email,country\n".to_owned();
    let mut n: u64 = 7;
    for row in 0..rows {
        n = n
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let id = if row % 1000 == 999 { 1 } else { n >> 20 };
        let country = if row % 777 == 0 { "Atlantis" } else { "AT" };
        csv.push_str(&format!("u-{id},p{id}@mail.example,{country}\n"));
    }
    csv.into_bytes()
}

async fn a_reading_that_is_cut_off_again_and_again_ends_as_if_it_had_not_been(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let csv = many(30_000);
    let one = received(&world, incident, &about("accounts"), &csv)
        .await
        .unwrap();
    let calm = read(&world, &one).await;
    let other = received(&world, incident, &about("accounts"), &csv)
        .await
        .unwrap();
    assert_eq!((other.version, other.status), (2, Status::Waiting));
    let mut cuts = 0;
    for ms in (0..).map(|n: u64| 20 + n * 160) {
        // A minute without a sign of life: whoever was at it is dead.
        world.app.time.advance(TimeDelta::seconds(61));
        let ctx = world.responder();
        let begun = source::begin(&ctx, incident, other.id, true).await.unwrap();
        let (app, id) = (world.app.clone(), other.id);
        let mut work = tokio::spawn(async move { source::work(&app, id, begun.token).await });
        match tokio::time::timeout(Duration::from_millis(ms), &mut work).await {
            Err(_) => {
                work.abort();
                if let Ok(end) = work.await {
                    // It came to its end as it was cut off.
                    assert_eq!(end.unwrap(), End::Done);
                    break;
                }
                cuts += 1;
                let now = source::find(&world.app, incident, other.id).await;
                if now.unwrap().status == Status::Done {
                    break;
                }
            }
            Ok(end) => {
                assert_eq!(end.unwrap().unwrap(), End::Done);
                break;
            }
        }
    }
    let torn = source::find(&world.app, incident, other.id).await.unwrap();
    let told = |s: &Source| (s.rows_read, s.rows_taken, s.rows_rejected, s.rows_repeated);
    assert_eq!(told(&torn), told(&calm), "after {cuts} cuts");
    // 30,000 rows; each 777th is bad (39), each 1,000th repeats the first of its kind (29, one of which
    // is not among the bad lines).
    assert_eq!(torn.rows_read, 30_000);
    assert_eq!(torn.content_sha256, calm.content_sha256);
    assert!(torn.content_sha256.is_some());
    world.verified().await;
}

async fn who_holds_an_older_token_writes_nothing(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let s = received(&world, incident, &about("accounts"), &many(100))
        .await
        .unwrap();
    let ctx = world.responder();
    let first = source::begin(&ctx, incident, s.id, true).await.unwrap();
    // Nobody can see from another machine whether the first is at it.
    let refused = source::begin(&ctx, incident, s.id, false)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)));
    world.app.time.advance(TimeDelta::seconds(61));
    let ctx = world.responder();
    let second = source::begin(&ctx, incident, s.id, true).await.unwrap();
    assert_eq!(
        source::work(&world.app, s.id, first.token).await.unwrap(),
        End::Left
    );
    assert_eq!(
        source::work(&world.app, s.id, second.token).await.unwrap(),
        End::Done
    );
}

async fn a_stopped_reading_goes_on_and_a_discarded_one_is_gone(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let ctx = world.responder();
    let s = received(&world, incident, &about("accounts"), &many(100))
        .await
        .unwrap();
    let begun = source::begin(&ctx, incident, s.id, true).await.unwrap();
    let stopped = source::stop(&ctx, incident, s.id).await.unwrap();
    assert_eq!(stopped.status, Status::Stopped);
    assert_eq!(
        source::work(&world.app, s.id, begun.token).await.unwrap(),
        End::Left
    );
    assert_eq!(read(&world, &s).await.status, Status::Done);
    let refused = source::discard(&ctx, incident, s.id).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)));
    let other = received(&world, incident, &about("accounts"), &many(100))
        .await
        .unwrap();
    assert!(world.app.config.spool.join(other.id.to_string()).exists());
    source::discard(&ctx, incident, other.id).await.unwrap();
    assert!(!world.app.config.spool.join(other.id.to_string()).exists());
    world.verified().await;
}

async fn what_a_killed_server_left_on_disk_is_removed(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let app = &world.app;
    let spool = app.config.spool.clone();
    let there = |id: SourceId| spool.join(id.to_string()).join("received").exists();
    let file = || {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"user_id\nu-1\n").unwrap();
        file
    };
    let folder = |id| Folder::of(&spool, id);
    let new = || SourceId(app.rng.uuid(app.time.now()));

    // Killed while it was received: neither the drop nor the transaction came.
    let killed = new();
    std::fs::create_dir_all(spool.join(killed.to_string())).unwrap();
    for name in ["untaken", "received"] {
        std::fs::write(spool.join(killed.to_string()).join(name), "u-1").unwrap();
    }
    // Being received at this moment.
    let coming = new();
    let received = folder(coming).receive(&mut file()).unwrap();
    // Waits to be read; and the same, killed before the mark was gone.
    let waits = self::received(&world, incident, &about("waits"), b"user_id\nu-1\n")
        .await
        .unwrap();
    let marked = self::received(&world, incident, &about("marked"), b"user_id\nu-1\n")
        .await
        .unwrap();
    std::fs::write(spool.join(marked.id.to_string()).join("untaken"), "").unwrap();
    // Done, and killed before it was cleaned up.
    let done = self::received(&world, incident, &about("done"), b"user_id\nu-1\n")
        .await
        .unwrap();
    assert_eq!(read(&world, &done).await.status, Status::Done);
    std::fs::create_dir_all(spool.join(done.id.to_string())).unwrap();
    std::fs::write(spool.join(done.id.to_string()).join("received"), "u-1").unwrap();
    // Waits for a program with another database.
    let foreign = new();
    folder(foreign).receive(&mut file()).unwrap().taken();

    service::tidy::tidy(app).await.unwrap();
    let all = [killed, coming, waits.id, marked.id, done.id, foreign];
    assert_eq!(all.map(there), [false, true, true, true, false, true]);
    // A list that is not taken leaves nothing.
    drop(received);
    assert!(!there(coming));
    assert_eq!(read(&world, &marked).await.status, Status::Done);
}
