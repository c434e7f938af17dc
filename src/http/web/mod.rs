//! The pages of the security team, of approvers, managers and administrators.
//!
//! One file for each page, named like what one does there. A page is a plain struct ([`layout::Page`])
//! that shows what is in its fields; a handler reads through `store`, writes through `service` alone,
//! and lets the roles be decided there. Everything works without a script.

#![expect(dead_code, reason = "the pages that use some of the parts come next")]

mod answer;
mod counts;
mod dashboard;
mod error_page;
mod form;
mod gallery;
mod incident_list;
mod incident_new;
mod layout;
mod part;
mod sample;
mod session;
mod sign_in;
mod standing;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

pub use gallery::{Shown, gallery};

use super::assets;
use crate::app::App;

/// Every page. Mount it at the root.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/dashboard") }))
        .route("/sign-in", get(sign_in::show).post(sign_in::send))
        .route("/sign-out", post(sign_in::out))
        .route("/dashboard", get(dashboard::show))
        .route("/dashboard/rows", get(dashboard::rows))
        .route("/incidents", get(incident_list::show))
        .route(
            "/incidents/new",
            get(incident_new::show).post(incident_new::send),
        )
        .layer(DefaultBodyLimit::max(session::FORM_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), answer::error_pages))
        .layer(map_response(guarded))
        .route("/assets/{name}", get(assets::get))
        .with_state(app)
}

/// What a browser may do with our pages: load our own style sheet and script, send forms to us, and
/// be in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let own: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in own {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
