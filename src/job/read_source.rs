//! Reads a source that somebody began, or that was under way when its worker died.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Job, Outcome, Payload};
use crate::app::App;
use crate::error::Result;
use crate::ids::SourceId;
use crate::service::source;

/// One reading.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum ReadSource {
    /// The first form.
    #[serde(rename = "1")]
    V1 {
        /// The source.
        source: SourceId,
        /// What holds it.
        token: i64,
    },
}

impl Payload for ReadSource {
    const KIND: &'static str = "read_source";
    const RUN_MAX: Duration = Duration::from_secs(24 * 3600);
}

impl Job<App> for ReadSource {
    async fn run(self, app: App) -> Result<Outcome> {
        let Self::V1 { source, token } = self;
        let end = source::work(&app, source, token).await?;
        tracing::info!(%source, ?end, "the work on a source ended");
        Ok(Outcome::Nothing)
    }
}
