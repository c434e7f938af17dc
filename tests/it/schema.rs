//! The schema: the same on both engines, and reachable from every version with data in it.
//!
//! `tests/data/migrations/NNNN_*.sql` holds rows as they were after migration NNNN; one file serves
//! both engines. `#uuid(7)` and `#bytes(0a0b)` stand for what the engines write differently, and `#hash()` for the
//! sign itself.

use std::collections::{BTreeMap, BTreeSet};

use duenotice::sql;
use duenotice::store::{Db, Engine, Exec as _, migrate, schema_version};
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;

use crate::support::db::{Empty, Fresh};
use crate::support::source;

crate::both_engines![
    a_database_of_a_newer_program_is_refused,
    migrating_again_changes_nothing,
];

#[tokio::test]
async fn every_migration_is_applied_to_data_of_the_one_before_on_sqlite() {
    chain(Empty::sqlite()).await;
}

#[tokio::test]
async fn every_migration_is_applied_to_data_of_the_one_before_on_postgres() {
    if let Some(empty) = Empty::postgres().await {
        chain(empty).await;
    }
}

async fn chain(empty: Empty) {
    let db = Db::open(&empty.url).await.unwrap();
    let (folder, engine) = match db.engine() {
        Engine::Sqlite => ("migrations/sqlite", Engine::Sqlite),
        Engine::Postgres => ("migrations/postgres", Engine::Postgres),
    };
    let migrator = Migrator::new(source::root().join(folder)).await.unwrap();
    let samples = source::files("tests/data/migrations", ".sql");
    for migration in migrator.iter() {
        let version = migration.version;
        match &db {
            Db::Sqlite { writer, .. } => migrator.run_to(version, writer).await.unwrap(),
            Db::Postgres(pool) => migrator.run_to(version, pool).await.unwrap(),
        }
        let name = format!("tests/data/migrations/{version:04}_");
        let sample = samples.iter().find(|f| f.name.starts_with(&name));
        let sample = sample.unwrap_or_else(|| panic!("there are no rows in {name}*.sql"));
        let rows = AssertSqlSafe(for_engine(&sample.text, engine));
        let loaded = match &db {
            Db::Sqlite { writer, .. } => sqlx::raw_sql(rows).execute(writer).await.map(drop),
            Db::Postgres(pool) => sqlx::raw_sql(rows).execute(pool).await.map(drop),
        };
        loaded.unwrap_or_else(|e| panic!("{}: {e}", sample.name));
    }
    migrate(&db)
        .await
        .expect("the program knows these migrations");
    db.close().await;
    empty.remove().await;
}

pub fn for_engine(text: &str, engine: Engine) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..at]);
        let (word, after) = rest[at + 1..].split_once('(').expect("#word(value)");
        let (value, after) = after.split_once(')').expect("#word(value)");
        out.push_str(&match (word, engine) {
            ("uuid", Engine::Sqlite) => format!("x'{value:0>32}'"),
            ("uuid", Engine::Postgres) => format!("'{value:0>32}'"),
            ("bytes", Engine::Sqlite) => format!("x'{value}'"),
            ("bytes", Engine::Postgres) => format!("'\\x{value}'"),
            ("hash", _) => "#".to_owned(),
            _ => panic!("#{word} is not known"),
        });
        rest = after;
    }
    out + rest
}

async fn a_database_of_a_newer_program_is_refused(fresh: Fresh) {
    fresh
        .db
        .command(sql!(
            "update _sqlx_migrations set version = 9999
             where version = (select max(version) from _sqlx_migrations)"
        ))
        .run()
        .await
        .unwrap();
    let said = migrate(&fresh.db).await.unwrap_err().to_string();
    let known = schema_version();
    assert_eq!(
        said,
        format!(
            "This database has schema version 9999; this program knows versions up to {known}. \
             Start the newer program, or restore a backup made with this one."
        )
    );
}

async fn migrating_again_changes_nothing(fresh: Fresh) {
    migrate(&fresh.db).await.unwrap();
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |folder: &str| -> Vec<String> {
        let of = |f: source::SourceFile| f.name.replace(folder, "");
        source::files(folder, ".sql").into_iter().map(of).collect()
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
}

#[test]
fn a_new_column_that_must_have_a_value_has_a_default() {
    for file in source::files("migrations", ".sql") {
        for statement in file.text.to_lowercase().split(';') {
            let adds = statement.contains("alter table") && statement.contains(" add ");
            let must = statement.contains("not null") && !statement.contains("default");
            assert!(
                !(adds && must),
                "{}: rows that are there have no value for this column:{statement}",
                file.name
            );
        }
    }
}

/// What a database is made of, in words that both engines share.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    /// Table and column: may it be null?
    columns: BTreeMap<(String, String), bool>,
    /// Table and the columns of a unique key.
    unique: BTreeSet<(String, String)>,
    /// Tables whose rows cannot be changed or removed.
    append_only: BTreeSet<String>,
}

#[tokio::test]
async fn both_engines_have_the_same_tables() {
    let lite = Empty::sqlite();
    let Some(pg) = Empty::postgres().await else {
        return;
    };
    let (lite_shape, pg_shape) = (shape(&lite).await, shape(&pg).await);
    pg.remove().await;
    assert!(lite_shape.columns.len() > 50 && !lite_shape.append_only.is_empty());
    for (table, column) in lite_shape.columns.keys() {
        let key = (table.clone(), column.clone());
        let here = lite_shape.columns.get(&key);
        assert_eq!(here, pg_shape.columns.get(&key), "{table}.{column}");
    }
    assert_eq!(lite_shape, pg_shape);
}

async fn shape(empty: &Empty) -> Shape {
    let db = Db::open(&empty.url).await.unwrap();
    migrate(&db).await.unwrap();
    let columns: Vec<(String, String, i64)> = db
        .query(sql!(
            sqlite: "select m.name, c.name, c.\"notnull\" = 0 and c.pk = 0
                from sqlite_master m join pragma_table_info(m.name) c
                where m.type = 'table' and m.name not like '\\_%' escape '\\'",
            postgres: "select table_name::text, column_name::text, (is_nullable = 'YES')::int::bigint
                from information_schema.columns
                where table_schema = 'public' and table_name not like '\\_%'"
        ))
        .all()
        .await
        .unwrap();
    let unique: Vec<(String, String)> = db
        .query(sql!(
            sqlite: "select m.name, group_concat(c.name) from sqlite_master m
                join pragma_index_list(m.name) i join pragma_index_info(i.name) c
                where m.type = 'table' and i.\"unique\" = 1 group by m.name, i.name
                union
                select m.name, group_concat(c.name)
                from sqlite_master m join pragma_table_info(m.name) c
                where m.type = 'table' and c.pk > 0 group by m.name",
            postgres: "select t.relname::text, string_agg(a.attname, ',' order by a.attname)
                from pg_index i
                join pg_class t on t.oid = i.indrelid
                join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'public'
                join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey)
                where i.indisunique group by t.relname, i.indexrelid"
        ))
        .all()
        .await
        .unwrap();
    let triggers: Vec<(String,)> = db
        .query(sql!(
            sqlite: "select tbl_name from sqlite_master where type = 'trigger' group by tbl_name",
            postgres: "select distinct event_object_table::text from information_schema.triggers"
        ))
        .all()
        .await
        .unwrap();
    db.close().await;
    let sorted = |columns: &str| {
        let mut all: Vec<&str> = columns.split(',').collect();
        all.sort_unstable();
        all.join(",")
    };
    Shape {
        columns: columns
            .into_iter()
            .map(|(table, column, null)| ((table, column), null != 0))
            .collect(),
        unique: unique
            .into_iter()
            .filter(|(table, _)| !table.starts_with('_'))
            .map(|(table, columns)| (table, sorted(&columns)))
            .collect(),
        append_only: triggers.into_iter().map(|t| t.0).collect(),
    }
}
