//! What the commands about recipes have in common: the incident on the desk, and values.

use std::collections::BTreeMap;

use super::{acting, incident};
use crate::app::App;
use crate::cli::{CliError, Console, block_on};
use crate::config::Config;
use crate::ids::IncidentId;
use crate::intake::{Broken, query};
use crate::server::{self, Schema};
use crate::service::Ctx;

/// Which incident, and who acts.
#[derive(Debug, clap::Args)]
pub(super) struct At {
    /// The incident, by its reference (2026-014)
    #[arg(long, value_name = "REFERENCE")]
    incident: String,
    /// Who acts: the e-mail address of an account whose role allows it [Due Notice itself]
    #[arg(long = "as", value_name = "EMAIL")]
    acting: Option<String>,
}

/// An incident on the desk.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    /// Who acts.
    pub(super) ctx: Ctx<'a>,
    pub(super) incident: IncidentId,
}

impl At {
    /// Opens the database, does `work` on the incident, and closes it.
    pub(super) fn with(
        &self,
        config: &Config,
        console: &mut Console<'_>,
        work: impl AsyncFnOnce(&Desk<'_>, &mut Console<'_>) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        opened(config, async |app| {
            let ctx = acting(app, self.acting.as_deref()).await?;
            let incident = incident(app, &self.incident).await?.id;
            work(&Desk { app, ctx, incident }, console).await
        })
    }
}

/// Opens the database, does `work`, and closes it.
pub(super) fn opened(
    config: &Config,
    work: impl AsyncFnOnce(&App) -> Result<(), CliError>,
) -> Result<(), CliError> {
    block_on(async {
        let app = server::build(config.clone(), Schema::Require)
            .await
            .map_err(CliError::failed)?;
        let done = work(&app).await;
        app.db.close().await;
        done
    })
}

/// The values of a recipe's parameters.
#[derive(Debug, clap::Args)]
pub(super) struct Values {
    /// The value of a parameter, such as from=2026-10-01; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// The IANA zone of days, instead of the first controller's
    #[arg(long, value_name = "ZONE")]
    pub(super) zone: Option<String>,
}

impl Values {
    pub(super) fn params(&self) -> Result<BTreeMap<String, String>, CliError> {
        params(&self.params)
    }
}

/// What `--param` gives, each time it stands there.
pub(super) fn params(given: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    query::params(given.iter().map(String::as_str))
        .map_err(|Broken(why)| CliError::Usage(format!("--param {why}")))
}

/// "1 person", "2 people".
pub(super) fn people(n: i64) -> String {
    counted(n, "person", "people")
}

pub(super) fn counted(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
