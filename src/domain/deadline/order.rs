//! Rules that must be met before others, or together with them at the latest.
//!
//! Always holds: an order can only make an end earlier, or give one to a rule that has none; it says
//! which other rule that comes from.

use chrono::{DateTime, Utc};

use crate::domain::instant;
use crate::domain::regime::Regime;

use super::{Bound, Deadline, DeadlineError, Flag, Situation, Step, compute_in};

/// Gives a rule without a number the end of another one, which must not be met before it
/// (`before`, `not_after`).
///
/// # Errors
/// As [`compute_in`] for that other rule.
pub fn compute_after(
    regime: &Regime,
    other: &Regime,
    given: &Situation<'_>,
) -> Result<Deadline, DeadlineError> {
    let mut deadline = compute_in(other, given)?;
    for leg in &mut deadline.legs {
        leg.steps.push(Step {
            date: leg.due.date_naive(),
            day: None,
            why: format!(
                "{} sets no number (\"{}\"): it must not come after {}, which is due then",
                regime.id,
                regime.how_long(),
                other.id
            ),
        });
    }
    regime.id.clone_into(&mut deadline.rule);
    regime.hash().clone_into(&mut deadline.rule_hash);
    if !regime.verified {
        flag(&mut deadline, Flag::UnverifiedRule);
    }
    flag(&mut deadline, Flag::FromOrder);
    Ok(deadline)
}

/// Ends a deadline with the instant at which `other` was met, if that is earlier: what must not come
/// after it is late from then on. `strictly`: it must have come before, and not at the same time.
pub fn not_later_than(deadline: &mut Deadline, other: &str, met: DateTime<Utc>, strictly: bool) {
    if met >= deadline.due_utc {
        return;
    }
    let governing = deadline.governed_by.clone();
    let Some(leg) = deadline
        .legs
        .iter_mut()
        .find(|one| one.controller == governing)
    else {
        return;
    };
    let due = met.with_timezone(&leg.zone).fixed_offset();
    let (word, bound) = if strictly {
        ("before", Bound::Before)
    } else {
        ("no later than", Bound::AtOrBefore)
    };
    leg.steps.push(Step {
        date: due.date_naive(),
        day: None,
        why: format!(
            "it must come {word} {other}, which was met on {}: earlier, so this governs",
            instant::long(due)
        ),
    });
    deadline.due = due;
    deadline.due_utc = met;
    deadline.bound = bound;
    deadline.last_permitted_day = None;
    deadline.target = deadline.target.map(|target| target.min(due));
    deadline.latest_arguable = None;
    deadline.latest_why = Some(format!(
        "{other} was met then, and this must not come after it."
    ));
    deadline.readings.clear();
    flag(deadline, Flag::FromOrder);
}

fn flag(deadline: &mut Deadline, flag: Flag) {
    deadline.flags.push(flag);
    deadline.flags.sort_unstable();
    deadline.flags.dedup();
}
