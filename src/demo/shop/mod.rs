//! A host site to try the in-site notice on: a small shop on an origin of its own.
//!
//! It does what a real host has to do, and no more: one endpoint that signs for whoever is signed in,
//! one element and one script in the page, under a policy that forbids inline code, foreign styles and
//! HTML from scripts. Its customers are invented, and anybody may sign in as any of them.

mod page;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, REFERRER_POLICY,
    SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::widget::token::{Mint, Secret, mint};
use crate::rng::Rng;
use crate::time::TimeSource;
use text::{Text, text};

/// The site's id, as tokens name it.
pub const SITE: &str = "shop";
/// The name of the shop's key.
pub const KID: &str = "shop-2026-11";
/// How long a token is good, in seconds.
const TOKEN_LIFE_S: i64 = 600;
/// How many people may be signed in at one time.
const SESSIONS_MAX: usize = 1_000;
const COOKIE_NAME: &str = "shop_session";

/// Somebody to sign in as.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// The shop's own id of the person.
    pub id: &'static str,
    /// The name to show.
    pub name: &'static str,
}

/// The invented customers. The demo's roster lists the first two.
pub const CUSTOMERS: [Customer; 3] = [
    Customer {
        id: "c-1001",
        name: "Anna Berger",
    },
    Customer {
        id: "c-1002",
        name: "Jonas Weber",
    },
    Customer {
        id: "c-1003",
        name: "Mia Novak",
    },
];

/// The shop.
pub struct Shop {
    /// Where Due Notice is reached, without a slash at the end.
    api: String,
    key: Secret,
    public_key: String,
    time: TimeSource,
    rng: Rng,
    /// Cookie to customer.
    sessions: Mutex<HashMap<String, Customer>>,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shop({})", self.api)
    }
}

impl Shop {
    /// A shop with a key of its own, whose pages ask the Due Notice at `api`.
    pub fn new(api: &str, time: TimeSource, rng: Rng) -> Arc<Self> {
        let key = SigningKey::from_bytes(&rng.bytes());
        Arc::new(Self {
            api: api.to_owned(),
            public_key: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
            key: Secret::EdDsa(Box::new(key)),
            time,
            rng,
            sessions: Mutex::default(),
        })
    }

    /// The public half of the shop's key, base64url: to be added to the site under [`KID`].
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Every address of the shop.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(first))
            .route("/{lang}", get(home))
            .route("/{lang}/account", get(account))
            .route("/{lang}/sign-in", post(sign_in))
            .route("/{lang}/sign-out", post(sign_out))
            .route("/notice-token", get(notice_token))
            .route("/shop.css", get(style))
            .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
            .with_state(Arc::clone(self))
    }

    /// Serves until `stop`.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        axum::serve(listener, self.router())
            .with_graceful_shutdown(async move { stop.cancelled().await })
            .await
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, Customer>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn customer(&self, headers: &HeaderMap) -> Option<Customer> {
        self.sessions().get(session(headers)?).copied()
    }

    /// A page under a policy as strict as a host can have.
    fn page(
        &self,
        headers: &HeaderMap,
        lang: &str,
        body: fn(&page::View<'_>) -> maud::Markup,
    ) -> Response {
        let Some(text) = text(lang) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let nonce = self.rng.secret();
        let view = page::View {
            text,
            api: &self.api,
            nonce: &nonce,
            customer: self.customer(headers),
        };
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; \
             connect-src 'self' {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            self.api
        );
        let headers = [
            (CONTENT_SECURITY_POLICY, policy),
            (CACHE_CONTROL, "no-store".to_owned()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (REFERRER_POLICY, "strict-origin".to_owned()),
        ];
        (headers, body(&view)).into_response()
    }
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    let mut pairs = cookies.split(';').filter_map(|c| c.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, v)| v)
}

async fn first() -> Redirect {
    Redirect::to("/en")
}

async fn home(
    State(shop): State<Arc<Shop>>,
    Path(lang): Path<String>,
    headers: HeaderMap,
) -> Response {
    shop.page(&headers, &lang, page::home)
}

async fn account(
    State(shop): State<Arc<Shop>>,
    Path(lang): Path<String>,
    headers: HeaderMap,
) -> Response {
    shop.page(&headers, &lang, page::account)
}

#[derive(Deserialize)]
struct SignIn {
    customer: String,
}

async fn sign_in(
    State(shop): State<Arc<Shop>>,
    Path(lang): Path<String>,
    Form(form): Form<SignIn>,
) -> Response {
    let customer = CUSTOMERS.into_iter().find(|c| c.id == form.customer);
    let (Some(customer), Some(_)) = (customer, text(&lang)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let secret = shop.rng.secret();
    {
        let mut sessions = shop.sessions();
        if sessions.len() >= SESSIONS_MAX {
            sessions.clear();
        }
        sessions.insert(secret.clone(), customer);
    }
    let cookie = format!("{COOKIE_NAME}={secret}; Path=/; HttpOnly; SameSite=Lax");
    changed_person(cookie, &format!("/{lang}/account"))
}

async fn sign_out(
    State(shop): State<Arc<Shop>>,
    Path(lang): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(secret) = session(&headers) {
        shop.sessions().remove(secret);
    }
    let cookie = format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    let lang = text(&lang).map_or("en", |t| t.lang);
    changed_person(cookie, &format!("/{lang}"))
}

/// Somebody else sits at the machine from now on: nothing that was kept for the one before may be used.
fn changed_person(cookie: String, to: &str) -> Response {
    let headers = [
        (SET_COOKIE, cookie),
        (LOCATION, to.to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let clear = [("clear-site-data", "\"cache\"")];
    (StatusCode::SEE_OTHER, headers, clear).into_response()
}

/// Signs for whoever is signed in, and for nobody else; 204 for nobody.
///
/// The browser may keep the token for five of its ten minutes, so that a second page costs nothing. It
/// may not keep it for another cookie: then another person is signed in.
async fn notice_token(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let kept = [
        (CACHE_CONTROL, "private, max-age=300"),
        (VARY, "Cookie"),
        (CONTENT_TYPE, "text/plain"),
    ];
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(customer) = shop.customer(&headers) else {
        return (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response();
    };
    let jti = URL_SAFE_NO_PAD.encode(shop.rng.bytes::<16>());
    let what = Mint {
        site: SITE,
        kid: KID,
        user_id: customer.id,
        jti: &jti,
        now: shop.time.now(),
        life_s: TOKEN_LIFE_S,
    };
    (kept, mint(&shop.key, &what)).into_response()
}

async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("shop.css")).into_response()
}

/// The words of a page in its language.
type Words = &'static Text;
