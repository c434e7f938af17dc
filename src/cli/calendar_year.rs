//! A year of a calendar on paper of 80 columns: three months side by side, then what the days are.

use std::io::Write;

use chrono::{Month, NaiveDate};

use crate::domain::calendar::{Calendar, CalendarError, Look, weeks};

use super::CliError;

/// Columns of a month: seven days of three characters.
const MONTH: usize = 21;

/// The most rows that a month takes.
const ROWS: usize = 6;

/// What calendar it is, where it is from, and whether one may rely on it.
pub(super) fn head(calendar: &Calendar, what: &str, out: &mut dyn Write) -> Result<(), CliError> {
    let spec = calendar.spec();
    let verified = if spec.verified {
        "compared with the law"
    } else {
        "NOT compared with the law"
    };
    writeln!(out, "{} ({}), {what}", spec.name, calendar.code())?;
    writeln!(out, "Source: {}", spec.source)?;
    if let Some(origin) = &spec.origin {
        writeln!(out, "Origin: {origin}")?;
    }
    writeln!(
        out,
        "Known for {} to {}, {verified}.",
        spec.valid.0, spec.valid.1
    )?;
    writeln!(out)?;
    Ok(())
}

/// The whole year.
pub(super) fn show(calendar: &Calendar, year: i32, out: &mut dyn Write) -> Result<(), CliError> {
    let day = |month, day| {
        NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| CliError::Usage(format!("{year} is not a year; write one like 2026")))
    };
    let (first, last) = (day(1, 1)?, day(12, 31)?);
    let free = calendar.holidays(first, last).map_err(CliError::failed)?;
    let seeming = calendar.seeming(first, last).map_err(CliError::failed)?;
    head(calendar, &year.to_string(), out)?;
    for quarter in 0..4 {
        let mut columns = Vec::new();
        for month in quarter * 3 + 1..=quarter * 3 + 3 {
            columns.push(grid(calendar, year, month).map_err(CliError::failed)?);
        }
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or_default() {
            let line: Vec<String> = columns
                .iter()
                .map(|column| column.get(row).cloned().unwrap_or_default())
                .map(|text| format!("{text:<MONTH$}"))
                .collect();
            writeln!(out, "{}", line.join("    ").trim_end())?;
        }
        writeln!(out)?;
    }
    let opened: Vec<(NaiveDate, &str)> = first
        .iter_days()
        .take_while(|date| *date <= last)
        .filter_map(|date| calendar.opened(date).map(|why| (date, why)))
        .collect();
    write!(out, "* free")?;
    if !opened.is_empty() {
        write!(out, "   + worked")?;
    }
    if !seeming.is_empty() {
        write!(out, "   ~ a business day that many take for a free one")?;
    }
    writeln!(out, "\n\nFree days")?;
    for (date, name) in &free {
        let weekend = if calendar.is_weekend(*date) {
            "  (on a weekend)"
        } else {
            ""
        };
        writeln!(out, "  {}  {name}{weekend}", date.format("%a %e %b"))?;
    }
    if free.is_empty() {
        writeln!(out, "  none")?;
    }
    if !opened.is_empty() {
        writeln!(out, "\nWorked all the same")?;
        for (date, why) in opened {
            writeln!(out, "  {}  {why}", date.format("%a %e %b"))?;
        }
    }
    if !seeming.is_empty() {
        writeln!(out, "\nNot free, and counted")?;
        for one in seeming {
            let (date, name, why) = (one.date.format("%a %e %b"), &one.name, one.kind.words());
            writeln!(out, "  {date}  {name}: {why}")?;
        }
    }
    let count = calendar
        .business_days_between(first, last)
        .map_err(CliError::failed)?;
    writeln!(out, "\nIn all: {count} business days.")?;
    writeln!(
        out,
        "Days that staff have set in Due Notice stand on its page of this calendar, not here."
    )?;
    Ok(())
}

/// A month: its name, the weekdays, six weeks and how many business days it has.
fn grid(calendar: &Calendar, year: i32, month: u32) -> Result<Vec<String>, CalendarError> {
    let name = u8::try_from(month)
        .ok()
        .and_then(|n| Month::try_from(n).ok())
        .map_or_else(String::new, |month| month.name().to_owned());
    let mut lines = vec![
        format!("{name:^MONTH$}"),
        "Mo Tu We Th Fr Sa Su ".to_owned(),
    ];
    let mut business = 0;
    for week in weeks(year, month) {
        let mut line = String::new();
        for date in week {
            let Some(date) = date else {
                line.push_str("   ");
                continue;
            };
            let look = calendar.look(date)?;
            business += usize::from(matches!(look, Look::Business | Look::Worked));
            let sign = match look {
                Look::Free => '*',
                Look::Worked => '+',
                Look::Business if !calendar.seeming(date, date)?.is_empty() => '~',
                Look::Business | Look::Weekend => ' ',
            };
            line.push_str(&date.format("%e").to_string());
            line.push(sign);
        }
        lines.push(line);
    }
    lines.resize(2 + ROWS, String::new());
    lines.push(format!("{business} business days"));
    Ok(lines)
}
