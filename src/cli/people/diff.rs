//! `duenotice people diff`: whether a recipe still gives the roster there is, and what revisions changed.

use super::desk::{At, Desk, Values, counted};
use super::outcome;
use crate::cli::{CliError, Console};
use crate::service::recipe::Ask;
use crate::store::recipe::{self, Run};
use crate::store::revision::{self, Revision};

/// Run the applied recipe again and compare its result with the roster; nothing is changed
///
/// Ends with 0 when it is the same roster, and with 1 when it is another one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) at: At,
    /// This version of the recipe, instead of the one that made the roster
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// With these values, instead of those with which the roster was made
    #[command(flatten)]
    values: Values,
    /// Show what the revisions after A up to B changed, instead; 0 is the empty roster
    #[arg(
        long,
        num_args = 2,
        value_names = ["A", "B"],
        conflicts_with_all = ["version", "params", "zone"]
    )]
    revisions: Option<Vec<i64>>,
}

pub(super) async fn run(
    args: &Args,
    desk: &Desk<'_>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    if let Some([from, to]) = args.revisions.as_deref() {
        return revisions(desk, *from, *to, console).await;
    }
    let ask = ask(args, desk).await?;
    let run = outcome::run(desk, &ask).await?;
    outcome::print(&run, &[], console.out)?;
    let difference = outcome::difference(&run)?;
    if difference.is_nothing() {
        writeln!(
            console.out,
            "The same roster, SHA-256 {}.",
            run.result_sha256.as_deref().unwrap_or_default()
        )?;
        return Ok(());
    }
    writeln!(
        console.out,
        "Another roster: {}.",
        outcome::numbers(&difference)
    )?;
    Err(CliError::Failed(
        "the recipe gives another roster than the one there is".to_owned(),
    ))
}

/// What is run: the version and the values that made the roster, where nothing else is said.
async fn ask(args: &Args, desk: &Desk<'_>) -> Result<Ask, CliError> {
    let applied = recipe::applied(&desk.app.db, desk.incident)
        .await
        .map_err(CliError::failed)?;
    let given = args.values.params()?;
    let (version, before) = match (args.version, &applied) {
        (None, None) => {
            return Err(CliError::Failed(
                "no recipe made this roster; say with --version which one to compare".to_owned(),
            ));
        }
        (Some(version), _) => (version, applied.as_ref()),
        (None, Some(run)) => (version_of(desk, run).await?, Some(run)),
    };
    let params = if given.is_empty() {
        let before = before.map(|run| serde_json::from_str(&run.params));
        before.transpose().map_err(CliError::failed)?
    } else {
        Some(given)
    };
    let zone = args.values.zone.clone();
    Ok(Ask {
        version: Some(version),
        params: params.unwrap_or_default(),
        zone: zone
            .or(before.map(|run| run.zone.clone()))
            .unwrap_or_default(),
        ..Ask::default()
    })
}

async fn version_of(desk: &Desk<'_>, run: &Run) -> Result<i64, CliError> {
    recipe::find(&desk.app.db, run.recipe_id)
        .await
        .map_err(CliError::failed)?
        .map(|r| r.version)
        .ok_or_else(|| CliError::Failed("the recipe of the roster is not there".to_owned()))
}

async fn revisions(
    desk: &Desk<'_>,
    from: i64,
    to: i64,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    if from >= to {
        return Err(CliError::Usage(format!(
            "--revisions {from} {to}: write the earlier one first"
        )));
    }
    let mut all = revision::list(&desk.app.db, desk.incident)
        .await
        .map_err(CliError::failed)?;
    all.reverse();
    let persons = |number: i64| match number {
        0 => Ok(0),
        n => all
            .iter()
            .find(|r| r.number == n)
            .map(|r| r.persons)
            .ok_or_else(|| CliError::Failed(format!("there is no revision {n}"))),
    };
    let (before, after) = (persons(from)?, persons(to)?);
    for r in all.iter().filter(|r| from < r.number && r.number <= to) {
        one(r, console)?;
    }
    writeln!(
        console.out,
        "From revision {from} to {to}: {} before, {after} after.",
        counted(before, "row", "rows")
    )?;
    Ok(())
}

fn one(r: &Revision, console: &mut Console<'_>) -> Result<(), CliError> {
    writeln!(
        console.out,
        "Revision {}, {} UTC, by {}: {} new, {} back again, {} no longer on it, {} changed; {}, SHA-256 {}",
        r.number,
        r.made_at.format("%Y-%m-%d %H:%M"),
        r.made_by,
        r.added,
        r.back,
        r.left_n,
        r.changed,
        counted(r.persons, "row", "rows"),
        r.result_sha256
    )?;
    if let Some(reason) = &r.reason {
        writeln!(console.out, "  {reason}")?;
    }
    Ok(())
}
