//! A server of a test's own, and people with browsers that run no script.

use std::net::SocketAddr;
use std::sync::Arc;

use duenotice::domain::access::{Actor, Role};
use duenotice::http;
use duenotice::http::widget::Widget;
use duenotice::service::Ctx;
use duenotice::service::account::{self, NewAccount};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};

use super::db::Fresh;
use super::html::{Form, forms};
use super::world::World;

/// The password of everybody.
pub const PASSWORD: &str = "a sentence is a good password";

/// A world whose pages are served.
pub struct Desk {
    pub world: World,
    pub base: String,
}

impl Desk {
    /// A served world at `now`.
    pub async fn at(fresh: Fresh, now: &str) -> Self {
        Self::of(World::at(fresh, now).await).await
    }

    /// This world, served.
    pub async fn of(world: World) -> Self {
        let widget = Widget::new(world.app.clone()).await.unwrap();
        let base = serve(&world, &widget).await;
        Self { world, base }
    }

    /// Makes an account; `rosa` signs in as `rosa@example.org`.
    pub async fn account(&self, name: &str, role: Role) {
        let new = NewAccount {
            email: format!("{name}@example.org"),
            name: name.to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        let ctx = Ctx::new(&self.world.app, Actor::system());
        account::create(&ctx, &new).await.unwrap();
    }

    /// Somebody new with this role, signed in.
    pub async fn signed_in(&self, name: &str, role: Role) -> Visitor {
        self.account(name, role).await;
        let visitor = self.visitor();
        visitor.sign_in(name).await;
        visitor
    }

    /// Somebody with an empty browser.
    pub fn visitor(&self) -> Visitor {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::limited(5))
            .build()
            .unwrap();
        Visitor {
            client,
            base: self.base.clone(),
        }
    }
}

async fn serve(world: &World, widget: &Arc<Widget>) -> String {
    let router = http::router(&world.app, widget);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    base
}

/// What came back, after redirects.
#[derive(Clone, Debug)]
pub struct Seen {
    pub status: StatusCode,
    pub path: String,
    pub html: String,
}

impl Seen {
    /// The form that is sent to `action`.
    pub fn form(&self, action: &str) -> Form {
        forms(&self.html)
            .into_iter()
            .find(|f| f.action == action)
            .unwrap_or_else(|| panic!("no form for {action} on {}:\n{}", self.path, self.html))
    }

    pub fn has_form(&self, action: &str) -> bool {
        forms(&self.html).iter().any(|f| f.action == action)
    }

    /// The id at the end of the address.
    pub fn id(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        let html = super::html::plain(&self.html);
        assert!(
            html.contains(text),
            "{} does not show \"{text}\":\n{html}",
            self.path
        );
    }

    #[track_caller]
    pub fn is(&self, status: u16) {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}:\n{}",
            self.path,
            self.html
        );
    }
}

/// Somebody with a browser.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub client: Client,
    pub base: String,
}

impl Visitor {
    async fn see(&self, request: reqwest::RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        let url = response.url().clone();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Seen {
            status: response.status(),
            path,
            html: response.text().await.unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.see(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// Sends a form.
    pub async fn send(&self, form: &Form) -> Seen {
        let url = format!("{}{}", self.base, form.action);
        self.see(self.client.request(Method::POST, url).form(&form.fields))
            .await
    }

    /// Sends a form with a file.
    pub async fn send_file(&self, form: &Form, name: &str, contents: Vec<u8>) -> Seen {
        let mut parts = reqwest::multipart::Form::new();
        for (name, value) in form.fields.clone() {
            parts = parts.text(name, value);
        }
        let file = reqwest::multipart::Part::bytes(contents).file_name(name.to_owned());
        parts = parts.part("file", file);
        let url = format!("{}{}", self.base, form.action);
        self.see(self.client.post(url).multipart(parts)).await
    }

    pub async fn sign_in(&self, name: &str) -> Seen {
        let page = self.get("/sign-in").await;
        let form = page
            .form("/sign-in")
            .set("email", &format!("{name}@example.org"))
            .set("password", PASSWORD);
        let seen = self.send(&form).await;
        seen.is(200);
        seen
    }
}
