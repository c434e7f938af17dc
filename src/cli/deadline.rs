//! `duenotice deadline RULE --at KIND=INSTANT`: by when, for whom, and why, day by day.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::ValueEnum;

use crate::catalog::Catalog;
use crate::domain::controller::Controller;
use crate::domain::deadline::{self, Bound, Deadline, Flag, Leg};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;
use crate::domain::regime::Regime;

use super::{CliError, Console, batch};

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
    /// A CSV file (or - for standard input) with the header id,rule,anchor,instant
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
    let regime = regime(catalog, args.rule.as_deref().unwrap_or_default())?;
    let anchors = anchors(&args.at)?;
    let deadline = deadline::compute(regime, &anchors, controllers, catalog.calendars())
        .map_err(CliError::failed)?;
    match args.format {
        Format::Json => {
            serde_json::to_writer(&mut *console.out, &deadline)
                .map_err(|error| CliError::Io(error.into()))?;
            writeln!(console.out)?;
        }
        Format::Text => text(regime, &deadline, console.out)?,
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

/// The rule with this id.
pub(super) fn regime<'a>(catalog: &'a Catalog, id: &str) -> Result<&'a Regime, CliError> {
    catalog.regime(id).ok_or_else(|| {
        let known: Vec<&str> = catalog.regimes().map(|one| one.id.as_str()).collect();
        CliError::Failed(format!(
            "there is no rule \"{id}\"; known are {}",
            known.join(", ")
        ))
    })
}

fn controllers<'a>(catalog: &'a Catalog, id: Option<&str>) -> Result<&'a [Controller], CliError> {
    let all = &catalog.operator().controllers;
    let Some(id) = id else { return Ok(all) };
    all.iter()
        .position(|one| one.id == id)
        .and_then(|index| all.get(index..=index))
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
            CliError::Failed(format!(
                "there is no controller \"{id}\"; known are {}",
                known.join(", ")
            ))
        })
}

fn anchors(pairs: &[String]) -> Result<Anchors, CliError> {
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

fn text(regime: &Regime, deadline: &Deadline, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{}", regime.name)?;
    writeln!(out, "{}; {}", regime.id, regime.citation)?;
    writeln!(out)?;
    let due = moment(deadline.due);
    match (deadline.bound, deadline.last_permitted_day) {
        (Bound::Before, Some(day)) => {
            writeln!(out, "Due       before {due}: by the end of {}", long(day))?;
        }
        (Bound::Before, None) => writeln!(out, "Due       before {due}")?,
        (Bound::AtOrBefore, _) => writeln!(out, "Due       at or before {due}")?,
    }
    writeln!(
        out,
        "In UTC    {}",
        deadline.due_utc.format("%Y-%m-%dT%H:%M:%S%.fZ")
    )?;
    writeln!(out, "Governed  by {}", deadline.governed_by)?;
    writeln!(
        out,
        "Counted   {} from \"{}\", {}",
        regime.period,
        deadline.anchor.kind,
        moment(deadline.anchor.at)
    )?;
    if let Some(latest) = deadline.latest_arguable {
        writeln!(
            out,
            "Arguable  until {}; shown only, do not rely on it",
            moment(latest)
        )?;
    }
    if let Some(literal) = &deadline.literal {
        writeln!(
            out,
            "Literal   counted from \"{}\" it ends before {} ({})",
            literal.anchor.kind,
            moment(literal.due),
            literal.governed_by
        )?;
    }
    for leg in &deadline.legs {
        leg_text(leg, out)?;
    }
    notes(regime, deadline, out)
}

fn leg_text(leg: &Leg, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out)?;
    match leg.last_day {
        Some(day) => writeln!(
            out,
            "{}, calendar {}, {}: last day {}",
            leg.controller,
            leg.calendar,
            leg.zone,
            long(day)
        )?,
        None => writeln!(out, "{}, {}", leg.controller, leg.zone)?,
    }
    for step in &leg.steps {
        writeln!(out, "  {}", step.why)?;
    }
    Ok(())
}

fn notes(regime: &Regime, deadline: &Deadline, out: &mut dyn Write) -> Result<(), CliError> {
    let mut notes: Vec<String> = deadline
        .flags
        .iter()
        .map(|flag| note(*flag, regime))
        .collect();
    let day = deadline.anchor.at.date_naive();
    if !regime.enabled {
        notes.push("This rule is not in force for this operator.".to_owned());
    } else if !regime.in_force_on(day) {
        notes.push(format!("This rule was not in force on {}.", long(day)));
    }
    if !notes.is_empty() {
        writeln!(out)?;
    }
    for note in notes {
        writeln!(out, "Note: {note}")?;
    }
    Ok(())
}

fn note(flag: Flag, regime: &Regime) -> String {
    let sentence = match flag {
        Flag::AnchorFallback => {
            format!(
                "\"{}\" is not given; the earliest given instant was used",
                regime.anchor
            )
        }
        Flag::LapsedLiteral => {
            "read literally, the period had already ended when it could first be met".to_owned()
        }
        Flag::LiteralUnknown => {
            "the literal reading starts outside the years of a calendar".to_owned()
        }
        Flag::UnverifiedRule => "nobody has compared this rule with its source".to_owned(),
        Flag::UnverifiedCalendar => "nobody has compared a calendar with the law".to_owned(),
    };
    format!("{sentence} ({flag}).")
}

fn moment(at: DateTime<FixedOffset>) -> String {
    at.format("%a %-d %b %Y %H:%M:%S%.f %:z").to_string()
}

fn long(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}
