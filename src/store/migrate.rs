//! Brings a database to the newest schema, forward only.

use sqlx::migrate::{MigrateError as SqlxMigrateError, Migrator};

use super::engine::Db;
use super::exec::Exec as _;
use super::keyed;
use crate::error::Error;
use crate::sql;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why a database could not be brought to the newest schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was last used by a newer program.
    #[error(
        "This database has schema version {found}; this program knows versions up to {known}. \
         Start the newer program, or restore a backup made with this one."
    )]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// A migration that was applied is not the one this program carries.
    #[error(
        "Migration {0} was applied to this database in another form than this program carries. \
         Use the program that made the database, or restore a backup."
    )]
    Changed(i64),
    /// The engine refused.
    #[error("The database could not be migrated: {0}")]
    Engine(String),
}

fn migrator(db: &Db) -> &'static Migrator {
    match db {
        Db::Sqlite { .. } => &SQLITE,
        Db::Postgres(_) => &POSTGRES,
    }
}

/// The newest schema version that this program carries.
pub fn schema_version() -> i64 {
    SQLITE.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Applies what is missing, each migration in a transaction of its own. Where people stand in clear,
/// `service::keyed` must hash them before anything else is done.
///
/// # Errors
/// See [`MigrateError`]; the database is then as it was after the last migration that succeeded.
pub async fn migrate(db: &Db) -> Result<(), MigrateError> {
    let done = match db {
        Db::Sqlite { writer, .. } => migrator(db).run(writer).await,
        Db::Postgres(pool) => migrator(db).run(pool).await,
    };
    done.map_err(|e| match e {
        SqlxMigrateError::VersionMissing(found) => MigrateError::Newer {
            found,
            known: schema_version(),
        },
        SqlxMigrateError::VersionMismatch(version) => MigrateError::Changed(version),
        other => MigrateError::Engine(other.to_string()),
    })?;
    nothing_to_key(db)
        .await
        .map_err(|e| MigrateError::Engine(e.to_string()))
}

/// A database in which nobody stands needs no secret to be hashed: what stands aside for that goes.
async fn nothing_to_key(db: &Db) -> Result<(), Error> {
    if !keyed::pending(db).await? || keyed::anything(db).await? {
        return Ok(());
    }
    let mut tx = db.begin("migrate.nothing_to_key").await?;
    keyed::lock(&mut tx).await?;
    if keyed::pending(&mut tx).await? && !keyed::anything(&mut tx).await? {
        keyed::drop_tables(&mut tx).await?;
    }
    tx.commit().await
}

/// The newest schema version that was applied to the database; none when it was never migrated.
///
/// # Errors
/// When the database does not answer.
pub async fn found_version(db: &Db) -> Result<Option<i64>, Error> {
    let (known,): (i64,) = db
        .query(sql!(
            sqlite: "select count(*) from sqlite_master where name = '_sqlx_migrations'",
            postgres: "select count(to_regclass('_sqlx_migrations'))",
        ))
        .one()
        .await?;
    if known == 0 {
        return Ok(None);
    }
    let (version,): (Option<i64>,) = db
        .query(sql!(
            "select max(version) from _sqlx_migrations where success"
        ))
        .one()
        .await?;
    Ok(version)
}
