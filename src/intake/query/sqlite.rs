//! Queries on a SQLite file.

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Executor as _,
    SqlSafeStr as _, Statement as _,
};

use super::stream::Session;
use super::{Asked, Broken, unique};

/// SQLite calls functions with at most 127 arguments unless it was built otherwise.
const COLUMNS_MAX: usize = 63;

/// Opens the file for reading and makes the query ready.
pub(super) async fn prepare(asked: &Asked<'_>) -> Result<(Session, Vec<String>), Broken> {
    let at = asked.connection;
    let path = at.path();
    if !path.is_file() {
        return Err(Broken(format!(
            "There is no SQLite file {} for {}.",
            path.display(),
            at.name()
        )));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .pragma("query_only", "on");
    let mut connection = options.connect().await.map_err(|e| at.unreachable(&e))?;
    let broken = |e: sqlx::Error| asked.broken(&e);
    connection
        .execute(sqlx::raw_sql("begin"))
        .await
        .map_err(broken)?;
    let query = asked.named.sql(|n| format!("?{}", n + 1));
    let bare = AssertSqlSafe(query.clone()).into_sql_str();
    let statement = (&mut connection).prepare(bare).await.map_err(broken)?;
    let columns: Vec<String> = statement
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    unique(&columns)?;
    if columns.len() > COLUMNS_MAX {
        return Err(Broken(format!(
            "The query has {} columns; on SQLite at most {COLUMNS_MAX} can be read.",
            columns.len()
        )));
    }
    let mut arguments = SqliteArguments::default();
    for value in &asked.values {
        arguments
            .add(value.clone())
            .map_err(|e| broken(sqlx::Error::Encode(e)))?;
    }
    let pairs: Vec<String> = columns
        .iter()
        .map(|name| {
            let (key, q) = (name.replace('\'', "''"), name.replace('"', "\"\""));
            format!("'{key}', q.\"{q}\"")
        })
        .collect();
    let object = format!("json_object({})", pairs.join(", "));
    let sql = asked.around(&object, &query);
    Ok((
        Session::Sqlite(Box::new(connection), sql, arguments),
        columns,
    ))
}
