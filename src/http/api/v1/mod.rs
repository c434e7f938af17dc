//! Version 1 of the JSON API: one file for each noun, each with its wire types and its operations.

mod incident;
mod openapi;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The document's address.
pub const DOCUMENT: &str = "/api/v1/openapi.json";

fn documented() -> (Router<App>, OpenApi) {
    let v1 = OpenApiRouter::new().merge(incident::routes());
    let (router, mut document) = OpenApiRouter::with_openapi(openapi::head())
        .nest("/api/v1", v1)
        .split_for_parts();
    openapi::complete(&mut document);
    (router, document)
}

/// The OpenAPI 3.1 document, made from the routes themselves.
pub fn document() -> OpenApi {
    documented().1
}

/// Every operation, and the document about them.
pub fn router() -> Router<App> {
    let (router, document) = documented();
    let json = serde_json::to_string_pretty(&document).unwrap_or_default();
    router.route(
        DOCUMENT,
        get(move || {
            let json = json.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], json) }
        }),
    )
}
