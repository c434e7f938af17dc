//! How far notices got with people, as numbers.

use super::part::Ladder;
use crate::app::App;
use crate::error::Result;
use crate::store::delivery;
use crate::store::incident::Incident;
use crate::store::notice::{self, Audience, Notice, Status};
use crate::store::revision;

/// The numbers of one notice of an incident; a correction targets who left the roster after having
/// been told.
pub(crate) async fn of_notice(app: &App, n: &Notice, incident: &Incident) -> Result<Ladder> {
    let counts = delivery::counts(&app.db, n.id).await?;
    Ok(Ladder {
        targeted: match n.audience {
            Audience::Affected => incident.persons,
            Audience::WronglyTold => revision::wrongly_told(&app.db, incident.id).await?,
        },
        served: counts.served,
        seen: counts.seen,
        notified: counts.notified,
        acknowledged: counts.acknowledged,
    })
}

/// The numbers of an incident: those of its newest notice to affected people that went live.
pub(crate) async fn of_incident(app: &App, incident: &Incident) -> Result<Ladder> {
    let notices = notice::list(&app.db, incident.id).await?;
    let live = |status| matches!(status, Status::Active | Status::Withdrawn);
    let told = |n: &&Notice| n.audience == Audience::Affected && live(n.status);
    match notices.iter().rev().find(told) {
        Some(n) => of_notice(app, n, incident).await,
        None => Ok(Ladder {
            targeted: incident.persons,
            ..Ladder::default()
        }),
    }
}
