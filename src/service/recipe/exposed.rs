//! What was exposed of a system in an incident: the kinds of data, and how far back its records went.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::scope::field::Field;
use crate::error::Result;
use crate::ids::IncidentId;

/// The kinds of data that a system exposed; none for a list that is of no system.
pub(super) async fn kinds(app: &App, _incident: IncidentId, system: &str) -> Result<Vec<String>> {
    let system = app.catalog.operator().system(system);
    Ok(system.map(|s| s.data.clone()).unwrap_or_default())
}

/// Which time of a record says whether it was still kept, and before which instant it was not.
pub(super) async fn retention(
    _app: &App,
    _incident: IncidentId,
    _system: &str,
) -> Result<Option<(Field, DateTime<Utc>)>> {
    Ok(None)
}
