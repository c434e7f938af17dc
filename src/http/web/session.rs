//! Who asks: the session's cookie, and what a sent form must carry.
//!
//! A form is taken only from our own pages (`Sec-Fetch-Site`, `Origin`) and with the token of its
//! session. When the session has ended, or the token is not the session's, nothing is done and nothing
//! that was typed is lost: it comes back in the same form, after signing in if need be.

use axum::RequestExt as _;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use subtle::ConstantTimeEq as _;

use super::answer::{Failure, Stop, page_with_status};
use super::form::{Form, OWN, Typed};
use super::layout::Viewer;
use super::sign_in::SignIn;
use crate::app::App;
use crate::domain::access::{Actor, Who};
use crate::error::{Error, FieldError, Result};
use crate::service::{Ctx, account};
use crate::store::account::{Account, Session};

/// The most that a form without a file may hold, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = 2 << 20;

/// The cookie's name: with `https` one that a browser takes from this host alone.
fn cookie_name(app: &App) -> &'static str {
    if app.config.cookie_secure() {
        "__Host-duenotice"
    } else {
        "duenotice"
    }
}

/// The cookie that holds a session's secret.
pub(crate) fn cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app), secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.cookie_secure())
        .build()
}

/// The secret that a request's cookie holds.
pub(crate) fn secret(app: &App, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(cookie_name(app))
        .map(|c| c.value().to_owned())
}

/// Who is signed in, if anybody.
pub(crate) async fn viewer(app: &App, headers: &HeaderMap) -> Result<Option<Viewer>> {
    let Some(secret) = secret(app, headers) else {
        return Ok(None);
    };
    let found = account::session_of(app, &secret, app.time.now()).await?;
    Ok(found.map(|(account, session)| viewer_of(app, &account, &session)))
}

/// The viewer of a session.
pub(crate) fn viewer_of(app: &App, account: &Account, session: &Session) -> Viewer {
    let operator = app.catalog.operator();
    Viewer {
        actor: Actor {
            who: Who::Account(account.id),
            name: account.name.clone(),
            role: Some(account.role),
        },
        csrf: session.csrf.clone(),
        once: app.rng.secret(),
        now: app.time.now(),
        seats: Viewer::seats_of(operator),
    }
}

/// A page of a signed-in person. Others are sent to sign in, and back here afterwards.
impl FromRequestParts<App> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if let Some(viewer) = viewer(app, &parts.headers).await? {
            return Ok(viewer);
        }
        // A part of a page that the script fetches has no use for another page.
        if parts.headers.contains_key("x-part") {
            return Err(Failure::Answer(Box::new(
                StatusCode::UNAUTHORIZED.into_response(),
            )));
        }
        let to = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        let to = utf8_percent_encode(to, NON_ALPHANUMERIC);
        Err(Failure::Answer(Box::new(
            Redirect::to(&format!("/sign-in?to={to}")).into_response(),
        )))
    }
}

/// Does the request come from one of our own pages, as far as the browser says?
pub(crate) fn same_origin(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            origin == app.config.public_url || Some(host) == text(header::HOST.as_str())
        }
    }
}

/// The failure for a form of another site.
pub(crate) fn foreign() -> Failure {
    Error::Denied(
        "This form was sent from another web site, so it was not taken. Open the page here and send \
         it from there."
            .to_owned(),
    )
    .into()
}

/// A form that somebody signed in has sent.
#[derive(Debug)]
pub(crate) struct Posted {
    /// Who sent it.
    pub me: Viewer,
    /// What was typed.
    pub typed: Typed,
    /// Why it is shown again instead of being carried out.
    held: Option<String>,
}

const SIGNED_IN_AGAIN: &str = "Your session had ended. You are signed in again, and what you typed \
                               is below. Nothing was sent yet: look at it and send it.";
const ANOTHER_SESSION: &str = "This page belonged to an earlier session, so nothing was done yet. \
                               What you typed is below: look at it and send it again.";

impl FromRequest<App> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        if !same_origin(app, request.headers()) {
            return Err(foreign());
        }
        let headers = request.headers().clone();
        let to = request.uri().path().to_owned();
        let typed = read(request).await?;
        match viewer(app, &headers).await? {
            Some(me) => Ok(Self::check(me, typed)),
            None => Err(sign_in_first(app, to, &typed)),
        }
    }
}

/// The sign-in page, with what was typed.
pub(crate) fn sign_in_first(app: &App, to: String, typed: &Typed) -> Failure {
    let page = SignIn::carrying(&app.catalog.operator().name, to, typed);
    Failure::Answer(Box::new(page_with_status(
        app,
        StatusCode::FORBIDDEN,
        &page,
    )))
}

async fn read(request: Request) -> Result<Typed, Failure> {
    let bytes = to_bytes(request.with_limited_body().into_body(), FORM_BYTES_MAX)
        .await
        .map_err(|_| Error::TooLarge("This form holds more than 2 MiB. Shorten it.".to_owned()))?;
    let fields = serde_urlencoded::from_bytes(&bytes)
        .map_err(|_| Error::invalid("form", "This form could not be read. Send it again."))?;
    Ok(Typed(fields))
}

impl Posted {
    /// Checks the token; takes our own fields away from what was typed.
    pub fn check(mut me: Viewer, mut typed: Typed) -> Self {
        let ours = typed.get("csrf").as_bytes().ct_eq(me.csrf.as_bytes());
        let resumed = typed.has("resume");
        let held = if resumed {
            Some(SIGNED_IN_AGAIN.to_owned())
        } else if bool::from(ours) {
            None
        } else {
            Some(ANOTHER_SESSION.to_owned())
        };
        if held.is_none() && !typed.get("once").is_empty() {
            me.once = typed.get("once").to_owned();
        }
        typed.0.retain(|(name, _)| !OWN.contains(&name.as_str()));
        Self { me, typed, held }
    }

    /// The use-case's context. `form` tells apart the forms that stand on one page.
    pub fn ctx<'a>(&self, app: &'a App, form: &str) -> Ctx<'a> {
        let key = format!("{}.{form}", self.me.once);
        Ctx::new(app, self.me.actor.clone()).with_key(Some(key))
    }

    /// Does `work`, unless the form is only to be shown again.
    pub async fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T, Stop> {
        match &self.held {
            Some(why) => Err(Stop::Held(why.clone())),
            None => work.await.map_err(Stop::Error),
        }
    }

    /// The form again after it was not carried out, with the status of the answer. `wrong` is what
    /// was found before the use-case was asked, and stands instead of its sentence about the field.
    ///
    /// # Errors
    /// What no form can mend.
    pub fn again(
        &mut self,
        app: &App,
        stop: Stop,
        wrong: Vec<FieldError>,
        id: &'static str,
        action: String,
    ) -> Result<(StatusCode, Form), Failure> {
        let mut errors = wrong;
        let (status, note) = match stop {
            Stop::Held(why) => (StatusCode::OK, Some(why)),
            Stop::Error(Error::Invalid(more)) => {
                let new = |e: &FieldError| !errors.iter().any(|known| known.field == e.field);
                let more: Vec<_> = more.into_iter().filter(|e| new(e)).collect();
                errors.extend(more);
                (StatusCode::UNPROCESSABLE_ENTITY, None)
            }
            Stop::Error(Error::Conflict(why)) => {
                // What was refused is another request now.
                self.me.once = app.rng.secret();
                (StatusCode::CONFLICT, Some(why))
            }
            Stop::Error(other) => return Err(other.into()),
        };
        let mut form = Form::new(&self.me, id, action);
        form.typed = self.typed.clone();
        form.errors = errors;
        form.note = note;
        Ok((status, form))
    }
}

/// Carries a form out anew through `router`, as the person who has just signed in, only to be shown.
pub(crate) fn resume(to: &str, cookie: &Cookie<'_>, carried: &str) -> Result<Request> {
    let body = if carried.is_empty() {
        "resume=1".to_owned()
    } else {
        format!("{carried}&resume=1")
    };
    Request::builder()
        .method(Method::POST)
        .uri(to)
        .header(
            header::COOKIE,
            format!("{}={}", cookie.name(), cookie.value()),
        )
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .map_err(Error::internal)
}
