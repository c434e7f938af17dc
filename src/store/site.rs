//! Host sites and the keys that their tokens are checked with.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::types::Json;

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::host_key::Algorithm;
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

/// Where a key stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum KeyState {
    /// The site signs with it.
    Active,
    /// The site has moved to another; still taken, until nothing signed with it comes any more.
    Retiring,
    /// Not taken any more, for good.
    Retired,
}

/// A key of a site.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SiteKey {
    /// The site.
    pub site_id: String,
    /// Names the key in a token's header.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// EdDSA: the public key; HS256: the shared secret.
    pub material: Vec<u8>,
    /// Where it stands.
    pub state: KeyState,
    /// When it was added, UTC.
    pub created_at: DateTime<Utc>,
    /// When a token signed with it last came, UTC, to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl SiteKey {
    /// SHA-256 of the key, hex: tells keys apart without showing a secret.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(&self.material))
    }
}

impl Evidenced for SiteKey {
    const TABLE: &'static str = "site_key";

    fn row_id(&self) -> String {
        format!("{}/{}", self.site_id, self.kid)
    }

    fn view(&self) -> Value {
        json!({ "algorithm": self.algorithm, "material_sha256": self.fingerprint(),
                "state": self.state, "created_at": self.created_at })
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

/// Adds a site; `false` when its id is taken.
pub async fn insert(tx: &mut Tx, site: &Site) -> Result<bool> {
    tx.command(sql!(
        "insert into site (id, name, origins, default_lang, created_at, version)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing"
    ))
    .bind(&site.id)
    .bind(&site.name)
    .bind(&site.origins)
    .bind(&site.default_lang)
    .bind(site.created_at)
    .bind(site.version)
    .run_unless_exists()
    .await
}

/// Writes what may change of a site, if nobody changed it since; false otherwise.
pub async fn update(tx: &mut Tx, site: &Site) -> Result<bool> {
    let rows = tx
        .command(sql!(
            "update site set name = $3, origins = $4, default_lang = $5, version = version + 1
              where id = $1 and version = $2"
        ))
        .bind(&site.id)
        .bind(site.version)
        .bind(&site.name)
        .bind(&site.origins)
        .bind(&site.default_lang)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Locks a site's row until the end of the transaction, so that its keys are counted rightly.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Site>> {
    tx.query(sql!(
        sqlite: "select * from site where id = $1",
        postgres: "select * from site where id = $1 for update"
    ))
    .bind(id)
    .optional()
    .await
}

/// The keys of a site, in the order in which they were added; retired ones too.
pub async fn keys(db: impl Exec<'_>, site: &str) -> Result<Vec<SiteKey>> {
    db.query(sql!(
        "select * from site_key where site_id = $1 order by created_at, kid limit 1000"
    ))
    .bind(site)
    .all()
    .await
}

/// The keys of all sites that are not retired.
pub async fn live_keys(db: impl Exec<'_>) -> Result<Vec<SiteKey>> {
    db.query(sql!(
        "select * from site_key where state <> 'retired' order by site_id, kid limit 3000"
    ))
    .all()
    .await
}

/// Adds a key; `false` when the site has one of that name.
pub async fn insert_key(tx: &mut Tx, key: &SiteKey) -> Result<bool> {
    tx.command(sql!(
        "insert into site_key (site_id, kid, algorithm, material, state, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing"
    ))
    .bind(&key.site_id)
    .bind(&key.kid)
    .bind(key.algorithm)
    .bind(&key.material)
    .bind(key.state)
    .bind(key.created_at)
    .run_unless_exists()
    .await
}

/// Writes where a key stands.
pub async fn set_key_state(tx: &mut Tx, key: &SiteKey) -> Result<()> {
    tx.command(sql!(
        "update site_key set state = $3 where site_id = $1 and kid = $2"
    ))
    .bind(&key.site_id)
    .bind(&key.kid)
    .bind(key.state)
    .run()
    .await?;
    Ok(())
}

/// Notes when a token signed with a key last came. Not evidence: only an aid when keys are changed.
pub async fn touch_key(db: impl Exec<'_>, site: &str, kid: &str, at: DateTime<Utc>) -> Result<()> {
    db.command(sql!(
        "update site_key set last_used_at = $3
          where site_id = $1 and kid = $2 and (last_used_at is null or last_used_at < $3)"
    ))
    .bind(site)
    .bind(kid)
    .bind(at)
    .run()
    .await?;
    Ok(())
}
