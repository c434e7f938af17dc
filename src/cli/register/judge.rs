//! What one clock says of one notice that has days and no times of day.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone as _};

use crate::catalog::Catalog;
use crate::domain::deadline::{self, Deadline};
use crate::domain::fact::Anchors;
use crate::domain::instant::start_of_day;
use crate::domain::regime::Regime;

use super::ZONE;
use super::read::Days;

const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Whether a notice came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    OnTime,
    /// By so many days after the last day.
    Late(i64),
    /// It depends on the times of day, which the register does not have.
    NotTold,
}

impl Outcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late(_) => "late",
            Self::NotTold => "cannot_be_told",
        }
    }
}

/// The answer of one clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// The last day; for hours, the register's day on which they end when counted from noon.
    pub(super) last_day: NaiveDate,
    pub(super) outcome: Outcome,
}

/// Holds a notice against a rule.
///
/// Days are compared with days. For a rule in hours, the notice is on time when it was even if the
/// notifier was aware at the first instant of its day and wrote at the last instant of the other,
/// and late when it was even the other way round.
pub(super) fn judge(rule: &Regime, days: Days, catalog: &Catalog) -> Result<Judged, String> {
    let start = |day: Option<NaiveDate>| {
        day.and_then(|day| start_of_day(day, ZONE))
            .map(|at| at.fixed_offset())
            .ok_or_else(|| "its days cannot be written as instants".to_owned())
    };
    let noon = ZONE
        .from_local_datetime(&days.aware.and_time(NOON))
        .earliest()
        .map(|at| at.fixed_offset())
        .ok_or_else(|| "its days cannot be written as instants".to_owned())?;
    let from_noon = due(rule, noon, catalog)?;
    if let Some(last_day) = from_noon.last_permitted_day {
        let outcome = if days.submitted <= last_day {
            Outcome::OnTime
        } else {
            Outcome::Late((days.submitted - last_day).num_days())
        };
        return Ok(Judged { last_day, outcome });
    }
    let last_day = from_noon.due.with_timezone(&ZONE).date_naive();
    let strictest = due(rule, start(Some(days.aware))?, catalog)?.due;
    let latest = due(rule, start(days.aware.succ_opt())?, catalog)?.due;
    let outcome = if start(days.submitted.succ_opt())? <= strictest {
        Outcome::OnTime
    } else if start(Some(days.submitted))? >= latest {
        Outcome::Late((days.submitted - last_day).num_days())
    } else {
        Outcome::NotTold
    };
    Ok(Judged { last_day, outcome })
}

fn due(rule: &Regime, at: DateTime<FixedOffset>, catalog: &Catalog) -> Result<Deadline, String> {
    deadline::compute(
        rule,
        &Anchors::from_iter([(rule.anchor, at)]),
        &catalog.operator().controllers,
        catalog.calendars(),
    )
    .map_err(|error| error.to_string())
}
