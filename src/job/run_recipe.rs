//! Runs a recipe that somebody asked to run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Job, Outcome, Payload};
use crate::app::App;
use crate::error::Result;
use crate::ids::RunId;
use crate::service::recipe;

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum RunRecipe {
    /// The first form.
    #[serde(rename = "1")]
    V1 {
        /// The run.
        run: RunId,
    },
}

impl Payload for RunRecipe {
    const KIND: &'static str = "run_recipe";
    const RUN_MAX: Duration = Duration::from_secs(24 * 3600);
}

impl Job<App> for RunRecipe {
    async fn run(self, app: App) -> Result<Outcome> {
        let Self::V1 { run } = self;
        recipe::work(&app, run).await?;
        Ok(Outcome::Nothing)
    }
}
