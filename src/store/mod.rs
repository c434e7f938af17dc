//! All SQL. Rows go in, domain values come out; one SQL text serves both engines.
//!
//! * [`Db`] is a database, [`Tx`] a write transaction with a name; a repository function takes
//!   `impl Exec<'_>` and runs on either.
//! * Every statement is written as [`sql!`](crate::sql); a test prepares each of them on both engines.
//! * SQLite has one writing connection (`begin immediate`) and a pool of readers that cannot write.
//! * Instants are bound as `DateTime<Utc>` only: in SQLite their text sorts right only in UTC.

mod engine;
mod exec;
mod migrate;

pub mod account;
pub mod activation;
pub mod alias;
pub mod answer;
pub mod api_token;
pub mod audit;
pub mod calendar_override;
pub mod cohort;
pub mod delivery;
pub mod evidence;
pub mod exposure;
pub mod fact;
pub mod hold;
pub mod idempotency;
pub mod incident;
pub mod incident_key;
pub mod job;
pub mod kept_input;
pub mod keyed;
pub mod listed;
pub mod mail;
pub mod notice;
pub mod obligation;
pub mod person;
pub mod recipe;
pub mod revision;
pub mod run;
pub mod site;
pub mod source;
pub mod split;
pub mod stage;
pub mod tally;
pub mod unclear;

pub use engine::{Db, Engine, Tx};
pub use exec::{Exec, Query, Record, Sql, Value};
pub use migrate::{MigrateError, found_version, migrate, schema_version};

/// Writes a statement down: `sql!("…")` for both engines, or `sql!(sqlite: "…", postgres: "…")`
/// where they need different words. A test finds every use and prepares it on both.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        $crate::store::Sql::both($text)
    };
    (sqlite: $lite:literal, postgres: $pg:literal $(,)?) => {
        $crate::store::Sql::per($lite, $pg)
    };
}
