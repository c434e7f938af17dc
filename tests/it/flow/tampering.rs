//! Somebody with the database in hand changes it past the program: the check names what was changed.

use duenotice::service::evidence::verify;
use duenotice::store::Db;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    a_changed_fact_is_named,
    a_changed_deadline_is_named,
    a_changed_notice_is_named,
    a_changed_approval_is_named,
    a_changed_person_is_named,
    a_person_taken_off_is_named,
    a_person_slipped_in_is_named,
    a_changed_obligation_is_named,
    a_row_that_no_entry_tells_of_is_named,
    a_row_that_is_gone_is_named,
    a_changed_entry_is_named,
    a_changed_entry_with_a_new_hash_is_named,
    a_changed_opening_is_named,
    an_entry_cut_out_is_named,
    the_last_entry_dropped_is_named,
    the_last_entry_dropped_with_the_heads_set_back_is_named
);

/// A whole story, proven, then changed by `sql`; gives what the check says.
async fn after(fresh: Fresh, sql: &[&str]) -> Vec<String> {
    let url = fresh.url.clone();
    let world = World::at(fresh, "2026-11-23T11:00:00+01:00").await;
    let incident = world.incident("2026-11-23T09:12:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    let csv = "user_id,email,country\nu-1,a@b.example,AT\nu-2,,US\n";
    world.import(incident, csv).await.unwrap();
    let notice = world.draft(incident).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.app.time.move_to(t("2026-11-24T10:00:00+01:00"));
    world.activate(notice).await.unwrap();
    world.finish().await;
    for statement in sql {
        past_the_program(&url, statement).await;
    }
    let report = verify(&world.app.db).await.unwrap();
    assert!(!report.holds(), "nothing was noticed");
    report.problems
}

/// Runs `sql` with every trigger out of the way.
async fn past_the_program(url: &str, sql: &str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let mut db = SqliteConnection::connect(&format!("sqlite:{path}"))
            .await
            .unwrap();
        let triggers: Vec<(String,)> =
            sqlx::query_as("select name from sqlite_master where type = 'trigger'")
                .fetch_all(&mut db)
                .await
                .unwrap();
        for (name,) in triggers {
            run(&mut db, format!("drop trigger {name}")).await;
        }
        run(&mut db, "pragma foreign_keys = off".to_owned()).await;
        run(&mut db, sql.to_owned()).await;
        db.close().await.unwrap();
    } else {
        let mut db = PgConnection::connect(url).await.unwrap();
        db.execute("set session_replication_role = replica")
            .await
            .unwrap();
        let done = db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
        db.close().await.unwrap();
    }
}

async fn run(db: &mut SqliteConnection, sql: String) {
    db.execute(AssertSqlSafe(sql)).await.unwrap();
}

#[track_caller]
fn named(problems: &[String], words: &[&str]) {
    let all = |p: &&String| words.iter().all(|w| p.contains(w));
    assert!(problems.iter().any(|p| all(&p)), "{words:?}: {problems:#?}");
}

async fn a_changed_fact_is_named(fresh: Fresh) {
    let sql = "update fact set at = (select min(at) from fact) where kind = 'aware'";
    named(&after(fresh, &[sql]).await, &["fact ", "was changed"]);
}

async fn a_changed_deadline_is_named(fresh: Fresh) {
    let sql = "update deadline set result = replace(result, '2026-12-0', '2026-12-1')
               where result like '%2026-12-0%'";
    named(&after(fresh, &[sql]).await, &["deadline ", "was changed"]);
}

async fn a_changed_notice_is_named(fresh: Fresh) {
    let sql = "update notice_version set content = replace(content, 'An answer', 'No answer')";
    let problems = after(fresh, &[sql]).await;
    named(&problems, &["notice_version ", "was changed"]);
}

async fn a_changed_approval_is_named(fresh: Fresh) {
    let sql = "update notice_approval set approver = 'Somebody else'";
    let problems = after(fresh, &[sql]).await;
    named(&problems, &["notice_approval ", "was changed"]);
}

async fn a_changed_person_is_named(fresh: Fresh) {
    let sql = "update person set country = 'DE' where country = 'AT'";
    named(&after(fresh, &[sql]).await, &["The roster of incident"]);
}

async fn a_person_taken_off_is_named(fresh: Fresh) {
    let sql = "delete from person where country = 'US'";
    named(&after(fresh, &[sql]).await, &["The roster of incident"]);
}

async fn a_person_slipped_in_is_named(fresh: Fresh) {
    let sql = "insert into person (incident_id, site_id, person_key, revision, changed_revision)
               select incident_id, 'another', person_key, 1, 1 from person where country = 'AT'";
    named(&after(fresh, &[sql]).await, &["The roster of incident"]);
}

async fn a_changed_obligation_is_named(fresh: Fresh) {
    let sql = "update obligation set late = null, met_at = settled_at, note = 'In time, really.'
               where outcome = 'met'";
    named(&after(fresh, &[sql]).await, &["obligation ", "was changed"]);
}

async fn a_row_that_no_entry_tells_of_is_named(fresh: Fresh) {
    let sql = "insert into notice_version
                   (notice_id, number, content, content_hash, author_key, author, created_at)
               select notice_id, number + 1, content, content_hash, author_key, author, created_at
               from notice_version";
    let problems = after(fresh, &[sql]).await;
    named(&problems, &["notice_version ", "no entry tells of it"]);
}

async fn a_row_that_is_gone_is_named(fresh: Fresh) {
    let sql = "delete from fact where kind = 'aware'";
    named(&after(fresh, &[sql]).await, &["fact ", "is gone"]);
}

async fn a_changed_entry_is_named(fresh: Fresh) {
    let sql = "update evidence_entry set body = replace(body, '2026', '2025') where seq = 3";
    let problems = after(fresh, &[sql]).await;
    named(&problems, &["Entry 3 was changed"]);
}

/// Who knows how hashes are made writes a fitting one: the next entry does not follow then.
async fn a_changed_entry_with_a_new_hash_is_named(fresh: Fresh) {
    use sha2::{Digest as _, Sha256};
    let body = "{\"v\":1}";
    let hash = Sha256::new()
        .chain_update([0])
        .chain_update(body)
        .finalize();
    let hash = hex::encode(hash);
    let literal = match fresh.url.starts_with("sqlite:") {
        true => format!("x'{hash}'"),
        false => format!("'\\x{hash}'::bytea"),
    };
    let sql = format!("update evidence_entry set body = '{body}', hash = {literal} where seq = 3");
    let problems = after(fresh, &[&sql]).await;
    named(&problems, &["Entry 4 does not follow"]);
}

async fn a_changed_opening_is_named(fresh: Fresh) {
    let sql = "update evidence_opening set value = replace(value, 'Rita', 'Anton')
               where value like '%Rita%'";
    let problems = after(fresh, &[sql]).await;
    named(&problems, &["is not what the entry commits to"]);
}

async fn an_entry_cut_out_is_named(fresh: Fresh) {
    let sql = [
        "delete from evidence_opening where seq = 5",
        "delete from evidence_entry where seq = 5",
    ];
    let problems = after(fresh, &sql).await;
    named(&problems, &["Entry 5 is missing"]);
}

const DROP_LAST: [&str; 2] = [
    "delete from evidence_opening where seq = (select max(seq) from evidence_entry)",
    "delete from evidence_entry where seq = (select max(seq) from evidence_entry)",
];

async fn the_last_entry_dropped_is_named(fresh: Fresh) {
    let problems = after(fresh, &DROP_LAST[1..]).await;
    named(&problems, &["entries are missing at the end"]);
}

/// With the heads set back too, the chain itself holds; the rows tell of more than it does. Only a
/// head that is kept outside would show it when the rows are set back as well.
async fn the_last_entry_dropped_with_the_heads_set_back_is_named(fresh: Fresh) {
    let [openings, entry] = DROP_LAST;
    let sql = [
        openings,
        entry,
        "update evidence_head set seq = seq - 1, hash = (
            select hash from evidence_entry order by seq desc limit 1)
         where incident_id not in (select id from incident)",
        "update evidence_head set seq = seq - 1, hash = (
            select hash from evidence_entry where iseq is not null order by iseq desc limit 1)
         where incident_id in (select id from incident)",
    ];
    let problems = after(fresh, &sql).await;
    named(&problems, &["obligation ", "was changed"]);
    assert_eq!(problems.len(), 1, "{problems:#?}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/nothing.db", dir.path().display());
    let said = Db::open_existing(&url).await.unwrap_err().to_string();
    assert!(said.contains("There is no file"), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
