//! "Why did you think you had until Tuesday?" is answered for any past moment: with what was computed
//! then, the facts, the rule and the calendars it was computed with.

use chrono::TimeDelta;
use duenotice::domain::canonical;
use duenotice::domain::deadline::Deadline;
use duenotice::domain::fact::FactKind;
use duenotice::service::{self, explain, fact::NewFact};
use duenotice::store;
use sha2::{Digest as _, Sha256};

use crate::support::db::Fresh;
use crate::support::program::Program;
use crate::support::world::{World, t};

crate::both_engines!(the_past_is_told_as_it_was, the_command_line_tells_it_too);

async fn the_past_is_told_as_it_was(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-24T08:00:00Z").await;
    let id = world.incident("2026-11-20T10:00:00+01:00").await;
    world.app.time.advance(TimeDelta::hours(1));
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    world.app.time.advance(TimeDelta::hours(1));
    let facts = store::fact::list(&world.app.db, id).await.unwrap();
    let aware = facts.iter().find(|f| f.kind == FactKind::Aware).unwrap();
    let corrected = NewFact {
        at: Some("2026-11-22T10:00:00+01:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        reason: Some("The mail of Sunday was read.".to_owned()),
        corrects: Some(aware.id),
        ..NewFact::default()
    };
    service::fact::record(&world.responder(), id, &corrected)
        .await
        .unwrap();

    let gdpr = |at: &'static str| {
        let db = &world.app.db;
        async move {
            let all = explain::as_of(db, id, t(at)).await.unwrap();
            all.into_iter().find(|one| {
                one.obligation.rule == "eu_gdpr_33_1" && one.obligation.controller == "KG"
            })
        }
    };
    assert!(
        gdpr("2026-11-24T07:59:59.999Z").await.is_none(),
        "nothing was known"
    );
    for (at, due) in [
        // From the detection, for want of anything else.
        ("2026-11-24T08:59:59.999Z", "2026-11-23T09:00:00Z"),
        ("2026-11-24T09:00:00Z", "2026-11-26T09:00:00Z"),
        ("2026-11-24T09:59:59.999Z", "2026-11-26T09:00:00Z"),
        ("2026-11-24T10:00:00Z", "2026-11-25T09:00:00Z"),
    ] {
        let then = gdpr(at).await.unwrap();
        assert_eq!(then.deadline.due_utc, t(due), "as of {at}");
    }
    let then = gdpr("2026-11-24T09:30:00Z").await.unwrap();
    let inputs = then.inputs.unwrap();
    let counted = inputs
        .facts
        .iter()
        .find(|(kind, _)| *kind == FactKind::Aware)
        .unwrap();
    assert_eq!(counted.1.to_rfc3339(), "2026-11-23T10:00:00+01:00");
    assert_eq!(inputs.program, env!("CARGO_PKG_VERSION"));
    assert_eq!(inputs.playbooks, world.app.catalog.hash());

    // The rule and the calendars can be read as they were: the text under a hash is what was hashed.
    let promise = world.obligation(id, "policy_promise_7bd").await;
    let kept = store::obligation::deadlines(&world.app.db, promise.id)
        .await
        .unwrap();
    let deadline: Deadline = serde_json::from_str(&kept[0].result).unwrap();
    let calendars = deadline
        .legs
        .iter()
        .map(|leg| leg.calendar_hash.clone().unwrap());
    let hashes: Vec<String> = calendars.chain([deadline.rule_hash.clone()]).collect();
    assert_eq!(hashes.len(), 3);
    for hash in hashes {
        let body = store::kept_input::find(&world.app.db, &hash)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(hex::encode(Sha256::digest(body.as_bytes())), hash);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(canonical::sha256_hex(&value), hash);
    }
    world.verified().await;
}

async fn the_command_line_tells_it_too(fresh: Fresh) {
    let url = fresh.url.clone();
    let world = World::at(fresh, "2026-11-24T08:00:00Z").await;
    let id = world.incident("2026-11-20T10:00:00+01:00").await;
    world.app.time.advance(TimeDelta::hours(1));
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    let program = Program::on(&url);
    let told = |at: &'static str| {
        let program = &program;
        let of = [
            "eu_gdpr_33_1",
            "--incident",
            "2026-001",
            "--controller",
            "KG",
            "--as-of",
        ];
        async move {
            program
                .run("explain", &[of.as_slice(), &[at]].concat())
                .await
        }
    };
    let (code, out, err) = told("2026-11-24T08:30:00Z").await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("because of: incident.reported"), "{out}");
    assert!(
        out.contains("Due       at or before Mon 23 Nov 2026 10:00:00 +01:00"),
        "{out}"
    );
    assert!(out.contains("ANCHOR_FALLBACK"), "{out}");
    let (code, out, _) = told("2026-11-24T09:00:00Z").await;
    assert_eq!(code, Some(0));
    assert!(out.contains("because of: recorded aware"), "{out}");
    assert!(
        out.contains("Due       at or before Thu 26 Nov 2026 10:00:00 +01:00"),
        "{out}"
    );
    let (code, out, err) = told("2026-11-24T07:00:00Z").await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("nothing was computed for it by then"), "{err}");
    let (code, _, err) = told("2026-11-24 09:00").await;
    assert_eq!(code, Some(1));
    assert!(
        err.contains("offset") || err.contains("2026-11-24 09:00"),
        "{err}"
    );
    world.finish().await;
}
