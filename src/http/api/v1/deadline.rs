//! Trying a rule with facts that nobody recorded: a deadline for any instants, as the command
//! `duenotice deadline` prints it. Nothing is written.

use std::fmt;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Anchor, Leg, Literal};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::deadline::{self, Flag};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;
use crate::error::{Error, FieldError};
use crate::http::error::Answer;
use crate::http::extract::{Body, Caller};
use crate::http::trial::{self, About, Trial};
use crate::service::calendar_override;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(compute))
}

/// What is to be computed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Compute {
    /// The rule's id.
    rule: String,
    /// When something happened: kind of fact to RFC 3339 instant with an offset.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    at: Pairs,
    /// Only this controller; all that the rule binds when left out.
    #[serde(default)]
    controller: Option<String>,
    /// Give the two lower bounds too.
    #[serde(default)]
    floors: bool,
}

/// An object's names and values as they were sent, doubled names too.
#[derive(Debug)]
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of kinds of facts and their instants")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// A deadline, with everything that led to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deadline)]
struct Given {
    /// The rule's id.
    rule: String,
    /// The instant, in the offset of the controller that governs.
    due: DateTime<FixedOffset>,
    due_utc: DateTime<Utc>,
    /// `before`: on time only earlier than due. `at_or_before`: on time at that instant too.
    bound: String,
    /// The last local day of the controller that governs; null for hours.
    last_permitted_day: Option<NaiveDate>,
    /// The controller whose instant is the earliest.
    governed_by: String,
    /// The most generous reading with a citation, where it is later than due; never used for alarms.
    latest_arguable: Option<DateTime<FixedOffset>>,
    /// What to know before relying on it.
    flags: Vec<String>,
    /// Counted for each controller.
    legs: Vec<Leg>,
    anchor: Anchor,
    /// SHA-256 of the rule it was computed with.
    rule_hash: String,
    /// The same rule counted from what its wording names literally.
    literal: Option<Literal>,
    /// The goal inside the house, never later than due.
    target: Option<DateTime<FixedOffset>>,
    target_why: Option<String>,
    latest_why: Option<String>,
    /// Every reading that was looked at beside due, the disputed ones too.
    readings: Vec<Reading>,
    /// Null unless asked for, and for units other than business days and Werktage.
    floors: Option<Floors>,
    /// How far the fact would have to move for another date, a sentence each.
    what_would_change: Vec<String>,
}

/// What another reading of the law would allow.
#[derive(Debug, Serialize, ToSchema)]
struct Reading {
    due: DateTime<FixedOffset>,
    /// Which reading, with its citation.
    why: String,
    /// Whether its own literature disputes it.
    disputed: bool,
}

/// Two lower bounds, never used for alarms.
#[derive(Debug, Serialize, ToSchema)]
struct Floors {
    /// A day counts when it is a business day in any of the calendars.
    any_business: Floor,
    /// Holidays are ignored.
    weekends_only: Floor,
}

/// One lower bound.
#[derive(Debug, Serialize, ToSchema)]
struct Floor {
    last_day: NaiveDate,
    /// The end of that day where it ends first.
    due: DateTime<FixedOffset>,
}

impl From<deadline::Floor> for Floor {
    fn from(f: deadline::Floor) -> Self {
        Self {
            last_day: f.last_day,
            due: f.due,
        }
    }
}

impl From<Trial> for Given {
    fn from(trial: Trial) -> Self {
        let d = trial.deadline;
        let reading = |r: deadline::Reading| Reading {
            due: r.due,
            why: r.why,
            disputed: r.disputed,
        };
        Self {
            rule: d.rule,
            due: d.due,
            due_utc: d.due_utc,
            bound: d.bound.as_str().to_owned(),
            last_permitted_day: d.last_permitted_day,
            governed_by: d.governed_by,
            latest_arguable: d.latest_arguable,
            flags: d.flags.iter().map(Flag::to_string).collect(),
            legs: d.legs.into_iter().map(Leg::from).collect(),
            anchor: d.anchor.into(),
            rule_hash: d.rule_hash,
            literal: d.literal.map(Literal::from),
            target: d.target,
            target_why: d.target_why,
            latest_why: d.latest_why,
            readings: d.readings.into_iter().map(reading).collect(),
            floors: trial.floors.map(|f| Floors {
                any_business: f.any_business.into(),
                weekends_only: f.weekends_only.into(),
            }),
            what_would_change: trial.changes,
        }
    }
}

fn fail(wrong: &mut Vec<FieldError>, field: String, reason: String) {
    wrong.push(FieldError { field, reason });
}

/// Reads the facts; what cannot be read goes to `wrong`, under the name it was sent with.
fn facts(pairs: &Pairs, wrong: &mut Vec<FieldError>) -> Anchors {
    let mut anchors = Anchors::new();
    for (name, text) in &pairs.0 {
        let field = format!("at.{name}");
        let kind = match FactKind::parse(name) {
            Ok(kind) => kind,
            Err(error) => {
                fail(wrong, field, trial::sentence(&error.to_string()));
                continue;
            }
        };
        match instant::parse(text) {
            Ok(at) => {
                if anchors.insert(kind, at).is_some() {
                    fail(wrong, field, trial::given_twice(kind));
                }
            }
            Err(error) => fail(wrong, field, trial::sentence(&error.to_string())),
        }
    }
    anchors
}

/// The name of the field that a sentence is about.
fn field(about: About, sent: &Pairs) -> String {
    match about {
        About::Rule => "rule".to_owned(),
        About::Controller => "controller".to_owned(),
        About::Facts => "at".to_owned(),
        About::Fact(kind) => {
            let name = sent
                .0
                .iter()
                .map(|(name, _)| name.as_str())
                .find(|name| FactKind::parse(name).as_ref() == Ok(&kind));
            format!("at.{}", name.unwrap_or(kind.as_str()))
        }
    }
}

/// Compute a deadline for any facts
///
/// Nothing is recorded. The answer is what `duenotice deadline --format json` prints, with the lower
/// bounds and what would change the date beside it, and with the days that staff set in the
/// calendars. Any instant can be given, future ones too.
#[utoipa::path(
    post, path = "/deadlines", tag = "Playbooks", operation_id = "compute_deadline",
    request_body(content = Compute, example = json!({
        "rule": "policy_promise_7bd",
        "at": {"aware": "2026-11-23T10:00:00+01:00"},
        "floors": true
    })),
    responses((status = OK, body = Given, description = "The deadline"))
)]
async fn compute(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Compute>,
) -> Answer<Json<Given>> {
    caller.require(Action::ViewIncidents)?;
    let mut wrong = Vec::new();
    let anchors = facts(&body.at, &mut wrong);
    if wrong.is_empty() {
        for (about, reason) in trial::objections(&anchors) {
            fail(&mut wrong, field(about, &body.at), reason);
        }
    }
    let controllers = match trial::controllers(&app.catalog, body.controller.as_deref()) {
        Ok(controllers) => controllers,
        Err((about, reason)) => {
            fail(&mut wrong, field(about, &body.at), reason);
            &[]
        }
    };
    let rule = app.catalog.regime_at(&body.rule, &anchors);
    if rule.is_none() {
        let reason = trial::no_such_rule(&app.catalog, &body.rule);
        fail(&mut wrong, "rule".to_owned(), reason);
    }
    let Some(rule) = rule.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong).into());
    };
    let calendars = calendar_override::current(&app).await?;
    match trial::compute(&calendars, rule, &anchors, controllers, body.floors) {
        Ok(trial) => Ok(Json(trial.into())),
        Err((about, reason)) => Err(Error::invalid(field(about, &body.at), reason).into()),
    }
}
