//! What holds for every answer, whatever was asked: its number, its headers, and that a failure of ours
//! tells nothing but a number.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use duenotice::domain::access::Role;
use duenotice::error::Error;
use duenotice::http::error::Problem;
use duenotice::http::middleware::around;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::support::api::Api;
use crate::support::db::{Fresh, on_sqlite};
use crate::support::world::World;

const NOW: &str = "2026-11-25T12:00:00Z";

async fn ask(router: &Router, path: &str, accept: &str) -> (Response, String) {
    let request = Request::get(path).header("accept", accept);
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (Response::from_parts(parts, Body::empty()), text)
}

#[tokio::test]
async fn a_failure_of_ours_shows_a_number_and_nothing_else() {
    on_sqlite(|fresh: Fresh| async {
        let world = World::at(fresh, NOW).await;
        let broken = || async { Problem::from(Error::internal("the password is swordfish")) };
        let panics = || async { panic!("swordfish") as &'static str };
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/panics", get(panics));
        let router = around(router, &world.app);
        for path in ["/broken", "/panics"] {
            let (answer, text) = ask(&router, path, "*/*").await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let id = answer.headers()["x-request-id"].to_str().unwrap();
            assert!(text.contains(&format!("the number {id}")), "{text}");
            assert!(!text.contains("swordfish"), "{text}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        // Who wants to see a page gets one, where no handler has answered.
        let (answer, text) = ask(&router, "/panics", "text/html,*/*").await;
        let id = answer.headers()["x-request-id"].to_str().unwrap();
        assert!(
            text.contains("<h1>Our fault</h1>") && text.contains(id),
            "{text}"
        );
        assert!(!text.contains("swordfish"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn who_tries_too_often_is_told_when_to_come_back() {
    on_sqlite(|fresh: Fresh| async {
        let world = World::at(fresh, NOW).await;
        let router = Router::new().route("/", get(|| async { Problem::from(Error::TooMany(7)) }));
        let (answer, text) = ask(&around(router, &world.app), "/", "*/*").await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], "7");
        assert!(text.contains("Wait 7 seconds"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn every_answer_is_strict_with_browsers() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, NOW).await;
        let mut ids = std::collections::BTreeSet::new();
        for (role, path, status) in [
            (None, "/healthz", 200),
            (None, "/api", 200),
            (None, "/api/page.js", 200),
            (None, "/api/v1/openapi.json", 200),
            (None, "/api/v1/incidents", 401),
            (Some(Role::Reporter), "/api/v1/evidence", 403),
            (Some(Role::Manager), "/api/v1/incidents", 200),
            (None, "/sign-in", 200),
            (None, "/nowhere", 404),
        ] {
            let reply = api.ask(role, "get", path).send().await;
            assert_eq!(reply.status.as_u16(), status, "{path}: {reply:?}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
            for loose in ["unsafe-inline", "unsafe-eval", "*", "http:"] {
                assert!(!policy.contains(loose), "{path}: {policy}");
            }
            assert!(
                ids.insert(reply.header("x-request-id").to_owned()),
                "{path}"
            );
        }
        let page = api.ask(None, "get", "/api").send().await.text;
        for inline in ["<style", "style=", "onclick", "javascript:"] {
            assert!(!page.contains(inline), "{inline}");
        }
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(
            page.matches("<details").count(),
            page.matches("</details>").count()
        );
        assert!(page.contains("id=\"problem-conflict\"") && page.contains("report_incident"));
    })
    .await;
}

#[tokio::test]
async fn a_long_answer_is_compressed_for_who_takes_that() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, NOW).await;
        let asking = api.ask(None, "get", "/api/v1/openapi.json");
        let response = asking.header("accept-encoding", "gzip").send().await;
        assert_eq!(response.header("content-encoding"), "gzip");
        let plain = api.ask(None, "get", "/api/v1/openapi.json").send().await;
        assert_eq!(plain.header("content-encoding"), "");
    })
    .await;
}
