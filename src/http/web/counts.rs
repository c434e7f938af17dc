//! How far notices got with people, as numbers.

use super::part::Ladder;
use crate::app::App;
use crate::error::Result;
use crate::ids::NoticeId;
use crate::store::delivery;
use crate::store::incident::Incident;
use crate::store::notice::{self, Status};

/// The numbers of one notice of an incident.
pub(crate) async fn of_notice(app: &App, id: NoticeId, targeted: i64) -> Result<Ladder> {
    let counts = delivery::counts(&app.db, id).await?;
    Ok(Ladder {
        targeted,
        served: counts.served,
        seen: counts.seen,
        notified: counts.notified,
        acknowledged: counts.acknowledged,
    })
}

/// The numbers of an incident: those of its newest notice that went live.
pub(crate) async fn of_incident(app: &App, incident: &Incident) -> Result<Ladder> {
    let notices = notice::list(&app.db, incident.id).await?;
    let live = |status| matches!(status, Status::Active | Status::Withdrawn);
    match notices.iter().rev().find(|n| live(n.status)) {
        Some(n) => of_notice(app, n.id, incident.persons).await,
        None => Ok(Ladder {
            targeted: incident.persons,
            ..Ladder::default()
        }),
    }
}
