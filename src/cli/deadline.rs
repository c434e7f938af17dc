//! `duenotice deadline RULE --at KIND=INSTANT`: by when, for whom, and why, day by day.

use std::fs::File;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::catalog::Catalog;
use crate::domain::controller::Controller;
use crate::domain::deadline;
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;
use crate::domain::regime::Regime;

use super::{CliError, Console, batch, sentences};

/// Compute by when somebody must be told
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the rule, such as policy_promise_7bd or eu_gdpr_33_1
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    rule: Option<String>,
    /// When something happened, such as aware=2026-11-23T10:00:00+01:00; may be repeated
    #[arg(long = "at", value_name = "KIND=INSTANT", conflicts_with = "batch")]
    at: Vec<String>,
    /// Only this controller, instead of all that the rule binds
    #[arg(long, value_name = "ID")]
    controller: Option<String>,
    /// For people, or one JSON object
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "batch")]
    format: Format,
    /// A CSV file (or - for standard input) with the header id,rule,anchor,instant, and if wanted
    /// controller and anchor2,instant2 after it
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(
    args: Args,
    catalog: &Catalog,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let controllers = controllers(catalog, args.controller.as_deref())?;
    if let Some(path) = args.batch {
        return run_batch(&path, catalog, controllers, console);
    }
    let anchors = anchors(&args.at)?;
    let regime = regime(catalog, args.rule.as_deref().unwrap_or_default(), &anchors)?;
    let deadline = deadline::compute(regime, &anchors, controllers, catalog.calendars())
        .map_err(CliError::failed)?;
    match args.format {
        Format::Json => {
            serde_json::to_writer(&mut *console.out, &deadline)
                .map_err(|error| CliError::Io(error.into()))?;
            writeln!(console.out)?;
        }
        Format::Text => sentences::text(regime, &deadline, console.out)?,
    }
    Ok(())
}

fn run_batch(
    path: &std::path::Path,
    catalog: &Catalog,
    controllers: &[Controller],
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let summary = if path.as_os_str() == "-" {
        batch::run(&mut console.input, console.out, catalog, controllers)?
    } else {
        let mut file = File::open(path).map_err(|error| {
            CliError::Failed(format!(
                "{} cannot be read ({error}); check the path",
                path.display()
            ))
        })?;
        batch::run(&mut file, console.out, catalog, controllers)?
    };
    if summary.failed > 0 {
        console.out.flush()?;
        writeln!(
            console.err,
            "duenotice: {} of {} rows could not be computed; each says why in its \"error\"",
            summary.failed, summary.rows
        )?;
    }
    Ok(())
}

/// The version of the rule with this id that is law on the day of its anchor.
pub(super) fn regime<'a>(
    catalog: &'a Catalog,
    id: &str,
    anchors: &Anchors,
) -> Result<&'a Regime, CliError> {
    catalog.regime_at(id, anchors).ok_or_else(|| {
        CliError::Failed(format!(
            "there is no rule \"{id}\"; did you mean {}? `duenotice check` lists all",
            catalog.rules_like(id).join(", ")
        ))
    })
}

/// All controllers of the operator, or the one with this id.
pub(super) fn controllers<'a>(
    catalog: &'a Catalog,
    id: Option<&str>,
) -> Result<&'a [Controller], CliError> {
    let operator = catalog.operator();
    operator.chosen(id).ok_or_else(|| {
        let all = operator.controllers.iter();
        let known: Vec<&str> = all.map(|one| one.id.as_str()).collect();
        CliError::Failed(format!(
            "there is no controller \"{}\"; known are {}",
            id.unwrap_or_default(),
            known.join(", ")
        ))
    })
}

/// Reads what `--at` gives.
pub(super) fn anchors(pairs: &[String]) -> Result<Anchors, CliError> {
    let mut anchors = Anchors::new();
    for pair in pairs {
        let (kind, at) = pair.split_once('=').ok_or_else(|| {
            CliError::Usage(format!(
                "--at {pair} has no equals sign; write it like aware=2026-11-23T10:00:00+01:00"
            ))
        })?;
        let kind = FactKind::parse(kind.trim()).map_err(CliError::failed)?;
        let at = instant::parse(at).map_err(CliError::failed)?;
        if anchors.insert(kind, at).is_some() {
            return Err(CliError::Usage(format!(
                "--at gives \"{kind}\" twice; keep the one that is right"
            )));
        }
    }
    Ok(anchors)
}
