//! Takes away every hour what is kept only for a while.

use serde::{Deserialize, Serialize};

use super::{Job, Outcome, Payload};
use crate::app::App;
use crate::error::Result;
use crate::service::tidy;

/// One round.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum Tidy {
    /// The first form.
    #[serde(rename = "1")]
    V1 {},
}

impl Payload for Tidy {
    const KIND: &'static str = "tidy";
}

impl Job<App> for Tidy {
    async fn run(self, app: App) -> Result<Outcome> {
        let rows = tidy::tidy(&app).await?;
        tracing::debug!(rows, "tidied");
        Ok(Outcome::Nothing)
    }
}
