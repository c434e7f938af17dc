//! Version 1 of the JSON API: one file for each noun, each with its wire types and its operations.

mod account;
mod calendar;
mod dashboard;
mod deadline;
mod delivery;
mod evidence;
mod exposure;
mod fact;
mod hold;
mod incident;
mod notice;
mod obligation;
pub mod openapi;
mod person;
mod question;
mod recipe;
mod reference;
mod regime;
mod rejections;
mod revision;
mod roster;
mod run;
mod site;
mod source;
mod source_wire;
mod token;
mod wire;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::http::middleware::end_in_time;

/// The document's address.
pub const DOCUMENT: &str = "/api/v1/openapi.json";

/// The nouns whose operations end in time.
fn ordinary() -> [OpenApiRouter<App>; 23] {
    [
        dashboard::routes(),
        incident::routes(),
        fact::routes(),
        exposure::routes(),
        obligation::routes(),
        question::routes(),
        hold::routes(),
        source::routes(),
        roster::routes(),
        revision::routes(),
        recipe::routes(),
        run::routes(),
        person::routes(),
        notice::routes(),
        delivery::routes(),
        evidence::routes(),
        site::routes(),
        account::routes(),
        token::routes(),
        reference::routes(),
        calendar::routes(),
        regime::routes(),
        deadline::routes(),
    ]
}

/// Operations that take as long as they take.
fn lasting() -> [OpenApiRouter<App>; 3] {
    [source::lasting(), roster::uploads(), evidence::checks()]
}

fn documented() -> (Router<App>, OpenApi) {
    let join = |all: OpenApiRouter<App>, one| all.merge(one);
    let v1 = ordinary()
        .into_iter()
        .fold(OpenApiRouter::new(), join)
        .layer(from_fn(end_in_time));
    let v1 = lasting().into_iter().fold(v1, join);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Schemas of one name would replace each other without a word.
    #[test]
    fn a_name_of_a_schema_means_one_thing() {
        let mut known = BTreeMap::new();
        for part in ordinary().into_iter().chain(lasting()) {
            let components = part.into_openapi().components.unwrap_or_default();
            for (name, schema) in components.schemas {
                let schema = serde_json::to_value(schema).unwrap();
                let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{name}");
            }
        }
        assert!(known.contains_key("IncidentStatus") && known.contains_key("NoticeStatus"));
    }
}
