//! What an incident owes, to whom and by when: rules held against facts, scope and answers.
//!
//! Always holds: the same inputs give the same obligations in the same order; a rule that may apply
//! is never left out because something is not known; one act for all controllers is one obligation,
//! and what each owes for itself is one for each. It stores nothing and decides nothing that the
//! law leaves to judgement.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use super::calendar::Calendars;
use super::condition::{Applies, Circumstances};
use super::controller::Controller;
use super::deadline::{self, Deadline, DeadlineError, Situation};
use super::fact::{Anchors, FactKind};
use super::hold::Hold;
use super::regime::{Owed, Recipient, Regime};

/// The facts that an obligation rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The facts that stand.
    pub anchors: &'a Anchors,
    /// The law-enforcement holds that stand.
    pub holds: &'a [Hold],
    /// The operator's controllers.
    pub controllers: &'a [Controller],
    /// The calendars, with the operator's overrides in them.
    pub calendars: &'a Calendars,
    /// Answers, sectors and counts.
    pub circumstances: &'a Circumstances,
    /// What was met already, which others must not come after.
    pub met: &'a [Met],
    /// The day to judge by while nothing is recorded.
    pub today: NaiveDate,
}

/// An obligation that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Id of the rule.
    pub rule: String,
    /// Id of the controller that met it; empty when one act met it for all.
    pub controller: String,
    /// When, UTC.
    pub at: DateTime<Utc>,
}

/// How far the period of an obligation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// It ends then.
    Ends(Box<Deadline>),
    /// It begins with an act of ours, or an event, that has not come.
    WaitsFor(FactKind),
    /// The law has no number.
    NoNumber,
    /// It cannot be computed, and why.
    Problem(String),
}

impl Term {
    /// The deadline, where there is one.
    #[must_use]
    pub fn deadline(&self) -> Option<&Deadline> {
        match self {
            Self::Ends(deadline) => Some(deadline),
            _ => None,
        }
    }
}

/// What may be owed under one rule.
#[derive(Clone, Debug)]
pub struct Derived<'a> {
    /// The rule, in the version of the day.
    pub regime: &'a Regime,
    /// Who owes it; nobody in particular when one act meets it for all.
    pub controller: Option<&'a Controller>,
    /// Whether it applies.
    pub applies: Applies,
    /// By when.
    pub term: Term,
}

/// Holds every rule against the case. `versions` gives all versions of a rule by its id.
pub fn derive<'a>(
    rules: impl Iterator<Item = &'a [Regime]>,
    versions: impl Fn(&str) -> &'a [Regime],
    case: &Case<'a>,
) -> Vec<Derived<'a>> {
    let mut all = Vec::new();
    for rule in rules {
        let Some(regime) = deadline::version_at(rule, case.anchors) else {
            continue;
        };
        let day = deadline::law_day(regime, case.anchors).unwrap_or(case.today);
        if !regime.in_force_on(day) {
            continue;
        }
        let bound = deadline::bound_controllers(regime, case.controllers);
        if bound.is_empty() {
            continue;
        }
        let groups: Vec<(Option<&Controller>, &[Controller])> = match regime.owed {
            Owed::Jointly => vec![(None, case.controllers)],
            Owed::Each => bound
                .iter()
                .map(|one| (Some(*one), std::slice::from_ref(*one)))
                .collect(),
        };
        for (controller, counted) in groups {
            let seat = controller.or(bound.first().copied());
            all.push(Derived {
                regime,
                controller,
                applies: applies(regime, seat, case),
                term: in_order(
                    regime,
                    controller,
                    case,
                    term(regime, &versions, counted, case, None),
                ),
            });
        }
    }
    all
}

fn applies(regime: &Regime, controller: Option<&Controller>, case: &Case<'_>) -> Applies {
    let seat = controller.map_or("", |one| one.country.as_str());
    regime.applies.evaluate(case.circumstances, seat)
}

/// A rule that must not come after another one ends at the latest when that one was met.
fn in_order(
    regime: &Regime,
    controller: Option<&Controller>,
    case: &Case<'_>,
    mut term: Term,
) -> Term {
    let Term::Ends(deadline) = &mut term else {
        return term;
    };
    let same = |met: &&Met| {
        met.controller.is_empty() || controller.is_none_or(|one| one.id == met.controller)
    };
    for met in case.met.iter().filter(same) {
        let strictly = regime.before.contains(&met.rule);
        if strictly || regime.not_after.contains(&met.rule) {
            deadline::not_later_than(deadline, &met.rule, met.at, strictly);
        }
    }
    term
}

/// By when people found later must be told: the rule's own fact is then the day they were found.
#[must_use]
pub fn term_of_late<'a>(
    regime: &Regime,
    versions: impl Fn(&str) -> &'a [Regime],
    controller: Option<&Controller>,
    case: &Case<'_>,
    found: Option<DateTime<FixedOffset>>,
) -> Term {
    let counted = match controller {
        Some(one) => std::slice::from_ref(one),
        None => case.controllers,
    };
    term(regime, &versions, counted, case, found)
}

/// Whether people found later have a period of their own under the rule.
#[must_use]
pub fn concerns_late(regime: &Regime) -> bool {
    regime.recipient == Recipient::DataSubject
}

fn term<'a>(
    regime: &Regime,
    versions: &impl Fn(&str) -> &'a [Regime],
    controllers: &[Controller],
    case: &Case<'_>,
    found: Option<DateTime<FixedOffset>>,
) -> Term {
    let mut anchors = case.anchors.clone();
    if let Some(found) = found {
        anchors.insert(regime.anchor, found);
    }
    if regime.anchor.may_never_come() && anchors.get(regime.anchor).is_none() {
        return Term::WaitsFor(regime.anchor);
    }
    let given = Situation {
        anchors: &anchors,
        holds: case.holds,
        controllers,
        calendars: case.calendars,
    };
    match deadline::compute_in(regime, &given) {
        Ok(deadline) => Term::Ends(Box::new(deadline)),
        Err(DeadlineError::NoNumber { .. }) => after_others(regime, versions, &given),
        Err(error) => Term::Problem(error.to_string()),
    }
}

/// A rule without a number that must not be met after others ends with the earliest of those.
fn after_others<'a>(
    regime: &Regime,
    versions: &impl Fn(&str) -> &'a [Regime],
    given: &Situation<'_>,
) -> Term {
    let earliest = regime
        .not_after
        .iter()
        .chain(&regime.before)
        .filter_map(|id| deadline::version_at(versions(id), given.anchors))
        .filter_map(|other| deadline::compute_after(regime, other, given).ok())
        .min_by_key(|deadline| deadline.due);
    match earliest {
        Some(deadline) => Term::Ends(Box::new(deadline)),
        None => Term::NoNumber,
    }
}
