//! `duenotice calendar CODE`: the days on which a jurisdiction does not work.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use clap::ValueEnum;

use crate::catalog::Catalog;
use crate::domain::calendar::Calendar;
use crate::time::TimeSource;

use super::{CliError, Console, calendar_year};

/// Show the public holidays of a calendar and its business days by month
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Code of the calendar, such as AT or US-CO
    code: String,
    /// The year to look at as a whole [this year]
    #[arg(value_parser = year, conflicts_with_all = ["from", "to"])]
    year: Option<i32>,
    /// First day, for a list of days [the first day of the year]
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<NaiveDate>,
    /// Last day, for a list of days [the last day of the year]
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<NaiveDate>,
    /// For people, or only the holidays from Monday to Friday as CSV
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Csv,
}

fn date(text: &str) -> Result<NaiveDate, String> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if text.len() == 10 => Ok(date),
        _ => Err("write a date like 2026-11-23".to_owned()),
    }
}

fn year(text: &str) -> Result<i32, String> {
    match text.parse() {
        Ok(year) if text.len() == 4 => Ok(year),
        _ => Err("write a year like 2026".to_owned()),
    }
}

pub(super) fn run(
    args: &Args,
    catalog: &Catalog,
    time: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let calendar = catalog
        .calendars()
        .get(&args.code)
        .map_err(CliError::failed)?;
    let (from, to) = range(args, calendar, time)?;
    let whole = args.from.is_none() && args.to.is_none();
    match args.format {
        Format::Text if whole => calendar_year::show(calendar, from.year(), console.out),
        Format::Text => text(calendar, from, to, console),
        Format::Csv => csv(calendar, from, to, console),
    }
}

/// The days asked for; a missing end is that of the year of the other, or of the current year.
fn range(
    args: &Args,
    calendar: &Calendar,
    time: &TimeSource,
) -> Result<(NaiveDate, NaiveDate), CliError> {
    let zone = calendar.spec().zone.unwrap_or(Tz::UTC);
    let today = time.now().with_timezone(&zone).date_naive();
    let year_of = |other: Option<NaiveDate>| args.year.unwrap_or(other.unwrap_or(today).year());
    let first = NaiveDate::from_ymd_opt(year_of(args.to), 1, 1);
    let last = NaiveDate::from_ymd_opt(year_of(args.from), 12, 31);
    let from = args.from.or(first).unwrap_or(today);
    let to = args.to.or(last).unwrap_or(today);
    if to < from {
        return Err(CliError::Usage(format!(
            "--from {from} is after --to {to}; swap the two"
        )));
    }
    Ok((from, to))
}

fn csv(
    calendar: &Calendar,
    from: NaiveDate,
    to: NaiveDate,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let days = calendar.holidays(from, to).map_err(CliError::failed)?;
    let mut writer = csv::Writer::from_writer(&mut *console.out);
    let write = |writer: &mut csv::Writer<_>, fields: [&str; 2]| {
        writer
            .write_record(fields)
            .map_err(|error| CliError::Io(error.into()))
    };
    write(&mut writer, ["date", "name"])?;
    for (date, name) in days {
        if !calendar.is_weekend(date) {
            write(&mut writer, [&date.to_string(), name])?;
        }
    }
    Ok(writer.flush()?)
}

fn text(
    calendar: &Calendar,
    from: NaiveDate,
    to: NaiveDate,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let days = calendar.holidays(from, to).map_err(CliError::failed)?;
    let out = &mut *console.out;
    calendar_year::head(calendar, &format!("{from} to {to}"), out)?;
    for (date, name) in &days {
        let note = if calendar.is_weekend(*date) {
            "  (on a weekend)"
        } else {
            ""
        };
        writeln!(out, "{}  {name}{note}", date.format("%a %e %b %Y"))?;
    }
    if days.is_empty() {
        writeln!(out, "No public holiday in these days.")?;
    }
    writeln!(out)?;
    months(calendar, from, to, out)
}

/// How many business days each month has, so that a wrong calendar is seen at a glance.
fn months(
    calendar: &Calendar,
    from: NaiveDate,
    to: NaiveDate,
    out: &mut dyn std::io::Write,
) -> Result<(), CliError> {
    let count = |from, to| {
        calendar
            .business_days_between(from, to)
            .map_err(CliError::failed)
    };
    let mut year = String::new();
    let mut start = from;
    while start <= to {
        let next = start
            .with_day(1)
            .and_then(|first| first.checked_add_months(chrono::Months::new(1)));
        let end = next
            .and_then(|next| next.pred_opt())
            .map_or(to, |end| end.min(to));
        if year.is_empty() || start.month() == 1 {
            year = format!("{}:", start.year());
            write!(
                out,
                "{}Business days {year}",
                if start == from { "" } else { "\n" }
            )?;
        }
        write!(out, "  {} {}", start.format("%b"), count(start, end)?)?;
        match next {
            Some(next) => start = next,
            None => break,
        }
    }
    writeln!(out)?;
    writeln!(out, "In all: {} business days.", count(from, to)?)?;
    Ok(())
}
