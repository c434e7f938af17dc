//! Imports of a roster and what they brought, for samples.

use uuid::Uuid;

use super::sample::{self, t};
use crate::ids::ImportId;
use crate::service::roster::Rejection;
use crate::store::person::{Count, Import};

/// Two imports, the newest first.
pub(crate) fn imports() -> Vec<Import> {
    let first = Import {
        id: ImportId(Uuid::from_u128(41)),
        incident_id: sample::incident().id,
        revision: 1,
        site_id: "shop".to_owned(),
        file_name: "affected-customers-export-2026-11-23T10-00.csv".to_owned(),
        file_sha256: "9b1c55e0f3a27d883f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a9c0d77e2".to_owned(),
        rows_total: 12_482,
        added: 12_400,
        changed: 0,
        unchanged: 79,
        rejected: 3,
        imported_by: "Rosa Berger".to_owned(),
        imported_at: t("2026-11-23T12:00:00Z"),
    };
    let second = Import {
        id: ImportId(Uuid::from_u128(42)),
        revision: 2,
        file_name: "late-joiners.csv".to_owned(),
        rows_total: 80,
        added: 80,
        unchanged: 0,
        rejected: 0,
        imported_at: t("2026-11-24T08:10:00Z"),
        ..first.clone()
    };
    vec![second, first]
}

/// Where people are.
pub(crate) fn counts() -> Vec<Count> {
    let count = |country: Option<&str>, region: Option<&str>, persons| Count {
        country: country.map(ToOwned::to_owned),
        region: region.map(ToOwned::to_owned),
        persons,
    };
    vec![
        count(Some("AT"), None, 7_310),
        count(Some("DE"), None, 4_155),
        count(Some("US"), Some("CO"), 902),
        count(None, None, 113),
    ]
}

/// Rows that could not be taken.
pub(crate) fn rejections() -> Vec<Rejection> {
    let row = |line, reason: &str, raw: &str| Rejection {
        line,
        reason: reason.to_owned(),
        raw: raw.to_owned(),
    };
    vec![
        row(
            17,
            "The country \"Austria\" is not a code of two letters, such as AT or US.",
            "u-1015,anna@example.org,de,Austria,,1984,",
        ),
        row(
            803,
            "The line has 3 fields and the first line names 7. Is a quote missing, or is the line cut \
             off?",
            "u-1790,\"bob@example.org,en",
        ),
        row(
            5_020,
            "The same user id stands on an earlier line of this file; that one was taken.",
            "u-1001,anna@example.org,de,AT,,1984,",
        ),
    ]
}

/// People in Austria, Colorado, and elsewhere in the United States.
pub(crate) fn counts_of(persons: [i64; 3]) -> Vec<Count> {
    [("AT", None), ("US", Some("CO")), ("US", None)]
        .into_iter()
        .zip(persons)
        .map(|((country, region), persons)| Count {
            country: Some(country.to_owned()),
            region: region.map(str::to_owned),
            persons,
        })
        .collect()
}
