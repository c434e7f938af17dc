//! The in-site notice: what affected people's browsers ask, and what host pages load.
//!
//! What always holds:
//! * Nobody is answered without a token that the host site signed for that very person.
//! * Somebody unaffected, somebody unknown and somebody who has acknowledged everything get the same
//!   answer, as long as that of somebody affected.
//! * The unaffected are answered from memory; the database is not touched.
//! * No cookie is read or set, no address of a person is kept.
//!
//! Mount [`Widget::router`] beside the rest of the product, not below its layers: an answer here must
//! not be compressed (its length would tell who is affected), and needs no session.
//!
//! | route | who asks | answer |
//! |---|---|---|
//! | `GET /embed/{build}/sn.js` | any page | the custom element, for good under this address |
//! | `GET /embed/manifest.json` | who builds a host page | address and integrity hash |
//! | `GET /v1/notices?lang=` | the element, with the host's token | what concerns this person |
//! | `POST /v1/events` | the element, with a receipt | 202 |
//! | `POST /v1/ack` | a plain form, with a receipt | 303 back to the host's page |

mod asset;
mod event;
pub mod filter;
mod keep;
mod known;
mod label;
mod limit;
mod notices;
pub mod receipt;
mod sites;
pub mod token;
mod wire;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use asset::{Manifest, SCRIPT, Script};

use super::middleware::timed;
use crate::app::App;
use crate::error::Result;
use filter::{Answer, Filter, Present};
use known::Known;
use limit::Limit;
use receipt::Receipts;
use sites::Sites;

/// How often one person may ask for notices in a minute.
pub const ASKS_PER_MINUTE: u32 = 30;
/// How often one delivery may be reported on in a minute.
pub const REPORTS_PER_MINUTE: u32 = 120;
/// The largest report or form, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// Everything that a node keeps in memory to answer from.
#[derive(Debug)]
pub struct Widget {
    app: App,
    filter: Filter,
    sites: RwLock<Arc<Sites>>,
    known: Known,
    receipts: Receipts,
    asks: Limit,
    reports: Limit,
    /// The answer for everybody who is not concerned, ready to be sent.
    nothing: RwLock<Bytes>,
}

impl Widget {
    /// Reads the sites. Until [`Widget::keep_current`] runs, every question goes to the database.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(app: App) -> Result<Arc<Self>> {
        let widget = Arc::new(Self {
            filter: Filter::new(app.trust),
            sites: RwLock::default(),
            known: Known::default(),
            receipts: Receipts::new(app.secret.bytes()),
            asks: Limit::new(ASKS_PER_MINUTE),
            reports: Limit::new(REPORTS_PER_MINUTE),
            nothing: RwLock::new(wire::body(&[], 0)),
            app,
        });
        widget.read_sites().await?;
        widget.set_floor().await?;
        Ok(widget)
    }

    /// Every route of the in-site notice.
    pub fn router(self: &Arc<Self>) -> Router {
        // An answer to HEAD has no body: it would be counted as served and was not.
        let notices = get(notices::notices)
            .head(notices::no_head)
            .options(notices::preflight);
        Router::new()
            .route("/embed/manifest.json", get(asset::manifest))
            .route("/embed/{build}/sn.js", get(asset::script))
            .route("/v1/notices", notices)
            .merge(timed(
                Router::new()
                    .route("/v1/events", post(event::events))
                    .route("/v1/ack", post(event::acknowledge))
                    .layer(DefaultBodyLimit::max(BODY_MAX)),
            ))
            .with_state(Arc::clone(self))
    }

    /// Would this person be answered from memory, as unaffected, just now?
    pub fn answers_from_memory(&self, site: &str, user_id: &str) -> bool {
        let person = self.app.hasher.account(site, user_id);
        self.filter.answer(site, person, self.present()) == Answer::Untargeted
    }

    fn sites(&self) -> Arc<Sites> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&sites)
    }

    fn nothing(&self) -> Bytes {
        let nothing = self.nothing.read().unwrap_or_else(PoisonError::into_inner);
        nothing.clone()
    }

    fn present(&self) -> Present {
        Present {
            monotonic: Instant::now(),
            wall: self.app.time.now(),
        }
    }
}
