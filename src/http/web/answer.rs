//! Answers: pages, redirects, and failures that become a page with a way back.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;

use super::error_page::ErrorPage;
use super::layout::{Page, Viewer, document};
use super::session;
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::service::Ctx;

/// What a handler gives.
pub(crate) type Answer = Result<Response, Failure>;

/// Why a handler has no page to show.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error that becomes an error page.
    Error(Error),
    /// Another answer, ready.
    Answer(Box<Response>),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Error(e)
    }
}

/// An error on its way to the layer that makes a page of it.
#[derive(Clone, Debug)]
struct Carried(Arc<Error>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Answer(response) => *response,
            Self::Error(e) => {
                let mut response = status_of(&e).into_response();
                response.extensions_mut().insert(Carried(Arc::new(e)));
                response
            }
        }
    }
}

/// The status of an error.
pub(crate) fn status_of(e: &Error) -> StatusCode {
    match e {
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Denied(_) | Error::Unauthenticated(_) => StatusCode::FORBIDDEN,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Makes a page of every failure, ours and the router's.
pub(crate) async fn error_pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let carried = response.extensions().get::<Carried>().cloned();
    let status = response.status();
    let error = match carried {
        Some(Carried(e)) => e,
        None if status == StatusCode::NOT_FOUND || status == StatusCode::METHOD_NOT_ALLOWED => {
            Arc::new(Error::NotFound("This page"))
        }
        None => return response,
    };
    if let Error::Internal(detail) = &*error {
        tracing::error!(path, detail, "a page failed");
    }
    let viewer = session::viewer(&app, &headers).await.unwrap_or_default();
    let page = ErrorPage::of(&error, viewer);
    page_with_status(&app, status, &page)
}

/// A page.
pub(crate) fn page(app: &App, page: &impl Page) -> Response {
    page_with_status(app, StatusCode::OK, page)
}

/// A page with another status than 200.
pub(crate) fn page_with_status(app: &App, status: StatusCode, page: &impl Page) -> Response {
    let mut response = document(page, &app.catalog.operator().name).into_response();
    *response.status_mut() = status;
    // What stands on a page is for this person, now.
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

/// Sends the browser on after a form was carried out.
pub(crate) fn go(to: &str) -> Answer {
    Ok(Redirect::to(to).into_response())
}

/// Refuses what the viewer may not do or see, with the sentence of the services.
pub(crate) fn require(app: &App, me: &Viewer, action: Action) -> Result<(), Failure> {
    Ctx::new(app, me.actor.clone()).require(action)?;
    Ok(())
}

/// Why a form was not carried out.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It is only to be shown again.
    Held(String),
    /// The use-case said no.
    Error(Error),
}

/// A value out of the address; an address that cannot be read is a page that is not there.
#[derive(Debug)]
pub(crate) struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::NotFound("This page").into()),
        }
    }
}

/// A value out of the address's query; one that cannot be read is as good as none.
#[derive(Debug, Default)]
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned + Default + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_urlencoded::from_str(query).unwrap_or_default()))
    }
}

/// The thing, or the page that says that it is not there.
pub(crate) fn found<T>(thing: Option<T>, what: &'static str) -> Result<T, Failure> {
    thing.ok_or_else(|| Error::NotFound(what).into())
}
