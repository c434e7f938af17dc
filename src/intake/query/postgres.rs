//! Queries on PostgreSQL.

use sqlx::postgres::{PgArguments, PgConnectOptions, PgTypeInfo};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Either, Executor as _,
    PgConnection, SqlSafeStr as _, Statement as _, TypeInfo as _,
};

use super::stream::Session;
use super::{Asked, Broken, binary, unique};

/// Opens a transaction that sees one moment and cannot write, and makes the query ready.
pub(super) async fn prepare(asked: &Asked<'_>) -> Result<(Session, Vec<String>), Broken> {
    let mut connection = connect(asked).await?;
    let broken = |e: sqlx::Error| asked.broken(&e);
    let millis = asked.timeout.as_millis().max(1);
    // Instants in UTC, and quotes as our lexer takes them. A server that can notices when we are gone.
    let settings = format!(
        "set timezone = 'UTC'; set standard_conforming_strings = on; set statement_timeout = {millis}; \
         select set_config(name, '1000', false) from pg_settings where name = 'client_connection_check_interval'"
    );
    let settings = sqlx::raw_sql(AssertSqlSafe(settings));
    connection.execute(settings).await.map_err(broken)?;
    let begin = sqlx::raw_sql("begin transaction isolation level repeatable read, read only");
    connection.execute(begin).await.map_err(broken)?;
    let bare = asked.named.sql(|n| format!("${}", n + 1));
    let bare = AssertSqlSafe(bare).into_sql_str();
    let statement = (&mut connection).prepare(bare).await.map_err(broken)?;
    let mut columns = Vec::new();
    for column in statement.columns() {
        if column.type_info().name() == "BYTEA" {
            let name = column.name();
            return Err(binary(name, &format!("encode({name}, 'hex')")));
        }
        columns.push(column.name().to_owned());
    }
    unique(&columns)?;
    let types = match statement.parameters() {
        Some(Either::Left(types)) => types,
        _ => &[],
    };
    let query = asked.named.sql(|n| match types.get(n).and_then(cast) {
        Some(name) => format!("cast(${}::text as {name})", n + 1),
        None => format!("${}::text", n + 1),
    });
    let mut arguments = PgArguments::default();
    for value in &asked.values {
        arguments
            .add(value)
            .map_err(|e| broken(sqlx::Error::Encode(e)))?;
    }
    // Not jsonb, which would sort the keys and drop one of two alike.
    let sql = asked.around("row_to_json(q)::text", &query);
    Ok((
        Session::Postgres(Box::new(connection), sql, arguments),
        columns,
    ))
}

async fn connect(asked: &Asked<'_>) -> Result<PgConnection, Broken> {
    let at = asked.connection;
    let options = PgConnectOptions::from_url(&at.address()?).map_err(|e| at.unreachable(&e))?;
    let options = options.application_name("duenotice");
    match tokio::time::timeout(asked.patience(), options.connect()).await {
        Ok(connection) => connection.map_err(|e| at.unreachable(&e)),
        Err(_) => Err(at.silent(asked.patience())),
    }
}

/// What a text is cast to, so that a parameter is of the type that its place asks for; none for text.
fn cast(kind: &PgTypeInfo) -> Option<String> {
    match kind.name() {
        "TEXT" | "UNKNOWN" => None,
        // By these names the types would have a length of one.
        "CHAR" => Some("bpchar".to_owned()),
        "BIT" => Some("varbit".to_owned()),
        name => Some(name.to_owned()),
    }
}
