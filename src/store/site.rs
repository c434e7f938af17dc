//! Host sites and the keys that their tokens are checked with.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;

use super::Exec;
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::sql;

/// A host web site.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Site {
    /// Its id, which tokens name as their issuer.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Exact origins that may ask.
    pub origins: Json<Vec<String>>,
    /// The language when nothing else is asked for.
    pub default_lang: String,
    /// When it was added, UTC.
    pub created_at: DateTime<Utc>,
    /// Rises with each change.
    pub version: i64,
}

impl Evidenced for Site {
    const TABLE: &'static str = "site";

    fn row_id(&self) -> String {
        self.id.clone()
    }

    fn view(&self) -> Value {
        json!({ "name": self.name, "origins": self.origins.0, "default_lang": self.default_lang,
                "created_at": self.created_at })
    }
}

/// A key of a site.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SiteKey {
    /// The site.
    pub site_id: String,
    /// Names the key in a token's header.
    pub kid: String,
    /// `EdDSA` or `HS256`.
    pub algorithm: String,
    /// EdDSA: the public key; HS256: the shared secret.
    pub material: Vec<u8>,
    /// `active`, `retiring`, `retired`.
    pub state: String,
    /// When it was added, UTC.
    pub created_at: DateTime<Utc>,
    /// When it was last used, UTC.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Evidenced for SiteKey {
    const TABLE: &'static str = "site_key";

    fn row_id(&self) -> String {
        format!("{}/{}", self.site_id, self.kid)
    }

    fn view(&self) -> Value {
        json!({ "algorithm": self.algorithm, "state": self.state, "created_at": self.created_at })
    }
}

/// One site.
pub async fn find(db: impl Exec<'_>, id: &str) -> Result<Option<Site>> {
    db.query(sql!("select * from site where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Every site, by id.
pub async fn list(db: impl Exec<'_>) -> Result<Vec<Site>> {
    db.query(sql!("select * from site order by id limit 1000"))
        .all()
        .await
}
