//! What a law-enforcement hold does to one controller's period.
//!
//! Always holds: only a rule whose law knows holds is touched, and only by a hold that began before
//! its end and ended after its anchor; the result is never earlier than without the hold.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};

use crate::domain::hold::Hold;
use crate::domain::instant;
use crate::domain::period::{Period, Unit};
use crate::domain::regime::{HoldRule, Regime};

use super::super::{Anchor, DeadlineError, Step, written};
use super::{End, Place, end_of};

/// One or several holds without a day between them.
struct Stop {
    from: DateTime<FixedOffset>,
    until: DateTime<FixedOffset>,
    /// Who asked, for a sentence.
    by: String,
}

/// Applies every hold in the order of their beginnings; true when one moved the end.
pub(super) fn apply(
    regime: &Regime,
    period: Period,
    anchor: &Anchor,
    place: &Place<'_>,
    holds: &[Hold],
    end: &mut End,
) -> Result<bool, DeadlineError> {
    let Some(rule) = &regime.hold else {
        return Ok(false);
    };
    let mut holds: Vec<&Hold> = holds
        .iter()
        .filter(|one| one.concerns(&regime.jurisdiction))
        .collect();
    holds.sort_by_key(|one| one.from);
    let mut holds = holds.into_iter().peekable();
    let mut moved = false;
    while let Some(first) = holds.next_if(|one| one.from < end.due) {
        let mut stop = stop(regime, rule, first)?;
        // Time that two holds share is only taken once.
        while let Some(next) = holds.next_if(|one| one.from <= stop.until) {
            let next = self::stop(regime, rule, next)?;
            stop.until = stop.until.max(next.until);
            stop.by = format!("{} and {}", stop.by, next.by);
        }
        if stop.until > anchor.at {
            moved |= one(regime, period, anchor, place, &stop, end)?;
        }
    }
    Ok(moved)
}

fn stop(regime: &Regime, rule: &HoldRule, hold: &Hold) -> Result<Stop, DeadlineError> {
    let until = ended(rule, hold).ok_or_else(|| DeadlineError::HeldOpen {
        rule: regime.id.clone(),
        since: hold.from,
        authority: hold.authority.clone(),
    })?;
    Ok(Stop {
        from: hold.from,
        until,
        by: format!("{} ({})", hold.authority, hold.reference),
    })
}

/// When the hold stopped counting; nothing while it lasts.
fn ended(rule: &HoldRule, hold: &Hold) -> Option<DateTime<FixedOffset>> {
    let days = rule.oral_days.filter(|_| hold.oral);
    let limit = days.and_then(|n| hold.from.checked_add_signed(TimeDelta::days(n.into())));
    match (hold.until, limit) {
        (Some(until), Some(limit)) => Some(until.min(limit)),
        (until, limit) => until.or(limit),
    }
}

fn one(
    regime: &Regime,
    period: Period,
    anchor: &Anchor,
    place: &Place<'_>,
    stop: &Stop,
    end: &mut End,
) -> Result<bool, DeadlineError> {
    let from = Anchor {
        kind: anchor.kind,
        at: stop.until,
    };
    let again = |period| end_of(period, &from, place, None, regime.cutoff);
    let (mut after, how) = match regime.hold.as_ref().and_then(|rule| rule.restart) {
        Some(restart) => (again(restart)?, format!("{restart} from its end")),
        None => match rest(period, anchor, place, stop, end) {
            Some(rest) => (
                again(rest)?,
                format!("the {rest} that were left go on from its end"),
            ),
            None => (
                shifted(anchor, place, stop, end)?,
                "the time that it took is added".to_owned(),
            ),
        },
    };
    let what = format!(
        "law-enforcement hold by {} from {} until {}: {how}",
        stop.by,
        instant::long(stop.from.with_timezone(&place.zone).fixed_offset()),
        instant::long(stop.until.with_timezone(&place.zone).fixed_offset()),
    );
    let later = after.due > end.due;
    let outcome = if later {
        format!("{what}, which is {}", instant::long(after.due))
    } else {
        format!("{what}, which is not later, so it changes nothing")
    };
    end.steps.push(Step {
        date: stop.until.with_timezone(&place.zone).date_naive(),
        day: None,
        why: outcome,
    });
    if later {
        let mut steps = std::mem::take(&mut end.steps);
        if let Some(zero) = after.steps.first_mut().filter(|_| after.last_day.is_some()) {
            // What was counted from the hold on is counted again after it; counted twice, a second
            // hold would find more days used up than were.
            let began = local_day(stop, anchor, place);
            steps.retain(|step| step.day.is_none() || step.date < began);
            zero.why = format!(
                "{} not counted: the day on which the hold ended",
                zero.date.format("%a %-d %b %Y")
            );
        }
        steps.extend(after.steps);
        *end = End {
            steps,
            trigger_day: end.trigger_day,
            ..after
        };
    }
    Ok(later)
}

/// The days of a period that were not used up when the hold began; nothing for other units.
fn rest(
    period: Period,
    anchor: &Anchor,
    place: &Place<'_>,
    stop: &Stop,
    end: &End,
) -> Option<Period> {
    if matches!(period.unit(), Unit::Hour | Unit::Month) {
        return None;
    }
    let began = local_day(stop, anchor, place);
    let used = end
        .steps
        .iter()
        .filter(|step| step.day.is_some() && step.date < began)
        .count();
    let left = period.n().saturating_sub(u32::try_from(used).ok()?);
    Period::new(left.max(1), period.unit(), period.count()).ok()
}

/// The local day on which the hold began to stop the period.
fn local_day(stop: &Stop, anchor: &Anchor, place: &Place<'_>) -> NaiveDate {
    stop.from
        .max(anchor.at)
        .with_timezone(&place.zone)
        .date_naive()
}

/// The same end, later by as long as the hold lasted within the period.
fn shifted(
    anchor: &Anchor,
    place: &Place<'_>,
    stop: &Stop,
    end: &End,
) -> Result<End, DeadlineError> {
    let took = stop.until - stop.from.max(anchor.at);
    let due = end.due.with_timezone(&place.zone).checked_add_signed(took);
    let due = written(due, anchor, place.zone)?;
    Ok(End {
        due,
        bound: end.bound,
        trigger_day: end.trigger_day,
        // An end at midnight ends the day before it.
        last_day: end
            .last_day
            .and_then(|_| due.checked_sub_signed(TimeDelta::nanoseconds(1)))
            .map(|last| last.date_naive()),
        steps: Vec::new(),
    })
}
