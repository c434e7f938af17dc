//! What a run of a recipe gave, in lines.

use std::io::Write;

use serde::de::DeserializeOwned;

use super::desk::{Desk, counted, people};
use crate::cli::CliError;
use crate::service::recipe::{self, Ask, Difference, Read, StepWords};
use crate::store::recipe::{Run, Status};
use crate::store::run::{Links, Outcome, StepCount};

/// Runs a recipe here.
///
/// # Errors
/// The sentence of what is wrong with it, or why the run failed.
pub(super) async fn run(desk: &Desk<'_>, ask: &Ask) -> Result<Run, CliError> {
    let asked = recipe::ask(&desk.ctx, desk.incident, ask, true)
        .await
        .map_err(CliError::failed)?;
    recipe::work(desk.app, asked.id)
        .await
        .map_err(CliError::failed)?;
    let run = recipe::find_run(desk.app, desk.incident, asked.id)
        .await
        .map_err(CliError::failed)?;
    match run.status {
        Status::Done => Ok(run),
        Status::Waiting => Err(CliError::Failed("the run was not ended".to_owned())),
        Status::Failed => {
            let problem = run.problem.unwrap_or_default();
            Err(CliError::Failed(format!("the run failed: {problem}")))
        }
    }
}

fn json<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, CliError> {
    let read = text.map(serde_json::from_str).transpose();
    read.map_err(CliError::failed)
}

/// How the roster of a run differs from the one there is.
///
/// # Errors
/// When the run has none.
pub(super) fn difference(run: &Run) -> Result<Difference, CliError> {
    json(run.difference.as_deref())?
        .ok_or_else(|| CliError::Failed("the run has no difference".to_owned()))
}

/// "2 new, 0 back, 1 leaves, 0 changed".
pub(super) fn numbers(d: &Difference) -> String {
    let Difference {
        added,
        back,
        left,
        changed,
    } = d;
    format!("{added} new, {back} back again, {left} no longer on it, {changed} changed")
}

/// Prints what was read, every step, what the links joined, and the result.
pub(super) fn print(run: &Run, words: &[StepWords], out: &mut dyn Write) -> Result<(), CliError> {
    let read: Vec<Read> = json(run.sources.as_deref())?.unwrap_or_default();
    writeln!(out, "Read")?;
    for source in &read {
        writeln!(
            out,
            "  {} (reading {}): {}, SHA-256 {}",
            source.name,
            source.version,
            counted(source.records, "record", "records"),
            source.content_sha256
        )?;
    }
    let outcome: Option<Outcome> = json(run.steps.as_deref())?;
    let Some(outcome) = outcome else {
        return Err(CliError::Failed("the run has no steps".to_owned()));
    };
    writeln!(out, "Steps")?;
    for count in &outcome.steps {
        let words = words.iter().find(|w| w.name == count.name);
        step(count, words, out)?;
    }
    if let Some(l) = &outcome.links {
        links(l, out)?;
    }
    writeln!(
        out,
        "Result\n  {}, {} of the roster, SHA-256 {}",
        people(outcome.persons),
        counted(run.persons.unwrap_or_default(), "row", "rows"),
        run.result_sha256.as_deref().unwrap_or_default()
    )?;
    Ok(())
}

fn step(count: &StepCount, words: Option<&StepWords>, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "  {}: {}", count.name, people(count.persons))?;
    match words {
        Some(words) => writeln!(out, "    {}", words.sentence)?,
        None => writeln!(out, "    {}", count.text)?,
    }
    if count.unknown > 0 {
        writeln!(
            out,
            "    Warning: for {} a missing value decided against the person.",
            counted(count.unknown, "record", "records")
        )?;
    }
    if count.unknown_windows > 0 {
        writeln!(
            out,
            "    Warning: {} of the log may have been missed, because a value is missing.",
            counted(count.unknown_windows, "window", "windows")
        )?;
    }
    Ok(())
}

fn links(l: &Links, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(
        out,
        "Links\n  {} known by more than one identifier ({} together)",
        people(l.persons),
        l.identifiers
    )?;
    if l.shared > 0 {
        writeln!(
            out,
            "  {} shared by too many to join anybody (in {})",
            counted(l.shared, "identifier is", "identifiers are"),
            counted(l.shared_records, "record", "records")
        )?;
    }
    if l.long > 0 {
        writeln!(
            out,
            "  {} too long to be one person, so not joined ({} identifiers)",
            counted(l.long, "chain is", "chains are"),
            l.long_identifiers
        )?;
    }
    Ok(())
}
