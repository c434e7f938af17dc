//! A database of before ids and addresses were hashed: it is brought over, also by a program that is
//! killed in the middle, and its log holds as before.

use duenotice::domain::scope::identifier::Kind;
use duenotice::domain::scope::seal::Contact;
use duenotice::service::incident_key::Opener;
use duenotice::service::{evidence, keyed, roster};
use duenotice::store::{self, Db, Engine, Exec as _, migrate};
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;

use crate::schema::for_engine;
use crate::support::clear::in_clear;
use crate::support::db::Empty;
use crate::support::source;
use crate::support::world::{SITE, World};

/// All that the rows say about people; some of it only in rows that were replaced or rejected.
const CLEAR: [&str; 9] = [
    "u-1001",
    "u-1002",
    "u-1003",
    "u-1004",
    "u-1005",
    "anna.berger@mail.example",
    "ben.new@mail.example",
    "dora@mail.example",
    "carla(at)mail.example",
];

#[tokio::test]
async fn it_is_brought_over_on_sqlite() {
    brought_over(Empty::sqlite()).await;
}

#[tokio::test]
async fn it_is_brought_over_on_postgres() {
    if let Some(empty) = Empty::postgres().await {
        brought_over(empty).await;
    }
}

/// A database at schema version 6 with rows in it, then at the newest.
async fn old(empty: &Empty) -> Db {
    let db = Db::open(&empty.url).await.unwrap();
    let folder = match db.engine() {
        Engine::Sqlite => "migrations/sqlite",
        Engine::Postgres => "migrations/postgres",
    };
    let migrator = Migrator::new(source::root().join(folder)).await.unwrap();
    let rows = source::files("tests/data/databases", "schema_6.sql");
    let rows = AssertSqlSafe(for_engine(&rows[0].text, db.engine()));
    match &db {
        Db::Sqlite { writer, .. } => {
            migrator.run_to(6, writer).await.unwrap();
            sqlx::raw_sql(rows).execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            migrator.run_to(6, pool).await.unwrap();
            sqlx::raw_sql(rows).execute(pool).await.unwrap();
        }
    }
    migrate(&db).await.unwrap();
    db
}

async fn brought_over(empty: Empty) {
    let now = "2026-12-01T10:00:00+01:00";
    let db = old(&empty).await;
    let found = in_clear(&db, &empty.url, &CLEAR).await;
    assert!(
        found.len() >= 8,
        "the rows hold what is looked for: {found:?}"
    );

    // The first program does two batches, the rejected rows and the people, and dies.
    let first = World::app(db.clone(), now);
    assert!(keyed::step(&first).await.unwrap());
    assert!(keyed::step(&first).await.unwrap());
    drop(first);
    assert!(store::keyed::pending(&db).await.unwrap());
    let app = World::app(db, now);
    keyed::convert(&app).await.unwrap();
    keyed::convert(&app).await.unwrap();
    assert!(!store::keyed::pending(&app.db).await.unwrap());

    let report = evidence::verify(&app.db).await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!(report.rosters, 2);
    assert_eq!(report.rows["delivery"], 2);
    assert_eq!(report.rows["revision"], 2);

    let incidents = store::incident::list(&app.db, None, 10).await.unwrap();
    let id = incidents.iter().find(|i| i.persons == 4).unwrap().id;
    let opener = Opener::read(&app, id).await.unwrap();
    let ben = app.hasher.account(SITE, "u-1002");
    let row = store::person::find(&app.db, id, SITE, ben).await.unwrap();
    let row = row.unwrap();
    let contact = Contact {
        user: Some("u-1002".to_owned()),
        email: Some("ben.new@mail.example".to_owned()),
        phone: None,
    };
    assert_eq!(opener.contact(&ben, row.sealed.as_deref()), Some(contact));
    let address = app
        .hasher
        .read(Kind::Email, "", "ben.new@mail.example", None)
        .unwrap();
    let found = store::alias::find(&app.db, id, address).await.unwrap();
    assert_eq!(found, [(SITE.to_owned(), ben)]);
    assert_eq!(
        (row.country.as_deref(), row.birth_year, row.revision),
        (Some("US"), None, 2)
    );
    let anna = app.hasher.account(SITE, "u-1001");
    let notice = store::notice::list(&app.db, id).await.unwrap()[0].id;
    let shown = store::delivery::of_person(&app.db, notice, 1, SITE, anna).await;
    let shown = shown.unwrap().unwrap();
    assert_eq!(shown.ladder.dwell_ms, Some(2100));
    // Still live, and still shown to her.
    let due = store::delivery::due(&app.db, SITE, anna).await.unwrap();
    assert_eq!(due.len(), 1);
    let imports = store::person::imports(&app.db, id).await.unwrap();
    let rejected = roster::rejections(&app, &imports[1], 0, 10).await.unwrap();
    assert_eq!(rejected[0].raw, "u-1004,carla(at)mail.example,de,AT,,,");
    assert!(rejected[0].reason.contains("not an e-mail address"));

    // The next change goes on from there.
    let (n,): (i64,) = app
        .db
        .query(duenotice::sql!("select count(*) from roster_tally"))
        .one()
        .await
        .unwrap();
    assert!(n > 0);
    let next = store::revision::next_number(&app.db, id).await.unwrap();
    assert_eq!(next, 3);
    assert_eq!(
        in_clear(&app.db, &empty.url, &CLEAR).await,
        Vec::<String>::new()
    );
    let other = duenotice::domain::scope::identifier::Hasher::new(&[8; 32]);
    let refused = duenotice::service::incident_key::check_secret(&app.db, &other).await;
    assert!(refused.unwrap_err().to_string().contains("not the secret"));
    app.db.close().await;
    empty.remove().await;
}
