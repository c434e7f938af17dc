//! Whether something stands in clear anywhere in a database: in SQLite's files byte for byte, in
//! PostgreSQL's tables row for row.

use duenotice::store::{Db, Exec as _};
use sqlx::AssertSqlSafe;

/// Which of `words` stand in the database at `url`.
pub async fn in_clear(db: &Db, url: &str, words: &[&str]) -> Vec<String> {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    match db {
        Db::Sqlite { .. } => {
            let path = url.trim_start_matches("sqlite:");
            for end in ["", "-wal"] {
                let file = format!("{path}{end}");
                texts.extend(std::fs::read(&file).ok().map(|bytes| (file, bytes)));
            }
        }
        Db::Postgres(pool) => {
            let tables: Vec<(String,)> = db
                .query(duenotice::sql!(
                    "select table_name::text from information_schema.tables
                     where table_schema = 'public'"
                ))
                .all()
                .await
                .unwrap();
            for (table,) in tables {
                let sql = AssertSqlSafe(format!("select t::text from {table} as t"));
                let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
                let all: Vec<String> = rows.into_iter().map(|r| r.0).collect();
                texts.push((table, all.join("\n").into_bytes()));
            }
        }
    }
    assert!(!texts.is_empty());
    let mut found = Vec::new();
    for (place, text) in &texts {
        for word in words {
            // PostgreSQL writes bytes as hexadecimal digits.
            let needles = [word.as_bytes().to_vec(), hex::encode(word).into_bytes()];
            if needles
                .iter()
                .any(|n| text.windows(n.len()).any(|w| w == n))
            {
                found.push(format!("{word} in {place}"));
            }
        }
    }
    found
}
