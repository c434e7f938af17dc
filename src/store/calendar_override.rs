//! Days of calendars that the operator set. Added, never changed: a withdrawal is a row of its own.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::calendar::{Override, OverrideKind};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::CalendarOverrideId;
use crate::sql;

/// A day that was set, or the withdrawal of one.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CalendarOverride {
    /// Its id.
    pub id: CalendarOverrideId,
    /// The calendar's code.
    pub calendar: String,
    /// The day.
    pub day: NaiveDate,
    /// From 1: how many rows this day has with this one.
    pub number: i64,
    /// What the day is; of a withdrawal what it was.
    pub kind: OverrideKind,
    /// Why it is so, or why it is withdrawn.
    pub reason: String,
    /// The row that this one withdraws.
    pub withdraws: Option<CalendarOverrideId>,
    /// Who entered it.
    pub entered_by: String,
    /// When it was entered, UTC.
    pub entered_at: DateTime<Utc>,
}

impl Evidenced for CalendarOverride {
    const TABLE: &'static str = "calendar_override";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "calendar": self.calendar, "day": self.day, "number": self.number, "kind": self.kind,
            "reason": self.reason, "withdraws": self.withdraws, "entered_by": self.entered_by,
            "entered_at": self.entered_at,
        })
    }
}

impl From<CalendarOverride> for Override {
    fn from(row: CalendarOverride) -> Self {
        Self {
            id: row.id,
            calendar: row.calendar,
            date: row.day,
            kind: row.kind,
            reason: row.reason,
            by: row.entered_by,
            at: row.entered_at,
        }
    }
}

/// A day that was set, and its withdrawal if there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// What was set.
    pub row: CalendarOverride,
    /// What took it back.
    pub withdrawn: Option<CalendarOverride>,
}

/// Brings every day of [`history`] together with its withdrawal.
#[must_use]
pub fn sets(rows: &[CalendarOverride]) -> Vec<Set> {
    rows.iter()
        .filter(|row| row.withdraws.is_none())
        .map(|row| Set {
            row: row.clone(),
            withdrawn: rows.iter().find(|w| w.withdraws == Some(row.id)).cloned(),
        })
        .collect()
}

/// Adds a row; false when somebody else has added one for this day meanwhile.
pub async fn insert(tx: &mut Tx, o: &CalendarOverride) -> Result<bool> {
    let n = tx
        .command(sql!(
            "insert into calendar_override (id, calendar, day, number, kind, reason, withdraws,
                entered_by, entered_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"
        ))
        .bind(o.id)
        .bind(&o.calendar)
        .bind(o.day)
        .bind(o.number)
        .bind(o.kind)
        .bind(&o.reason)
        .bind(o.withdraws)
        .bind(&o.entered_by)
        .bind(o.entered_at)
        .run()
        .await?;
    Ok(n == 1)
}

/// One row.
pub async fn find(db: impl Exec<'_>, id: CalendarOverrideId) -> Result<Option<CalendarOverride>> {
    db.query(sql!("select * from calendar_override where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Every row of a calendar, by day and in the order of their entry.
pub async fn history(db: impl Exec<'_>, calendar: &str) -> Result<Vec<CalendarOverride>> {
    db.query(sql!(
        "select * from calendar_override where calendar = $1 order by day, number limit 10000"
    ))
    .bind(calendar)
    .all()
    .await
}

/// The days of all calendars that are set now: entered and not withdrawn.
pub async fn in_force(db: impl Exec<'_>) -> Result<Vec<Override>> {
    let rows: Vec<CalendarOverride> = db
        .query(sql!(
            "select * from calendar_override o where withdraws is null and not exists
                (select 1 from calendar_override w where w.withdraws = o.id)
             order by calendar, day, number"
        ))
        .all()
        .await?;
    Ok(rows.into_iter().map(Override::from).collect())
}

/// The same as it stood at `at`.
pub async fn in_force_at(db: impl Exec<'_>, at: DateTime<Utc>) -> Result<Vec<Override>> {
    let rows: Vec<CalendarOverride> = db
        .query(sql!(
            "select * from calendar_override o
             where withdraws is null and entered_at <= $1 and not exists
                (select 1 from calendar_override w where w.withdraws = o.id and w.entered_at <= $2)
             order by calendar, day, number"
        ))
        .bind(at)
        .bind(at)
        .all()
        .await?;
    Ok(rows.into_iter().map(Override::from).collect())
}
