//! `duenotice migrate`: brings the database's schema up to date.

use crate::config::Config;
use crate::server::{self, Schema};
use crate::store::{self, Db};

use super::{CliError, Console, block_on};

/// Bring the database's schema up to date
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    block_on(async {
        let db = Db::open(config.database_url())
            .await
            .map_err(CliError::failed)?;
        let before = store::found_version(&db).await.map_err(CliError::failed)?;
        // With the server's parts: people who stand in clear are hashed with its secret.
        let app = server::build(config.clone(), Schema::Migrate)
            .await
            .map_err(CliError::failed)?;
        let now = store::schema_version();
        match before {
            Some(before) if before == now => {
                writeln!(console.out, "The schema has version {now} already.")?;
            }
            Some(before) => {
                writeln!(
                    console.out,
                    "The schema went from version {before} to {now}."
                )?;
            }
            None => writeln!(console.out, "The schema was made, version {now}.")?,
        }
        app.db.close().await;
        db.close().await;
        Ok(())
    })
}
