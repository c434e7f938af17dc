//! How many rules may apply to an incident without anybody knowing yet, and the earliest end.
//!
//! Worked out anew with every change of what is known; a help for lists and reminders, never
//! evidence.

use chrono::{DateTime, Utc};

use super::{Exec, Tx};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// What is not clear about one incident.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unclear {
    /// The incident.
    pub incident_id: IncidentId,
    /// Rules that may apply, for each controller.
    pub duties: i64,
    /// The earliest end among them, UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// Replaces what is known to be unclear.
pub async fn put(tx: &mut Tx, u: &Unclear) -> Result<()> {
    tx.command(sql!(
        "insert into unclear (incident_id, duties, due_at) values ($1, $2, $3)
         on conflict (incident_id) do update
            set duties = excluded.duties, due_at = excluded.due_at"
    ))
    .bind(u.incident_id)
    .bind(u.duties)
    .bind(u.due_at)
    .run()
    .await?;
    Ok(())
}

/// What is not clear about an incident.
pub async fn find(db: impl Exec<'_>, incident: IncidentId) -> Result<Option<Unclear>> {
    db.query(sql!("select * from unclear where incident_id = $1"))
        .bind(incident)
        .optional()
        .await
}

/// What is not clear about the incidents that are open, the earliest end first, up to `limit`.
pub async fn open(db: impl Exec<'_>, limit: i64) -> Result<Vec<Unclear>> {
    db.query(sql!(
        "select u.* from unclear u join incident i on i.id = u.incident_id
         where i.status = 'open' and u.duties > 0
         order by case when u.due_at is null then 1 else 0 end, u.due_at, u.incident_id limit $1"
    ))
    .bind(limit)
    .all()
    .await
}
