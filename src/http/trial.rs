//! Trying a rule with facts that nobody recorded: the same for the page and for programs.
//!
//! Always holds: nothing is written, and no present is asked for, so that any instant can be tried;
//! what cannot be taken is said in one sentence for each thing that is wrong.

use crate::catalog::Catalog;
use crate::domain::calendar::Calendars;
use crate::domain::chronology;
use crate::domain::controller::Controller;
use crate::domain::deadline::{self, Deadline, DeadlineError, Floors, Situation};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::regime::Regime;

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The rule.
    Rule,
    /// The choice of a controller.
    Controller,
    /// One fact.
    Fact(FactKind),
    /// The facts as a whole.
    Facts,
}

/// A sentence and what it is about.
pub(crate) type Wrong = (About, String);

/// What a rule gives for some facts.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    /// The deadline.
    pub deadline: Deadline,
    /// The two lower bounds, where they were asked for and the rule has them.
    pub floors: Option<Floors>,
    /// What would make it another date, a sentence each.
    pub changes: Vec<String>,
}

/// The controllers to be counted: all of them, or the one with this id.
///
/// # Errors
/// When there is no such controller.
pub(crate) fn controllers<'a>(
    catalog: &'a Catalog,
    id: Option<&str>,
) -> Result<&'a [Controller], Wrong> {
    let operator = catalog.operator();
    operator.chosen(id).ok_or_else(|| {
        let all = operator.controllers.iter();
        let known: Vec<&str> = all.map(|one| one.id.as_str()).collect();
        (
            About::Controller,
            format!(
                "There is no controller \"{}\". Choose {}, or leave it out for all.",
                id.unwrap_or_default(),
                known.join(" or ")
            ),
        )
    })
}

/// That there is no rule with this id, and which ones are like it.
pub(crate) fn no_such_rule(catalog: &Catalog, id: &str) -> String {
    let near = catalog.rules_like(id).join(", ");
    format!("There is no rule \"{id}\". Did you mean {near}? The list of rules has all.")
}

/// What speaks against these facts, taken together.
pub(crate) fn objections(anchors: &Anchors) -> Vec<Wrong> {
    if anchors.is_empty() {
        let sentence = "Give the time of at least one of these facts: a deadline counts from one.";
        return vec![(About::Facts, sentence.to_owned())];
    }
    let Some(occurred) = anchors.get(FactKind::Occurred) else {
        return Vec::new();
    };
    anchors
        .iter()
        .filter(|(_, at)| *at < occurred)
        .map(|(kind, _)| (About::Fact(kind), chronology::before_occurrence(kind)))
        .collect()
}

/// Computes `regime` for the facts, in `calendars`.
///
/// # Errors
/// When there is no deadline; with what stands in the way.
pub(crate) fn compute(
    calendars: &Calendars,
    regime: &Regime,
    anchors: &Anchors,
    controllers: &[Controller],
    floors: bool,
) -> Result<Trial, Wrong> {
    let given = Situation {
        anchors,
        holds: &[],
        controllers,
        calendars,
    };
    let computed = || -> Result<Trial, DeadlineError> {
        let deadline = deadline::compute_in(regime, &given)?;
        let floors = if floors {
            deadline::floors(regime, &given)?
        } else {
            None
        };
        Ok(Trial {
            changes: deadline::what_would_change(regime, &given, &deadline),
            deadline,
            floors,
        })
    };
    computed().map_err(|error| about(regime, anchors, &error))
}

/// Why there is no deadline, and what has to be put right.
pub(crate) fn about(regime: &Regime, anchors: &Anchors, error: &DeadlineError) -> Wrong {
    let used = match anchors.get(regime.anchor) {
        Some(_) => Some(regime.anchor),
        None => anchors.earliest().map(|(kind, _)| kind),
    };
    let about = match (error, used) {
        (DeadlineError::NoNumber { .. } | DeadlineError::HeldOpen { .. }, _) => About::Rule,
        (DeadlineError::NoController { .. }, _) => About::Controller,
        (_, Some(kind)) => About::Fact(kind),
        (_, None) => About::Facts,
    };
    (about, sentence(&error.to_string()))
}

/// That a fact stands twice in what was sent.
pub(crate) fn given_twice(kind: FactKind) -> String {
    format!("\"{kind}\" is given twice. Keep the one that is right.")
}

/// A message of the domain as a sentence of its own. An id at its beginning stays as it is.
pub(crate) fn sentence(message: &str) -> String {
    let first = message.split(' ').next().unwrap_or_default();
    let mut chars = message.chars();
    let begin = match chars.next() {
        Some(c) if first.chars().all(char::is_alphabetic) => c.to_uppercase().collect(),
        Some(c) => c.to_string(),
        None => String::new(),
    };
    let end = if message.ends_with('.') { "" } else { "." };
    format!("{begin}{}{end}", chars.as_str())
}
