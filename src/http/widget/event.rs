//! `POST /v1/events` and `POST /v1/ack`: what became of a notice in somebody's browser.
//!
//! Both take a receipt that only `served` gives, so neither needs a token: the first is a simple request
//! that no browser asks leave for, the second a plain form that works without scripts.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, LOCATION, ORIGIN, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use url::Url;

use super::Widget;
use super::receipt::Receipt;
use crate::domain::delivery::Event;
use crate::error::{Error, Result};
use crate::service::delivery::report;
use crate::store::delivery;

/// How many reports one request may hold.
pub const REPORTS_MAX: usize = 20;

#[derive(Deserialize)]
struct Report {
    receipt: String,
    level: String,
    dwell_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reports {
    Many(Vec<Report>),
    One(Report),
}

/// What became of one report.
enum Outcome {
    /// Written down, now or before.
    Taken,
    /// No receipt of ours, or from a page that is not the site's.
    Refused,
    /// No level that a browser can report.
    Unknown,
    /// Too many about this delivery in a minute.
    TooMany,
}

/// `POST /v1/events`: one report, or up to [`REPORTS_MAX`] in an array.
pub async fn events(
    State(widget): State<Arc<Widget>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reports = match serde_json::from_slice(&body) {
        Ok(Reports::One(one)) => vec![one],
        Ok(Reports::Many(many)) if many.len() <= REPORTS_MAX => many,
        _ => return answer(&widget, &headers, StatusCode::BAD_REQUEST),
    };
    // The worst of them is the answer; the good ones are taken all the same.
    let mut status = StatusCode::ACCEPTED;
    for one in reports {
        let receipt = widget.receipts.check(&one.receipt, widget.app.time.now());
        let event = Event::parse(&one.level, one.dwell_ms);
        let outcome = match (receipt, event) {
            (None, _) => Ok(Outcome::Refused),
            (_, None) => Ok(Outcome::Unknown),
            (Some(receipt), Some(event)) => take(&widget, &headers, &receipt, event).await,
        };
        let this = match outcome {
            Ok(Outcome::Taken) => continue,
            Ok(Outcome::Refused) => StatusCode::FORBIDDEN,
            Ok(Outcome::Unknown) => StatusCode::BAD_REQUEST,
            Ok(Outcome::TooMany) => StatusCode::TOO_MANY_REQUESTS,
            Err(error) => {
                tracing::error!(%error, "a report could not be written down");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        status = status.max(this);
    }
    answer(&widget, &headers, status)
}

async fn take(
    widget: &Widget,
    headers: &HeaderMap,
    receipt: &Receipt,
    event: Event,
) -> Result<Outcome> {
    if !widget
        .reports
        .allows(receipt.delivery, widget.app.time.now())
    {
        return Ok(Outcome::TooMany);
    }
    if !from_its_site(widget, headers, receipt).await? {
        return Ok(Outcome::Refused);
    }
    match report(&widget.app, receipt.delivery, &receipt.lang, event).await {
        Ok(()) => Ok(Outcome::Taken),
        // Signed by us and not there: another database with the same secret.
        Err(Error::NotFound(_)) => Ok(Outcome::Refused),
        Err(other) => Err(other),
    }
}

/// A browser that names the page's origin must name one of the delivery's site. One that names none
/// comes through the host's own server.
async fn from_its_site(widget: &Widget, headers: &HeaderMap, receipt: &Receipt) -> Result<bool> {
    let Some(origin) = headers.get(ORIGIN) else {
        return Ok(true);
    };
    let origin = origin.to_str().unwrap_or_default();
    site_allows(widget, receipt, origin).await
}

async fn site_allows(widget: &Widget, receipt: &Receipt, origin: &str) -> Result<bool> {
    let sites = widget.sites();
    if !sites.knows_origin(origin) {
        return Ok(false);
    }
    let delivery = delivery::find(&widget.app.db, receipt.delivery).await?;
    Ok(delivery
        .and_then(|d| sites.site(&d.site_id).map(|s| s.origins.contains(origin)))
        .unwrap_or(false))
}

fn answer(widget: &Widget, headers: &HeaderMap, status: StatusCode) -> Response {
    let mut response = (status, [(CACHE_CONTROL, "no-store"), (VARY, "Origin")]).into_response();
    let origin = headers.get(ORIGIN);
    let known =
        |o: &&axum::http::HeaderValue| o.to_str().is_ok_and(|o| widget.sites().knows_origin(o));
    if let Some(origin) = origin.filter(known) {
        let to = response.headers_mut();
        to.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

#[derive(Deserialize)]
struct Form {
    receipt: String,
    #[serde(rename = "return")]
    back: String,
}

/// `POST /v1/ack`: the form of a page without scripts. Fields: `receipt`, and `return`, an address on one
/// of the site's origins.
pub async fn acknowledge(
    State(widget): State<Arc<Widget>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let say = |status: StatusCode, text: &'static str| {
        (status, [(CACHE_CONTROL, "no-store")], text).into_response()
    };
    let Ok(form) = serde_urlencoded::from_bytes::<Form>(&body) else {
        return say(
            StatusCode::BAD_REQUEST,
            "The form needs receipt and return.\n",
        );
    };
    let Some(receipt) = widget.receipts.check(&form.receipt, widget.app.time.now()) else {
        return say(
            StatusCode::FORBIDDEN,
            "This confirmation is too old. Go back, load the page again and confirm once more.\n",
        );
    };
    let back = Url::parse(&form.back).ok();
    let origin = back.as_ref().map(|url| url.origin().ascii_serialization());
    let allowed = match origin {
        Some(origin) => site_allows(&widget, &receipt, &origin).await,
        None => Ok(false),
    };
    let outcome = match allowed {
        Ok(true) => take(&widget, &headers, &receipt, Event::Acknowledged).await,
        Ok(false) => {
            return say(
                StatusCode::BAD_REQUEST,
                "The address to go back to is not one of this site's.\n",
            );
        }
        Err(error) => Err(error),
    };
    match (outcome, back) {
        (Ok(Outcome::Taken), Some(back)) => {
            let headers = [
                (LOCATION, back.to_string()),
                (CACHE_CONTROL, "no-store".to_owned()),
                (REFERRER_POLICY, "no-referrer".to_owned()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        (Ok(Outcome::TooMany), _) => say(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries. Wait a minute and try again.\n",
        ),
        (Ok(_), _) => say(
            StatusCode::FORBIDDEN,
            "This page may not confirm the notice.\n",
        ),
        (Err(error), _) => {
            tracing::error!(%error, "an acknowledgement could not be written down");
            say(
                StatusCode::SERVICE_UNAVAILABLE,
                "Your confirmation could not be recorded. Go back and try again.\n",
            )
        }
    }
}
