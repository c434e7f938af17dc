//! What happens around every request: its number, its line in the log, the headers that keep browsers
//! strict, an end to what takes too long, and an answer even when a handler panics.
//!
//! What always holds: the log gets the method, the route's template, the status and the time; never
//! the address itself, a query, a header, a token or a body. A header that a route has set stays.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tower_http::compression::predicate::{NotForContentType, SizeAbove};
use tower_http::compression::{CompressionLayer, DefaultPredicate, Predicate};
use tracing::Instrument as _;

use super::error::{Asked, Kind, Problem};
use crate::app::App;

/// How long an ordinary request may take until its answer begins. Uploads and checks of the whole log
/// take as long as they take.
pub const ANSWER_MAX: Duration = Duration::from_secs(30);
/// The largest body of a request that is no upload.
pub const BODY_BYTES_MAX: usize = 1 << 20;
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static REQUEST: (String, Asked);
}

/// The number of the request that is being answered, if one is.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(|(id, _)| id.clone()).ok()
}

/// Puts everything that holds for every route around `router`.
pub fn around(router: Router, app: &App) -> Router {
    router
        .layer(CatchPanicLayer::custom(Panicked))
        .layer(from_fn_with_state(app.clone(), observe))
}

/// Ends an ordinary request that takes longer than [`ANSWER_MAX`].
pub fn timed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(from_fn(end_in_time))
}

/// Compresses answers worth it. Not for routes whose answers must look alike from outside.
pub fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        DefaultPredicate::new()
            .and(SizeAbove::new(860))
            .and(NotForContentType::const_new("font/woff2")),
    )
}

async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.rng.uuid(app.time.now()).to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", %id, method = %request.method(), route);
    let asked = Asked::of(request.uri().path(), request.headers());
    let began = Instant::now();
    let answer = async {
        let response = next.run(request).await;
        let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis());
        if response.status().is_server_error() {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
        response
    };
    let mut response = REQUEST
        .scope((id.clone(), asked), answer.instrument(span))
        .await;
    let headers = response.headers_mut();
    secure(headers, app.config.cookie_secure());
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// The strict defaults; a route that needs another value sets its own.
fn secure(headers: &mut HeaderMap, https: bool) {
    let strict: [(HeaderName, &str); 8] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not no-referrer: browsers would then send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in strict {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

/// Ends an ordinary request that takes longer than [`ANSWER_MAX`]. A form with a file is none.
pub async fn end_in_time(request: Request, next: Next) -> Response {
    if carries_a_file(request.headers()) {
        return next.run(request).await;
    }
    let asked = Asked::of(request.uri().path(), request.headers());
    match tokio::time::timeout(ANSWER_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let problem = Problem {
                retry_after_s: Some(10),
                ..Problem::new(
                    Kind::Busy,
                    "This took too long and was ended. Look whether it was done, or send it again \
                     with the same Idempotency-Key.",
                )
            };
            problem.answer(&asked)
        }
    }
}

fn carries_a_file(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("multipart/form-data"))
}

#[derive(Clone, Copy)]
struct Panicked;

impl ResponseForPanic for Panicked {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send + 'static>) -> Response {
        let what = panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a word".to_owned());
        tracing::error!(what, "a handler panicked");
        let problem = Problem::internal();
        match REQUEST.try_with(|(_, asked)| *asked) {
            Ok(asked) => problem.answer(&asked),
            Err(_) => axum::response::IntoResponse::into_response(problem),
        }
    }
}
