//! Signing in and out. What was typed when the session ended is carried along and shown again.

use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};
use axum_extra::extract::CookieJar;
use maud::{Markup, html};
use serde::Deserialize;
use std::net::SocketAddr;
use tower::ServiceExt as _;

use super::answer::{Answer, Asked, go, page, page_with_status};
use super::form::Typed;
use super::layout::{Page, Viewer};
use super::session::{self, FORM_BYTES_MAX};
use crate::app::App;
use crate::error::Error;
use crate::service::account;

/// The page that asks for e-mail address and password.
#[derive(Debug)]
pub(crate) struct SignIn {
    operator: String,
    email: String,
    /// Where to go afterwards.
    to: String,
    /// What was typed elsewhere, as a form would send it.
    carry: String,
    error: Option<String>,
    signed_out: bool,
}

impl SignIn {
    fn new(operator: &str, to: String) -> Self {
        Self {
            operator: operator.to_owned(),
            email: String::new(),
            to,
            carry: String::new(),
            error: None,
            signed_out: false,
        }
    }

    /// The page with what was typed into the form at `to`. Secrets are not carried.
    pub fn carrying(operator: &str, to: String, typed: &Typed) -> Self {
        let kept: Vec<_> = typed
            .0
            .iter()
            .filter(|(name, _)| !["password", "key", "csrf", "resume"].contains(&name.as_str()))
            .collect();
        Self {
            carry: serde_urlencoded::to_string(kept).unwrap_or_default(),
            ..Self::new(operator, to)
        }
    }
}

impl Page for SignIn {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        None
    }

    fn body(&self) -> Markup {
        let wrong = self.error.as_ref().map(|_| "true");
        let described = self.error.as_ref().map(|_| "in-error");
        html! {
            div.sheet.narrow {
                @if let Some(error) = &self.error {
                    div.summary #in-error role="alert" tabindex="-1" autofocus { p { (error) } }
                } @else if !self.carry.is_empty() {
                    p.notice-line role="status" {
                        "Your session has ended. Sign in, and the form comes back with everything \
                         that you typed."
                    }
                } @else if self.signed_out {
                    p.notice-line role="status" { "You are signed out." }
                }
                form method="post" action="/sign-in" novalidate {
                    input type="hidden" name="to" value=(self.to);
                    @if !self.carry.is_empty() {
                        input type="hidden" name="carry" value=(self.carry);
                    }
                    div.field.line {
                        label for="email" { "E-mail address" }
                        input #email type="email" name="email" value=(self.email)
                            autocomplete="username" required aria-invalid=[wrong]
                            aria-describedby=[described];
                    }
                    div.field.line {
                        label for="password" { "Password" }
                        input #password type="password" name="password"
                            autocomplete="current-password" required aria-invalid=[wrong]
                            aria-describedby=[described];
                    }
                    p { button.main type="submit" { "Sign in" } }
                }
                p.small {
                    "For the staff of " (self.operator) ". No account, or the password is lost? An \
                     administrator of yours can help."
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let plain = || Self::new("Example Software", "/dashboard".to_owned());
        let wrong = "This e-mail address and password do not belong together. Try again, or ask an \
                     administrator for a new password.";
        vec![
            plain(),
            Self {
                email: "rosa@example.com".to_owned(),
                error: Some(wrong.to_owned()),
                ..plain()
            },
            Self {
                carry: "title=Lost+laptop".to_owned(),
                ..plain()
            },
            Self {
                error: Some(Error::TooMany(32).to_string()),
                ..plain()
            },
        ]
    }
}

/// What the address of the sign-in page may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    to: String,
    out: bool,
}

/// A page of ours, and no other address.
fn local(to: &str) -> String {
    let ours = to.starts_with('/')
        && !to.starts_with("//")
        && !to.starts_with("/sign-")
        && !to.contains('\\')
        && !to.chars().any(char::is_control);
    if ours { to } else { "/" }.to_owned()
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Answer {
    if session::viewer(&app, &headers).await?.is_some() {
        return go(&local(&query.to));
    }
    let mut sign_in = SignIn::new(&app.catalog.operator().name, local(&query.to));
    sign_in.signed_out = query.out;
    Ok(page(&app, &sign_in))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    email: String,
    password: String,
    to: String,
    carry: String,
}

/// Signs in.
pub(crate) async fn send(State(app): State<App>, request: Request) -> Answer {
    if !session::same_origin(&app, request.headers()) {
        return Err(session::foreign());
    }
    let (mut parts, body) = request.into_parts();
    let address = ConnectInfo::<SocketAddr>::from_request_parts(&mut parts, &app)
        .await
        .map_or_else(|_| "unknown".to_owned(), |c| c.0.ip().to_string());
    let body = axum::body::to_bytes(body, FORM_BYTES_MAX * 2)
        .await
        .map_err(|_| Error::TooLarge("This form holds more than 4 MiB.".to_owned()))?;
    let sent: Sent = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let to = local(&sent.to);
    match account::sign_in(&app, &sent.email, &sent.password, &address).await {
        Ok(signed_in) => {
            let cookie = session::cookie(&app, signed_in.secret);
            let jar = CookieJar::new().add(cookie.clone());
            if sent.carry.is_empty() {
                return Ok((jar, Redirect::to(&to)).into_response());
            }
            let request = session::resume(&to, &cookie, &sent.carry)?;
            let shown = super::router(app).oneshot(request).await;
            Ok((jar, shown.unwrap_or_else(|never| match never {})).into_response())
        }
        Err(e) => {
            let status = super::answer::status_of(&e);
            let error = match e {
                Error::Invalid(fields) => fields.into_iter().map(|f| f.reason).collect(),
                Error::TooMany(_) => e.to_string(),
                other => return Err(other.into()),
            };
            let page = SignIn {
                email: sent.email,
                carry: sent.carry,
                error: Some(error),
                ..SignIn::new(&app.catalog.operator().name, to)
            };
            Ok(page_with_status(&app, status, &page))
        }
    }
}

/// Signs out.
pub(crate) async fn out(State(app): State<App>, headers: HeaderMap) -> Answer {
    if !session::same_origin(&app, &headers) {
        return Err(session::foreign());
    }
    if let Some(secret) = session::secret(&app, &headers) {
        account::sign_out(&app, &secret).await?;
    }
    let mut gone = session::cookie(&app, String::new());
    gone.make_removal();
    let jar = CookieJar::new().add(gone);
    Ok((jar, Redirect::to("/sign-in?out=true")).into_response())
}
