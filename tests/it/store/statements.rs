//! Every statement in `src/store` is one that both engines can prepare.
//!
//! A statement that ends in `values ` takes rows that are pushed behind it; here it is given one row of
//! nulls. What is pushed behind others is tried by the tests of the function that does so.

use duenotice::store::{Db, Engine};
use sqlx::{AssertSqlSafe, Executor as _, Postgres, SqlSafeStr as _, Sqlite};

use crate::support::db::Fresh;
use crate::support::source;

crate::both_engines![every_statement_can_be_prepared];

async fn every_statement_can_be_prepared(fresh: Fresh) {
    let engine = fresh.db.engine();
    let mut texts: Vec<(String, String)> = source::statements("src/store")
        .into_iter()
        .map(|s| {
            let text = match engine {
                Engine::Sqlite => s.sqlite,
                Engine::Postgres => s.postgres,
            };
            (format!("{}:{}", s.file, s.line), with_a_row(text))
        })
        .collect();
    assert!(texts.len() > 50, "the statements were not found");
    stand_aside(&fresh.db).await;
    texts.push(("here".to_owned(), "select kinds from job".to_owned()));
    let bad = match &fresh.db {
        Db::Sqlite { writer, .. } => {
            bad::<Sqlite>(&mut *writer.acquire().await.unwrap(), &texts).await
        }
        Db::Postgres(pool) => bad::<Postgres>(&mut *pool.acquire().await.unwrap(), &texts).await,
    };
    // The last one is there to be found.
    let (last, bad) = bad.split_last().expect("a misspelt column is found");
    assert!(last.starts_with("here"), "{last}");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// The tables of rows that wait to be hashed, which only a database of an earlier version has.
async fn stand_aside(db: &Db) {
    let id = match db.engine() {
        Engine::Sqlite => "blob",
        Engine::Postgres => "uuid",
    };
    let sql = format!(
        "create table person_clear as select incident_id, site_id, 'u' as user_id, revision,
             'a@b.example' as email, lang, country, region, birth_year, exposed from person;
         create table delivery_clear as select *, 'u' as user_id from delivery;
         create table roster_rejection_clear (import_id {id}, line bigint, reason text, raw text);"
    );
    let sql = AssertSqlSafe(sql);
    match db {
        Db::Sqlite { writer, .. } => sqlx::raw_sql(sql).execute(writer).await.map(drop),
        Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
    }
    .unwrap();
}

/// Which of `texts` cannot be prepared, and why. Temporary tables are made first, and kept.
async fn bad<DB: sqlx::Database>(
    connection: &mut DB::Connection,
    texts: &[(String, String)],
) -> Vec<String>
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
{
    for (_, text) in texts {
        if text.starts_with("create temporary table") {
            let text = text.replace("on commit drop", "");
            connection.execute(AssertSqlSafe(text)).await.unwrap();
        }
    }
    let mut bad = Vec::new();
    for (place, text) in texts {
        // SQLite will not prepare the making of what is there.
        if text.starts_with("create temporary table") {
            continue;
        }
        let sql = AssertSqlSafe(text.clone()).into_sql_str();
        if let Err(e) = connection.prepare(sql).await {
            bad.push(format!("{place}: {e}"));
        }
    }
    bad
}

fn with_a_row(text: String) -> String {
    let Some(head) = text.strip_suffix("values ") else {
        return text;
    };
    let columns = head.rsplit_once('(').unwrap().1.split(',').count();
    format!("{text}({})", vec!["null"; columns].join(", "))
}

#[test]
fn the_source_is_read_as_rust_reads_it() {
    let found = source::statements("src/store");
    let two = found.iter().filter(|s| s.sqlite != s.postgres).count();
    assert!(two > 0, "a statement with a text for each engine is read");
    assert!(
        found
            .iter()
            .all(|s| !s.sqlite.is_empty() && !s.sqlite.contains("\\")),
        "every literal is read whole"
    );
    assert_eq!(
        with_a_row("insert into t (a, b) values ".to_owned()),
        "insert into t (a, b) values (null, null)"
    );
}
