//! Looks every minute for deadlines that are near or have passed, and has the team told.

use serde::{Deserialize, Serialize};

use super::{Job, Outcome, Payload};
use crate::app::App;
use crate::error::Result;
use crate::service::staff_mail;

/// One look at every open deadline.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum Remind {
    /// The first form.
    #[serde(rename = "1")]
    V1 {},
}

impl Payload for Remind {
    const KIND: &'static str = "remind";
}

impl Job<App> for Remind {
    async fn run(self, app: App) -> Result<Outcome> {
        let causes = staff_mail::remind(&app).await?;
        if causes > 0 {
            tracing::info!(causes, "the team is told about deadlines");
        }
        Ok(Outcome::Nothing)
    }
}
