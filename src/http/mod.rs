//! What is reached over HTTP: every address of the product stands in [`router`].

pub mod api;
pub mod assets;
pub mod error;
pub mod extract;
pub mod health;
pub mod middleware;
pub mod rejected;
pub mod source_rejected;
mod trial;
pub mod upload;
pub mod web;
pub mod widget;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use error::{Asked, Kind, Problem};
use middleware::{compression, timed};
use widget::Widget;

/// Every address of the product.
///
/// | Address | For whom | Where |
/// |---|---|---|
/// | `/healthz`, `/readyz` | whoever watches the process | [`health`] |
/// | `/api` | people who write programs | `api::page` |
/// | `/api/v1/…` | programs, with a token | `api::v1` |
/// | `/`, `/incidents/…`, … | members of staff, signed in | `web` |
/// | `/v1/…`, `/embed/…` | affected people on host sites | [`widget`] |
///
/// The widget's routes stand beside the layers of the others: their answers must look alike from
/// outside, whoever asks, and there are thousands in a second.
pub fn router(app: &App, widget: &Arc<Widget>) -> Router {
    let routes = Router::new()
        .merge(timed(
            Router::new()
                .route("/healthz", get(health::alive))
                .route("/readyz", get(health::ready)),
        ))
        .merge(api::router().layer(compression()))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(middleware::BODY_BYTES_MAX))
        .with_state(app.clone())
        .merge(timed(web::router(app.clone())).layer(compression()));
    middleware::around(routes, app).merge(widget.router())
}

async fn no_such_address(request: Request) -> Response {
    let asked = Asked::of(request.uri().path(), request.headers());
    Problem::from(crate::error::Error::NotFound("This address")).answer(&asked)
}

async fn no_such_method(request: Request) -> Response {
    let asked = Asked::of(request.uri().path(), request.headers());
    Problem::new(
        Kind::Method,
        format!("This address does not take {}.", request.method()),
    )
    .answer(&asked)
}
