//! `playbooks/cases/*.csv`: worked deadlines and conditions that every rule is tried against.
//!
//! Always holds: each clock with a number has a worked deadline, and each clock has a case in which
//! it must not apply; what comes out is compared with what stands in the file, which was worked
//! out by hand or by another program. The cases are about two fixed controllers and not about the
//! operator, so they hold for every operator.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;

use crate::domain::calendar::Calendars;
use crate::domain::condition::{Circumstances, People};
use crate::domain::controller::Controller;
use crate::domain::deadline::{self, Situation};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;
use crate::domain::question::Questions;
use crate::domain::regime::Regime;

use super::problem::Problem;
use super::{Files, Parts, by_id};

const DEADLINES: [&str; 7] = [
    "rule",
    "at",
    "controller",
    "due",
    "bound",
    "latest_arguable",
    "why",
];
const APPLIES: [&str; 5] = ["rule", "controller", "given", "applies", "why"];

/// The two controllers of the cases: one seated in Vienna, one in Denver.
fn controllers() -> Vec<Controller> {
    let one = |id: &str, country: &str, calendar: &str, zone| Controller {
        id: id.to_owned(),
        name: id.to_owned(),
        address: String::new(),
        country: country.to_owned(),
        phone: String::new(),
        email: String::new(),
        calendar: calendar.to_owned(),
        zone,
        authority: None,
        authority_note: None,
    };
    vec![
        one("KG", "AT", "AT", Tz::Europe__Vienna),
        one("INC", "US", "US-CO", Tz::America__Denver),
    ]
}

/// What trying all cases said.
pub(super) struct Tried {
    pub(super) checked: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

/// Tries every case, and looks for rules without one.
pub(super) fn check(files: &Files, parts: &Parts) -> Tried {
    let rules = by_id(parts.regimes.clone());
    let calendars: Calendars = parts
        .calendars
        .iter()
        .map(|(_, calendar)| calendar.clone())
        .collect();
    let mut tried = Tried {
        checked: Vec::new(),
        problems: Vec::new(),
    };
    let (mut dated, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for source in files.texts("cases", ".csv", &mut tried.problems) {
        let header = source.text.lines().next().unwrap_or_default();
        let of_deadlines = header == DEADLINES.join(",");
        if !of_deadlines && header != APPLIES.join(",") {
            let message = format!(
                "the first line must be {} or {}",
                DEADLINES.join(","),
                APPLIES.join(",")
            );
            tried
                .problems
                .push(Problem::error(source.file, Some(1), message));
            continue;
        }
        let mut count = 0;
        for (line, row) in rows(source.text) {
            count += 1;
            let outcome = row.and_then(|row| {
                let rule = row.first().cloned().unwrap_or_default();
                if of_deadlines {
                    worked(&rules, &calendars, &row)?;
                    dated.insert(rule);
                } else if applied(&rules, &parts.questions, &row)? == "no" {
                    refused.insert(rule);
                }
                Ok(())
            });
            if let Err(message) = outcome {
                tried
                    .problems
                    .push(Problem::error(source.file, Some(line), message));
            }
        }
        tried
            .checked
            .push(format!("{}: {count} cases", source.file));
    }
    for (file, regime) in &parts.regimes {
        if regime.period.is_some() && !dated.contains(&regime.id) {
            let message = format!(
                "{}: no case in cases/ gives a worked deadline; add one, worked out by hand",
                regime.id
            );
            tried.problems.push(Problem::error(file, None, message));
        }
        if !refused.contains(&regime.id) {
            let message = format!(
                "{}: no case in cases/ says when it must not apply; add one",
                regime.id
            );
            tried.problems.push(Problem::error(file, None, message));
        }
    }
    tried
}

/// The rows after the header, each with its line.
fn rows(text: &str) -> Vec<(usize, Result<Vec<String>, String>)> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |at| at.line());
                let fields = record.iter().map(|field| field.trim().to_owned()).collect();
                all.push((usize::try_from(line).unwrap_or(0), Ok(fields)));
            }
            Err(error) => all.push((0, Err(format!("the row cannot be read: {error}")))),
        }
    }
    all
}

fn one_controller(id: &str) -> Result<Vec<Controller>, String> {
    let all = controllers();
    if id.is_empty() {
        return Ok(all);
    }
    let found: Vec<Controller> = all.into_iter().filter(|one| one.id == id).collect();
    if found.is_empty() {
        return Err(format!("there is no controller {id} here; write KG or INC"));
    }
    Ok(found)
}

/// Compares one worked deadline with what is computed.
fn worked(
    rules: &BTreeMap<String, Vec<Regime>>,
    calendars: &Calendars,
    row: &[String],
) -> Result<(), String> {
    let [rule, at, controller, due, bound, latest, _] = row else {
        return Err(format!("write the columns {}", DEADLINES.join(",")));
    };
    let mut anchors = Anchors::new();
    for pair in at.split_whitespace() {
        let (kind, at) = pair
            .split_once('=')
            .ok_or_else(|| format!("\"{pair}\" is not kind=instant"))?;
        let kind = FactKind::parse(kind).map_err(|error| error.to_string())?;
        anchors.insert(kind, instant::parse(at).map_err(|error| error.to_string())?);
    }
    let versions = rules.get(rule).map_or(&[][..], Vec::as_slice);
    let regime = deadline::version_at(versions, &anchors)
        .ok_or_else(|| format!("there is no rule {rule}"))?;
    let computed = deadline::compute_in(
        regime,
        &Situation {
            anchors: &anchors,
            holds: &[],
            controllers: &one_controller(controller)?,
            calendars,
        },
    )
    .map_err(|error| format!("{rule}: {error}"))?;
    let wanted = instant::parse(due).map_err(|error| error.to_string())?;
    let latest = match latest.as_str() {
        "" => None,
        text => Some(instant::parse(text).map_err(|error| error.to_string())?),
    };
    let differs = |what: &str, is: &str, should: &str| {
        Err(format!(
            "{rule} from {at}: {what} is {is}, and the case says {should}"
        ))
    };
    let written = |at: Option<DateTime<FixedOffset>>| {
        at.map_or_else(|| "none".to_owned(), |at| at.to_rfc3339())
    };
    if computed.due != wanted || computed.due.offset() != wanted.offset() {
        return differs("due", &computed.due.to_rfc3339(), due);
    }
    if computed.bound.as_str() != bound {
        return differs("the bound", computed.bound.as_str(), bound);
    }
    if latest.is_some() && computed.latest_arguable != latest {
        return differs(
            "the latest arguable instant",
            &written(computed.latest_arguable),
            &written(latest),
        );
    }
    Ok(())
}

/// Compares one condition with what is evaluated; gives back what it says.
fn applied<'a>(
    rules: &BTreeMap<String, Vec<Regime>>,
    questions: &Questions,
    row: &'a [String],
) -> Result<&'a str, String> {
    let [rule, controller, given, wanted, _] = row else {
        return Err(format!("write the columns {}", APPLIES.join(",")));
    };
    let regime = rules
        .get(rule)
        .and_then(|versions| versions.last())
        .ok_or_else(|| format!("there is no rule {rule}"))?;
    let mut known = Circumstances {
        groups: questions.countries_by_group(),
        ..Circumstances::default()
    };
    let seat = match one_controller(controller)?.as_slice() {
        [one] => one.country.clone(),
        _ => String::new(),
    };
    for pair in given.split_whitespace() {
        let (what, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("\"{pair}\" is not what=value"))?;
        set(&mut known, questions, what, value)?;
    }
    let outcome = regime.applies.evaluate(&known, &seat);
    if outcome.as_str() == wanted {
        Ok(wanted)
    } else {
        Err(format!(
            "{rule} given {given}: it is \"{}\" ({}), and the case says \"{wanted}\"",
            outcome.as_str(),
            outcome.why()
        ))
    }
}

fn set(
    known: &mut Circumstances,
    questions: &Questions,
    what: &str,
    value: &str,
) -> Result<(), String> {
    let yes = || match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("{what}={value}: write yes or no")),
    };
    let place = what
        .strip_prefix("people(")
        .and_then(|rest| rest.strip_suffix(')'));
    if let Some(place) = place {
        let n: u64 = value
            .parse()
            .map_err(|_| format!("{what}={value}: write a number of people"))?;
        known.people.estimate(place, n, Some(n));
    } else if what == "largest_state" {
        let n: u64 = value
            .parse()
            .map_err(|_| format!("{what}={value}: write a number of people"))?;
        // Everybody in one state.
        known.people = People::of_roster([(Some("US"), Some("TX"), n)]);
    } else if let Some(sector) = what.strip_prefix("sector.") {
        if questions.sector(sector).is_none() {
            return Err(format!("there is no sector {sector}"));
        }
        known.sectors.insert(sector.to_owned(), yes()?);
    } else {
        if questions.question(what).is_none() {
            return Err(format!("there is no question {what}"));
        }
        known.answers.insert(what.to_owned(), yes()?);
    }
    Ok(())
}
