//! Things for the samples of pages: one incident in a bad week, computed with the built-in rules.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::notice_show::Loaded;
use super::part::Ladder;
use super::standing::Owed;
use crate::catalog::Catalog;
use crate::domain::condition::Condition;
use crate::domain::deadline::{self, Deadline};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::notice::{Content, content_hash};
use crate::domain::period::{Period, Unit};
use crate::domain::regime;
use crate::domain::regime::{
    Arguable, Cap, Confidence, Extension, HoldRule, Recipient, RegimeSpec,
};
use crate::domain::wording;
use crate::ids::{DeadlineId, FactId, IncidentId, NoticeId, ObligationId};
use crate::service::notice::LANGUAGES;
use crate::store::fact::Fact;
use crate::store::incident::{Incident, Status};
use crate::store::notice::{self, Approval, Notice, Version};
use crate::store::obligation::{Computed, Obligation, Outcome};

/// The built-in rules.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "a test reads the built-in playbooks, and samples are for tests and the gallery"
    )]
    CATALOG.get_or_init(|| Catalog::builtin().expect("the built-in playbooks are good"))
}

/// The instant that `text` writes.
pub(crate) fn t(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// An incident with customers' data in it.
pub(crate) fn incident() -> Incident {
    Incident {
        id: IncidentId(Uuid::from_u128(1)),
        reference: "2026-014".to_owned(),
        title: "Support export with customer tickets was downloadable without signing in"
            .to_owned(),
        description: "A nightly export of the ticket system was written to a folder that the web \
                      server hands out.\n\nFound by a customer, who wrote to support. The folder \
                      was closed at once; the access log goes back to 1 November."
            .to_owned(),
        drill: false,
        status: Status::Open,
        confidentiality: true,
        integrity: false,
        availability: false,
        processor: Some("Hosting partners".to_owned()),
        systems: vec!["support".to_owned()].into(),
        data_kinds: vec![
            "name".to_owned(),
            "email".to_owned(),
            "support_messages".to_owned(),
        ]
        .into(),
        reported_by: "Rita Reporter".to_owned(),
        reported_at: t("2026-11-23T09:20:00Z"),
        persons: 12_480,
        closed_at: None,
        closed_reason: None,
        version: 3,
    }
}

/// A drill.
pub(crate) fn drill() -> Incident {
    Incident {
        id: IncidentId(Uuid::from_u128(2)),
        reference: "DRILL-2026-003".to_owned(),
        title: "Exercise: laptop left on a train".to_owned(),
        drill: true,
        persons: 3,
        ..incident()
    }
}

/// A fact.
pub(crate) fn fact(n: u128, kind: FactKind, at: Option<&str>) -> Fact {
    Fact {
        id: FactId(Uuid::from_u128(n)),
        incident_id: incident().id,
        kind,
        at: at.map(t),
        until: None,
        zone: "Europe/Vienna".to_owned(),
        offset_s: 3600,
        reason: None,
        corrects: None,
        recorded_by: "Rosa Berger".to_owned(),
        recorded_at: t("2026-11-23T09:40:00Z"),
    }
}

/// What can be computed when it became known at `aware`, having occurred at `occurred`.
pub(crate) fn computed(
    rule: &str,
    aware: Option<&str>,
    occurred: Option<&str>,
) -> Option<Deadline> {
    let mut anchors = Anchors::new();
    for (kind, at) in [(FactKind::Aware, aware), (FactKind::Occurred, occurred)] {
        if let Some(at) = at.and_then(|at| DateTime::parse_from_rfc3339(at).ok()) {
            anchors.insert(kind, at);
        }
    }
    let catalog = catalog();
    let regime = catalog.regime(rule)?;
    let controllers = &catalog.operator().controllers;
    deadline::compute(regime, &anchors, controllers, catalog.calendars()).ok()
}

/// The row of an open obligation.
pub(crate) fn obligation(rule: &str, deadline: Option<&Deadline>) -> Obligation {
    Obligation {
        controller: String::new(),
        cohort: 0,
        applies: "yes".to_owned(),
        applies_why: None,
        waits_for: None,
        decision: None,
        decided_by: None,
        decided_at: None,
        rationale: None,
        id: ObligationId(Uuid::from_u128(if rule.starts_with("eu") {
            11
        } else {
            12
        })),
        incident_id: incident().id,
        rule: rule.to_owned(),
        deadline_id: deadline.map(|_| DeadlineId(Uuid::from_u128(21))),
        due_at: deadline.map(|d| d.due_utc),
        bound: deadline.map(|d| d.bound.as_str().to_owned()),
        problem: deadline.is_none().then(|| {
            format!("{rule} counts from \"aware\", and nothing is recorded; record when that was")
        }),
        outcome: None,
        met_at: None,
        late: None,
        note: None,
        settled_by: None,
        settled_at: None,
        version: 2,
    }
}

/// An open obligation of which it became known at `aware`.
pub(crate) fn owed(rule: &str, aware: Option<&str>) -> Owed {
    let deadline = computed(rule, aware, aware.map(|_| "2026-11-02T08:00:00+01:00"));
    let row = obligation(rule, deadline.as_ref());
    Owed::of(
        catalog(),
        catalog().calendars(),
        row,
        deadline,
        t("2026-11-25T09:30:00Z"),
    )
}

/// A settled obligation.
pub(crate) fn settled(rule: &str, aware: &str, outcome: Outcome, late: Option<bool>) -> Owed {
    let deadline = computed(rule, Some(aware), None);
    let row = Obligation {
        outcome: Some(outcome),
        met_at: (outcome == Outcome::Met).then(|| t("2026-11-24T15:05:00Z")),
        late,
        note: Some("DSB-D213.456/0007-DSB/2026".to_owned()),
        settled_by: Some("Alan Approver".to_owned()),
        settled_at: Some(t("2026-11-24T15:20:00Z")),
        ..obligation(rule, deadline.as_ref())
    };
    Owed::of(
        catalog(),
        catalog().calendars(),
        row,
        deadline,
        t("2026-11-25T09:30:00Z"),
    )
}
/// A computation as it is stored.
pub(crate) fn stored(rule: &str, aware: &str, cause: &str, at: &str) -> Option<Computed> {
    let deadline = computed(rule, Some(aware), None)?;
    Some(Computed {
        inputs: None,
        id: DeadlineId(Uuid::from_u128(21)),
        obligation_id: ObligationId(Uuid::from_u128(11)),
        computed_at: t(at),
        cause: cause.to_owned(),
        due_at: deadline.due_utc,
        result: serde_json::to_string(&deadline).unwrap_or_default(),
    })
}

/// A notice of the incident.
pub(crate) fn notice(status: notice::Status) -> Notice {
    let live = matches!(status, notice::Status::Active | notice::Status::Withdrawn);
    let withdrawn = status == notice::Status::Withdrawn;
    Notice {
        id: NoticeId(Uuid::from_u128(31)),
        incident_id: incident().id,
        status,
        current: 2,
        hideable: true,
        created_at: t("2026-11-24T08:00:00Z"),
        activated_at: live.then(|| t("2026-11-24T15:05:00Z")),
        activated_by: live.then(|| "Rosa Berger".to_owned()),
        withdrawn_at: withdrawn.then(|| t("2026-11-25T08:00:00Z")),
        withdrawn_reason: withdrawn.then(|| "The dates in it were wrong.".to_owned()),
        version: 4,
        audience: notice::Audience::Affected,
    }
}

/// The texts of the playbook with what belongs into them still open.
pub(crate) fn templates() -> BTreeMap<String, Content> {
    LANGUAGES
        .into_iter()
        .filter_map(|lang| {
            let text = catalog().notice("breach", lang)?;
            Some((lang.to_owned(), text.content.clone()))
        })
        .collect()
}

/// A notice with its text.
/// What a page says where an authority must be told before the affected people.
const FIRST: &str = "“New Jersey: report to the Division of State Police” must be done before the affected people \
                     are told, and is still open. Do that first.";

pub(crate) fn loaded(status: notice::Status) -> Loaded {
    let operator = catalog().operator();
    let values = [
        ("operator", operator.name.clone()),
        ("reference", incident().reference),
        (
            "what_happened",
            "An export of support tickets could be downloaded without signing in.".to_owned(),
        ),
        (
            "occurred",
            "between 2 November 2026 and 23 November 2026".to_owned(),
        ),
        ("kinds_of_data", "- name\n- e-mail address".to_owned()),
        (
            "consequences",
            "Somebody could use it for convincing fraud mails.".to_owned(),
        ),
        (
            "measures",
            "The folder was closed within the hour.".to_owned(),
        ),
        (
            "advice",
            "- Be careful with unexpected messages.".to_owned(),
        ),
        ("contact", wording::contact(operator)),
    ];
    let values: BTreeMap<_, _> = values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let contents: BTreeMap<_, _> = templates()
        .into_iter()
        .filter_map(|(lang, text)| Some((lang, text.fill(&values).ok()?)))
        .collect();
    let notice = notice(status);
    let version = |number, author: &str, at| Version {
        notice_id: notice.id,
        number,
        content: String::new(),
        content_hash: content_hash(&contents),
        author_key: format!("account:{author}"),
        author: author.to_owned(),
        created_at: t(at),
    };
    let approval = Approval {
        notice_id: notice.id,
        number: 2,
        content_hash: content_hash(&contents),
        approver_key: "account:alan".to_owned(),
        approver: "Alan Approver".to_owned(),
        approved_at: t("2026-11-24T14:00:00Z"),
    };
    Loaded {
        first: match status {
            notice::Status::Approved => vec![FIRST.to_owned()],
            _ => Vec::new(),
        },
        incident: incident(),
        versions: vec![
            version(2, "Rosa Berger", "2026-11-24T12:00:00Z"),
            version(1, "Rosa Berger", "2026-11-24T08:00:00Z"),
        ],
        approvals: (status != notice::Status::Draft)
            .then_some(approval)
            .into_iter()
            .collect(),
        contents,
        reach: Ladder {
            targeted: 12_480,
            served: 9_311,
            seen: 4_012,
            notified: 4_031,
            acknowledged: 210,
        },
        notice,
    }
}

/// Makes a rule one of sixty days in a state, with everything that a page can say about a rule.
pub(crate) fn state_rule(rule: &mut RegimeSpec) {
    let period = |n, unit: Unit| Period::new(n, unit, unit.count()).ok();
    rule.id = "sample.state".to_owned();
    rule.name = "Somewhere: notice to the residents within 60 days".to_owned();
    rule.jurisdiction = vec!["US-CO".to_owned()];
    rule.anchor = FactKind::Determined;
    rule.recipient = Recipient::DataSubject;
    rule.told = Some("Residents of the state".to_owned());
    rule.applies = "people(US-CO) >= 500 and (not proven(encrypted) or high_risk) and seat(US)"
        .parse()
        .unwrap_or_else(|_| Condition::always());
    rule.period = period(60, Unit::CalendarDay);
    rule.qualifier = Some("in the most expedient time possible".to_owned());
    rule.calendar = Some("US-CO".to_owned());
    rule.latest_arguable = Some(Arguable::Co24108);
    rule.cap = period(90, Unit::CalendarDay).map(|period| Cap {
        anchor: FactKind::Discovered,
        period,
        unless_later: false,
    });
    rule.extension = period(15, Unit::CalendarDay).map(|period| Extension {
        period,
        why: "for good cause stated in writing".to_owned(),
    });
    rule.hold = Some(HoldRule {
        restart: period(30, Unit::CalendarDay),
        oral_days: Some(30),
        why: None,
    });
    rule.before = vec!["eu_gdpr_33_1".to_owned()];
    rule.verified = false;
    rule.confidence = Confidence::B;
}

/// Makes a rule one without a number that must not come after another.
pub(crate) fn rule_without_number(rule: &mut RegimeSpec) {
    rule.id = "sample.no_number".to_owned();
    rule.name = "Somewhere: notice to the attorney general".to_owned();
    rule.recipient = Recipient::Regulator;
    rule.told = Some("Attorney General".to_owned());
    rule.period = None;
    rule.latest_arguable = None;
    rule.qualifier = Some("without unreasonable delay".to_owned());
    rule.not_after = vec!["policy_promise_7bd".to_owned()];
    rule.status = regime::Status::Proposal;
}

/// Makes a rule one of a whole year.
pub(crate) fn rule_of_a_year(rule: &mut RegimeSpec) {
    rule.id = "sample.year".to_owned();
    rule.name = "Somewhere: an answer within a year".to_owned();
    rule.period = Period::new(12, Unit::Month, Unit::Month.count()).ok();
    rule.latest_arguable = Some(Arguable::Eu1182Art34);
}

/// A law-enforcement hold that lasts.
pub(crate) fn hold() -> crate::store::hold::Hold {
    crate::store::hold::Hold {
        id: crate::ids::HoldId(incident().id.0),
        incident_id: incident().id,
        authority: "Denver Police Department".to_owned(),
        reference: "Case 26-114, Det. Ruiz".to_owned(),
        oral: true,
        from_at: incident().reported_at,
        from_offset_s: -25_200,
        until_at: None,
        until_offset_s: 0,
        zone: "America/Denver".to_owned(),
        jurisdictions: crate::store::hold::Json(vec!["US-CO".to_owned()]),
        reason: None,
        replaces: None,
        recorded_by: "Rita".to_owned(),
        recorded_at: incident().reported_at,
    }
}
