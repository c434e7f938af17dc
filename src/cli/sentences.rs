//! A deadline in sentences, as `deadline` and `explain` print it.

use std::io::Write;

use chrono::NaiveDate;

use super::CliError;
use crate::domain::deadline::{Bound, Deadline, Flag, Leg};
use crate::domain::instant;
use crate::domain::regime::Regime;

/// A deadline for people, every counted day with it.
pub(super) fn text(
    regime: &Regime,
    deadline: &Deadline,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    writeln!(out, "{}", regime.name)?;
    writeln!(out, "{}; {}", regime.id, regime.citation)?;
    writeln!(out)?;
    let due = instant::long(deadline.due);
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
        regime.how_long(),
        deadline.anchor.kind,
        instant::long(deadline.anchor.at)
    )?;
    if let Some(target) = deadline.target {
        writeln!(out, "Target    {}", instant::long(target))?;
    }
    if let Some(latest) = deadline.latest_arguable {
        writeln!(
            out,
            "Arguable  until {}; shown only, do not rely on it",
            instant::long(latest)
        )?;
    }
    if let Some(literal) = &deadline.literal {
        writeln!(
            out,
            "Literal   counted from \"{}\" it ends before {} ({})",
            literal.anchor.kind,
            instant::long(literal.due),
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
    if !regime.enabled {
        notes.push("This rule is not in force for this operator.".to_owned());
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
        Flag::DisputedReading => "lawyers dispute a reading that would allow more".to_owned(),
        Flag::NotInForce => "the rule was not law on the day it is counted from".to_owned(),
        Flag::Preview => "the rule is a proposal and not law".to_owned(),
        Flag::Held => "a law-enforcement hold moved the end".to_owned(),
        Flag::FromOrder => "the law has no number; another notice must not come first".to_owned(),
    };
    format!("{sentence} ({flag}).")
}

/// A day for people.
pub(super) fn long(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}
