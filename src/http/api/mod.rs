//! The JSON API for programs, its document, and the page to read and try it.

mod page;
pub mod v1;

use axum::Router;

use crate::app::App;

/// Everything below `/api`.
pub fn router() -> Router<App> {
    v1::router().merge(page::router())
}
