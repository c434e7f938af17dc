//! `duenotice register FILE`: how the dated notices of a public register did against our clocks.
//!
//! Always holds: the file is read as its publisher wrote it; a row that cannot be used is counted
//! and named with the reason; nothing is guessed. A register has days and no times of day, so a
//! clock in hours is only decided where every time of day gives the same answer.

mod judge;
mod read;
mod table;

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use chrono_tz::Tz;

use crate::catalog::Catalog;

use super::{CliError, Console};
use judge::{Judged, judge};
use read::{Notice, Notices};

/// The register's own zone: that of the authority that keeps it.
const ZONE: Tz = Tz::America__Los_Angeles;

/// The clocks that every notice is held against: id of the rule, a short name for a column.
const CLOCKS: [(&str, &str); 3] = [
    ("policy_promise_7bd", "promise_7bd"),
    ("us_wa_19_255_010.ag", "days_30"),
    ("eu_gdpr_33_1", "hours_72"),
];

/// Show how the dated notices of a public register did against 7 business days, 30 days and 72 hours
///
/// FILE is the CSV of data breach notices that the Washington State Attorney General publishes as open
/// data, as it is downloaded. It must have the columns DateAware and DateSubmitted, with days like "2021 Feb 04 12:00:00 AM"
/// or 2021-02-04; Id, Name and WashingtoniansAffected are shown where they are there. Every row with
/// both dates is counted as if the notifier had given our promise and had been bound by today's
/// rules: aware at noon in Los Angeles, each controller in its own calendar.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The CSV file, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One line of CSV for each row of the file, instead of the table
    #[arg(long)]
    csv: bool,
}

pub(super) fn run(
    args: &Args,
    catalog: &Catalog,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    if args.file.as_os_str() == "-" {
        return report(&mut console.input, args.csv, catalog, console.out);
    }
    let mut file = File::open(&args.file).map_err(|error| {
        CliError::Failed(format!(
            "{} cannot be read ({error}); check the path",
            args.file.display()
        ))
    })?;
    report(&mut file, args.csv, catalog, console.out)
}

/// One row of the register with what every clock says of it.
struct Line {
    notice: Notice,
    /// In the order of [`CLOCKS`]; why it could not be judged.
    judged: Result<Vec<Judged>, String>,
}

/// Reads a register and writes the table, or one line for each row.
fn report(
    input: &mut dyn Read,
    csv: bool,
    catalog: &Catalog,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let clocks = CLOCKS
        .iter()
        .map(|(id, _)| {
            catalog.regime(id).ok_or_else(|| {
                CliError::Failed(format!(
                    "there is no rule {id}, which the register is held against; add it to the \
                     playbooks"
                ))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut notices = Notices::new(input)?;
    let mut lines = Vec::new();
    while let Some(notice) = notices.next()? {
        let judged = notice.days.clone().and_then(|days| {
            clocks
                .iter()
                .map(|rule| judge(rule, days, catalog))
                .collect()
        });
        lines.push(Line { notice, judged });
    }
    if csv {
        table::csv(&lines, out)
    } else {
        table::text(&lines, &clocks, out)
    }
}
