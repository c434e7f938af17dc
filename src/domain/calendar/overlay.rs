//! Days that the operator set, over everything that the file of a calendar says.
//!
//! Always holds: each says who set it, when and why, and its words come with the day wherever the day is
//! explained. Whether somebody may set one is decided elsewhere.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::CalendarOverrideId;

/// What the operator says about a day.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OverrideKind {
    /// Nobody works, for a reason of its own.
    Closed,
    /// It is worked although the rules or the weekend say otherwise.
    Open,
    /// A day between a holiday and a weekend that the jurisdiction takes off.
    Bridge,
    /// Proclaimed as a holiday by an authority, once.
    Proclaimed,
}

impl OverrideKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Proclaimed, Self::Closed, Self::Bridge, Self::Open];

    /// The kind's name as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Bridge => "bridge",
            Self::Proclaimed => "proclaimed",
        }
    }

    /// Whether such a day is not counted.
    #[must_use]
    pub const fn is_free(self) -> bool {
        !matches!(self, Self::Open)
    }
}

impl fmt::Display for OverrideKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One day of one calendar as the operator set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Override {
    /// Its id.
    pub id: CalendarOverrideId,
    /// Code of the calendar; calendars that extend it are not touched.
    pub calendar: String,
    /// The day.
    pub date: NaiveDate,
    /// What it is.
    pub kind: OverrideKind,
    /// Why, in the words of who entered it.
    pub reason: String,
    /// Who entered it.
    pub by: String,
    /// When it was entered.
    pub at: DateTime<Utc>,
}

/// "Day of mourning (proclaimed day, entered by Ada on 2026-11-20)"; the day of the entry is that of UTC.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (reason, kind, by) = (&self.reason, self.kind, &self.by);
        let on = self.at.date_naive();
        write!(f, "{reason} ({kind} day, entered by {by} on {on})")
    }
}
