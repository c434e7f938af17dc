//! `duenotice people …`: who is affected, from the lists of the company's systems.

mod desk;
mod diff;
mod import;
mod mistakes;
mod outcome;
mod progress;
mod recipe;
mod report;
mod said;
mod who;

use crate::app::App;
use crate::config::Config;
use crate::domain::access::{Actor, Who};
use crate::service::Ctx;
use crate::store::{account, incident};

use super::{CliError, Console};

/// Find out who is affected, from the lists of the company's systems
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Import(Box<import::Args>),
    Recipe(Box<recipe::Args>),
    Diff(diff::Args),
    Who(who::Args),
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    match &args.command {
        Command::Import(args) => import::run(args, config, console),
        Command::Recipe(args) => args.at.with(config, console, async |desk, console| {
            recipe::run(args, desk, console).await
        }),
        Command::Diff(args) => args.at.with(config, console, async |desk, console| {
            diff::run(args, desk, console).await
        }),
        Command::Who(args) => args.at.with(config, console, async |desk, console| {
            who::run(args, desk, console).await
        }),
    }
}

/// Who acts: the account with this address, or the product itself for whoever may start it on the
/// database.
async fn acting<'a>(app: &'a App, email: Option<&str>) -> Result<Ctx<'a>, CliError> {
    let Some(email) = email else {
        return Ok(Ctx::new(app, Actor::system()));
    };
    let email = email.trim().to_lowercase();
    let found = account::find_by_email(&app.db, &email)
        .await
        .map_err(CliError::failed)?
        .filter(|account| account.disabled_at.is_none());
    let account = found.ok_or_else(|| {
        CliError::Failed(format!(
            "--as {email}: there is no account with this address that can sign in"
        ))
    })?;
    let actor = Actor {
        who: Who::Account(account.id),
        name: account.name,
        role: Some(account.role),
    };
    Ok(Ctx::new(app, actor))
}

/// The incident with this reference.
async fn incident(app: &App, reference: &str) -> Result<incident::Incident, CliError> {
    incident::find_by_reference(&app.db, reference)
        .await
        .map_err(CliError::failed)?
        .ok_or_else(|| CliError::Failed(format!("there is no incident {reference}")))
}
