//! Every statement in `src/store` is one that both engines can prepare.

use duenotice::store::Db;
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use crate::support::db::Fresh;
use crate::support::source;

crate::both_engines![every_statement_can_be_prepared];

async fn every_statement_can_be_prepared(fresh: Fresh) {
    let statements = source::statements("src/store");
    assert!(statements.len() > 10, "the statements were not found");
    let mut bad = Vec::new();
    for s in &statements {
        let prepared = match &fresh.db {
            Db::Sqlite { writer, .. } => {
                let sql = AssertSqlSafe(s.sqlite.clone()).into_sql_str();
                writer.prepare(sql).await.map(drop)
            }
            Db::Postgres(pool) => {
                let sql = AssertSqlSafe(s.postgres.clone()).into_sql_str();
                pool.prepare(sql).await.map(drop)
            }
        };
        if let Err(e) = prepared {
            bad.push(format!("{}:{}: {e}", s.file, s.line));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
