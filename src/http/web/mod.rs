//! The pages of the security team, of approvers, managers and administrators.
//!
//! One file for each page, named like what one does there. A page is a plain struct ([`layout::Page`])
//! that shows what is in its fields; a handler reads through `store`, writes through `service` alone,
//! and lets the roles be decided there. Everything works without a script.

mod account_edit;
mod account_list;
mod account_new;
mod answer;
mod calendar_list;
mod calendar_show;
mod calendar_withdraw;
mod calendar_year;
mod count_picture;
mod counts;
mod dashboard;
mod deadline_card;
mod error_page;
mod estimate_new;
mod estimate_part;
mod evidence_check;
mod evidence_show;
mod evidence_words;
mod evidence_words_people;
mod exposure_new;
mod exposure_part;
mod exposure_withdraw;
mod fact_new;
mod fact_part;
mod file_form;
mod form;
mod form_field;
mod gallery;
mod help;
mod hold_new;
mod hold_part;
mod incident_close;
mod incident_evidence;
mod incident_list;
mod incident_new;
mod incident_show;
mod key_destroy;
mod later_form;
mod layout;
mod notice_edit;
mod notice_new;
mod notice_show;
mod obligation_settle;
mod obligation_show;
mod part;
mod people_show;
mod person_ask;
mod person_row;
mod person_split;
mod person_why;
mod place;
mod places_part;
mod query_new;
mod question_list;
mod recipe_edit;
mod recipe_help;
mod recipe_line;
mod recipe_part;
mod recipe_says;
mod revision_part;
mod revision_show;
mod role;
mod roster_import;
mod roster_imported;
mod rule_condition;
mod rule_law;
mod rule_list;
mod rule_show;
mod rule_trial;
mod run_new;
mod run_outcome;
mod run_show;
mod sample;
mod sample_admin;
mod sample_evidence;
mod sample_exposure;
mod sample_person;
mod sample_recipe;
mod sample_roster;
mod sample_source;
mod session;
mod sign_in;
mod site_edit;
mod site_key_edit;
mod site_key_new;
mod site_list;
mod site_new;
mod site_setup;
mod site_show;
mod source_about;
mod source_change;
mod source_mapping;
mod source_new;
mod source_part;
mod source_preview;
mod source_show;
mod source_state;
mod source_words;
mod standing;
mod token_list;
mod token_new;
mod token_revoke;
mod words;

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
        .merge(work())
        .merge(people())
        .merge(company())
        .layer(DefaultBodyLimit::max(session::FORM_BYTES_MAX))
        .merge(uploads())
        .layer(from_fn_with_state(app.clone(), answer::error_pages))
        .layer(map_response(guarded))
        .route("/assets/{name}", get(assets::get))
        .with_state(app)
}

/// The work on one incident: facts, notices, obligations.
fn work() -> Router<App> {
    Router::new()
        .route("/incidents/{incident}", get(incident_show::show))
        .route(
            "/incidents/{incident}/facts/new",
            get(fact_new::show).post(fact_new::send),
        )
        .route(
            "/incidents/{incident}/facts/{fact}/correct",
            get(fact_new::show_correction).post(fact_new::send_correction),
        )
        .route(
            "/incidents/{incident}/questions",
            get(question_list::show).post(question_list::send),
        )
        .route(
            "/incidents/{incident}/estimate",
            get(estimate_new::show).post(estimate_new::send),
        )
        .route(
            "/incidents/{incident}/exposures/new",
            get(exposure_new::show).post(exposure_new::send),
        )
        .route(
            "/incidents/{incident}/exposures/{exposure}/change",
            get(exposure_new::show_change).post(exposure_new::send_change),
        )
        .route(
            "/incidents/{incident}/exposures/{exposure}/withdraw",
            get(exposure_withdraw::show).post(exposure_withdraw::send),
        )
        .route(
            "/incidents/{incident}/holds/new",
            get(hold_new::show).post(hold_new::send),
        )
        .route(
            "/incidents/{incident}/holds/{hold}/change",
            get(hold_new::show_change).post(hold_new::send_change),
        )
        .route(
            "/incidents/{incident}/notices/new",
            get(notice_new::show).post(notice_new::send),
        )
        .route(
            "/incidents/{incident}/evidence",
            get(incident_evidence::show),
        )
        .route(
            "/incidents/{incident}/close",
            get(incident_close::show).post(incident_close::send),
        )
        .route("/notices/{notice}", get(notice_show::show))
        .route(
            "/notices/{notice}/edit",
            get(notice_edit::show).post(notice_edit::send),
        )
        .route(
            "/notices/{notice}/versions/{number}",
            get(notice_show::show_version),
        )
        .route("/notices/{notice}/approve", post(notice_show::approve))
        .route("/notices/{notice}/activate", post(notice_show::activate))
        .route("/notices/{notice}/withdraw", post(notice_show::withdraw))
        .route("/obligations/{obligation}", get(obligation_show::show))
        .route(
            "/obligations/{obligation}/settle",
            get(obligation_settle::show).post(obligation_settle::send),
        )
}

/// Who is affected by an incident: the lists, and what follows from them.
fn people() -> Router<App> {
    let source = |rest: &str| format!("/incidents/{{incident}}/sources/{{source}}{rest}");
    Router::new()
        .route("/incidents/{incident}/people", get(people_show::show))
        .route(
            "/incidents/{incident}/key/destroy",
            get(key_destroy::show).post(key_destroy::send),
        )
        .route(
            "/incidents/{incident}/queries/new",
            get(query_new::show).post(query_new::send),
        )
        .route(
            &source(""),
            get(source_show::show).post(source_change::send),
        )
        .route(&source("/progress"), get(source_show::progress))
        .route(&source("/stop"), post(source_change::stop))
        .route(&source("/go-on"), post(source_change::go_on))
        .route(&source("/put-aside"), post(source_change::aside))
        .route(&source("/rejected.csv"), get(source_show::download))
        .route(
            "/incidents/{incident}/recipe",
            get(recipe_edit::show).post(recipe_edit::send),
        )
        .route(
            "/incidents/{incident}/runs/new",
            get(run_new::show).post(run_new::send),
        )
        .route(
            "/incidents/{incident}/runs/{run}",
            get(run_show::show).post(run_show::send),
        )
        .route(
            "/incidents/{incident}/runs/{run}/progress",
            get(run_show::looked),
        )
        .route(
            "/incidents/{incident}/people/ask",
            get(person_ask::show).post(person_ask::send),
        )
        .route(
            "/incidents/{incident}/people/split",
            post(person_split::send),
        )
}

/// Pages that take a file: they keep to a limit of their own.
fn uploads() -> Router<App> {
    Router::new()
        .route(
            "/incidents/{incident}/roster",
            get(roster_import::show).post(roster_import::send),
        )
        .route(
            "/incidents/{incident}/sources/new",
            get(source_new::show).post(source_new::send),
        )
        .layer(DefaultBodyLimit::disable())
}

/// The roster of an incident, and the pages that belong to no incident.
fn company() -> Router<App> {
    Router::new()
        .route(
            "/incidents/{incident}/roster/imports/{import}",
            get(roster_imported::show),
        )
        .route(
            "/incidents/{incident}/revisions/{number}",
            get(revision_show::show),
        )
        .route(
            "/incidents/{incident}/roster/imports/{import}/rejected.csv",
            get(roster_imported::download),
        )
        .route("/rules", get(rule_list::show))
        .route("/rules/{rule}", get(rule_show::show))
        .merge(calendars())
        .route("/evidence", get(evidence_show::show))
        .route("/evidence/check", post(evidence_check::send))
        .route("/sites", get(site_list::show))
        .route("/sites/new", get(site_new::show).post(site_new::send))
        .route("/sites/{site}", get(site_show::show))
        .route(
            "/sites/{site}/edit",
            get(site_edit::show).post(site_edit::send),
        )
        .route(
            "/sites/{site}/keys/new",
            get(site_key_new::show).post(site_key_new::send),
        )
        .route(
            "/sites/{site}/keys/edit",
            get(site_key_edit::show).post(site_key_edit::send),
        )
        .route("/accounts", get(account_list::show))
        .route(
            "/accounts/new",
            get(account_new::show).post(account_new::send),
        )
        .route("/accounts/{account}", get(account_edit::show))
        .route(
            "/accounts/{account}/password",
            post(account_edit::set_password),
        )
        .route("/accounts/{account}/disable", post(account_edit::disable))
        .route("/tokens", get(token_list::show))
        .route("/tokens/new", get(token_new::show).post(token_new::send))
        .route(
            "/tokens/{token}/revoke",
            get(token_revoke::show).post(token_revoke::send),
        )
        .route("/help", get(help::show))
}

/// The calendars, and the days that staff set in them.
fn calendars() -> Router<App> {
    Router::new()
        .route("/calendars", get(calendar_list::show))
        .route("/calendars/{code}", get(calendar_show::show))
        .route(
            "/calendars/{code}/overrides",
            get(calendar_show::back).post(calendar_show::send),
        )
        .route(
            "/calendars/{code}/overrides/{day}/withdraw",
            get(calendar_withdraw::show).post(calendar_withdraw::send),
        )
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
