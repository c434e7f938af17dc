//! Reading a company's own database: one `select`, row after row, at one moment, without ever writing.
//!
//! Three things keep it from writing: the text is looked through ([`guard`]) and put into a `select` of
//! our own, where nothing else than a query may stand; the transaction is read-only on the server; and
//! SQLite's file is opened for reading. A database user who may only read is still the best: a function
//! of the company's own that writes elsewhere (over a link to another server) is out of our sight.
//!
//! Every row comes as one JSON object, made by the server, and is read by the code for JSON Lines.

mod connection;
mod guard;
mod lex;
mod mysql;
mod named;
mod postgres;
mod sqlite;
mod stream;

use std::time::{Duration, Instant};

pub use connection::{Connection, Connections, Engine};
pub use stream::Stream;

use super::detect::{PREVIEW_ROWS, Sample};
use super::{Broken, Next};
use named::Named;
use stream::Session;

/// The values of named parameters: name without its colon, and value as text. The server makes of the
/// text what the place in the query asks for, such as a date.
pub type Params = std::collections::BTreeMap<String, String>;

/// Reads values as people write them, `from=2026-10-01` each.
///
/// # Errors
/// A sentence that begins with what was written.
pub fn params<'a>(given: impl Iterator<Item = &'a str>) -> Result<Params, Broken> {
    let mut params = Params::new();
    for text in given {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Broken(format!(
                "{text}: write NAME=VALUE, such as from=2026-10-01."
            ))
        })?;
        let name = name.trim().trim_start_matches(':').to_owned();
        if params.insert(name, value.trim().to_owned()).is_some() {
            return Err(Broken(format!("{text}: it is given twice.")));
        }
    }
    Ok(params)
}

/// The preview of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The first rows, at most [`PREVIEW_ROWS`].
    pub rows: Vec<Sample>,
    /// The rows among them that cannot be read: number and sentence.
    pub bad: Vec<(i64, String)>,
}

/// How much longer than the server we wait before the connection is closed from our side.
const GRACE: Duration = Duration::from_secs(2);

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The names of the parameters in `sql`, each once, in the order in which they come up.
///
/// # Errors
/// A sentence: the query would write, or cannot be read.
pub fn parameters(engine: Engine, sql: &str) -> Result<Vec<String>, Broken> {
    Ok(Named::parse(engine, sql)?.names)
}

/// Runs `sql` for its first rows.
///
/// # Errors
/// A sentence: as [`open`] and [`Stream::next_row`].
pub async fn check(
    connection: &Connection,
    sql: &str,
    params: &Params,
    timeout: Duration,
) -> Result<Checked, Broken> {
    let mut stream = start(connection, sql, params, timeout, Some(PREVIEW_ROWS)).await?;
    let mut checked = Checked {
        columns: stream.column_names().to_vec(),
        rows: Vec::new(),
        bad: Vec::new(),
    };
    loop {
        match stream.next_row().await? {
            Next::Row(row) => checked.rows.push(Sample {
                line: row.line,
                fields: row.iter().map(|f| f.map(str::to_owned)).collect(),
            }),
            Next::Bad { line, reason, .. } => checked.bad.push((line, reason)),
            Next::End => return Ok(checked),
        }
    }
}

/// Begins to run `sql`. The rows come from a task of their own, which waits for the reader; when the
/// [`Stream`] is dropped it ends, and its connection is closed.
///
/// After `timeout`, counted from now, the server ends the query, and if it does not, we do.
///
/// # Errors
/// A sentence: the query would write, a parameter has no value or a value no parameter, a column stands
/// twice or holds bytes that are no text, or the server cannot be reached or refuses the query.
pub async fn open(
    connection: &Connection,
    sql: &str,
    params: &Params,
    timeout: Duration,
) -> Result<Stream, Broken> {
    start(connection, sql, params, timeout, None).await
}

async fn start(
    connection: &Connection,
    sql: &str,
    params: &Params,
    timeout: Duration,
    limit: Option<usize>,
) -> Result<Stream, Broken> {
    let named = Named::parse(connection.engine(), sql)?;
    let values = named.values(params)?;
    let asked = Asked {
        connection,
        named: &named,
        values,
        timeout,
        limit,
    };
    let deadline = Instant::now() + timeout;
    let prepared = tokio::time::timeout_at((deadline + GRACE).into(), prepare(&asked));
    let (session, columns) = prepared.await.map_err(|_| too_long(timeout))??;
    Ok(Stream::start(
        session,
        columns,
        connection.clone(),
        timeout,
        deadline,
    ))
}

async fn prepare(asked: &Asked<'_>) -> Result<(Session, Vec<String>), Broken> {
    match asked.connection.engine() {
        Engine::Postgres => postgres::prepare(asked).await,
        Engine::MySql => mysql::prepare(asked).await,
        Engine::Sqlite => sqlite::prepare(asked).await,
    }
}

/// A query with all that it needs.
struct Asked<'a> {
    connection: &'a Connection,
    named: &'a Named,
    /// In the order of the names.
    values: Vec<String>,
    timeout: Duration,
    limit: Option<usize>,
}

impl Asked<'_> {
    /// `select COLUMNS from (QUERY) q`, and the limit.
    fn around(&self, columns: &str, query: &str) -> String {
        let limit = self.limit.map_or(String::new(), |n| format!(" limit {n}"));
        // The query may end in a comment.
        format!("select {columns} from (\n{query}\n) as q{limit}")
    }

    /// How long the connection may take to come about.
    fn patience(&self) -> Duration {
        CONNECT_TIMEOUT.min(self.timeout)
    }

    /// The sentence about an error of the server or the connection.
    fn broken(&self, e: &sqlx::Error) -> Broken {
        self.connection.broken(e, self.timeout)
    }
}

fn too_long(timeout: Duration) -> Broken {
    Broken(format!(
        "The query ran longer than {} seconds and was ended. Nothing more was read.",
        timeout.as_secs()
    ))
}

/// Refuses columns that would get lost in an object.
fn unique(columns: &[String]) -> Result<(), Broken> {
    if columns.is_empty() {
        return Err(Broken("The query gives no columns.".to_owned()));
    }
    for (n, column) in columns.iter().enumerate() {
        if columns.iter().skip(n + 1).any(|other| other == column) {
            return Err(Broken(format!(
                "Two columns of the query are called \"{column}\". Name one of them with \"as\"."
            )));
        }
    }
    Ok(())
}

fn binary(column: &str, advice: &str) -> Broken {
    Broken(format!(
        "The column \"{column}\" holds bytes that are no text. Leave it out, or write {advice}."
    ))
}
