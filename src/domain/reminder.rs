//! When staff are reminded that a deadline is near.
//!
//! A reminder never moves a deadline, and a calendar that cannot answer never silences it.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::Calendars;
use super::deadline::{Deadline, Leg};
use super::instant::start_of_day;

/// How far the search for a business day goes back; no holidays in a row are longer.
const DAYS_BACK_MAX: u64 = 31;

/// The instant from which `deadline` is one business day away; always before `due_utc`.
///
/// That is the start of the last business day, of the controller that governs, on which it can still
/// be met; for hour periods, and where the calendar cannot say, 24 hours before it is due.
pub fn near_at(deadline: &Deadline, calendars: &Calendars) -> DateTime<Utc> {
    let a_day_before = deadline.due_utc - TimeDelta::hours(24);
    deadline
        .legs
        .iter()
        .find(|leg| leg.controller == deadline.governed_by)
        .and_then(|leg| last_business_day(leg, calendars))
        .filter(|near| *near < deadline.due_utc)
        .unwrap_or(a_day_before)
}

fn last_business_day(leg: &Leg, calendars: &Calendars) -> Option<DateTime<Utc>> {
    let calendar = calendars.get(&leg.calendar).ok()?;
    let mut day = leg.last_day?;
    for _ in 0..DAYS_BACK_MAX {
        if calendar.is_business_day(day).ok()? {
            return Some(start_of_day(day, leg.zone)?.to_utc());
        }
        day = day.pred_opt()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::catalog::Catalog;
    use crate::domain::deadline::{Anchor, Bound};
    use crate::domain::fact::FactKind;

    fn deadline(due: &str, last_day: Option<&str>) -> Deadline {
        let due = DateTime::parse_from_rfc3339(due).unwrap();
        let leg = Leg {
            controller: "at".to_owned(),
            calendar: "AT".to_owned(),
            calendar_hash: None,
            zone: chrono_tz::Europe::Vienna,
            trigger_day: None,
            last_day: last_day.map(|d| d.parse().unwrap()),
            due,
            steps: Vec::new(),
            held: false,
        };
        Deadline {
            rule: "x".to_owned(),
            due,
            due_utc: due.to_utc(),
            bound: Bound::Before,
            last_permitted_day: leg.last_day,
            governed_by: "at".to_owned(),
            target: None,
            target_why: None,
            latest_arguable: None,
            latest_why: None,
            readings: Vec::new(),
            flags: Vec::new(),
            legs: vec![leg],
            anchor: Anchor {
                kind: FactKind::Aware,
                at: due,
            },
            rule_hash: String::new(),
            literal: None,
        }
    }

    fn near(due: &str, last_day: Option<&str>) -> String {
        let catalog = Catalog::builtin().unwrap();
        near_at(&deadline(due, last_day), catalog.calendars()).to_rfc3339()
    }

    #[test]
    fn is_the_start_of_the_last_business_day() {
        assert_eq!(
            near("2026-12-03T00:00:00+01:00", Some("2026-12-02")),
            "2026-12-01T23:00:00+00:00"
        );
    }

    #[test]
    fn a_last_day_on_a_weekend_is_told_on_the_business_day_before() {
        // Tuesday 8 December 2026 is a holiday in Austria; the 7th is a Monday.
        assert_eq!(
            near("2026-12-09T00:00:00+01:00", Some("2026-12-08")),
            "2026-12-06T23:00:00+00:00"
        );
        // Sunday 6 December: told on Friday the 4th.
        assert_eq!(
            near("2026-12-07T00:00:00+01:00", Some("2026-12-06")),
            "2026-12-03T23:00:00+00:00"
        );
    }

    #[test]
    fn hours_are_told_a_day_before() {
        assert_eq!(
            near("2026-11-26T11:00:00+01:00", None),
            "2026-11-25T10:00:00+00:00"
        );
    }

    #[test]
    fn a_calendar_that_does_not_know_the_year_does_not_silence_it() {
        assert_eq!(
            near("2999-12-03T00:00:00+01:00", Some("2999-12-02")),
            "2999-12-01T23:00:00+00:00"
        );
    }
}
