//! The program's parts, built once at the start and handed to everything that runs.

use std::sync::Arc;
use std::time::Duration;

use crate::catalog::Catalog;
use crate::config::{Config, ServerSecret};
use crate::domain::activation;
use crate::domain::scope::identifier::Hasher;
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
    /// Signs receipts, and wraps the keys of incidents.
    pub secret: ServerSecret,
    /// Hashes identifiers of people.
    pub hasher: Hasher,
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
            mailer: config.mailer(),
            config: Arc::new(config),
            hasher: Hasher::new(secret.bytes()),
            secret,
            trust: activation::TRUST,
        }
    }
}
