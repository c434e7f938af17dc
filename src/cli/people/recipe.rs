//! `duenotice people recipe`: saves a recipe, runs it, and makes its result the roster if that is asked.

use std::fs;
use std::path::PathBuf;

use super::desk::{At, Desk, Values};
use super::{mistakes, outcome};
use crate::cli::{CliError, Console};
use crate::service::late::FoundLater;
use crate::service::recipe::{self, Ask, Draft};
use crate::store;

/// Run a recipe: how the affected people follow from the sources
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) at: At,
    /// Save the text of this file as a new version first; - reads standard input. Else the newest runs
    #[arg(long, value_name = "FILE", requires = "note")]
    file: Option<PathBuf>,
    /// Why there is a new version
    #[arg(long, value_name = "WHY", requires = "file")]
    note: Option<String>,
    #[command(flatten)]
    values: Values,
    /// Make the result the roster; else nothing changes but that the run is kept
    #[arg(long, requires = "reason")]
    apply: bool,
    /// Why the roster is changed
    #[arg(long, value_name = "WHY", requires = "apply")]
    reason: Option<String>,
    /// When the people who come were found, such as 2026-12-04T10:00:00+01:00: they get a period of
    /// their own from then
    #[arg(long, value_name = "INSTANT", requires_all = ["apply", "found_zone", "found_reason"])]
    found_at: Option<String>,
    /// The IANA zone in which that was said
    #[arg(long, value_name = "ZONE", requires = "found_at")]
    found_zone: Option<String>,
    /// Why they were found only then
    #[arg(long, value_name = "WHY", requires = "found_at")]
    found_reason: Option<String>,
}

pub(super) async fn run(
    args: &Args,
    desk: &Desk<'_>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let params = args.values.params()?;
    let zone = args.values.zone.clone().unwrap_or_default();
    let text = text(args, desk, console).await?;
    let values = recipe::Values {
        params: &params,
        zone: recipe::zone(desk.app, &zone).map_err(CliError::Failed)?,
    };
    let checked = recipe::check(desk.app, desk.incident, &text, Some(values))
        .await
        .map_err(CliError::failed)?;
    mistakes::refuse(&text, &checked.mistakes, console.err)?;
    let version = match &args.note {
        None => None,
        Some(note) => {
            let draft = Draft {
                body: text,
                note: note.clone(),
            };
            let saved = recipe::save(&desk.ctx, desk.incident, &draft)
                .await
                .map_err(CliError::failed)?;
            writeln!(console.out, "The recipe is version {}.", saved.version)?;
            Some(saved.version)
        }
    };
    let ask = Ask {
        version,
        params,
        zone,
        apply: args.apply,
        reason: args.reason.clone().unwrap_or_default(),
        found: found(args),
    };
    let run = outcome::run(desk, &ask).await?;
    outcome::print(&run, &checked.steps, console.out)?;
    let numbers = outcome::numbers(&outcome::difference(&run)?);
    match run.revision {
        Some(revision) => writeln!(
            console.out,
            "The roster is revision {revision} now: {numbers}."
        )?,
        None => writeln!(
            console.out,
            "Against the roster as it stands: {numbers}. Nothing was changed; --apply makes it the \
             roster."
        )?,
    }
    if !checked.unused.is_empty() {
        writeln!(
            console.out,
            "Note: the result does not use {}.",
            checked.unused.join(", ")
        )?;
    }
    Ok(())
}

/// The text that is given, or that of the newest version.
async fn text(args: &Args, desk: &Desk<'_>, console: &mut Console<'_>) -> Result<String, CliError> {
    match &args.file {
        Some(path) if path.as_os_str() == "-" => {
            let mut text = String::new();
            console.input.read_to_string(&mut text)?;
            Ok(text)
        }
        Some(path) => fs::read_to_string(path)
            .map_err(|e| CliError::Failed(format!("{} cannot be read: {e}", path.display()))),
        None => {
            let all = store::recipe::list(&desk.app.db, desk.incident)
                .await
                .map_err(CliError::failed)?;
            all.into_iter().next().map(|r| r.body).ok_or_else(|| {
                CliError::Failed(
                    "this incident has no recipe yet; give one with --file and --note".to_owned(),
                )
            })
        }
    }
}

fn found(args: &Args) -> Option<FoundLater> {
    Some(FoundLater {
        at: args.found_at.clone()?,
        zone: args.found_zone.clone().unwrap_or_default(),
        reason: args.found_reason.clone().unwrap_or_default(),
    })
}
