//! One way to run a statement on either engine, typed on both, with nothing boxed.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments as _, AssertSqlSafe, Encode, FromRow, PgConnection, PgPool, Postgres, Sqlite,
    SqliteConnection, SqlitePool, Type,
};

use super::engine::{Db, Engine, Tx};
use crate::error::{Error, Result};

/// The text of a statement for each engine; mostly the same text.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
}

impl Sql {
    /// One text for both engines.
    pub const fn both(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }

    /// Where the engines need different words.
    pub const fn per(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// The text for `engine`.
    pub const fn text(self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// A value that can be bound on both engines.
pub trait Value:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send
{
}
impl<T> Value for T where
    T: for<'q> Encode<'q, Sqlite>
        + Type<Sqlite>
        + for<'q> Encode<'q, Postgres>
        + Type<Postgres>
        + Send
{
}

/// A row type that can be read from both engines; `derive(sqlx::FromRow)` gives it.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Record for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// Something that runs statements: `&Db` (reads and single statements) or `&mut Tx`.
pub trait Exec<'c> {
    /// Prepares to run `sql`, which only reads.
    fn query(self, sql: Sql) -> Query<'c>;
    /// Prepares to run `sql`, which writes.
    fn command(self, sql: Sql) -> Query<'c>;
}

impl<'c> Exec<'c> for &'c Db {
    fn query(self, sql: Sql) -> Query<'c> {
        match self {
            Db::Sqlite { reader, .. } => Query::new(Target::SqlitePool(reader), sql),
            Db::Postgres(pool) => Query::new(Target::PgPool(pool), sql),
        }
    }

    fn command(self, sql: Sql) -> Query<'c> {
        match self {
            Db::Sqlite { writer, .. } => Query::new(Target::SqlitePool(writer), sql),
            Db::Postgres(pool) => Query::new(Target::PgPool(pool), sql),
        }
    }
}

impl<'c> Exec<'c> for &'c mut Tx {
    fn query(self, sql: Sql) -> Query<'c> {
        match self {
            Tx::Sqlite(tx) => Query::new(Target::Sqlite(tx), sql),
            Tx::Postgres(tx) => Query::new(Target::Pg(tx), sql),
        }
    }

    fn command(self, sql: Sql) -> Query<'c> {
        self.query(sql)
    }
}

enum Target<'c> {
    SqlitePool(&'c SqlitePool),
    Sqlite(&'c mut SqliteConnection),
    PgPool(&'c PgPool),
    Pg(&'c mut PgConnection),
}

enum Args {
    Sqlite(SqliteArguments),
    Pg(PgArguments),
}

/// A statement with its values, ready to run.
#[must_use = "a query does nothing until it is run"]
pub struct Query<'c> {
    target: Target<'c>,
    text: std::borrow::Cow<'static, str>,
    args: Args,
    broken: Option<String>,
}

macro_rules! run {
    ($query:ident, $how:ident, $method:ident) => {{
        if let Some(why) = $query.broken {
            return Err(Error::internal(format!(
                "a value could not be bound: {why}"
            )));
        }
        let text = AssertSqlSafe($query.text.into_owned());
        match ($query.target, $query.args) {
            (Target::SqlitePool(p), Args::Sqlite(a)) => sqlx::$how(text, a).$method(p).await?,
            (Target::Sqlite(c), Args::Sqlite(a)) => sqlx::$how(text, a).$method(c).await?,
            (Target::PgPool(p), Args::Pg(a)) => sqlx::$how(text, a).$method(p).await?,
            (Target::Pg(c), Args::Pg(a)) => sqlx::$how(text, a).$method(c).await?,
            _ => return Err(Error::internal("a query was built for another engine")),
        }
    }};
}

impl<'c> Query<'c> {
    fn new(target: Target<'c>, sql: Sql) -> Self {
        let (engine, args) = match &target {
            Target::SqlitePool(_) | Target::Sqlite(_) => {
                (Engine::Sqlite, Args::Sqlite(SqliteArguments::default()))
            }
            Target::PgPool(_) | Target::Pg(_) => {
                (Engine::Postgres, Args::Pg(PgArguments::default()))
            }
        };
        Self {
            target,
            text: sql.text(engine).into(),
            args,
            broken: None,
        }
    }

    /// Binds the next `$n`.
    pub fn bind(mut self, value: impl Value) -> Self {
        let added = match &mut self.args {
            Args::Sqlite(args) => args.add(value),
            Args::Pg(args) => args.add(value),
        };
        if let Err(why) = added {
            self.broken.get_or_insert(why.to_string());
        }
        self
    }

    /// Appends more text of the same statement; for lists of values and filters.
    /// The text is ours, never a user's.
    pub fn push(mut self, text: &str) -> Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Appends the placeholder of the next value, and binds it.
    ///
    /// On SQLite that is `?`, the next in order: `$n` is a *named* parameter there, which is searched
    /// for in a list, so that a statement with thousands of them takes seconds to be read.
    pub fn push_bind(mut self, value: impl Value) -> Self {
        match &self.args {
            Args::Sqlite(_) => self.text.to_mut().push('?'),
            Args::Pg(args) => {
                let n = args.len() + 1;
                self.text.to_mut().push_str(&format!("${n}"));
            }
        }
        self.bind(value)
    }

    /// Every row.
    pub async fn all<T: Record>(self) -> Result<Vec<T>> {
        Ok(run!(self, query_as_with, fetch_all))
    }

    /// Exactly one row.
    pub async fn one<T: Record>(self) -> Result<T> {
        Ok(run!(self, query_as_with, fetch_one))
    }

    /// One row or none.
    pub async fn optional<T: Record>(self) -> Result<Option<T>> {
        Ok(run!(self, query_as_with, fetch_optional))
    }

    /// Runs it and tells how many rows were touched.
    pub async fn run(self) -> Result<u64> {
        if let Some(why) = self.broken {
            return Err(Error::internal(format!(
                "a value could not be bound: {why}"
            )));
        }
        let text = AssertSqlSafe(self.text.into_owned());
        Ok(match (self.target, self.args) {
            (Target::SqlitePool(p), Args::Sqlite(a)) => {
                sqlx::query_with(text, a).execute(p).await?.rows_affected()
            }
            (Target::Sqlite(c), Args::Sqlite(a)) => {
                sqlx::query_with(text, a).execute(c).await?.rows_affected()
            }
            (Target::PgPool(p), Args::Pg(a)) => {
                sqlx::query_with(text, a).execute(p).await?.rows_affected()
            }
            (Target::Pg(c), Args::Pg(a)) => {
                sqlx::query_with(text, a).execute(c).await?.rows_affected()
            }
            _ => return Err(Error::internal("a query was built for another engine")),
        })
    }

    /// Runs it; a broken uniqueness rule gives `false` instead of an error.
    pub async fn run_unless_exists(self) -> Result<bool> {
        // On PostgreSQL a failed statement ends the transaction, so the SQL itself must say
        // `on conflict do nothing`; the count then tells.
        Ok(self.run().await? > 0)
    }
}
