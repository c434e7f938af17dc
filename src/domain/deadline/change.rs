//! What would change a date: how far the trigger would have to move, and to what effect.
//!
//! Always holds: each sentence comes from computing the same rule again with another trigger; none
//! is a guess.

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::domain::fact::Anchors;
use crate::domain::instant::{long, start_of_day};
use crate::domain::regime::Regime;

use super::{Deadline, Situation, compute_in};

/// Sentences about what would make `deadline`, computed for `regime` as `given`, another one.
#[must_use]
pub fn what_would_change(
    regime: &Regime,
    given: &Situation<'_>,
    deadline: &Deadline,
) -> Vec<String> {
    let mut sentences = Vec::new();
    if deadline.last_permitted_day.is_some() {
        sentences.extend(neighbours(regime, given, deadline));
    } else {
        sentences.push(
            "It moves with the instant it is counted from, minute by minute; weekends, holidays \
             and changes of the clocks do not move it."
                .to_owned(),
        );
    }
    if let Some((_, at)) = given
        .anchors
        .iter()
        .find(|(kind, _)| *kind == regime.anchor)
    {
        for (kind, other) in given.anchors.iter() {
            if kind == regime.anchor || other >= at {
                continue;
            }
            if let Some(due) = counted_from(regime, given, other) {
                sentences.push(format!(
                    "If \"{}\" had been reached at the time of \"{kind}\", {}, it would be due {}.",
                    regime.anchor,
                    long(other),
                    long(due)
                ));
            }
        }
    }
    sentences
}

/// The nearest earlier and later trigger that give another end.
fn neighbours(regime: &Regime, given: &Situation<'_>, deadline: &Deadline) -> Vec<String> {
    let at = deadline.anchor.at;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for leg in &deadline.legs {
        let local = at.with_timezone(&leg.zone).date_naive();
        if let Some(start) = start_of_day(local, leg.zone) {
            before.push(start.fixed_offset() - TimeDelta::seconds(1));
        }
        if let Some(next) = local.succ_opt().and_then(|day| start_of_day(day, leg.zone)) {
            after.push(next.fixed_offset());
        }
    }
    before.sort_unstable_by(|a, b| b.cmp(a));
    after.sort_unstable();
    let differing = |all: Vec<DateTime<FixedOffset>>| {
        all.into_iter()
            .filter_map(|at| Some((at, counted_from(regime, given, at)?)))
            .find(|(_, due)| *due != deadline.due)
    };
    let mut sentences = Vec::new();
    if let Some((at, due)) = differing(before) {
        sentences.push(format!(
            "Counted from {} or a little earlier, it would be due {}.",
            long(at),
            long(due)
        ));
    }
    if let Some((at, due)) = differing(after) {
        sentences.push(format!(
            "Counted from {} or a little later, it would be due {}.",
            long(at),
            long(due)
        ));
    }
    sentences
}

fn counted_from(
    regime: &Regime,
    given: &Situation<'_>,
    at: DateTime<FixedOffset>,
) -> Option<DateTime<FixedOffset>> {
    let mut anchors: Anchors = given.anchors.clone();
    anchors.insert(regime.anchor, at);
    let moved = Situation {
        anchors: &anchors,
        ..*given
    };
    compute_in(regime, &moved).ok().map(|one| one.due)
}
