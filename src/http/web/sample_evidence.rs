//! Entries of the evidence log for samples.

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::evidence_words::{Names, SAMPLES, Told};
use super::{sample, sample_admin};
use crate::domain::evidence::leaf_hash;
use crate::store::evidence::Stored;

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
        .zip(SAMPLES)
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
