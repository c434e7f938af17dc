//! Changes that target more people, and how the filters in memory keep up with them.
//!
//! The numbers stand here because both sides must agree on them: whoever makes such a change
//! (`service::announcement`, where the proof stands) and whoever believes a filter
//! (`http::widget::filter`).

use std::time::Duration;

/// How long one reading of the activation state is good, and how long a change waits between its
/// announcement and its commit. Every node of an installation must use the same; this is the default.
pub const TRUST: Duration = Duration::from_secs(1);

/// How often a node reads the activation state.
pub const POLL: Duration = Duration::from_millis(250);

/// The state of all such changes, as one reading of the database gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Activation {
    /// Rises with each change.
    pub epoch: i64,
    /// How many changes are announced and not made yet.
    pub pending: i64,
}
