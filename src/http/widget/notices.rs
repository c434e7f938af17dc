//! `GET /v1/notices`: what concerns the person who is signed in on the host's page.
//!
//! The answer is 200 for every good token. It is as long for the affected as for everybody else, its
//! header too, and must not be compressed. Negative answers may be kept by the browser for five
//! minutes, so a notice that goes live reaches a session that is open within that time; positive ones
//! never, because the next person at the same machine may be somebody else.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ORIGIN, RETRY_AFTER,
    USER_AGENT, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::filter::Answer;
use super::known::TurnedDown;
use super::sites::Sites;
use super::token::{Claims, Reject};
use super::{Widget, wire};
use crate::domain::delivery::browser_family;
use crate::domain::scope::identifier::Key;
use crate::error::{Error, Result};
use crate::service::delivery::{Asking, serve};
use crate::store::delivery::Request;

/// How long the database may take.
const ASK_MAX: Duration = Duration::from_secs(10);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=300");
// As long as `KEEP`, so that the header's length tells nothing either; `no-store` overrules the rest.
const NEVER_KEEP: HeaderValue = HeaderValue::from_static("no-store, max-age=00");
const BY_PERSON_AND_PAGE: HeaderValue = HeaderValue::from_static("Authorization, Origin");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// What everybody gets whose token is not taken, whatever is wrong with it.
const NO: &[u8] = br#"{"error":"token"}"#;

/// An answer with the headers that all of them have. `origin` is one that the site allows.
fn reply(
    status: StatusCode,
    cache: HeaderValue,
    body: Bytes,
    origin: Option<&HeaderValue>,
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(5);
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, cache);
    headers.insert(VARY, BY_PERSON_AND_PAGE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

/// The page's origin when it is one that some site allows; before it is known which site asks.
fn known_origin<'h>(headers: &'h HeaderMap, sites: &Sites) -> Option<&'h HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    sites.knows_origin(origin.to_str().ok()?).then_some(origin)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// `GET /v1/notices?lang=`.
pub async fn notices(
    State(widget): State<Arc<Widget>>,
    request: axum::extract::Request,
) -> Response {
    // The parts are looked at where they are: an extractor would copy them, for each of thousands.
    let headers = request.headers();
    let now = widget.present();
    let sites = widget.sites();
    let claims = match bearer(headers) {
        Some(token) => widget.known.claims(token, &sites, now.wall),
        None => Err(Reject::Missing.into()),
    };
    let claims = match claims {
        Ok(claims) => claims,
        Err(turned_down) => {
            tell_log(&widget, &turned_down, now.wall);
            let origin = known_origin(headers, &sites);
            let no = Bytes::from_static(NO);
            return reply(StatusCode::UNAUTHORIZED, NEVER_KEEP, no, origin);
        }
    };
    let Some(site) = sites.site(&claims.site) else {
        return reply(
            StatusCode::UNAUTHORIZED,
            NEVER_KEEP,
            Bytes::from_static(NO),
            None,
        );
    };
    // A page of another origin could not read the answer: nothing may be written down as served.
    let origin = headers.get(ORIGIN);
    if origin.is_some_and(|o| !o.to_str().is_ok_and(|o| site.origins.contains(o))) {
        tracing::info!(
            site = claims.site,
            ?origin,
            "the page's origin is not the site's"
        );
        let body = Bytes::from_static(br#"{"error":"origin"}"#);
        return reply(StatusCode::FORBIDDEN, NEVER_KEEP, body, None);
    }
    if !widget
        .asks
        .allows((&claims.site, &claims.user_id), now.wall)
    {
        let body = Bytes::from_static(br#"{"error":"too many"}"#);
        let mut response = reply(StatusCode::TOO_MANY_REQUESTS, NEVER_KEEP, body, origin);
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("60"));
        return response;
    }
    // From here on the person is known by the keyed hash alone.
    let person = widget.app.hasher.account(&claims.site, &claims.user_id);
    if widget.filter.answer(&claims.site, person, now) == Answer::Untargeted {
        return reply(StatusCode::OK, KEEP, widget.nothing(), origin);
    }
    let lang = asked_language(request.uri().query());
    let lang = lang.as_deref();
    // In a box: the way to the database is long, and every answer would carry room for it.
    let asked = Box::pin(ask(
        &widget,
        &claims,
        person,
        (&site.default_lang, lang),
        headers,
    ));
    let asked = tokio::time::timeout(ASK_MAX, asked).await;
    match asked.unwrap_or_else(|_| Err(Error::internal("the database took too long"))) {
        Ok(None) => reply(StatusCode::OK, KEEP, widget.nothing(), origin),
        Ok(Some(body)) => reply(StatusCode::OK, NEVER_KEEP, body, origin),
        Err(error) => {
            tracing::error!(%error, site = claims.site, "notices could not be looked up");
            let body = Bytes::from_static(br#"{"error":"try again"}"#);
            reply(StatusCode::SERVICE_UNAVAILABLE, NEVER_KEEP, body, origin)
        }
    }
}

/// Says what is wrong with a token, to the log alone, and not more often than is of use.
fn tell_log(widget: &Widget, turned_down: &TurnedDown, now: DateTime<Utc>) {
    let TurnedDown { why, named } = turned_down;
    if !widget.asks.allows(("token turned down", why, named), now) {
        return;
    }
    let (site, kid) = named.as_ref().map_or(("?", "?"), |(s, k)| (s, k));
    tracing::warn!(%why, site, kid, "token turned down");
}

/// Asks the database; none when nothing concerns the person.
async fn ask(
    widget: &Widget,
    claims: &Claims,
    person: Key,
    (site_lang, lang): (&str, Option<&str>),
    headers: &HeaderMap,
) -> Result<Option<Bytes>> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|v: &HeaderValue| v.to_str().ok())
    };
    let asking = Asking {
        site: &claims.site,
        person,
        lang,
        site_lang,
        request: Request {
            kid: claims.kid.clone(),
            jti: claims.jti.clone(),
            token_issued_at: claims.issued_at,
            origin: text(ORIGIN).map(str::to_owned),
            browser: browser_family(text(USER_AGENT).unwrap_or_default()),
        },
    };
    let served = serve(&widget.app, &asking).await?;
    if served.is_empty() {
        return Ok(None);
    }
    let now = widget.app.time.now();
    let mut notices = Vec::with_capacity(served.len());
    for one in &served {
        let receipt = widget.receipts.sign(one.delivery, &one.lang, now);
        notices.push(wire::notice(one, &receipt).map_err(Error::internal)?);
    }
    let body = wire::body(&notices, widget.nothing().len());
    widget.raise_floor(body.len());
    Ok(Some(body))
}

/// The first `lang` of the query, when it looks like a language tag.
fn asked_language(query: Option<&str>) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query?).ok()?;
    let (_, lang) = pairs.into_iter().find(|(name, _)| name == "lang")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (lang.len() <= 35 && lang.chars().all(plain)).then_some(lang)
}

/// `OPTIONS /v1/notices`: may a page of this origin send a token? Which site it is for is not known yet.
pub async fn preflight(State(widget): State<Arc<Widget>>, headers: HeaderMap) -> Response {
    let sites = widget.sites();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let to = response.headers_mut();
    to.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = known_origin(&headers, &sites) {
        to.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        to.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET"),
        );
        to.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization"),
        );
        to.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    }
    response
}

/// `HEAD /v1/notices` is not answered.
pub async fn no_head() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}
