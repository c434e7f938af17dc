//! Queries on MySQL and MariaDB.

use sqlx::mysql::{MySqlArguments, MySqlColumn, MySqlConnectOptions};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Executor as _, MySql,
    MySqlConnection, SqlSafeStr as _, Statement as _, Type, TypeInfo as _,
};

use super::stream::Session;
use super::{Asked, Broken, binary, unique};

/// Opens a transaction that sees one moment and cannot write, and makes the query ready.
///
/// Tables of an engine without transactions (MyISAM) are read as they are at each moment.
pub(super) async fn prepare(asked: &Asked<'_>) -> Result<(Session, Vec<String>), Broken> {
    let mut connection = connect(asked).await?;
    let broken = |e: sqlx::Error| asked.broken(&e);
    let version: String = sqlx::query_scalar("select version()")
        .fetch_one(&mut connection)
        .await
        .map_err(broken)?;
    let timeout = if version.contains("MariaDB") {
        // Beyond its bound MariaDB would leave out the rest of a recursion, with no more than a warning.
        format!(
            "max_recursive_iterations = 4294967295, max_statement_time = {:.3}",
            asked.timeout.as_secs_f64().max(0.001)
        )
    } else {
        format!("max_execution_time = {}", asked.timeout.as_millis().max(1))
    };
    // An empty mode has quotes as our lexer takes them.
    let settings = format!(
        "set session sql_mode = '', {timeout}; \
         set session transaction isolation level repeatable read; \
         start transaction with consistent snapshot, read only"
    );
    let set = sqlx::raw_sql(AssertSqlSafe(settings));
    connection.execute(set).await.map_err(broken)?;
    let query = asked.named.sql(|_| "?".to_owned());
    let bare = AssertSqlSafe(query.clone()).into_sql_str();
    let statement = (&mut connection).prepare(bare).await.map_err(broken)?;
    let columns: Vec<String> = statement
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    unique(&columns)?;
    let pairs: Vec<String> = statement
        .columns()
        .iter()
        .map(pair)
        .collect::<Result<_, _>>()?;
    let mut arguments = MySqlArguments::default();
    for place in asked.named.places() {
        let value = asked.values.get(place);
        arguments
            .add(value)
            .map_err(|e| broken(sqlx::Error::Encode(e)))?;
    }
    let object = format!("cast(json_object({}) as char)", pairs.join(", "));
    let sql = asked.around(&object, &query);
    Ok((
        Session::MySql(Box::new(connection), sql, arguments),
        columns,
    ))
}

async fn connect(asked: &Asked<'_>) -> Result<MySqlConnection, Broken> {
    let at = asked.connection;
    let options = MySqlConnectOptions::from_url(&at.address()?)
        .map_err(|e| at.unreachable(&e))?
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    match tokio::time::timeout(asked.patience(), options.connect()).await {
        Ok(connection) => connection.map_err(|e| at.unreachable(&e)),
        Err(_) => Err(at.silent(asked.patience())),
    }
}

/// The key and the value of a column in the object.
fn pair(column: &MySqlColumn) -> Result<String, Broken> {
    let name = column.name();
    let q = format!("q.`{}`", name.replace('`', "``"));
    // The name alone takes text of a binary collation, such as utf8mb4_bin, for bytes.
    let is_text = <str as Type<MySql>>::compatible(column.type_info());
    let value = match column.type_info().name() {
        _ if is_text => q,
        // The session is in UTC: an instant says so, a reading of some clock does not.
        "TIMESTAMP" => format!("replace(date_format({q}, '%Y-%m-%dT%H:%i:%s.%fZ'), '.000000', '')"),
        "DATETIME" => format!("replace(date_format({q}, '%Y-%m-%dT%H:%i:%s.%f'), '.000000', '')"),
        "BIT" => format!("{q} + 0"),
        "BINARY" | "VARBINARY" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" => {
            return Err(binary(name, &format!("hex({name})")));
        }
        "GEOMETRY" => return Err(binary(name, &format!("st_astext({name})"))),
        _ => q,
    };
    let key = name.replace('\\', "\\\\").replace('\'', "''");
    Ok(format!("'{key}', {value}"))
}
