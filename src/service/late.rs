//! People who are found later: they get a period of their own, with a reason.
//!
//! Always holds: their period begins when they were found, and never before the incident's own;
//! where nobody says when that was, it is the incident's.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Write, obligation};
use crate::domain::evidence::Entry;
use crate::domain::fact::FactKind;
use crate::domain::moment::{self, Moment};
use crate::error::{Check, Result};
use crate::ids::CohortId;
use crate::store::cohort::{self, Cohort};
use crate::store::incident::Incident;
use crate::store::obligation::{self as rows, Outcome};
use crate::store::revision::Cause;
use crate::store::{fact, notice};

/// When and why people were found to be affected only now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FoundLater {
    /// When they were found, RFC 3339 with an offset.
    pub at: String,
    /// The IANA zone in which that was said.
    pub zone: String,
    /// Why only then. 1 to 2,000 characters.
    pub reason: String,
}

/// The same, read.
#[derive(Clone, Debug)]
pub struct Found {
    moment: Moment,
    reason: String,
}

/// Reads when people were found; errors stand at `found_at`, `found_zone` and `found_reason`.
pub(super) async fn read(
    w: &mut Write<'_>,
    incident: &Incident,
    found: Option<&FoundLater>,
) -> Result<Option<Found>> {
    let Some(found) = found else {
        return Ok(None);
    };
    let mut check = Check::default();
    let reason = check.text("found_reason", &found.reason, 2_000);
    let zone = match moment::zone(&found.zone) {
        Ok(zone) => zone,
        Err(why) => {
            check.fail("found_zone", why);
            chrono_tz::Tz::UTC
        }
    };
    let mut read = None;
    match moment::rfc3339(&found.at, zone) {
        Err(why) => check.fail("found_at", why),
        Ok(moment) if moment.utc() > w.now => check.fail(
            "found_at",
            "This is in the future. Give the time at which it became known that they are affected.",
        ),
        Ok(moment) => read = Some(moment),
    }
    let facts = fact::list(&mut w.tx, incident.id).await?;
    let aware = super::fact::standing(&facts)
        .into_iter()
        .find(|fact| fact.kind == FactKind::Aware)
        .and_then(|fact| fact.at);
    if let (Some(moment), Some(aware)) = (read, aware)
        && moment.utc() < aware
    {
        check.fail(
            "found_at",
            "This is before the incident itself became known. People who were known then have the \
             incident's own period; leave this empty.",
        );
    }
    check.done()?;
    Ok(read.map(|moment| Found { moment, reason }))
}

/// Records the new people of revision `revision` as a cohort of their own, when they came late, and
/// computes every obligation anew: the roster changed, and with it what applies.
pub(super) async fn came(
    w: &mut Write<'_>,
    incident: &Incident,
    (revision, added): (i64, i64),
    found: Option<Found>,
    cause: Cause,
) -> Result<()> {
    let late = found.is_some() || anybody_was_told(w, incident).await?;
    if added > 0 && late {
        let row = Cohort {
            id: CohortId(w.app.rng.uuid(w.now)),
            incident_id: incident.id,
            revision,
            persons: added,
            found_at: found.as_ref().map(|f| f.moment.utc()),
            found_offset_s: found.as_ref().map_or(0, |f| f.moment.offset_s()),
            zone: found
                .as_ref()
                .map_or_else(String::new, |f| f.moment.zone.name().to_owned()),
            reason: found.map(|f| f.reason),
            recorded_by: w.actor.name.clone(),
            recorded_at: w.now,
        };
        cohort::insert(&mut w.tx, &row).await?;
        w.record(
            Entry::new("people.found_later", Some(incident.id))
                .with("revision", revision)
                .with("persons", added)
                .with("found_at", row.found_at.map(|t| t.to_rfc3339()))
                .of(&row),
        );
    }
    let why = match cause {
        Cause::File => "roster.imported",
        Cause::Recipe | Cause::Keyed => "roster.revised",
    };
    obligation::refresh(w, incident, why).await?;
    if notice::tells_roster(&mut w.tx, incident.id).await? {
        // A live notice reaches new people from the moment they are on the roster.
        let now: DateTime<Utc> = w.now;
        obligation::met_by_publication(w, incident, now).await?;
    }
    Ok(())
}

/// Whether a promise to the affected people was met already.
async fn anybody_was_told(w: &mut Write<'_>, incident: &Incident) -> Result<bool> {
    let catalog = w.app.catalog.clone();
    let all = rows::list(&mut w.tx, incident.id).await?;
    Ok(all.iter().any(|o| {
        o.outcome == Some(Outcome::Met)
            && catalog.regime(&o.rule).is_some_and(|r| r.met_by_notice())
    }))
}
