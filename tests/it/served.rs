//! The server as a program meets it: over a socket, with a token.

use duenotice::domain::access::Role;
use duenotice::service::incident::Report;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::db::Fresh;
use crate::support::served::Served;
use crate::support::world::World;

crate::both_engines![
    a_report_under_a_key_is_taken_once_and_told,
    a_stranger_is_told_nothing,
];

fn report() -> Value {
    let report: Report = World::report("2026-11-23T10:00:00+01:00");
    serde_json::to_value(report).unwrap()
}

async fn a_report_under_a_key_is_taken_once_and_told(fresh: Fresh) {
    let served = Served::at(fresh, "2026-11-23T10:00:00Z").await;
    let program = served.program(Role::Reporter).await;
    let first = program
        .post("/api/v1/incidents", Some("k-1"), &report())
        .await;
    assert!(first.status.is_success(), "{first:?}");
    let again = program
        .post("/api/v1/incidents", Some("k-1"), &report())
        .await;
    assert_eq!(again.json()["id"], first.json()["id"]);
    let mut other = report();
    other["title"] = json!("Something else");
    let other = program.post("/api/v1/incidents", Some("k-1"), &other).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{other:?}");
    served.world.work().await;
    assert_eq!(served.world.mails().len(), 1);
    served.finish().await;
}

async fn a_stranger_is_told_nothing(fresh: Fresh) {
    let served = Served::at(fresh, "2026-11-23T10:00:00Z").await;
    let stranger = served.stranger();
    assert_eq!(stranger.get("/healthz").await.text, "ok\n");
    assert_eq!(stranger.get("/readyz").await.status, StatusCode::OK);
    let refused = stranger.post("/api/v1/incidents", None, &report()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
    assert!(
        refused.headers.contains_key("www-authenticate"),
        "{refused:?}"
    );
    served.finish().await;
}
