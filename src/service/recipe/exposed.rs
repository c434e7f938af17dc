//! What was exposed of a system in an incident: the kinds of data, and how far back its records went.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::scope::field::Field;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::exposure;

pub(super) use crate::service::exposure::kinds;

/// Which time of a record says whether it was still kept, and before which instant it was not.
pub(super) async fn retention(
    app: &App,
    incident: IncidentId,
    system: &str,
) -> Result<Option<(Field, DateTime<Utc>)>> {
    let bound = exposure::retention(app, incident, system).await?;
    Ok(bound.map(|(counted, cutoff)| (counted.field(), cutoff)))
}
