//! Entries of the evidence log for samples.

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::evidence_words::{Names, Told};
use super::{evidence_words_people, sample, sample_admin};
use crate::domain::evidence::leaf_hash;
use crate::store::evidence::Stored;

/// Every kind of entry that the product writes, with what stands in clear in it, for samples and tests.
pub(crate) const SAMPLES: &[(&str, &str)] = &[
    (
        "incident.reported",
        r#"{"reference":"2026-014","drill":false}"#,
    ),
    (
        "fact.recorded",
        r#"{"fact":"occurred","at":"2026-11-02T08:00:00+01:00","until":"2026-11-23T09:00:00+01:00"}"#,
    ),
    (
        "fact.recorded",
        r#"{"fact":"detected","at":"2026-11-23T09:00:00+01:00"}"#,
    ),
    (
        "fact.corrected",
        r#"{"fact":"aware","at":"2026-11-23T10:15:00+01:00"}"#,
    ),
    (
        "deadline.computed",
        r#"{"rule":"eu_gdpr_33_1","due":"2026-11-26T09:15:00+00:00","governed_by":"KG"}"#,
    ),
    ("obligation.refreshed", r#"{"rule":"eu_gdpr_33_1"}"#),
    (
        "obligation.decided",
        r#"{"rule":"eu_gdpr_33_1","decision":"required"}"#,
    ),
    (
        "answer.recorded",
        r#"{"question":"risk_unlikely","value":"no"}"#,
    ),
    (
        "hold.recorded",
        r#"{"authority":"Denver Police","from":"2026-11-24T16:00:00+00:00","until":null}"#,
    ),
    (
        "people.found_later",
        r#"{"revision":2,"persons":5,"found_at":"2026-12-04T09:00:00+00:00"}"#,
    ),
    (
        "obligation.settled",
        r#"{"rule":"eu_gdpr_33_1","late":false,"met_at":"2026-11-24T15:05:00+00:00"}"#,
    ),
    (
        "obligation.settled",
        r#"{"rule":"eu_gdpr_34_1","late":null,"met_at":null}"#,
    ),
    (
        "roster.imported",
        r#"{"rows":12482,"added":12480,"changed":0,"rejected":2}"#,
    ),
    (
        "roster.revised",
        r#"{"revision":2,"added":40,"back":2,"left":317,"changed":0,"persons":12480}"#,
    ),
    ("roster.keyed", r#"{"persons":12480}"#),
    ("incident_key.destroyed", r#"{}"#),
    ("delivery.keyed", r#"{}"#),
    ("incident.changed", r#"{"persons":12480}"#),
    ("roster.looked_up", r#"{"site":"shop","found":true}"#),
    ("notice.drafted", r#"{}"#),
    (
        "notice.written",
        r#"{"number":1,"content_hash":"3f1a9c0d77e25b40aa61"}"#,
    ),
    ("notice.edited", r#"{}"#),
    (
        "notice.approved",
        r#"{"number":1,"content_hash":"3f1a9c0d77e25b40aa61"}"#,
    ),
    ("notice.changed", r#"{}"#),
    ("notice.activated", r#"{}"#),
    (
        "delivery.served",
        r#"{"number":1,"lang":"de","site":"shop"}"#,
    ),
    ("delivery.rendered", r#"{"number":1,"lang":"de"}"#),
    (
        "delivery.seen",
        r#"{"number":1,"lang":"de","dwell_ms":2304}"#,
    ),
    ("delivery.seen_occluded", r#"{"number":1,"lang":"en"}"#),
    ("delivery.opened", r#"{"number":1,"lang":"en"}"#),
    ("delivery.acknowledged", r#"{"number":1,"lang":"en"}"#),
    ("notice.withdrawn", r#"{}"#),
    (
        "exposure.recorded",
        r#"{"system":"support","from":"2026-11-15T00:00:00+01:00","until":null}"#,
    ),
    (
        "incident.widened",
        r#"{"system":"support","kinds":["support_messages"]}"#,
    ),
    (
        "exposure.corrected",
        r#"{"system":"support","from":null,"until":"2026-11-23T09:10:00+01:00"}"#,
    ),
    ("exposure.withdrawn", r#"{"system":"website_account"}"#),
    ("incident.closed", r#"{}"#),
    (
        "site.created",
        r#"{"site":"shop","origins":["https://shop.example.org"]}"#,
    ),
    (
        "site.changed",
        r#"{"site":"shop","origins":["https://shop.example.org","https://my.example.org:8443"]}"#,
    ),
    (
        "site.key_added",
        r#"{"site":"shop","kid":"2026-11","algorithm":"EdDSA","key_sha256":"9b1c55e0f3a27d88","state":"active"}"#,
    ),
    (
        "site.key_changed",
        r#"{"site":"shop","kid":"2026-03","algorithm":"EdDSA","state":"retiring"}"#,
    ),
    (
        "account.created",
        r#"{"account":"00000000-0000-0000-0000-000000000008","role":"responder"}"#,
    ),
    (
        "account.signed_in",
        r#"{"account":"00000000-0000-0000-0000-000000000007"}"#,
    ),
    (
        "account.password_set",
        r#"{"account":"00000000-0000-0000-0000-000000000008"}"#,
    ),
    (
        "api_token.created",
        r#"{"token":"00000000-0000-0000-0000-00000000001f","role":"reporter"}"#,
    ),
    (
        "api_token.revoked",
        r#"{"token":"00000000-0000-0000-0000-00000000001f"}"#,
    ),
];

/// One entry of each kind, the newest first.
pub(crate) fn entries() -> Vec<Told> {
    let accounts = sample_admin::accounts().into_iter();
    let accounts = accounts.map(|a| (format!("account:{}", a.id), a.name));
    let tokens = sample_admin::tokens().into_iter();
    let tokens = tokens.map(|t| {
        (
            format!("token:{}", t.id),
            format!("the program \"{}\"", t.name),
        )
    });
    let names = Names::of(sample::catalog(), accounts.chain(tokens));
    let mut all: Vec<_> = (1_201..)
        .zip(SAMPLES.iter().chain(&evidence_words_people::SAMPLES))
        .map(|(seq, (kind, data))| Told::of(&stored(seq, kind, data), &names, Tz::Europe__Vienna))
        .collect();
    all.reverse();
    all
}

fn stored(seq: i64, kind: &str, data: &str) -> Stored {
    let noun = kind.split('.').next().unwrap_or_default();
    let company = matches!(noun, "site" | "account" | "api_token");
    let actor = match noun {
        "delivery" => "person".to_owned(),
        "deadline" => "system".to_owned(),
        _ => format!(
            "account:{}",
            uuid::Uuid::from_u128(if company { 7 } else { 8 })
        ),
    };
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let body =
        json!({ "v": 1, "seq": seq, "kind": kind, "actor": actor, "data": data }).to_string();
    Stored {
        seq,
        incident_id: (!company).then(|| sample::incident().id),
        iseq: (!company).then_some(seq - 1_200),
        kind: kind.to_owned(),
        recorded_at: sample::t("2026-11-23T09:20:00Z") + TimeDelta::minutes(7 * (seq - 1_201)),
        hash: leaf_hash(&body).to_vec(),
        body,
    }
}
