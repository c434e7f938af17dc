//! The whole story over the API: a report, its facts and their correction, the people, the deadlines,
//! a notice that a second person approves, and the proof of all of it.

use chrono::TimeDelta;
use duenotice::domain::access::Role;
use duenotice::ids::NoticeId;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    report_to_proof,
    the_same_key_does_nothing_twice,
    two_who_change_the_same_thing
);

/// The items of an incident's list.
async fn items(api: &Api, incident: &str, list: &str) -> Vec<Value> {
    let path = format!("/api/v1/incidents/{incident}/{list}?limit=200");
    let page = api.get(Role::Manager, &path).await.good();
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().unwrap().clone()
}

/// The obligation under a rule, with everything that was computed.
async fn obligation(api: &Api, incident: &str, rule: &str) -> Value {
    let all = items(api, incident, "obligations").await;
    let found = all.iter().find(|o| o["rule"] == rule).unwrap();
    let path = format!("/api/v1/obligations/{}", found["id"].as_str().unwrap());
    api.get(Role::Manager, &path).await.good()
}

async fn notice(api: &Api, id: &str) -> Value {
    let path = format!("/api/v1/notices/{id}");
    api.get(Role::Manager, &path).await.good()
}

async fn report_to_proof(fresh: Fresh) {
    let api = Api::at(fresh, "2026-11-23T11:00:00+01:00").await;
    let incident = api.incident("2026-11-23T09:12:00+01:00").await;
    let at = format!("/api/v1/incidents/{incident}");
    let whole = api.get(Role::Manager, &at).await.good();
    assert_eq!(whole["reference"], "2026-001");

    aware_and_corrected(&api, &incident).await;
    people(&api, &incident).await;
    let notice = written_and_approved(&api, &incident).await;

    // The last working day before the promise ends.
    api.world.app.time.move_to(t("2026-12-02T16:00:00+01:00"));
    let version = self::notice(&api, &notice).await["version"].clone();
    let path = format!("/api/v1/notices/{notice}/activate");
    let live = api
        .post(Role::Responder, &path, &json!({ "version": version }))
        .await;
    assert_eq!(live.id(), notice);
    let promise = obligation(&api, &incident, "policy_promise_7bd").await;
    assert_eq!(promise["outcome"], "met");
    assert_eq!(promise["late"], false);
    assert_eq!(promise["met_at"], "2026-12-02T15:00:00Z");

    filed_and_closed(&api, &incident).await;
    proven(&api, &incident, &notice).await;
    api.world.finish().await;
}

/// Awareness is said wrongly first, then corrected: every deadline moves, every old one stays.
async fn aware_and_corrected(api: &Api, incident: &str) {
    let facts = format!("/api/v1/incidents/{incident}/facts");
    let said = json!({
        "kind": "aware", "at": "2026-11-23T09:30:00+01:00", "zone": "Europe/Vienna",
        "reason": "Triage took 18 minutes.",
    });
    api.world.app.time.advance(TimeDelta::minutes(1));
    let first = api.post(Role::Responder, &facts, &said).await.id();
    let again = api.post(Role::Responder, &facts, &said).await;
    assert!(again.refused(422, "kind").contains("Correct it"));
    let mut corrected = json!({
        "kind": "aware", "at": "2026-11-23T10:00:00+01:00", "zone": "Europe/Vienna",
        "corrects": first,
    });
    let refused = api.post(Role::Responder, &facts, &corrected).await;
    refused.refused(422, "reason");
    corrected["reason"] = json!("The logs were read until ten.");
    api.world.app.time.advance(TimeDelta::minutes(5));
    let second = api.post(Role::Responder, &facts, &corrected).await.id();
    let facts = items(api, incident, "facts").await;
    let old = facts.iter().find(|f| f["id"] == json!(first)).unwrap();
    assert_eq!(old["at"], "2026-11-23T09:30:00+01:00");
    assert_eq!(old["corrected_by"], json!(second));

    let gdpr = obligation(api, incident, "eu_gdpr_33_1").await;
    assert_eq!(gdpr["deadline"]["due"], "2026-11-26T10:00:00+01:00");
    let due: Vec<&Value> = gdpr["computations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["due"])
        .collect();
    assert_eq!(due[0], "2026-11-26T10:00:00+01:00");
    assert_eq!(due[1], "2026-11-26T09:30:00+01:00");
    let promise = obligation(api, incident, "policy_promise_7bd").await;
    assert_eq!(promise["deadline"]["due"], "2026-12-03T00:00:00+01:00");
    assert_eq!(promise["deadline"]["governed_by"], "KG");
    // Vector P03 and its neighbours: a local midnight is where the date changes.
    let changes = promise["what_would_change"].to_string();
    assert!(
        changes.contains("Sun 22 Nov 2026 23:59:59 +01:00"),
        "{changes}"
    );
    assert_eq!(promise["deadline"]["last_permitted_day"], "2026-12-02");
    assert_eq!(promise["deadline"]["flags"], json!([]));
    let us = promise["deadline"]["legs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["calendar"] == "US-CO")
        .unwrap();
    let why = us["steps"].as_array().unwrap();
    let why: Vec<&str> = why.iter().map(|s| s["why"].as_str().unwrap()).collect();
    assert!(why.iter().any(|w| w.contains("Thanksgiving")), "{why:?}");
}

/// Good rows are taken, bad ones come back; the same file twice changes nothing.
async fn people(api: &Api, incident: &str) {
    let csv = "user_id,email,country,state\n\
               u-1,a@shop.example,AT,\n\
               u-2,b@shop.example,US,CO\n\
               u-3,nobody,AT,\n\
               u-1,again@shop.example,AT,\n\
               =cmd,\"x,AT\n\
               u-4,,US,CO\n";
    let reply = api.roster(incident, csv).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let done = reply.good();
    assert_eq!((&done["added"], &done["rejected"]), (&json!(3), &json!(3)));
    let again = api.roster(incident, csv).await;
    assert_eq!(again.status, 200, "{again:?}");
    let again = again.good();
    assert_eq!(again["repeated"], true);
    assert_eq!(again["id"], done["id"]);
    let at = format!("/api/v1/incidents/{incident}");
    let bad = format!("{at}/imports/{}/rejections", done["id"].as_str().unwrap());
    let page = api
        .get(Role::Responder, &format!("{bad}?limit=2"))
        .await
        .good();
    let next = page["next"].as_str().unwrap();
    let lines = |page: &Value| -> Vec<i64> {
        let rows = page["items"].as_array().unwrap().iter();
        rows.map(|r| r["line"].as_i64().unwrap()).collect()
    };
    assert_eq!(lines(&page), [4, 5]);
    let rest = api
        .get(Role::Responder, &format!("{bad}?limit=2&after={next}"))
        .await
        .good();
    assert_eq!(lines(&rest), [6]);
    let file = api.get(Role::Responder, &format!("{bad}.csv")).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.text.starts_with("line,reason,raw\r\n"),
        "{}",
        file.text
    );
    assert!(file.text.contains("\"'=cmd,"), "{}", file.text);
    let counts = api
        .get(Role::Responder, &format!("{at}/roster/counts"))
        .await
        .good();
    assert_eq!(counts["persons"], 3);
    assert_eq!(
        counts["places"],
        json!([
            {"country": "US", "state": "CO", "persons": 2, "from": 2, "to": 2},
            {"country": "AT", "state": null, "persons": 1, "from": 1, "to": 1}
        ])
    );
    let path = format!("{at}/roster/lookup");
    let who = |user: &str| json!({ "site": "shop", "user": user });
    let found = api.post(Role::Approver, &path, &who("u-2")).await.good();
    assert_eq!(found["person"]["state"], "CO");
    let other = api.post(Role::Approver, &path, &who("u-9")).await.good();
    assert_eq!(
        other,
        json!({ "affected": false, "person": null, "left": null })
    );
}

/// A draft with gaps cannot be approved, nor by who may only write; the whole text by another can.
async fn written_and_approved(api: &Api, incident: &str) -> String {
    let path = format!("/api/v1/incidents/{incident}/notices");
    let empty = api.post(Role::Responder, &path, &json!({})).await.id();
    let draft = notice(api, &empty).await;
    assert!(!draft["gaps"].as_array().unwrap().is_empty(), "{draft}");
    let approve = |n: &Value| {
        json!({
            "number": n["versions"][0]["number"],
            "content_hash": n["versions"][0]["content_hash"],
        })
    };
    let at = format!("/api/v1/notices/{empty}");
    let refused = api
        .post(Role::Approver, &format!("{at}/approve"), &approve(&draft))
        .await;
    assert!(refused.refused(422, "en").contains("stands in the text"));

    let id = api.world.draft(incident.parse().unwrap()).await.to_string();
    let whole = notice(api, &id).await;
    assert_eq!(whole["gaps"], json!([]));
    let at = format!("/api/v1/notices/{id}");
    // A new version by the token itself, to be its author.
    let texts = &whole["versions"][0]["texts"];
    let edit = json!({
        "sources": { "en": texts["en"]["source"], "de": texts["de"]["source"] },
        "version": whole["version"],
    });
    api.post(Role::Responder, &format!("{at}/versions"), &edit)
        .await
        .good();
    let old = api
        .post(Role::Approver, &format!("{at}/approve"), &approve(&whole))
        .await;
    old.problem(409);
    let whole = notice(api, &id).await;
    let own = api
        .post(Role::Responder, &format!("{at}/approve"), &approve(&whole))
        .await;
    own.problem(403);
    let early = json!({ "version": whole["version"] });
    api.post(Role::Responder, &format!("{at}/activate"), &early)
        .await
        .problem(409);
    api.post(Role::Approver, &format!("{at}/approve"), &approve(&whole))
        .await
        .good();
    let approved = notice(api, &id).await;
    assert_eq!(approved["status"], "approved");
    assert_eq!(approved["approvals"][0]["number"], 2);
    id
}

/// The authority was told in time; then everything is settled, and the incident can be closed.
async fn filed_and_closed(api: &Api, incident: &str) {
    let gdpr = obligation(api, incident, "eu_gdpr_33_1").await;
    let path = format!(
        "/api/v1/obligations/{}/settle",
        gdpr["id"].as_str().unwrap()
    );
    let close = format!("/api/v1/incidents/{incident}/close");
    let whole = api
        .get(Role::Manager, &format!("/api/v1/incidents/{incident}"))
        .await
        .good();
    let done = json!({ "reason": "All is done.", "version": whole["version"] });
    api.post(Role::Approver, &close, &done).await.problem(409);
    let settle = json!({
        "outcome": "met", "met_at": "2026-11-26T10:00:00+01:00", "zone": "Europe/Vienna",
        "note": "Filed with the authority, D124.456", "version": gdpr["version"],
    });
    api.post(Role::Approver, &path, &settle).await.good();
    let gdpr = obligation(api, incident, "eu_gdpr_33_1").await;
    assert_eq!(
        (&gdpr["outcome"], &gdpr["late"]),
        (&json!("met"), &json!(false))
    );
    api.post(Role::Approver, &path, &settle).await.problem(409);
    for open in items(api, incident, "obligations").await {
        if open["outcome"].is_null() {
            let path = format!(
                "/api/v1/obligations/{}/settle",
                open["id"].as_str().unwrap()
            );
            let settle = json!({
                "outcome": "not_required", "note": "Another filing covers it.",
                "version": open["version"],
            });
            api.post(Role::Approver, &path, &settle).await.good();
        }
    }
    // Rules that may apply count as open until somebody says so in so many words.
    let unclear = api.post(Role::Approver, &close, &done).await.problem(409);
    let why = unclear["detail"].as_str().unwrap();
    assert!(why.contains("may apply"), "{why}");
    let mut done = done;
    done["unclear_accepted"] = json!(true);
    api.post(Role::Approver, &close, &done).await.good();
    let facts = format!("/api/v1/incidents/{incident}/facts");
    let late = json!({"kind": "determined", "at": "2026-11-24T10:00:00+01:00", "zone": "UTC"});
    api.post(Role::Responder, &facts, &late).await.problem(409);
}

/// The timeline tells all of it, in order; the check holds.
async fn proven(api: &Api, incident: &str, notice: &str) {
    let entries = items(api, incident, "evidence").await;
    let kinds: Vec<&str> = entries
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    let mut after = 0;
    for kind in [
        "incident.reported",
        "fact.recorded",
        "deadline.computed",
        "fact.corrected",
        "deadline.computed",
        "roster.imported",
        "roster.looked_up",
        "notice.written",
        "notice.approved",
        "notice.activated",
        "obligation.settled",
        "incident.closed",
    ] {
        let found = kinds[after..].iter().position(|k| *k == kind);
        after += found.unwrap_or_else(|| panic!("no {kind} after {after}: {kinds:?}"));
    }
    let texts: String = entries
        .iter()
        .map(|e| e["body"].as_str().unwrap())
        .collect();
    for personal in ["u-2", "shop.example", "Rita"] {
        assert!(!texts.contains(personal), "{personal} stands in the log");
    }
    let imported = kinds.iter().filter(|k| **k == "roster.imported").count();
    assert_eq!(imported, 1, "the same file twice is one import");
    let checked = api
        .get(Role::Manager, "/api/v1/evidence/verify")
        .await
        .good();
    assert_eq!(checked["problems"], json!([]));
    assert_eq!(checked["rows"]["roster_import"], 1);
    let reached = api
        .get(
            Role::Manager,
            &format!("/api/v1/notices/{notice}/deliveries"),
        )
        .await
        .good();
    assert_eq!(
        (&reached["targeted"], &reached["notified"]),
        (&json!(3), &json!(0))
    );
}

async fn the_same_key_does_nothing_twice(fresh: Fresh) {
    let api = Api::at(fresh, "2026-11-25T12:00:00Z").await;
    let report = json!(World::report("2026-11-23T09:00:00+01:00"));
    let send = |role, body: Value, key: &'static str| {
        let asking = api.ask(role, "post", "/api/v1/incidents");
        asking.key(key).json(&body).send()
    };
    let first = send(Role::Responder, report.clone(), "k-1").await;
    let (status, text) = (first.status, first.text);
    let again = send(Role::Responder, report.clone(), "k-1").await;
    assert_eq!((again.status, &again.text), (status, &text));
    // The key is the caller's own.
    let other = send(Role::Approver, report.clone(), "k-1").await;
    assert_ne!(other.text, text);
    let mut changed = report.clone();
    changed["title"] = json!("Another");
    send(Role::Responder, changed, "k-1").await.problem(409);
    let list = api.get(Role::Manager, "/api/v1/incidents").await.good();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    // Many at the same time are one.
    let many = (0..8).map(|_| send(Role::Responder, report.clone(), "k-2"));
    let replies = futures_util::future::join_all(many).await;
    let made: std::collections::BTreeSet<String> = replies
        .iter()
        .filter(|r| r.status == 201)
        .map(|r| r.text.clone())
        .collect();
    assert_eq!(made.len(), 1, "{replies:?}");
    assert!(
        replies
            .iter()
            .all(|r| [201, 409].contains(&r.status.as_u16()))
    );
    let list = api.get(Role::Manager, "/api/v1/incidents").await.good();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    for bad in ["", "a b", &"x".repeat(129)] {
        let asking = api.ask(Role::Responder, "post", "/api/v1/incidents");
        let reply = asking.key(bad).json(&report).send().await;
        reply.refused(400, "Idempotency-Key");
    }
    api.world.verified().await;
}

async fn two_who_change_the_same_thing(fresh: Fresh) {
    let api = Api::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let id: NoticeId = api.world.draft(incident.parse().unwrap()).await;
    let id = id.to_string();
    let seen = notice(&api, &id).await;
    let texts = &seen["versions"][0]["texts"];
    let edit = |title: &str| {
        let source = |lang: &str| {
            let source = texts[lang]["source"].as_str().unwrap();
            let (_, rest) = source.split_once('\n').unwrap();
            format!("# {title}\n{rest}")
        };
        json!({ "sources": { "en": source("en"), "de": source("de") }, "version": seen["version"] })
    };
    let path = format!("/api/v1/notices/{id}/versions");
    let bodies: Vec<Value> = (0..6).map(|n| edit(&format!("By {n}"))).collect();
    let sent = bodies.iter().map(|b| api.post(Role::Responder, &path, b));
    let replies = futures_util::future::join_all(sent).await;
    let good = replies.iter().filter(|r| r.status == 201).count();
    assert_eq!(good, 1, "{replies:?}");
    for lost in replies.iter().filter(|r| r.status != 201) {
        let problem = lost.problem(409);
        let said = problem["detail"].as_str().unwrap();
        assert!(said.contains("Somebody else changed"), "{said}");
    }
    assert_eq!(notice(&api, &id).await["current"], 2);

    // Two correct the same fact at once: one of them does.
    let facts = items(&api, &incident, "facts").await;
    let detected = facts.iter().find(|f| f["kind"] == "detected").unwrap();
    let path = format!("/api/v1/incidents/{incident}/facts");
    let bodies: Vec<Value> = (0..6)
        .map(|n| {
            json!({
                "kind": "detected", "at": format!("2026-11-23T09:0{n}:00+01:00"),
                "zone": "Europe/Vienna", "reason": "read again", "corrects": detected["id"],
            })
        })
        .collect();
    let sent = bodies.iter().map(|b| api.post(Role::Responder, &path, b));
    let replies = futures_util::future::join_all(sent).await;
    let good = replies.iter().filter(|r| r.status == 201).count();
    assert_eq!(good, 1, "{replies:?}");
    api.world.finish().await;
}
