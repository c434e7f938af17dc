//! What was exposed of a system in an incident: the kinds of data, and how far back its records went.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::scope::field::Field;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::exposure;
use crate::store;

/// The kinds of data that a system exposed: those of its exposures, or all that it holds where none says
/// so; none for a list that is of no system.
pub(super) async fn kinds(app: &App, incident: IncidentId, system: &str) -> Result<Vec<String>> {
    let Some(known) = app.catalog.operator().system(system) else {
        return Ok(Vec::new());
    };
    let all = store::exposure::list(&app.db, incident).await?;
    let mut kinds = BTreeSet::new();
    for one in exposure::standing(&all)
        .into_iter()
        .filter(|e| e.system == system)
    {
        match one.kinds.0.as_slice() {
            [] => kinds.extend(known.data.iter().cloned()),
            some => kinds.extend(some.iter().cloned()),
        }
    }
    if kinds.is_empty() {
        kinds.extend(known.data.iter().cloned());
    }
    Ok(kinds.into_iter().collect())
}

/// Which time of a record says whether it was still kept, and before which instant it was not.
pub(super) async fn retention(
    app: &App,
    incident: IncidentId,
    system: &str,
) -> Result<Option<(Field, DateTime<Utc>)>> {
    let bound = exposure::retention(app, incident, system).await?;
    Ok(bound.map(|(counted, cutoff)| (counted.field(), cutoff)))
}
