//! Somebody with the reasons why they are affected, for samples.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::person_row::Row;
use super::sample::{self, t};
use crate::domain::delivery::Ladder;
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::eval_trace::{LeafTrace, RecordTrace, StepTrace, Trace};
use crate::domain::scope::seal::Contact;
use crate::ids::SplitId;
use crate::service::recipe::Read;
use crate::service::who::Reasons;
use crate::store::person::Person;
use crate::store::revision::{Cause, Gone, Revision};
use crate::store::run::{Chain, Edge};
use crate::store::split::Split;

/// What stands for a person.
pub(crate) fn key(n: u8) -> Key {
    Key::new([n.wrapping_mul(37); 16])
}

fn revision(number: i64) -> Revision {
    Revision {
        incident_id: sample::incident().id,
        number,
        cause: Cause::Recipe,
        import_id: None,
        run_id: Some(Uuid::from_u128(61)),
        added: 2_904_560,
        back: 2,
        left_n: 317,
        changed: 44,
        persons: 2_917_122,
        result_sha256: "77e25b40aa619b1c55e0f3a27d883f1a".repeat(2),
        reason: Some("The export of the shop's orders was part of the dump.".to_owned()),
        made_by: "Rosa Berger".to_owned(),
        made_at: t("2026-11-24T10:06:12Z"),
    }
}

/// Two rows of one person: an account, and an address without one.
pub(crate) fn rows() -> Vec<Row> {
    let served = Ladder::served(t("2026-11-24T18:02:00Z"));
    let seen = Ladder {
        seen_at: Some(t("2026-11-24T18:02:10Z")),
        acknowledged_at: Some(t("2026-11-24T18:03:00Z")),
        ..served
    };
    let first = Row {
        person: Person {
            site_id: "shop".to_owned(),
            person_key: key(1),
            revision: 3,
            changed_revision: 4,
            left_revision: None,
            sealed: Some(vec![1]),
            lang: Some("de".to_owned()),
            country: Some("AT".to_owned()),
            region: None,
            place_from: Some("accounts".to_owned()),
            birth_year: Some(2014),
            role: Some("customer".to_owned()),
            exposed: Some("email name".to_owned()),
            grouped: Some(key(1)),
        },
        name: "u-1001".to_owned(),
        contact: Some(Contact {
            user: Some("u-1001".to_owned()),
            email: Some("anna@example.org".to_owned()),
            phone: Some("+4315550100".to_owned()),
        }),
        site: Some("Shop and customer area".to_owned()),
        came: Some(revision(3)),
        left: None,
        deliveries: vec![(1, served), (2, seen)],
    };
    let mut second = first.clone();
    second.person.person_key = key(2);
    second.person.birth_year = None;
    second.person.exposed = None;
    second.person.role = None;
    second.name = "anna.private".to_owned();
    second.deliveries = Vec::new();
    vec![first, second]
}

/// Somebody who left, and whose contact cannot be read any more.
pub(crate) fn left() -> Vec<Row> {
    rows()
        .into_iter()
        .take(1)
        .map(|mut row| {
            row.person.left_revision = Some(5);
            row.contact = None;
            row.name = key(1).short();
            let gone = Gone {
                revision: 5,
                reason: "The access log shows that the record was not read.".to_owned(),
                told: true,
                served: true,
            };
            row.left = Some((gone, Some(revision(5))));
            row
        })
        .collect()
}

/// Why the person is affected.
pub(crate) fn reasons() -> Reasons {
    let record = |source: &str, line, counts, missing: &[&str]| RecordTrace {
        source: source.to_owned(),
        line,
        counts,
        open: !missing.is_empty(),
        missing: missing.iter().map(|m| (*m).to_owned()).collect(),
        windows: Vec::new(),
    };
    let leaf = |text: &str, holds, records| LeafTrace {
        text: text.to_owned(),
        holds,
        open: false,
        missing: Vec::new(),
        records,
        brings: true,
        takes: false,
    };
    let step = |name: &str, text: &str, holds, leaves| StepTrace {
        name: name.to_owned(),
        text: text.to_owned(),
        holds,
        leaves,
    };
    let buyers = "orders where at between 2026-10-01 and 2026-10-14";
    let registered = "accounts where since < :to and not until < :from";
    Reasons {
        params: [("from", "2026-11-02"), ("to", "2026-11-23")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        version: 2,
        read: ["accounts", "orders", "staff"]
            .iter()
            .map(|name| Read {
                name: (*name).to_owned(),
                version: 1,
                no: 1,
                records: 12,
                content_sha256: String::new(),
            })
            .collect(),
        trace: Trace {
            affected: true,
            steps: vec![
                step(
                    "buyers",
                    buyers,
                    false,
                    vec![leaf(
                        buyers,
                        false,
                        vec![
                            record("orders", 812, false, &[]),
                            record("orders", 77_203, false, &["at"]),
                        ],
                    )],
                ),
                step(
                    "registered",
                    registered,
                    true,
                    vec![leaf(
                        registered,
                        true,
                        vec![
                            record("accounts", 12, true, &[]),
                            record("accounts", 90_441, true, &[]),
                        ],
                    )],
                ),
                step(
                    "affected",
                    "(registered union buyers) except staff",
                    true,
                    vec![
                        leaf("registered", true, Vec::new()),
                        leaf("buyers", false, Vec::new()),
                        leaf("staff", false, Vec::new()),
                    ],
                ),
            ],
        },
        chain: chain(),
    }
}

fn chain() -> Chain {
    let edge = |source: &str, line, anchor, anchor_kind, other, other_kind, apart| Edge {
        source: source.to_owned(),
        line,
        anchor: key(anchor),
        anchor_kind: Some(anchor_kind),
        other: key(other),
        other_kind,
        apart,
    };
    let (account, email, phone, order) = (Kind::Account, Kind::Email, Kind::Phone, Kind::Order);
    Chain {
        label: key(1),
        keys: BTreeSet::from([key(1), key(2), key(3), key(4)]),
        edges: vec![
            edge("accounts", 12, 1, account, 3, email, false),
            edge("accounts", 90_441, 2, account, 3, email, false),
            edge("orders", 812, 3, email, 4, order, true),
            edge("accounts", 12, 1, account, 5, phone, false),
        ],
        shared: BTreeSet::from([key(5)]),
        too_long: false,
        records: Vec::new(),
    }
}

/// A decision.
pub(crate) fn split() -> Split {
    Split {
        id: SplitId(Uuid::from_u128(71)),
        incident_id: sample::incident().id,
        a: key(3),
        b: key(4),
        apart: true,
        reason: "The order was placed for a neighbour.".to_owned(),
        decided_by: "Rosa Berger".to_owned(),
        decided_at: t("2026-11-24T12:00:00Z"),
    }
}
