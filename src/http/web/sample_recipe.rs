//! A recipe with its lists and runs, for samples.

use uuid::Uuid;

use super::recipe_help::Usable;
use super::sample::{self, t};
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;
use crate::ids::{RecipeId, RunId};
use crate::service::recipe::{Difference, Read};
use crate::store::recipe::{Recipe, Run, Status};
use crate::store::run::{Links, Outcome, StepCount};

/// A text.
pub(crate) const BODY: &str = "# who could have been in the export\n\
                               link orders by order, email\n\
                               buyers = orders where at between 2026-10-01 and 2026-10-14\n\
                               registered = accounts where since < :to and not until < :from\n\
                               affected = (registered union buyers) except staff";

/// The lists that it can use.
pub(crate) fn usable() -> Vec<Usable> {
    let list = |name: &str, version, records, fields: &[Field]| Usable {
        name: name.to_owned(),
        version,
        records,
        fields: fields.to_vec(),
    };
    vec![
        list(
            "accounts",
            2,
            3_204_118,
            &[
                Field::Id(Kind::Account),
                Field::Id(Kind::Email),
                Field::Country,
                Field::Since,
                Field::Until,
                Field::More("plan".to_owned()),
            ],
        ),
        list(
            "orders",
            1,
            811_402,
            &[Field::Id(Kind::Email), Field::Id(Kind::Order), Field::At],
        ),
        list("staff", 1, 212, &[Field::Id(Kind::Email), Field::Role]),
    ]
}

/// Its second version.
pub(crate) fn recipe() -> Recipe {
    Recipe {
        id: RecipeId(Uuid::from_u128(60)),
        incident_id: sample::incident().id,
        version: 2,
        body: BODY.to_owned(),
        note: "Staff are told in person, so they are left out.".to_owned(),
        written_by: "Rosa Berger".to_owned(),
        written_at: t("2026-11-24T10:00:00Z"),
    }
}

/// What a run found.
pub(crate) fn outcome() -> Outcome {
    let step = |name: &str, text: &str, persons, unknown| StepCount {
        name: name.to_owned(),
        text: text.to_owned(),
        persons,
        unknown,
        unknown_windows: 0,
    };
    Outcome {
        steps: vec![
            step(
                "buyers",
                "orders where at between 2026-10-01 and 2026-10-14",
                31_007,
                12,
            ),
            step(
                "registered",
                "accounts where since < :to and not until < :from",
                2_904_331,
                0,
            ),
            step(
                "affected",
                "(registered union buyers) except staff",
                2_917_040,
                0,
            ),
        ],
        links: Some(Links {
            persons: 25_400,
            identifiers: 52_911,
            shared: 3,
            shared_records: 1_204,
            long: 1,
            long_identifiers: 44,
        }),
        persons: 2_917_040,
    }
}

/// A run that waits.
pub(crate) fn waiting() -> Run {
    Run {
        id: RunId(Uuid::from_u128(61)),
        incident_id: sample::incident().id,
        recipe_id: recipe().id,
        params: r#"{"from":"2026-11-02","to":"2026-11-23"}"#.to_owned(),
        zone: "Europe/Vienna".to_owned(),
        status: Status::Waiting,
        problem: None,
        sources: None,
        steps: None,
        persons: None,
        result_sha256: None,
        difference: None,
        apply: false,
        found: None,
        reason: None,
        revision: None,
        asked_by: "Rosa Berger".to_owned(),
        asked_at: t("2026-11-24T10:05:00Z"),
        done_at: None,
    }
}

/// A run that has counted.
pub(crate) fn counted() -> Run {
    let read = |name: &str, version, records| Read {
        name: name.to_owned(),
        version,
        no: 1,
        records,
        content_sha256: "5d53b6739b1c55e0f3a27d883f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a"
            .to_owned(),
    };
    let read = [
        read("accounts", 2, 3_204_118),
        read("orders", 1, 811_402),
        read("staff", 1, 212),
    ];
    let difference = Difference {
        added: 2_904_560,
        back: 2,
        left: 317,
        changed: 44,
    };
    Run {
        status: Status::Done,
        sources: serde_json::to_string(&read).ok(),
        steps: serde_json::to_string(&outcome()).ok(),
        persons: Some(2_917_122),
        result_sha256: Some(
            "77e25b40aa619b1c55e0f3a27d883f1a5d53b6739b1c55e0f3a27d883f1a9c0d".to_owned(),
        ),
        difference: serde_json::to_string(&difference).ok(),
        done_at: Some(t("2026-11-24T10:06:12Z")),
        ..waiting()
    }
}

/// A run that became the roster.
pub(crate) fn applied() -> Run {
    Run {
        apply: true,
        reason: Some("The export of the shop's orders was part of the dump.".to_owned()),
        revision: Some(3),
        ..counted()
    }
}

/// A run that could not be done.
pub(crate) fn failed() -> Run {
    Run {
        status: Status::Failed,
        problem: Some(
            "A notice of this incident went live while the people were read. Do it again."
                .to_owned(),
        ),
        apply: true,
        reason: Some("The export of the shop's orders was part of the dump.".to_owned()),
        done_at: Some(t("2026-11-24T10:06:12Z")),
        ..waiting()
    }
}
