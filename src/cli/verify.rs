//! `duenotice verify`: checks the evidence log of a database.

use std::io::Write;

use crate::config::Config;
use crate::server;
use crate::service::evidence::{self, PROBLEMS_MAX, Report};
use crate::store::Db;

use super::{CliError, Console, block_on};

/// Check the evidence log; ends with 1 when something does not hold
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    let report = block_on(async {
        let db = Db::open_existing(config.database_url())
            .await
            .map_err(CliError::failed)?;
        server::require(&db).await.map_err(CliError::failed)?;
        let report = evidence::verify(&db).await.map_err(CliError::failed)?;
        db.close().await;
        Ok(report)
    })?;
    match args.format {
        Format::Text => text(&report, console.out)?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&report).map_err(CliError::failed)?;
            writeln!(console.out, "{json}")?;
        }
    }
    if report.holds() {
        Ok(())
    } else {
        Err(CliError::Failed(
            "the evidence log does not hold; what is wrong stands above".to_owned(),
        ))
    }
}

fn text(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for problem in &report.problems {
        writeln!(out, "WRONG  {problem}")?;
    }
    if report.problems.len() >= PROBLEMS_MAX {
        writeln!(
            out,
            "       Perhaps there is more: the check ends after {PROBLEMS_MAX}."
        )?;
    }
    writeln!(out, "entries      {}", report.entries)?;
    writeln!(out, "head         {}", report.head)?;
    writeln!(out, "incidents    {}", report.incidents)?;
    writeln!(out, "commitments  {}", report.commitments)?;
    for (table, rows) in &report.rows {
        writeln!(out, "rows         {rows} of {table}")?;
    }
    writeln!(out, "rosters      {}", report.rosters)?;
    if report.holds() {
        writeln!(
            out,
            "Everything holds: the chain, what it commits to, and every row it tells of. Keep the \
             head outside of this machine; no entry up to it can then be changed unseen."
        )?;
    }
    Ok(())
}
