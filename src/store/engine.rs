//! The two engines: how a database is opened, and how a write transaction begins and ends.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::{Error, Result};

/// Which engine a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// For when one machine is too small.
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, several readers that cannot write.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections with `query_only`.
        reader: SqlitePool,
    },
    /// One pool.
    Postgres(PgPool),
}

/// A write transaction. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// Begun with `begin immediate`, so that it can never fail half-way for a lock.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Begun with `begin`.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// How long a SQLite writer in another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The most memory for pages of the database and, once more, of temporary tables: 64 MiB.
const WRITER_CACHE: &str = "-65536";

impl Db {
    /// Opens the database at `url`: `sqlite:PATH` (made, with its folder, when missing) or
    /// `postgres://…`. Nothing is migrated here.
    ///
    /// # Errors
    /// A sentence that names the setting: an unknown scheme, a folder that cannot be made or
    /// written, a server that does not answer.
    pub async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(path.trim_start_matches("//")).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url).await
        } else {
            Err(Error::invalid(
                "database",
                "This is not a database address. Write sqlite:PATH or postgres://USER@HOST/NAME.",
            ))
        }
    }

    /// Opens a database that is there already; a SQLite file is not made when it is missing.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_existing(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            if !Path::new(path).is_file() {
                return Err(Error::invalid(
                    "database",
                    format!("There is no file {path}. Check the path."),
                ));
            }
        }
        Self::open(url).await
    }

    async fn open_sqlite(path: &str) -> Result<Self> {
        let at = |e: &dyn std::fmt::Display| {
            Error::invalid(
                "database",
                format!(
                    "The database file {path} cannot be opened ({e}). Check that its folder exists \
                     and that this user may write there."
                ),
            )
        };
        if let Some(dir) = Path::new(path)
            .parent()
            .filter(|d| !d.as_os_str().is_empty())
        {
            std::fs::create_dir_all(dir).map_err(|e| at(&e))?;
        }
        make_private(Path::new(path)).map_err(|e| at(&e))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("secure_delete", "on")
            // Without it `insert or replace` slips past the triggers that forbid deletion.
            .pragma("recursive_triggers", "on");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(120))
            // Sets of millions are sorted and looked up here; it is taken only when it is needed.
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", WRITER_CACHE)
                    .pragma("temp.cache_size", WRITER_CACHE),
            )
            .await
            .map_err(|e| at(&e))?;
        let reader = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await
            .map_err(|e| at(&e))?;
        Ok(Self::Sqlite { writer, reader })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let at = |e: &dyn std::fmt::Display| {
            Error::invalid(
                "database",
                format!(
                    "The PostgreSQL database cannot be reached ({e}). Check the address, the \
                     password, and that the server runs."
                ),
            )
        };
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| at(&e))?
            .application_name("duenotice")
            // Whatever the server is set to, a commit that was answered is on disk.
            .options([("timezone", "UTC")]);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await
            .map_err(|e| at(&e))?;
        Ok(Self::Postgres(pool))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a write transaction; `name` says what for, in the log.
    pub async fn begin(&self, name: &'static str) -> Result<Tx> {
        tracing::trace!(tx = name, "begin");
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Tx::Postgres(begin_whole(pool, "begin").await?),
        })
    }

    /// Begins a transaction that only reads and sees one moment of the database throughout.
    pub async fn snapshot(&self, name: &'static str) -> Result<Tx> {
        tracing::trace!(tx = name, "snapshot");
        Ok(match self {
            Self::Sqlite { reader, .. } => Tx::Sqlite(reader.begin().await?),
            Self::Postgres(pool) => {
                let begin = "begin isolation level repeatable read read only";
                Tx::Postgres(begin_whole(pool, begin).await?)
            }
        })
    }

    /// Closes every connection, for a clean end.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Makes the file for its owner alone, as SQLite's own files beside it will be: it holds who is
/// affected. A file that is there keeps its mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}

impl Tx {
    /// Makes everything written in this transaction last.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

/// Begins a transaction in a task of its own, which ends whatever becomes of who asked.
///
/// When the future is dropped while `begin` is on its way, as of a request whose client went away, sqlx 0.9.0
/// gives the connection back with the transaction still open (its issue 4393): what the next one writes on
/// it would hang on that.
async fn begin_whole(pool: &PgPool, begin: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(begin).await });
    Ok(begun.await.map_err(Error::internal)??)
}
