//! What one playbook file says about another: every name that is used exists.
//!
//! Always holds: a rule that names a calendar, a question, a sector, another rule or a controller
//! that nobody defines is an error, and so is a circle of rules that each must come first.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::calendar::Calendar;
use crate::domain::calendar::Calendars;
use crate::domain::condition::{ANYWHERE, Missing};
use crate::domain::period::Unit;
use crate::domain::question::Questions;
use crate::domain::regime::Regime;

use super::problem::Problem;
use super::{Files, Parts};

/// Reads `questions/*.toml`; several files add up.
pub(super) fn questions(files: &Files, problems: &mut Vec<Problem>) -> Questions {
    let mut all = Questions::default();
    for source in files.texts("questions", ".toml", problems) {
        match source.read::<Questions>() {
            Ok(found) => {
                let doubled = found
                    .questions
                    .iter()
                    .filter(|one| all.question(&one.id).is_some())
                    .chain(
                        found
                            .sectors
                            .iter()
                            .filter(|one| all.sector(&one.id).is_some()),
                    );
                for one in doubled {
                    let message = format!("{} is asked in another file too; rename one", one.id);
                    problems.push(Problem::error(source.file, None, message));
                }
                all.extend(found);
            }
            Err(problem) => problems.push(problem),
        }
    }
    all
}

/// Gives every rule that is counted in a calendar that calendar's zone, where it names none itself.
pub(super) fn zones(regimes: &mut [(String, Regime)], calendars: &[(String, Calendar)]) {
    for (_, regime) in regimes {
        let Some(code) = regime.calendar.as_ref().filter(|_| regime.zone.is_none()) else {
            continue;
        };
        let calendar = calendars.iter().find(|(_, one)| one.code() == code);
        if let Some(zone) = calendar.and_then(|(_, one)| one.spec().zone) {
            let mut spec = regime.spec().clone();
            spec.zone = Some(zone);
            *regime = Regime::new(spec);
        }
    }
}

/// Checks what the files say about one another.
pub(super) fn check(parts: &mut Parts) {
    let mut found = Vec::new();
    operator(parts, &mut found);
    let codes: BTreeSet<&str> = parts.calendars.iter().map(|(_, one)| one.code()).collect();
    let ids: BTreeSet<&str> = parts
        .regimes
        .iter()
        .map(|(_, one)| one.id.as_str())
        .collect();
    for (file, regime) in &parts.regimes {
        let mut wrong = |message: String| {
            found.push(Problem::error(
                file,
                None,
                format!("{}: {message}", regime.id),
            ))
        };
        if let Some(code) = &regime.calendar
            && !codes.contains(code.as_str())
        {
            wrong(format!(
                "`calendar`: there is no usable calendar {code}; correct the code"
            ));
        }
        for other in regime.before.iter().chain(&regime.not_after) {
            if !ids.contains(other.as_str()) {
                wrong(format!(
                    "`before` and `not_after`: there is no rule {other}; correct the id"
                ));
            }
        }
        for message in asked(regime, &parts.questions) {
            wrong(message);
        }
        if let Some(operator) = &parts.operator {
            for id in &regime.controllers {
                // A rule for somebody else's controllers is no mistake as long as it is off.
                if regime.enabled && operator.1.controller(id).is_none() {
                    wrong(format!(
                        "the operator has no controller {id}; correct `controllers`, or set \
                         `enabled = false`"
                    ));
                }
            }
        }
    }
    found.extend(circles(&parts.regimes));
    parts.problems.append(&mut found);
}

fn operator(parts: &Parts, found: &mut Vec<Problem>) {
    let Some((file, operator)) = &parts.operator else {
        return;
    };
    let calendars: Calendars = parts.calendars.iter().map(|(_, one)| one.clone()).collect();
    for controller in &operator.controllers {
        if let Err(error) = calendars.get(&controller.calendar) {
            let message = format!("controller {}: {error}", controller.id);
            found.push(Problem::error(file, None, message));
        }
    }
    for id in operator.sectors.keys() {
        if parts.questions.sector(id).is_none() {
            let message = format!(
                "`sectors`: nothing asks for {id}; correct the id, or add a [[sector]] to questions/"
            );
            found.push(Problem::error(file, None, message));
        }
    }
}

/// What a condition asks for that nobody defines.
fn asked(regime: &Regime, questions: &Questions) -> Vec<String> {
    let mut wrong = Vec::new();
    for one in regime.applies.asks() {
        match one {
            Missing::Question(id) if questions.question(&id).is_none() => wrong.push(format!(
                "`applies`: there is no question {id}; add a [[question]] to questions/, or correct it"
            )),
            Missing::Sector(id) if questions.sector(&id).is_none() => wrong.push(format!(
                "`applies`: there is no sector {id}; add a [[sector]] to questions/, or correct it"
            )),
            _ => {}
        }
    }
    let group = |code: &str| questions.groups.iter().any(|one| one.id == code);
    for code in regime.applies.places() {
        let country = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        let state = code
            .strip_prefix("US-")
            .is_some_and(|rest| rest.len() == 2 && rest.bytes().all(|b| b.is_ascii_uppercase()));
        if !(country || state || code == ANYWHERE || group(&code)) {
            wrong.push(format!(
                "`applies`: {code} is no country (AT), US state (US-TX) or [[group]] of questions/"
            ));
        }
    }
    if regime.start.is_some()
        && regime
            .period
            .is_none_or(|period| period.unit() == Unit::Hour)
    {
        wrong.push("`start`: only a period in days can begin with the end of a year".to_owned());
    }
    wrong
}

/// Rules that would each have to be met before the other.
fn circles(regimes: &[(String, Regime)]) -> Vec<Problem> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, regime) in regimes {
        let to = regime.before.iter().chain(&regime.not_after);
        edges
            .entry(&regime.id)
            .or_default()
            .extend(to.map(String::as_str));
    }
    let mut problems = Vec::new();
    for (file, regime) in regimes {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = edges
            .get(regime.id.as_str())
            .into_iter()
            .flatten()
            .copied()
            .collect();
        while let Some(id) = next.pop() {
            if id == regime.id {
                let message = format!(
                    "{}: by `before` and `not_after` it would have to come before itself; break \
                     the circle",
                    regime.id
                );
                problems.push(Problem::error(file, None, message));
                break;
            }
            if seen.insert(id) {
                next.extend(edges.get(id).into_iter().flatten());
            }
        }
    }
    problems
}
