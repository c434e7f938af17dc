//! What cannot be taken is refused with a sentence that names the field, and nothing is written.

use duenotice::domain::access::Role;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::db::Fresh;
use crate::support::world::World;

crate::both_engines!(
    times_that_cannot_be,
    bodies_that_cannot_be_read,
    texts_that_cannot_be_stored,
    tokens_that_do_not_count,
    pages_that_are_not_there
);

const NOW: &str = "2026-11-25T12:00:00Z";

/// How many entries the log has: a refused request adds none.
async fn entries(api: &Api) -> i64 {
    api.world.verified().await.entries
}

fn report_with(field: &str, value: Value) -> Value {
    let mut report = json!(World::report("2026-11-23T09:00:00+01:00"));
    report[field] = value;
    report
}

async fn times_that_cannot_be(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let before = entries(&api).await;
    for (field, value, word) in [
        ("detected_at", "2026-11-23T09:00:00", "offset"),
        ("detected_at", "yesterday", ""),
        ("detected_at", "2026-11-31T09:00:00+01:00", ""),
        ("detected_at", "", ""),
        ("detected_at", "2026-11-25T13:00:01+01:00", "future"),
        ("occurred_from", "2026-11-20 08:00", ""),
        ("occurred_until", "2026-11-20T08:00:00+01:00", ""),
        ("zone", "Vienna", "time zone"),
    ] {
        let report = report_with(field, json!(value));
        let reply = api.post(Role::Reporter, "/api/v1/incidents", &report).await;
        let reason = reply.refused(422, field);
        assert!(reason.contains(word), "{field} {value}: {reason}");
    }
    let facts = format!("/api/v1/incidents/{incident}/facts");
    let fact = |kind: &str, at: &str, reason: Option<&str>| json!({"kind": kind, "at": at, "zone": "Europe/Vienna", "reason": reason});
    for (body, field) in [
        (fact("aware", "2026-11-23T10:00:00", None), "at"),
        (fact("aware", "2026-11-26T10:00:00+01:00", None), "at"),
        // Awareness is not detection: a gap wants a reason, and it cannot come before.
        (fact("aware", "2026-11-23T10:00:00+01:00", None), "reason"),
        (fact("ransom", "2026-11-23T10:00:00+01:00", None), "kind"),
        (
            json!({"at": "2026-11-23T10:00:00+01:00", "zone": "UTC"}),
            "kind",
        ),
    ] {
        let reply = api.post(Role::Responder, &facts, &body).await;
        reply.refused(422, field);
    }
    let occurred = api.get(Role::Manager, &facts).await.good();
    let occurred = occurred["items"].as_array().unwrap();
    let occurred = occurred.iter().find(|f| f["kind"] == "occurred").unwrap();
    let known = json!({
        "kind": "occurred", "at": "2026-11-23T08:00:00+01:00", "zone": "Europe/Vienna",
        "reason": "The log tells.", "corrects": occurred["id"],
    });
    api.post(Role::Responder, &facts, &known).await.good();
    let early = fact(
        "aware",
        "2026-11-23T07:59:59+01:00",
        Some("Somebody saw it."),
    );
    api.post(Role::Responder, &facts, &early)
        .await
        .refused(422, "at");
    let after = entries(&api).await;
    assert!(after > before);
    api.post(Role::Responder, &facts, &early).await.problem(422);
    assert_eq!(entries(&api).await, after);
}

async fn bodies_that_cannot_be_read(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let path = "/api/v1/incidents";
    let send = |kind: &'static str, body: String| {
        let asking = api.ask(Role::Reporter, "post", path);
        asking.body(kind, body).send()
    };
    let json = "application/json";
    send(json, String::new()).await.refused(400, "body");
    send(json, "{\"title\":".to_owned())
        .await
        .refused(400, "body");
    send(json, "[]".to_owned()).await.refused(400, "body");
    send("text/plain", "{}".to_owned()).await.problem(415);
    send(json, "x".repeat((1 << 20) + 1)).await.problem(413);
    let reply = send(json, report_with("titel", json!("x")).to_string()).await;
    assert!(reply.refused(422, "titel").contains("no such field"));
    let reply = send(json, report_with("drill", json!("no")).to_string()).await;
    assert!(reply.refused(422, "drill").contains("boolean"));
    let reply = send(json, report_with("systems", json!(["x", 7])).to_string()).await;
    reply.refused(422, "systems[1]");
    // Everything that is wrong is said at once.
    let problem = send(json, "{}".to_owned()).await.problem(422);
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    for field in ["title", "description", "systems", "data_kinds", "zone"] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    let reply = api
        .get(Role::Manager, "/api/v1/incidents?limit=10&sort=name")
        .await;
    reply.refused(422, "sort");
}

/// PostgreSQL cannot store a NUL: nobody may find that out by an error of ours.
async fn texts_that_cannot_be_stored(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let at = format!("/api/v1/incidents/{incident}");
    for (field, value) in [
        ("title", json!("a\0b")),
        ("description", json!("\u{7}")),
        ("processor", json!("\0")),
        ("systems", json!(["website_account\0"])),
        ("title", json!("x".repeat(201))),
        ("description", json!("x".repeat(20_001))),
    ] {
        let report = report_with(field, value);
        let reply = api.post(Role::Reporter, "/api/v1/incidents", &report).await;
        reply.refused(422, field);
    }
    let who = json!({ "site": "shop", "user": "a\0b" });
    let lookup = format!("{at}/roster/lookup");
    api.post(Role::Responder, &lookup, &who)
        .await
        .refused(422, "user");
    let roster = |query: &str| {
        let path = format!("{at}/roster?{query}");
        let asking = api.ask(Role::Responder, "post", &path);
        asking.body("text/csv", "user_id\nu-1\n").send()
    };
    roster("site=shop&file=a%00b").await.refused(422, "file");
    roster("site=%00").await.refused(422, "site");
    roster("site=nowhere").await.refused(422, "site");
    roster("file=x.csv").await.refused(422, "site");
    api.get(Role::Administrator, "/api/v1/sites/%00/keys")
        .await
        .problem(404);
    api.get(Role::Manager, "/api/v1/incidents/nonsense")
        .await
        .problem(404);
    let notices = format!("{at}/notices");
    let draft = json!({ "answers": { "en": { "what_happened": "a\0b" } } });
    api.post(Role::Responder, &notices, &draft)
        .await
        .refused(422, "en.what_happened");
    let draft = json!({ "answers": { "en": { "advice": "<b>x</b>" }, "fr": {} } });
    let reply = api.post(Role::Responder, &notices, &draft).await;
    assert!(reply.refused(422, "answers").contains("\"fr\""));
    let account = json!({"email": "a\0@b.example", "name": "A", "role": "manager",
        "password": "a sentence is a good password"});
    api.post(Role::Administrator, "/api/v1/accounts", &account)
        .await
        .refused(422, "email");
    let approve = json!({ "number": 1, "content_hash": "\0" });
    let notice = api.world.draft(incident.parse().unwrap()).await;
    api.post(
        Role::Approver,
        &format!("/api/v1/notices/{notice}/approve"),
        &approve,
    )
    .await
    .problem(409);
    let edit = json!({ "sources": { "fr": "# x\n" }, "version": 1 });
    let reply = api
        .post(
            Role::Responder,
            &format!("/api/v1/notices/{notice}/versions"),
            &edit,
        )
        .await;
    reply.refused(422, "sources");
}

async fn tokens_that_do_not_count(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let path = "/api/v1/incidents";
    let with = |value: &str| {
        let asking = api.ask(None, "get", path);
        asking.header("authorization", value).send()
    };
    let manager = api.token(Role::Manager).token.clone();
    assert!(with(&format!("bearer {manager}")).await.status.is_success());
    for bad in [
        String::new(),
        manager.clone(),
        format!("Basic {manager}"),
        format!("Bearer {manager}x"),
        "Bearer dnt_".to_owned(),
        "Bearer".to_owned(),
    ] {
        let reply = with(&bad).await;
        reply.problem(401);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    let twice = api.ask(Role::Manager, "get", path);
    let twice = twice.header("authorization", &format!("Bearer {manager}"));
    twice.send().await.problem(401);
    // A cookie is nobody here.
    let cookie = api.ask(None, "get", path);
    let cookie = cookie.header("cookie", "session=x; __Host-session=x");
    cookie.send().await.problem(401);

    let id = api.token(Role::Approver).id;
    let revoke = format!("/api/v1/tokens/{id}/revoke");
    let revoke = api.ask(Role::Administrator, "post", &revoke);
    revoke.key("k").send().await.good();
    let reply = api.get(Role::Approver, path).await;
    let said = reply.problem(401)["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("ended or revoked"), "{said}");
    assert!(api.get(Role::Manager, path).await.status.is_success());
    api.world
        .app
        .time
        .move_to(api.token(Role::Manager).expires_at);
    api.get(Role::Manager, path).await.problem(401);
}

async fn pages_that_are_not_there(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    for n in 0..5 {
        api.world
            .app
            .time
            .advance(chrono::TimeDelta::seconds(i64::from(n)));
        api.incident("2026-11-23T09:00:00+01:00").await;
    }
    for limit in ["0", "201", "-1"] {
        let path = format!("/api/v1/incidents?limit={limit}");
        api.get(Role::Manager, &path).await.refused(422, "limit");
    }
    for path in ["?limit=x", "?limit="] {
        let path = format!("/api/v1/incidents{path}");
        api.get(Role::Manager, &path).await.refused(422, "limit");
    }
    let reply = api.get(Role::Manager, "/api/v1/incidents?after=xyz").await;
    reply.refused(422, "after");
    // Every incident once, however the pages are cut.
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/v1/incidents?limit=2&after={after}");
        let page = api.get(Role::Manager, &path).await.good();
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|i| i["reference"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=5).rev().map(|n| format!("2026-{n:03}")).collect();
    assert_eq!(seen, expected);
}
