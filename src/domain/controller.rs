//! A legal entity that owes notifications.
//!
//! Always holds: it has one calendar and one zone, those of its seat, and owes each promise under
//! them alone. It does not say what it owes (`domain/obligation.rs`).

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// One controller of the operator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Short id used in results, files and storage, such as `KG`.
    pub id: String,
    /// Registered name.
    pub name: String,
    /// Postal address, one line.
    pub address: String,
    /// Country of the seat, ISO 3166-1 alpha-2.
    pub country: String,
    /// Phone number for people who are affected.
    pub phone: String,
    /// E-mail address for people who are affected.
    pub email: String,
    /// Code of the calendar whose business days it counts, such as `AT`.
    pub calendar: String,
    /// The zone whose local days it counts.
    pub zone: Tz,
    /// Its supervisory authority, where there is one by its seat.
    #[serde(default)]
    pub authority: Option<Authority>,
    /// What to know about its authorities that one name cannot say.
    #[serde(default)]
    pub authority_note: Option<String>,
}

/// A supervisory authority or another body that takes filings or complaints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Short id, such as `at-dsb`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Postal address, one line.
    #[serde(default)]
    pub address: Option<String>,
    /// E-mail address for filings.
    #[serde(default)]
    pub email: Option<String>,
    /// Its web site; `https` only.
    pub url: String,
}
