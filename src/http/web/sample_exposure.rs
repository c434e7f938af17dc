//! Exposures and estimates for samples.

use uuid::Uuid;

use super::sample::{incident, t};
use crate::ids::{AnswerId, ExposureId};
use crate::store::answer::Answer;
use crate::store::exposure::{Exposure, Json};

fn exposure(n: u128, system: &str, from: Option<&str>, until: Option<&str>) -> Exposure {
    Exposure {
        id: ExposureId(Uuid::from_u128(n)),
        incident_id: incident().id,
        system: system.to_owned(),
        from_at: from.map(t),
        from_offset_s: from.map_or(0, |_| 3_600),
        until_at: until.map(t),
        until_offset_s: until.map_or(0, |_| 3_600),
        zone: "Europe/Vienna".to_owned(),
        kinds: Json(Vec::new()),
        note: None,
        replaces: None,
        withdrawn: false,
        reason: None,
        recorded_by: "Rosa Berger".to_owned(),
        recorded_at: t("2026-11-23T10:05:00Z"),
    }
}

/// A system with a rule of retention, corrected once; one of which nobody knows since when it was open; and
/// one without a rule.
pub(crate) fn exposures() -> Vec<Exposure> {
    let first = exposure(61, "support", Some("2026-11-14T23:00:00Z"), None);
    vec![
        Exposure {
            kinds: Json(vec!["name".to_owned(), "email".to_owned()]),
            note: Some("The folder could be read by everybody until it was closed.".to_owned()),
            replaces: Some(first.id),
            reason: Some("The access log goes back further than we thought.".to_owned()),
            ..exposure(
                62,
                "support",
                Some("2026-10-31T23:00:00Z"),
                Some("2026-11-23T08:10:00Z"),
            )
        },
        exposure(63, "analytics", None, Some("2026-11-23T08:10:00Z")),
        exposure(64, "orders", Some("2026-11-19T07:00:00Z"), None),
        first,
    ]
}

/// Estimates.
pub(crate) fn estimates() -> Vec<Answer> {
    let answer = |n, question: &str, value: &str, reason: Option<&str>| Answer {
        id: AnswerId(Uuid::from_u128(n)),
        incident_id: incident().id,
        question: question.to_owned(),
        value: value.to_owned(),
        reason: reason.map(str::to_owned),
        replaces: None,
        recorded_by: "Rosa Berger".to_owned(),
        recorded_at: t("2026-11-23T10:20:00Z"),
    };
    vec![
        answer(
            71,
            "people(any)",
            "9000-15000",
            Some("Open tickets of the last year, by the counter of the ticket system."),
        ),
        answer(72, "people(US-CO)", "900", None),
        answer(73, "risk_unlikely", "no", None),
    ]
}
