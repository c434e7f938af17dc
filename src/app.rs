//! The program's parts, built once at the start and handed to everything that runs.

use std::sync::Arc;
use std::time::Duration;

use crate::catalog::Catalog;
use crate::config::{Config, ServerSecret};
use crate::domain::activation;
use crate::mail::Mailer;
use crate::rng::Rng;
use crate::store::Db;
use crate::time::TimeSource;

/// The program's parts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Where the present comes from.
    pub time: TimeSource,
    /// Where randomness comes from.
    pub rng: Rng,
    /// Law and text as data.
    pub catalog: Arc<Catalog>,
    /// What the operator set.
    pub config: Arc<Config>,
    /// How mail to staff leaves.
    pub mailer: Mailer,
    /// Signs receipts.
    pub secret: ServerSecret,
    /// Hashes identifiers.
    pub hasher: crate::domain::scope::identifier::Hasher,
    /// How long a reading of the activation state is good; the same on every node.
    pub trust: Duration,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        catalog: Catalog,
        db: Db,
        secret: ServerSecret,
        time: TimeSource,
        rng: Rng,
    ) -> Self {
        Self {
            db,
            time,
            rng,
            catalog: Arc::new(catalog),
            hasher: crate::domain::scope::identifier::Hasher::new(secret.bytes()),
            mailer: config.mailer(),
            config: Arc::new(config),
            secret,
            trust: activation::TRUST,
        }
    }
}
