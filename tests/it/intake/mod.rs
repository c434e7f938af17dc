//! What a company hands over: sample files (`tests/data/intake`), files that are not what they should be,
//! and queries on real servers.

mod bad_files;
mod endless;
mod queries;
mod samples;
mod snapshot;
mod speed;
mod writes;

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use duenotice::intake::query::{self, Connection, Params, Stream};
use duenotice::intake::{Broken, Next, Rows};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::db::Empty;
use crate::support::mariadb;
use crate::support::source;

/// The sample file of this name.
fn sample(name: &str) -> PathBuf {
    source::root().join("tests/data/intake").join(name)
}

/// A file with this in it.
fn file(bytes: &[u8]) -> File {
    use std::io::Write as _;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// What a source said, row for row.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    rows: Vec<Vec<Option<String>>>,
    lines: Vec<i64>,
    bad: Vec<(i64, String)>,
    broken: Option<String>,
}

fn read(rows: &mut dyn Rows) -> Read {
    let mut all = Read::default();
    loop {
        match rows.next() {
            Ok(Next::Row(row)) => {
                all.lines.push(row.line);
                let fields = row.iter().map(|f| f.map(str::to_owned));
                all.rows.push(fields.collect());
            }
            Ok(Next::Bad { line, reason, .. }) => all.bad.push((line, reason)),
            Ok(Next::End) => return all,
            Err(Broken(reason)) => {
                all.broken = Some(reason);
                return all;
            }
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

fn params(all: &[(&str, &str)]) -> Params {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.iter().map(own).collect()
}

/// A database of a company on one of the engines.
struct Company {
    connection: Connection,
    url: String,
    empty: Option<Empty>,
}

impl Company {
    fn new(url: &str, empty: Option<Empty>) -> Self {
        Self {
            connection: Connection::new("shop", SecretString::from(url)).unwrap(),
            url: url.to_owned(),
            empty,
        }
    }

    fn is(&self, engine: &str) -> bool {
        self.url.starts_with(engine)
    }

    /// Runs statements as its administrator.
    async fn run(&self, statements: &[&str]) {
        if self.is("mysql") {
            return mariadb::run(&self.url.parse().unwrap(), statements).await;
        }
        for sql in statements {
            let sql = sqlx::raw_sql(AssertSqlSafe((*sql).to_owned()));
            if self.is("sqlite") {
                let url = format!("{}?mode=rwc", self.url);
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                connection.execute(sql).await.unwrap();
                connection.close().await.unwrap();
            } else {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                connection.execute(sql).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    async fn open(&self, sql: &str, values: &[(&str, &str)]) -> Result<Stream, Broken> {
        query::open(&self.connection, sql, &params(values), MINUTE).await
    }

    /// The columns and rows of a query.
    async fn rows(
        &self,
        sql: &str,
        values: &[(&str, &str)],
    ) -> Result<(Vec<String>, Read), Broken> {
        let stream = self.open(sql, values).await?;
        let columns = stream.column_names().to_vec();
        Ok((columns, drain(stream).await))
    }

    /// The first field of the first row.
    async fn value(&self, sql: &str) -> String {
        let (_, read) = self.rows(sql, &[]).await.unwrap();
        read.rows[0][0].clone().unwrap_or_default()
    }

    /// Removes the database.
    async fn remove(self) {
        if let Some(empty) = self.empty {
            empty.remove().await;
        }
    }
}

/// Reads a stream on a thread of its own, as an import does.
async fn drain(mut stream: Stream) -> Read {
    tokio::task::spawn_blocking(move || read(&mut stream))
        .await
        .unwrap()
}

async fn sqlite() -> Option<Company> {
    let empty = Empty::sqlite();
    let url = empty.url.clone();
    let company = Company::new(&url, Some(empty));
    company.run(&["select 1"]).await;
    Some(company)
}

async fn postgres() -> Option<Company> {
    let empty = Empty::postgres().await?;
    let url = empty.url.clone();
    Some(Company::new(&url, Some(empty)))
}

async fn mysql() -> Option<Company> {
    Some(Company::new(mariadb::database().await?.as_str(), None))
}

/// The same test on each of the three engines.
macro_rules! every_engine {
    ($test:ident) => {
        mod $test {
            use super::super::{mysql, postgres, sqlite};

            #[tokio::test]
            async fn on_sqlite() {
                let company = sqlite().await.unwrap();
                super::$test(&company).await;
                company.remove().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(company) = postgres().await {
                    super::$test(&company).await;
                    company.remove().await;
                }
            }

            #[tokio::test]
            async fn on_mariadb() {
                if let Some(company) = mysql().await {
                    super::$test(&company).await;
                }
            }
        }
    };
}
use every_engine;
