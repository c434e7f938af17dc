//! A world behind a real server on a free port, and clients that speak HTTP to it.

use std::net::SocketAddr;
use std::sync::Arc;

use duenotice::domain::access::{Actor, Role, Who};
use duenotice::server::Server;
use duenotice::service::Ctx;
use duenotice::service::account::{self, NewAccount};
use duenotice::service::token::{self, NewToken};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::db::Fresh;
use super::world::World;

/// A world with its server.
pub struct Served {
    pub world: World,
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<duenotice::error::Result<()>>,
}

impl Served {
    /// A world at `now` whose server listens.
    pub async fn at(fresh: Fresh, now: &str) -> Self {
        let mut world = World::at(fresh, now).await;
        let mut config = (*world.app.config).clone();
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        world.app.config = Arc::new(config);
        let server = Server::bind(world.app.clone()).await.unwrap();
        let address = server.address().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(server.run(stop.clone()));
        Self {
            world,
            address,
            stop,
            task,
        }
    }

    /// A program with a token of `role`.
    pub async fn program(&self, role: Role) -> Client {
        let made_by = self.account(Role::Administrator).await;
        let actor = Actor {
            who: Who::Account(made_by),
            name: "Ada".to_owned(),
            role: Some(Role::Administrator),
        };
        let new = NewToken {
            name: "a test".to_owned(),
            role,
            days: 1,
        };
        let ctx = Ctx::new(&self.world.app, actor);
        let made = token::create(&ctx, &new).await.unwrap();
        Client {
            token: Some(made.token),
            ..self.stranger()
        }
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Client {
        Client {
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .cookie_store(true)
                .build()
                .unwrap(),
            base: format!("http://{}", self.address),
            token: None,
        }
    }

    async fn account(&self, role: Role) -> duenotice::ids::AccountId {
        let id: [u8; 8] = self.world.app.rng.bytes();
        let new = NewAccount {
            email: format!("{}@example.org", hex::encode(id)),
            name: "Ada".to_owned(),
            role,
            password: "a long password for tests".to_owned(),
        };
        let ctx = Ctx::new(&self.world.app, Actor::system());
        account::create(&ctx, &new).await.unwrap()
    }

    /// Ends the server as a signal would, after [`World::finish`].
    pub async fn finish(self) {
        self.world.finish().await;
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }
}

/// Speaks HTTP to a [`Served`].
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
}

impl Client {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON; with a `key`, under that idempotency key.
    pub async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Answer {
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.send(request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }
}
