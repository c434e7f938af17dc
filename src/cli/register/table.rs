//! The table over a whole register, and one line for each of its rows.

use std::collections::BTreeMap;
use std::io::Write;

use crate::domain::regime::Regime;

use super::judge::Outcome;
use super::{CLOCKS, Line, ZONE};
use crate::cli::CliError;

/// How many rows of one reason are named.
const NAMED_MAX: usize = 30;

/// What one clock says of all rows.
#[derive(Default)]
struct Tally {
    on_time: usize,
    not_told: usize,
    /// Days after the last day, of each late notice.
    late: Vec<i64>,
    /// People in late notices, where the register has a number.
    people: u64,
}

fn tally(lines: &[Line], clock: usize) -> Tally {
    let mut tally = Tally::default();
    for line in lines {
        let Some(judged) = line.judged.as_ref().ok().and_then(|all| all.get(clock)) else {
            continue;
        };
        match judged.outcome {
            Outcome::OnTime => tally.on_time += 1,
            Outcome::NotTold => tally.not_told += 1,
            Outcome::Late(days) => {
                tally.late.push(days);
                tally.people += line.notice.affected.unwrap_or(0);
            }
        }
    }
    tally.late.sort_unstable();
    tally
}

/// The smallest value that at least `percent` of all values do not exceed (nearest rank).
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// A number and how many per cent of all it is: `38 (2 %)`.
fn share(n: usize, of: usize) -> String {
    format!(
        "{n} ({} %)",
        (n * 100 + of / 2).checked_div(of).unwrap_or(0)
    )
}

pub(super) fn text(lines: &[Line], rules: &[&Regime], out: &mut dyn Write) -> Result<(), CliError> {
    let used = lines.iter().filter(|line| line.judged.is_ok()).count();
    writeln!(
        out,
        "{} rows, {used} with two days that can be used",
        lines.len()
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "{:<18} {:>12} {:>13} {:>10} {:>12} {:>12} {:>15}",
        "", "on time", "late", "not told", "median late", "90 % within", "people in late"
    )?;
    for (index, rule) in rules.iter().enumerate() {
        let tally = tally(lines, index);
        let days = |value: Option<i64>| match value {
            None => "-".to_owned(),
            Some(1) => "1 day".to_owned(),
            Some(n) => format!("{n} days"),
        };
        writeln!(
            out,
            "{:<18} {:>12} {:>13} {:>10} {:>12} {:>12} {:>15}",
            rule.how_long(),
            share(tally.on_time, used),
            share(tally.late.len(), used),
            tally.not_told,
            days(percentile(&tally.late, 50)),
            days(percentile(&tally.late, 90)),
            tally.people,
        )?;
    }
    writeln!(out)?;
    for rule in rules {
        writeln!(out, "{}: {}, {}", rule.how_long(), rule.id, rule.name)?;
    }
    writeln!(
        out,
        "\nCounted from noon of DateAware in {ZONE}, with today's rules, whatever was law then and \
         whoever was bound.\n\
         Days late are calendar days after the last day, of the notices that were late: the median, \
         and what 90 % of\n\
         them did not exceed. The register has days and no times: a notice up to two days after \
         awareness kept 72 hours,\n\
         one from the fourth day on did not, and of one on the third day it cannot be told (a \
         change of the clocks moves\n\
         this by an hour)."
    )?;
    unused(lines, out)
}

fn unused(lines: &[Line], out: &mut dyn Write) -> Result<(), CliError> {
    let mut reasons: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        if let Err(reason) = &line.judged {
            reasons.entry(reason).or_default().push(line);
        }
    }
    for (reason, rows) in reasons {
        writeln!(out, "\nNot used, {} rows: {reason}", rows.len())?;
        for line in rows.iter().take(NAMED_MAX) {
            writeln!(
                out,
                "  row {}: {} {}",
                line.notice.row, line.notice.id, line.notice.name
            )?;
        }
        if let Some(more) = rows.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
            writeln!(out, "  and {more} more; --csv lists all")?;
        }
    }
    Ok(())
}

pub(super) fn csv(lines: &[Line], out: &mut dyn Write) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| CliError::Io(error.into());
    let mut header: Vec<String> = [
        "row",
        "id",
        "name",
        "affected",
        "aware",
        "submitted",
        "days",
    ]
    .map(str::to_owned)
    .to_vec();
    for (_, name) in CLOCKS {
        header.extend(["last_day", "outcome", "days_late"].map(|one| format!("{name}_{one}")));
    }
    header.push("not_used_because".to_owned());
    writer.write_record(&header).map_err(failed)?;
    for line in lines {
        let notice = &line.notice;
        let mut record = vec![
            notice.row.to_string(),
            notice.id.clone(),
            notice.name.clone(),
            notice.affected.map(|n| n.to_string()).unwrap_or_default(),
        ];
        match &notice.days {
            Ok(days) => record.extend([
                days.aware.to_string(),
                days.submitted.to_string(),
                (days.submitted - days.aware).num_days().to_string(),
            ]),
            Err(_) => record.extend([const { String::new() }; 3]),
        }
        match &line.judged {
            Ok(all) => {
                for one in all {
                    let late = match one.outcome {
                        Outcome::Late(days) => days.to_string(),
                        Outcome::OnTime | Outcome::NotTold => String::new(),
                    };
                    record.extend([
                        one.last_day.to_string(),
                        one.outcome.as_str().to_owned(),
                        late,
                    ]);
                }
                record.push(String::new());
            }
            Err(reason) => {
                record.extend([const { String::new() }; 3 * CLOCKS.len()]);
                record.push(reason.clone());
            }
        }
        writer.write_record(&record).map_err(failed)?;
    }
    writer.flush()?;
    Ok(())
}
