//! Notices: their versions, who approved exactly which text, and whether they are live.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
pub use crate::domain::notice::Audience;
use crate::error::Result;
use crate::ids::{IncidentId, NoticeId};
use crate::sql;

/// Where a notice stands.
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
#[schema(as = NoticeStatus)]
pub enum Status {
    /// Being written.
    Draft,
    /// A second person approved exactly the current version.
    Approved,
    /// Shown to everybody on the roster.
    Active,
    /// No longer shown.
    Withdrawn,
}

/// A text shown to people of an incident.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The incident whose roster it is for.
    pub incident_id: IncidentId,
    /// Where it stands.
    pub status: Status,
    /// The newest version's number, from 1.
    pub current: i64,
    /// May the person hide it for the page view?
    pub hideable: bool,
    /// When it was begun, UTC.
    pub created_at: DateTime<Utc>,
    /// From when it was live for everybody on the roster, UTC.
    pub activated_at: Option<DateTime<Utc>>,
    /// Who activated it.
    pub activated_by: Option<String>,
    /// When it was withdrawn, UTC.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Rises with each change of this row.
    pub version: i64,
    /// Whom it is for.
    pub audience: Audience,
}

impl Evidenced for Notice {
    const TABLE: &'static str = "notice";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        let mut view = json!({
            "incident": self.incident_id, "status": self.status, "current": self.current,
            "hideable": self.hideable, "created_at": self.created_at,
            "activated_at": self.activated_at, "activated_by": self.activated_by,
            "withdrawn_at": self.withdrawn_at, "withdrawn_reason": self.withdrawn_reason,
        });
        // Entries of before there was a choice do not speak of it.
        if self.audience != Audience::Affected {
            view["audience"] = json!(self.audience);
        }
        view
    }
}

/// One version of a notice's text, in every language.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    /// The notice.
    pub notice_id: NoticeId,
    /// From 1.
    pub number: i64,
    /// Canonical JSON: language to content.
    pub content: String,
    /// SHA-256 of `content`, hex: what is approved.
    pub content_hash: String,
    /// Who wrote it: "account:…" or "token:…".
    pub author_key: String,
    /// The writer's name.
    pub author: String,
    /// When, UTC.
    pub created_at: DateTime<Utc>,
}

impl Evidenced for Version {
    const TABLE: &'static str = "notice_version";

    fn row_id(&self) -> String {
        format!("{}/{}", self.notice_id, self.number)
    }

    fn view(&self) -> Value {
        json!({
            "content": self.content, "content_hash": self.content_hash,
            "author_key": self.author_key, "author": self.author, "created_at": self.created_at,
        })
    }
}

/// A second person's approval of exactly one text.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Approval {
    /// The notice.
    pub notice_id: NoticeId,
    /// The version.
    pub number: i64,
    /// The hash that was approved.
    pub content_hash: String,
    /// Who approved: "account:…" or "token:…".
    pub approver_key: String,
    /// The approver's name.
    pub approver: String,
    /// When, UTC.
    pub approved_at: DateTime<Utc>,
}

impl Evidenced for Approval {
    const TABLE: &'static str = "notice_approval";

    fn row_id(&self) -> String {
        format!("{}/{}", self.notice_id, self.number)
    }

    fn view(&self) -> Value {
        json!({
            "content_hash": self.content_hash, "approver_key": self.approver_key,
            "approver": self.approver, "approved_at": self.approved_at,
        })
    }
}

/// Adds a notice.
pub async fn insert(tx: &mut Tx, n: &Notice) -> Result<()> {
    tx.command(sql!(
        "insert into notice (id, incident_id, status, current, hideable, created_at, version, audience)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(n.id)
    .bind(n.incident_id)
    .bind(n.status)
    .bind(n.current)
    .bind(n.hideable)
    .bind(n.created_at)
    .bind(n.version)
    .bind(n.audience)
    .run()
    .await?;
    Ok(())
}

/// Writes what may change of a notice, if nobody changed it since; false otherwise.
pub async fn update(tx: &mut Tx, n: &Notice) -> Result<bool> {
    let rows = tx
        .command(sql!(
            "update notice set status = $3, current = $4, hideable = $5, activated_at = $6,
                activated_by = $7, withdrawn_at = $8, withdrawn_reason = $9, version = version + 1
             where id = $1 and version = $2"
        ))
        .bind(n.id)
        .bind(n.version)
        .bind(n.status)
        .bind(n.current)
        .bind(n.hideable)
        .bind(n.activated_at)
        .bind(&n.activated_by)
        .bind(n.withdrawn_at)
        .bind(&n.withdrawn_reason)
        .run()
        .await?;
    Ok(rows == 1)
}

/// One notice.
pub async fn find(db: impl Exec<'_>, id: NoticeId) -> Result<Option<Notice>> {
    db.query(sql!("select * from notice where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// The notices of an incident, in the order of their making.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Notice>> {
    db.query(sql!(
        "select * from notice where incident_id = $1 order by created_at, id limit 100"
    ))
    .bind(incident)
    .all()
    .await
}

/// Whether a live notice tells this incident's roster that it is affected.
pub async fn tells_roster(db: impl Exec<'_>, incident: IncidentId) -> Result<bool> {
    let (n,): (i64,) = db
        .query(sql!(
            "select count(id) from notice where incident_id = $1 and status = 'active'
                and audience = 'affected'"
        ))
        .bind(incident)
        .one()
        .await?;
    Ok(n > 0)
}

/// Whether any notice of this incident is live, whomever it is for.
pub async fn any_active(db: impl Exec<'_>, incident: IncidentId) -> Result<bool> {
    let (n,): (i64,) = db
        .query(sql!(
            "select count(id) from notice where incident_id = $1 and status = 'active'"
        ))
        .bind(incident)
        .one()
        .await?;
    Ok(n > 0)
}

/// Adds a version.
pub async fn insert_version(tx: &mut Tx, v: &Version) -> Result<()> {
    tx.command(sql!(
        "insert into notice_version
            (notice_id, number, content, content_hash, author_key, author, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(v.notice_id)
    .bind(v.number)
    .bind(&v.content)
    .bind(&v.content_hash)
    .bind(&v.author_key)
    .bind(&v.author)
    .bind(v.created_at)
    .run()
    .await?;
    Ok(())
}

/// One version.
pub async fn find_version(
    db: impl Exec<'_>,
    notice: NoticeId,
    number: i64,
) -> Result<Option<Version>> {
    db.query(sql!(
        "select * from notice_version where notice_id = $1 and number = $2"
    ))
    .bind(notice)
    .bind(number)
    .optional()
    .await
}

/// Every version of a notice, newest first.
pub async fn versions(db: impl Exec<'_>, notice: NoticeId) -> Result<Vec<Version>> {
    db.query(sql!(
        "select * from notice_version where notice_id = $1 order by number desc limit 200"
    ))
    .bind(notice)
    .all()
    .await
}

/// Adds an approval.
pub async fn insert_approval(tx: &mut Tx, a: &Approval) -> Result<()> {
    tx.command(sql!(
        "insert into notice_approval
            (notice_id, number, content_hash, approver_key, approver, approved_at)
         values ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(a.notice_id)
    .bind(a.number)
    .bind(&a.content_hash)
    .bind(&a.approver_key)
    .bind(&a.approver)
    .bind(a.approved_at)
    .run()
    .await?;
    Ok(())
}

/// The approvals of a notice, newest first.
pub async fn approvals(db: impl Exec<'_>, notice: NoticeId) -> Result<Vec<Approval>> {
    db.query(sql!(
        "select * from notice_approval where notice_id = $1 order by number desc limit 200"
    ))
    .bind(notice)
    .all()
    .await
}
