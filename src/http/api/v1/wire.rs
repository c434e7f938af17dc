//! What several nouns send.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::deadline::{self, Deadline, Flag};
use crate::error::{Error, Result};
use crate::ids::DeadlineId;
use crate::store::obligation::Computed;

/// What was made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done<T> {
    /// Its id. Read it there to see its newest state.
    pub id: T,
}

/// `201 Created` with the id and where to read it.
pub(super) fn created<T: Serialize>(id: T, location: &str) -> Response {
    (
        StatusCode::CREATED,
        [(LOCATION, location)],
        Json(Done { id }),
    )
        .into_response()
}

/// One deadline as it was computed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Computation {
    id: DeadlineId,
    computed_at: DateTime<Utc>,
    /// What made it be computed.
    #[schema(example = "corrected aware")]
    cause: String,
    /// The instant, in the offset of the controller that governs.
    pub due: DateTime<FixedOffset>,
    due_utc: DateTime<Utc>,
    /// `before`: on time only earlier than due. `at_or_before`: on time at that instant too.
    bound: String,
    /// The last local day of the controller that governs; null for hours.
    last_permitted_day: Option<NaiveDate>,
    /// The controller whose instant is the earliest.
    pub governed_by: String,
    /// The goal inside the house, never later than due.
    target: Option<DateTime<FixedOffset>>,
    target_why: Option<String>,
    /// The most generous reading that can be argued; never used for alarms.
    latest_arguable: Option<DateTime<FixedOffset>>,
    latest_why: Option<String>,
    /// What to know before relying on it.
    flags: Vec<String>,
    anchor: Anchor,
    /// The same rule counted from what its wording names literally.
    literal: Option<Literal>,
    /// Counted for each controller.
    legs: Vec<Leg>,
    /// SHA-256 of the rule it was computed with.
    rule_hash: String,
    /// The facts, holds, answers and the program it was computed with; null in results of old.
    #[schema(value_type = Option<Object>)]
    inputs: Option<serde_json::Value>,
}

/// What was counted from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Anchor {
    /// The kind of fact.
    kind: String,
    at: DateTime<FixedOffset>,
}

/// A literal reading.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Literal {
    anchor: Anchor,
    due: DateTime<FixedOffset>,
    last_permitted_day: Option<NaiveDate>,
    governed_by: String,
}

/// The result for one controller.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Leg {
    controller: String,
    calendar: String,
    calendar_hash: Option<String>,
    /// IANA zone.
    zone: String,
    trigger_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    due: DateTime<FixedOffset>,
    /// Day by day.
    steps: Vec<Step>,
    /// Whether a law-enforcement hold moved its end; left out when none did.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held: bool,
}

/// One counted or uncounted day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Step {
    date: NaiveDate,
    /// Its number in the count; null when it is not counted.
    day: Option<u32>,
    /// A sentence that says why.
    why: String,
}

impl From<deadline::Anchor> for Anchor {
    fn from(a: deadline::Anchor) -> Self {
        Self {
            kind: a.kind.to_string(),
            at: a.at,
        }
    }
}

impl From<deadline::Literal> for Literal {
    fn from(l: deadline::Literal) -> Self {
        Self {
            anchor: l.anchor.into(),
            due: l.due,
            last_permitted_day: l.last_permitted_day,
            governed_by: l.governed_by,
        }
    }
}

impl From<deadline::Leg> for Leg {
    fn from(l: deadline::Leg) -> Self {
        let step = |s: deadline::Step| Step {
            date: s.date,
            day: s.day,
            why: s.why,
        };
        Self {
            controller: l.controller,
            calendar: l.calendar,
            calendar_hash: l.calendar_hash,
            zone: l.zone.name().to_owned(),
            trigger_day: l.trigger_day,
            last_day: l.last_day,
            due: l.due,
            steps: l.steps.into_iter().map(step).collect(),
            held: l.held,
        }
    }
}

impl Computation {
    /// Out of the stored result.
    ///
    /// # Errors
    /// When the stored result cannot be read.
    pub(super) fn read(computed: Computed) -> Result<Self> {
        let d: Deadline = serde_json::from_str(&computed.result).map_err(Error::internal)?;
        Ok(Self {
            id: computed.id,
            computed_at: computed.computed_at,
            cause: computed.cause,
            due: d.due,
            due_utc: d.due_utc,
            bound: d.bound.as_str().to_owned(),
            last_permitted_day: d.last_permitted_day,
            governed_by: d.governed_by,
            target: d.target,
            target_why: d.target_why,
            latest_arguable: d.latest_arguable,
            latest_why: d.latest_why,
            inputs: computed
                .inputs
                .as_deref()
                .map(serde_json::from_str)
                .transpose()
                .map_err(Error::internal)?,
            flags: d.flags.iter().map(Flag::to_string).collect(),
            anchor: d.anchor.into(),
            literal: d.literal.map(Literal::from),
            legs: d.legs.into_iter().map(Leg::from).collect(),
            rule_hash: d.rule_hash,
        })
    }
}
