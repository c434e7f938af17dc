//! The program is killed at many moments while a client works with it. Whatever was answered is there,
//! what was not answered can be sent again under the same key and happens once, and the log holds.
//!
//! `DUENOTICE_TEST_KILLS` says how often it is killed; 12 times when it is not set.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use duenotice::domain::access::Role;
use duenotice::store::{self, evidence};
use duenotice::time::TimeSource;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::support::api;
use crate::support::db::Fresh;
use crate::support::program::Program;
use crate::support::world::World;

crate::both_engines!(what_was_answered_survives_being_killed);

fn kills() -> u32 {
    std::env::var("DUENOTICE_TEST_KILLS").map_or(12, |n| n.parse().unwrap())
}

/// A client that does not give up: what breaks off it sends again, under the same key.
struct Stubborn {
    base: String,
    client: Client,
    tokens: BTreeMap<&'static str, String>,
    again: std::cell::Cell<u32>,
}

impl Stubborn {
    async fn send(&self, role: Role, path: &str, key: &str, body: Option<(&str, String)>) -> Value {
        loop {
            let url = format!("{}{path}", self.base);
            let mut request = match &body {
                None => self.client.get(url),
                Some((kind, body)) => self
                    .client
                    .post(url)
                    .header("content-type", *kind)
                    .header("idempotency-key", key)
                    .body(body.clone()),
            };
            request = request.bearer_auth(&self.tokens[role.as_str()]);
            let answer = async {
                let response = request.send().await.ok()?;
                Some((response.status(), response.text().await.ok()?))
            };
            match answer.await {
                Some((status, text)) if status.is_success() => {
                    return serde_json::from_str(&text).unwrap();
                }
                // The engine may go on with the killed server's request for a moment.
                Some((StatusCode::CONFLICT, text)) if text.contains("being carried out") => {}
                Some((status, text)) => panic!("{path} {key}: {status} {text}"),
                None => {}
            }
            self.again.set(self.again.get() + 1);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Role::Manager, path, "", None).await
    }

    async fn post(&self, role: Role, path: &str, key: &str, body: &Value) -> String {
        let body = Some(("application/json", body.to_string()));
        let answer = self.send(role, path, key, body).await;
        answer["id"].as_str().unwrap().to_owned()
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The ids that were answered in one story.
struct Story {
    incident: String,
    fact: String,
    import: String,
    notice: String,
}

async fn story(client: &Stubborn, n: usize, now: DateTime<Utc>) -> Story {
    let key = |step: &str| format!("{n}-{step}");
    let ago = |minutes| text(now - TimeDelta::minutes(minutes));
    let report = json!(World::report(&ago(120)));
    let incident = client
        .post(
            Role::Responder,
            "/api/v1/incidents",
            &key("report"),
            &report,
        )
        .await;
    let at = format!("/api/v1/incidents/{incident}");
    let aware = json!({"kind": "aware", "at": ago(60), "zone": "Europe/Vienna", "reason": "Read."});
    let facts = format!("{at}/facts");
    let fact = client
        .post(Role::Responder, &facts, &key("aware"), &aware)
        .await;
    let people: String = (0..3_000).map(|n| format!("u-{n},AT\n")).collect();
    let csv = format!("user_id,country\n{people}u-1,AT\n");
    let path = format!("{at}/roster?site=shop");
    let imported = client
        .send(
            Role::Responder,
            &path,
            &key("roster"),
            Some(("text/csv", csv)),
        )
        .await;
    assert_eq!(
        (&imported["added"], &imported["rejected"]),
        (&json!(3_000), &json!(1))
    );
    let import = imported["id"].as_str().unwrap().to_owned();
    let words = |_| {
        let questions = duenotice::service::notice::QUESTIONS;
        questions.map(|q| (q, "An answer.")).into_iter().collect()
    };
    let answers: BTreeMap<&str, BTreeMap<&str, &str>> = duenotice::service::notice::LANGUAGES
        .map(|l| (l, words(l)))
        .into_iter()
        .collect();
    let notices = format!("{at}/notices");
    let draft = json!({ "answers": answers });
    let notice = client
        .post(Role::Responder, &notices, &key("draft"), &draft)
        .await;
    live(client, &notice, &key).await;
    settled(client, &at, &key).await;
    Story {
        incident,
        fact,
        import,
        notice,
    }
}

async fn live(client: &Stubborn, notice: &str, key: &impl Fn(&str) -> String) {
    let path = format!("/api/v1/notices/{notice}");
    let drafted = client.get(&path).await;
    let version = &drafted["versions"][0];
    let approve = json!({"number": version["number"], "content_hash": version["content_hash"]});
    let to = format!("{path}/approve");
    client
        .post(Role::Approver, &to, &key("approve"), &approve)
        .await;
    let approved = client.get(&path).await;
    let activate = json!({ "version": approved["version"] });
    let to = format!("{path}/activate");
    client
        .post(Role::Approver, &to, &key("activate"), &activate)
        .await;
}

async fn settled(client: &Stubborn, at: &str, key: &impl Fn(&str) -> String) {
    let all = client.get(&format!("{at}/obligations?limit=200")).await;
    let all = all["items"].as_array().unwrap();
    for (n, open) in all.iter().filter(|o| o["outcome"].is_null()).enumerate() {
        let to = format!(
            "/api/v1/obligations/{}/settle",
            open["id"].as_str().unwrap()
        );
        let settle =
            json!({"outcome": "not_required", "note": "A test.", "version": open["version"]});
        client
            .post(Role::Responder, &to, &key(&format!("settle-{n}")), &settle)
            .await;
    }
    let version = client.get(at).await["version"].clone();
    let close = json!({ "reason": "Done.", "version": version, "unclear_accepted": true });
    client
        .post(
            Role::Responder,
            &format!("{at}/close"),
            &key("close"),
            &close,
        )
        .await;
}

async fn what_was_answered_survives_being_killed(fresh: Fresh) {
    let now = TimeSource::system().now();
    let (url, db) = (fresh.url.clone(), fresh.db.clone());
    let world = World::at(fresh, &text(now)).await;
    let tokens = api::tokens(&world).await;
    let mut program = Program::on(&url);
    program.start().await;
    let client = Stubborn {
        base: program.base(),
        client: Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap(),
        tokens: tokens
            .into_iter()
            .map(|(role, made)| (role, made.token))
            .collect(),
        again: std::cell::Cell::new(0),
    };
    let enough = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&enough);
    let killer = tokio::spawn(async move {
        for n in 0..kills() {
            // Moments all over a story, which takes about two seconds without being killed.
            let ms = 2 + u64::from(n) * 389 % 1_700;
            tokio::time::sleep(Duration::from_millis(ms)).await;
            program.kill().await;
            program.start().await;
        }
        told.store(true, Ordering::SeqCst);
        program
    });
    let mut stories = Vec::new();
    while !enough.load(Ordering::SeqCst) || stories.is_empty() {
        stories.push(story(&client, stories.len(), now).await);
    }
    let mut program = killer.await.unwrap();
    assert!(client.again.get() > 0, "no request was ever cut off");
    program.kill().await;
    let (code, out, err) = program.run("verify", &[]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    let log = program.log();
    assert!(
        log.contains("/api/v1/incidents/{incident}/roster"),
        "it is logged by template"
    );
    for personal in ["dnt_", "site=shop", "u-1", "Rita", "Export of customer"] {
        assert!(!log.contains(personal), "{personal} stands in the log");
    }
    everything_is_there_once(&db, &stories).await;
}

/// Each answer's thing is there, and nothing is there twice.
async fn everything_is_there_once(db: &store::Db, stories: &[Story]) {
    let incidents = store::incident::list(db, None, 1_000).await.unwrap();
    assert_eq!(incidents.len(), stories.len());
    for story in stories {
        let id = story.incident.parse().unwrap();
        let incident = store::incident::find(db, id).await.unwrap().unwrap();
        assert_eq!(incident.persons, 3_000);
        assert_eq!(incident.status, store::incident::Status::Closed);
        let facts = store::fact::list(db, id).await.unwrap();
        assert_eq!(facts.len(), 3, "occurred, detected, aware");
        assert!(facts.iter().any(|f| f.id.to_string() == story.fact));
        let imports = store::person::imports(db, id).await.unwrap();
        let imports: Vec<String> = imports.iter().map(|i| i.id.to_string()).collect();
        assert_eq!(imports, [story.import.as_str()]);
        let notices = store::notice::list(db, id).await.unwrap();
        let notices: Vec<String> = notices.iter().map(|n| n.id.to_string()).collect();
        assert_eq!(notices, [story.notice.as_str()]);
        let notice = story.notice.parse().unwrap();
        let approvals = store::notice::approvals(db, notice).await.unwrap();
        assert_eq!(approvals.len(), 1);
    }
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = evidence::page(db, after, 1_000).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        for entry in page {
            *kinds.entry(entry.kind).or_default() += 1;
        }
    }
    for kind in [
        "incident.reported",
        "roster.imported",
        "notice.drafted",
        "notice.approved",
        "notice.activated",
        "incident.closed",
    ] {
        assert_eq!(kinds.get(kind), Some(&stories.len()), "{kind}: {kinds:?}");
    }
}
