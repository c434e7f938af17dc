//! A server on a real socket, a token for each role, and a client.

use std::collections::BTreeMap;
use std::sync::Arc;

use duenotice::domain::access::{Actor, ROLES, Role, Who};
use duenotice::http;
use duenotice::http::widget::Widget;
use duenotice::service::Ctx;
use duenotice::service::account::{self, NewAccount};
use duenotice::service::token::{self, Made, NewToken};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::db::Fresh;
use super::world::World;

/// A world with a server.
pub struct Api {
    pub world: World,
    pub base: String,
    pub client: Client,
    tokens: BTreeMap<&'static str, Made>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer, whole.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The answer's body; the status must be a good one.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }

    /// The id that the answer gives.
    #[track_caller]
    pub fn id(self) -> String {
        self.good()["id"].as_str().unwrap().to_owned()
    }

    /// The answer must be a problem of this status; gives it.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        let id = self.header("x-request-id");
        assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
        problem
    }

    /// The answer must refuse `field`; gives the reason.
    #[track_caller]
    pub fn refused(&self, status: u16, field: &str) -> String {
        let problem = self.problem(status);
        let errors = problem["errors"].as_array().unwrap();
        let error = errors
            .iter()
            .find(|e| e["field"] == field)
            .unwrap_or_else(|| panic!("nothing is said about {field}: {problem}"));
        error["reason"].as_str().unwrap().to_owned()
    }
}

/// A request in the making.
pub struct Asking {
    request: reqwest::RequestBuilder,
}

impl Asking {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.header(HeaderName::from_static(name), value);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    pub fn body(mut self, kind: &str, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.header(CONTENT_TYPE, kind).body(body);
        self
    }

    pub async fn send(self) -> Reply {
        let response = self.request.send().await.unwrap();
        Reply {
            status: response.status(),
            headers: response.headers().clone(),
            // Compressed bytes are no text, and nobody reads them as such.
            text: String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned(),
        }
    }
}

impl Api {
    /// A world at `now` and its server.
    pub async fn at(fresh: Fresh, now: &str) -> Self {
        Self::with(World::at(fresh, now).await).await
    }

    /// A server for this world.
    pub async fn with(world: World) -> Self {
        let tokens = tokens(&world).await;
        let widget = Widget::new(world.app.clone()).await.unwrap();
        let (base, task) = serve(&world, &widget).await;
        Self {
            world,
            base,
            client: Client::new(),
            tokens,
            task,
        }
    }

    /// The token of a role.
    pub fn token(&self, role: Role) -> &Made {
        &self.tokens[role.as_str()]
    }

    /// A request with the token of `role`, or without one.
    pub fn ask(&self, role: impl Into<Option<Role>>, method: &str, path: &str) -> Asking {
        let method: Method = method.to_uppercase().parse().unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(role) = role.into() {
            request = request.bearer_auth(&self.token(role).token);
        }
        Asking { request }
    }

    pub async fn get(&self, role: Role, path: &str) -> Reply {
        self.ask(role, "get", path).send().await
    }

    pub async fn post(&self, role: Role, path: &str, body: &Value) -> Reply {
        self.ask(role, "post", path).json(body).send().await
    }

    /// Sends a roster file as the responder.
    pub async fn roster(&self, incident: &str, csv: impl Into<reqwest::Body>) -> Reply {
        let path = format!("/api/v1/incidents/{incident}/roster?site=shop&file=people.csv");
        self.ask(Role::Responder, "post", &path)
            .body("text/csv", csv)
            .send()
            .await
    }

    /// Reports an incident detected at `detected`, as the responder.
    pub async fn incident(&self, detected: &str) -> String {
        self.post(
            Role::Responder,
            "/api/v1/incidents",
            &json!(World::report(detected)),
        )
        .await
        .id()
    }
}

async fn serve(world: &World, widget: &Arc<Widget>) -> (String, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = http::router(&world.app, widget);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    (base, task)
}

/// An administrator, who makes a token for each role.
pub async fn tokens(world: &World) -> BTreeMap<&'static str, Made> {
    let new = NewAccount {
        email: "ada@example.org".to_owned(),
        name: "Ada".to_owned(),
        role: Role::Administrator,
        password: "a sentence is a good password".to_owned(),
    };
    let system = Ctx::new(&world.app, Actor::system());
    let id = account::create(&system, &new).await.unwrap();
    let ada = Ctx::new(
        &world.app,
        Actor {
            who: Who::Account(id),
            name: new.name,
            role: Some(new.role),
        },
    );
    let mut tokens = BTreeMap::new();
    for role in ROLES {
        let new = NewToken {
            name: format!("a program as {role}"),
            role,
            days: 30,
        };
        tokens.insert(role.as_str(), token::create(&ada, &new).await.unwrap());
    }
    tokens
}
