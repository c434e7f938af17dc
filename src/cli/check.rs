//! `duenotice check`: reads every playbook file and says what is wrong with it.

use crate::catalog::{self, Files, Severity};
use crate::time::TimeSource;

use super::{CliError, Console};

/// Check every playbook file and say what is wrong with it
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(
    files: Files,
    time: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let report = catalog::check(&files, time.now().date_naive());
    for line in &report.checked {
        writeln!(console.out, "ok       {line}")?;
    }
    for problem in &report.problems {
        let label = if problem.severity == Severity::Error {
            "problem "
        } else {
            ""
        };
        writeln!(console.out, "{label}{problem}")?;
    }
    let errors = report
        .problems
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    let warnings = report.problems.len() - errors;
    writeln!(
        console.out,
        "{} things checked, {errors} problems, {warnings} warnings; hash {}",
        report.checked.len(),
        files.hash()
    )?;
    if report.is_good() {
        Ok(())
    } else {
        Err(CliError::Failed(
            "the playbooks cannot be used until this is mended".to_owned(),
        ))
    }
}
