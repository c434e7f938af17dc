//! The in-site notice over HTTP: who gets what, how long the answers are, and what is written down.

mod answer;
mod asset;
mod nodes;
mod report;
mod site;
mod token;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use duenotice::domain::access::Role;
use duenotice::domain::host_key::Algorithm;
use duenotice::http::widget::Widget;
use duenotice::http::widget::token::{Mint, Secret, mint};
use duenotice::ids::{IncidentId, NoticeId};
use duenotice::service::site::{NewKey, add_key};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

use crate::support::db::Fresh;
use crate::support::world::{SITE, World};

/// An origin of the site.
const ORIGIN: &str = "https://shop.example";

/// A world whose site signs, and one node that answers.
struct Node {
    /// The database's address, for another node.
    url: String,
    world: World,
    widget: Arc<Widget>,
    router: Router,
}

/// An answer, whole.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn notices(&self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK);
        self.json()["notices"].as_array().unwrap().clone()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The receipt of the only notice.
    fn receipt(&self) -> String {
        let notices = self.notices();
        assert_eq!(notices.len(), 1);
        notices[0]["receipt"].as_str().unwrap().to_owned()
    }
}

/// The shared secret of the key "hs".
fn secret() -> Secret {
    Secret::Hs256(b"a secret of the shop, 32 bytes or more".to_vec())
}

impl Node {
    async fn new(fresh: Fresh) -> Self {
        let url = fresh.url.clone();
        let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
        let key = NewKey {
            kid: "hs".into(),
            algorithm: Algorithm::Hs256,
            key: "a secret of the shop, 32 bytes or more".into(),
        };
        let admin = world.person("Ada", Role::Administrator);
        add_key(&admin, SITE, &key).await.unwrap();
        let mut app = world.app.clone();
        // Tests read the activation state by hand: what they read is to last for the test.
        app.trust = Duration::from_secs(600);
        let widget = Widget::new(app).await.unwrap();
        let router = widget.router();
        Self {
            url,
            world,
            widget,
            router,
        }
    }

    /// A live notice for these users.
    async fn live(&self, users: &[&str]) -> (IncidentId, NoticeId) {
        let incident = self.world.incident("2026-11-23T09:00:00+01:00").await;
        let roster = format!("user_id\n{}\n", users.join("\n"));
        self.world.import(incident, roster).await.unwrap();
        let notice = self.world.draft(incident).await;
        let approver = self.world.approver();
        self.world.approve(&approver, notice).await.unwrap();
        self.world.activate(notice).await.unwrap();
        (incident, notice)
    }

    /// The shop's token for `user`.
    fn token(&self, user: &str) -> String {
        let what = Mint {
            site: SITE,
            kid: "hs",
            user_id: user,
            jti: "0123456789abcdef",
            now: self.world.app.time.now(),
            life_s: 600,
        };
        mint(&secret(), &what)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    /// Asks for the notices of `user` from the site's page.
    async fn ask(&self, user: &str, lang: &str) -> Answer {
        let request = Request::get(format!("/v1/notices?lang={lang}"))
            .header("authorization", format!("Bearer {}", self.token(user)))
            .header("origin", ORIGIN)
            .header("user-agent", "Mozilla/5.0 Firefox/153.0")
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// Reports as the element does.
    async fn report(&self, body: Value) -> Answer {
        let request = Request::post("/v1/events")
            .header("content-type", "text/plain;charset=UTF-8")
            .header("origin", ORIGIN)
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec(),
    }
}
