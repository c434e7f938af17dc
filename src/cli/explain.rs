//! `duenotice explain`: one deadline with everything that led to it, in sentences.
//!
//! Always holds: it says which law, which condition, which days, which other readings, and what
//! would change the date.

use std::io::Write;

use chrono::{Datelike as _, NaiveDate};

use crate::catalog::Catalog;
use crate::config::Config;
use crate::domain::deadline::{self, Deadline, DeadlineError, Leg, Situation};
use crate::domain::instant;
use crate::domain::regime::Regime;
use crate::server;
use crate::service::{self, explain::Thought};
use crate::store::{Db, incident};
use crate::time::TimeSource;

use super::deadline::{anchors, controllers, regime};
use super::sentences::{self, long};
use super::{CliError, Console, block_on};

/// Explain a deadline: the law, every day, other readings, and what would change it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the rule, such as policy_promise_7bd or eu_nis2_23.early_warning
    #[arg(required_unless_present = "incident")]
    rule: Option<String>,
    /// When something happened, such as aware=2026-11-23T10:00:00+01:00; may be repeated
    #[arg(
        long = "at",
        value_name = "KIND=INSTANT",
        required_unless_present = "incident"
    )]
    at: Vec<String>,
    /// Explain what was computed for this incident of the database, by its reference (2026-014)
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["at", "floors"])]
    incident: Option<String>,
    /// As it was thought to be at this instant, instead of now
    #[arg(long, value_name = "INSTANT", requires = "incident")]
    as_of: Option<String>,
    /// Only this controller, instead of all that the rule binds
    #[arg(long, value_name = "ID")]
    controller: Option<String>,
    /// Show the two lower bounds too: any business day, and weekends only
    #[arg(long)]
    floors: bool,
}

pub(super) fn run(
    args: &Args,
    config: &Config,
    catalog: &Catalog,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    if let Some(reference) = &args.incident {
        return of_incident(args, reference, config, catalog, console);
    }
    let controllers = controllers(catalog, args.controller.as_deref())?;
    let anchors = anchors(&args.at)?;
    let regime = regime(catalog, args.rule.as_deref().unwrap_or_default(), &anchors)?;
    let given = Situation {
        anchors: &anchors,
        holds: &[],
        controllers,
        calendars: catalog.calendars(),
    };
    let out = &mut *console.out;
    let deadline = match deadline::compute_in(regime, &given) {
        Ok(deadline) => deadline,
        Err(error @ DeadlineError::NoNumber { .. }) => {
            writeln!(out, "{}\n{}; {}\n", regime.name, regime.id, regime.citation)?;
            writeln!(out, "No date: {error}.")?;
            return law(regime, out);
        }
        Err(error) => return Err(CliError::failed(error)),
    };
    sentences::text(regime, &deadline, out)?;
    if deadline.legs.iter().any(|leg| leg.trigger_day.is_some()) {
        writeln!(out)?;
        picture(&deadline, out)?;
    }
    values(&deadline, out)?;
    if args.floors {
        floors(regime, &given, out)?;
    }
    writeln!(out, "\nWhat would change it")?;
    for sentence in deadline::what_would_change(regime, &given, &deadline) {
        writeln!(out, "  {sentence}")?;
    }
    law(regime, out)
}

/// What was kept for an incident.
fn of_incident(
    args: &Args,
    reference: &str,
    config: &Config,
    catalog: &Catalog,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let at = match &args.as_of {
        Some(text) => instant::parse(text).map_err(CliError::failed)?.to_utc(),
        None => TimeSource::system().now(),
    };
    let (thoughts, any) = block_on(async {
        let db = Db::open_existing(config.database_url())
            .await
            .map_err(CliError::failed)?;
        server::require(&db).await.map_err(CliError::failed)?;
        let found = incident::find_by_reference(&db, reference)
            .await
            .map_err(CliError::failed)?
            .ok_or_else(|| CliError::Failed(format!("there is no incident {reference}")))?;
        let all = service::explain::as_of(&db, found.id, at)
            .await
            .map_err(CliError::failed)?;
        db.close().await;
        let any = !all.is_empty();
        let wanted = |one: &Thought| {
            let rule = args
                .rule
                .as_ref()
                .is_none_or(|id| one.obligation.rule == *id);
            let controller = args.controller.as_ref().is_none_or(|id| {
                one.obligation.controller == *id || one.obligation.controller.is_empty()
            });
            rule && controller
        };
        Ok((all.into_iter().filter(wanted).collect::<Vec<_>>(), any))
    })?;
    if thoughts.is_empty() {
        let why = if any {
            "none of its deadlines is of that rule and controller"
        } else {
            "nothing was computed for it by then"
        };
        return Err(CliError::Failed(format!("incident {reference}: {why}")));
    }
    for (n, thought) in thoughts.iter().enumerate() {
        if n > 0 {
            writeln!(console.out, "\n---\n")?;
        }
        thought_text(thought, catalog, console.out)?;
    }
    Ok(())
}

fn thought_text(thought: &Thought, catalog: &Catalog, out: &mut dyn Write) -> Result<(), CliError> {
    let computed = &thought.computed;
    writeln!(
        out,
        "Computed  {} because of: {}",
        instant::long(computed.computed_at.fixed_offset()),
        computed.cause
    )?;
    let versions = catalog.versions(&thought.obligation.rule);
    let same = versions
        .iter()
        .find(|one| one.hash() == thought.deadline.rule_hash);
    match same.or(versions.last()) {
        Some(rule) => sentences::text(rule, &thought.deadline, out)?,
        None => writeln!(
            out,
            "{}: due {}",
            thought.obligation.rule,
            instant::long(thought.deadline.due)
        )?,
    }
    if same.is_none() {
        writeln!(
            out,
            "Note: the rule reads otherwise today. It was computed with the text whose SHA-256 is {}, \
             which the database keeps.",
            thought.deadline.rule_hash
        )?;
    }
    values(&thought.deadline, out)?;
    if let Some(inputs) = &thought.inputs {
        writeln!(out, "\nWorked out with")?;
        for (kind, at) in &inputs.facts {
            writeln!(out, "  {kind:<24} {}", instant::long(*at))?;
        }
        writeln!(out, "  {:<24} duenotice {}", "program", inputs.program)?;
        writeln!(out, "  {:<24} {}", "playbooks", inputs.playbooks)?;
    }
    Ok(())
}

fn values(deadline: &Deadline, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "\nThree values")?;
    if let (Some(target), Some(why)) = (deadline.target, &deadline.target_why) {
        writeln!(out, "  target           {}: {why}", instant::long(target))?;
    }
    writeln!(
        out,
        "  due              {}: the strictest reading; no weekend or holiday moves it",
        instant::long(deadline.due)
    )?;
    let latest = deadline.latest_arguable.unwrap_or(deadline.due);
    let why = deadline.latest_why.as_deref().unwrap_or_default();
    writeln!(out, "  latest arguable  {}: {why}", instant::long(latest))?;
    for reading in deadline.readings.iter().filter(|one| one.disputed) {
        writeln!(
            out,
            "  disputed         {}: {}",
            instant::long(reading.due),
            reading.why
        )?;
    }
    Ok(())
}

fn floors(regime: &Regime, given: &Situation<'_>, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "\nLower bounds, never used for alarms")?;
    match deadline::floors(regime, given).map_err(CliError::failed)? {
        None => writeln!(out, "  only a count of business days has them")?,
        Some(floors) => {
            writeln!(
                out,
                "  any business day  {}: a day counts when it is a business day in any calendar",
                long(floors.any_business.last_day)
            )?;
            writeln!(
                out,
                "  weekends only     {}: holidays are ignored",
                long(floors.weekends_only.last_day)
            )?;
        }
    }
    Ok(())
}

fn law(regime: &Regime, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "\nThe rule")?;
    writeln!(out, "  {}", regime.citation)?;
    writeln!(out, "  applies: {}", regime.condition)?;
    if let Some(words) = &regime.qualifier {
        writeln!(out, "  also: {words}")?;
    }
    if let Some(notes) = &regime.notes {
        writeln!(out, "  to know: {notes}")?;
    }
    for (word, others) in [("before", &regime.before), ("not after", &regime.not_after)] {
        if !others.is_empty() {
            writeln!(out, "  order: {word} {}", others.join(", "))?;
        }
    }
    writeln!(
        out,
        "  read in: {} (confidence {:?}, {})",
        regime.source,
        regime.confidence,
        if regime.verified {
            "verified"
        } else {
            "not verified"
        }
    )?;
    Ok(())
}

/// The counts of all legs under one another, week by week.
fn picture(deadline: &Deadline, out: &mut dyn Write) -> Result<(), CliError> {
    let first = deadline.legs.iter().filter_map(|leg| leg.trigger_day).min();
    let last = deadline.legs.iter().filter_map(|leg| leg.last_day).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(());
    };
    let monday = first - chrono::Days::new(first.weekday().num_days_from_monday().into());
    let width = deadline
        .legs
        .iter()
        .map(|leg| leg.controller.len())
        .max()
        .unwrap_or(0)
        .max(3);
    writeln!(out, "{:width$}   Mon  Tue  Wed  Thu  Fri  Sat  Sun", "")?;
    let mut week = monday;
    while week <= last {
        let days: Vec<NaiveDate> = week.iter_days().take(7).collect();
        write!(out, "{:width$}", week.format("%b"))?;
        for day in &days {
            write!(out, "  {:>3}", day.format("%-d"))?;
        }
        writeln!(out)?;
        for leg in &deadline.legs {
            write!(out, "{:width$}", leg.controller)?;
            for day in &days {
                write!(out, "  {:>3}", mark(leg, *day))?;
            }
            writeln!(out)?;
        }
        week = week + chrono::Days::new(7);
    }
    writeln!(
        out,
        "{:width$}   0 the day of the event · - not counted · * the last day",
        ""
    )?;
    Ok(())
}

fn mark(leg: &Leg, day: NaiveDate) -> String {
    let Some(step) = leg.steps.iter().find(|step| step.date == day) else {
        return String::new();
    };
    match step.day {
        Some(n) if leg.last_day == Some(day) => format!("{n}*"),
        Some(n) => n.to_string(),
        None if leg.trigger_day == Some(day) => "0".to_owned(),
        None => "-".to_owned(),
    }
}
