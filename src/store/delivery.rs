//! Deliveries: one notice to one person, from `served` on.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::domain::evidence::Evidenced;
use crate::ids::{DeliveryId, NoticeId};

/// One notice to one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The notice.
    pub notice_id: NoticeId,
    /// The notice's version that was shown.
    pub number: i64,
    /// The site.
    pub site_id: String,
    /// The company's id of the user.
    pub user_id: String,
    /// The language that was shown.
    pub lang: String,
    /// SHA-256 of exactly the text that was shown, hex.
    pub text_hash: String,
    /// When it was first served, UTC.
    pub served_at: DateTime<Utc>,
    /// When it was first in the page, UTC.
    pub rendered_at: Option<DateTime<Utc>>,
    /// When it was first seen, UTC.
    pub seen_at: Option<DateTime<Utc>>,
    /// When it was first on screen with something over it, UTC.
    pub seen_occluded_at: Option<DateTime<Utc>>,
    /// When its details were first opened, UTC.
    pub opened_at: Option<DateTime<Utc>>,
    /// When the person said that it was read, UTC.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

impl Evidenced for Delivery {
    const TABLE: &'static str = "delivery";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "notice": self.notice_id, "number": self.number, "site": self.site_id,
            "user": self.user_id, "lang": self.lang, "text_hash": self.text_hash,
            "served_at": self.served_at, "rendered_at": self.rendered_at, "seen_at": self.seen_at,
            "seen_occluded_at": self.seen_occluded_at, "opened_at": self.opened_at,
            "acknowledged_at": self.acknowledged_at,
        })
    }
}
