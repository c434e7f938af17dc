//! Sources: one reading of one list from one place, for one incident.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{IncidentId, SourceId};
use crate::sql;

/// How far a source is.
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
#[schema(as = SourceStatus)]
pub enum Status {
    /// Received; a person says what its columns mean.
    Waiting,
    /// Its rows are being read.
    Reading,
    /// Its records are being put into the database.
    Loading,
    /// Somebody stopped it; it can go on.
    Stopped,
    /// It could not be read on; it can be tried again.
    Failed,
    /// Its records can be used; nothing changes it any more.
    Done,
    /// It was put aside before it was done.
    Discarded,
}

impl Status {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reading => "reading",
            Self::Loading => "loading",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Done => "done",
            Self::Discarded => "discarded",
        }
    }

    /// Is somebody at work on it?
    pub const fn under_way(self) -> bool {
        matches!(self, Self::Reading | Self::Loading)
    }

    /// Can it be begun, or go on?
    pub const fn can_begin(self) -> bool {
        matches!(self, Self::Waiting | Self::Stopped | Self::Failed)
    }
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Source {
    /// The number in each of its records.
    pub no: i64,
    /// Its id.
    pub id: SourceId,
    /// The incident.
    pub incident_id: IncidentId,
    /// How recipes call it.
    pub name: String,
    /// Rises with each reading of the same name, from 1.
    pub version: i64,
    /// The system of the operator profile; empty: none.
    pub system: String,
    /// The site whose account ids it holds.
    pub site_id: Option<String>,
    /// Taken from the exposed system itself.
    pub in_system: bool,
    /// `file` or `query`.
    pub origin: String,
    /// The file's name, or the connection's.
    pub origin_name: String,
    /// SHA-256 of the file as received, hex.
    pub origin_sha256: Option<String>,
    /// JSON: how it is read.
    pub format: String,
    /// JSON: which column means what.
    pub mapping: String,
    /// How far it is.
    pub status: Status,
    /// Why it failed or was stopped.
    pub problem: Option<String>,
    /// Who holds an older one must not write.
    pub token: i64,
    /// Rows read so far, the header not counted.
    pub rows_read: i64,
    /// Records in the database, when done.
    pub rows_taken: i64,
    /// Rows that could not be taken.
    pub rows_rejected: i64,
    /// Rows that stand on an earlier line too; they are among the rejected.
    pub rows_repeated: i64,
    /// Of the packed file.
    pub bytes_read: i64,
    /// Of the packed file; 0: not known.
    pub bytes_total: i64,
    /// JSON: from where a stopped reading goes on.
    pub checkpoint: Option<String>,
    /// SHA-256 over its records in their order, hex.
    pub content_sha256: Option<String>,
    /// Who gave it.
    pub created_by: String,
    /// When, UTC.
    pub created_at: DateTime<Utc>,
    /// The newest sign of life, UTC.
    pub beat_at: Option<DateTime<Utc>>,
    /// UTC.
    pub done_at: Option<DateTime<Utc>>,
}

impl Source {
    /// Name and version: `orders`, or `orders (2)` from the second reading on.
    pub fn title(&self) -> String {
        match self.version {
            1 => self.name.clone(),
            n => format!("{} ({n})", self.name),
        }
    }
}

impl Evidenced for Source {
    const TABLE: &'static str = "source";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    /// How far a reading is says nothing; what came of it does.
    fn view(&self) -> Value {
        let ended = matches!(self.status, Status::Done | Status::Discarded);
        let result = (self.status == Status::Done).then(|| {
            json!({
                "rows": self.rows_read, "taken": self.rows_taken, "rejected": self.rows_rejected,
                "repeated": self.rows_repeated, "content_sha256": self.content_sha256,
                "done_at": self.done_at,
            })
        });
        json!({
            "incident": self.incident_id, "no": self.no, "name": self.name, "version": self.version,
            "system": self.system, "site": self.site_id, "in_system": self.in_system,
            "origin": self.origin, "origin_name": self.origin_name,
            "origin_sha256": self.origin_sha256, "format": self.format, "mapping": self.mapping,
            "status": ended.then(|| self.status.as_str()), "result": result,
            "created_by": self.created_by, "created_at": self.created_at,
        })
    }
}

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Rejection {
    /// The line in the file, or the number of the row.
    pub line: i64,
    /// The column; empty: the whole row.
    pub field: String,
    /// A sentence and the row, sealed under the incident's key.
    pub sealed: Vec<u8>,
}

/// Adds a source.
pub async fn insert(tx: &mut Tx, s: &Source) -> Result<()> {
    tx.command(sql!(
        "insert into source (no, id, incident_id, name, version, system, site_id, in_system, origin,
            origin_name, origin_sha256, format, mapping, status, token, rows_read, rows_taken,
            rows_rejected, rows_repeated, bytes_read, bytes_total, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0, 0, 0, $16,
            $17, $18)"
    ))
    .bind(s.no)
    .bind(s.id)
    .bind(s.incident_id)
    .bind(&s.name)
    .bind(s.version)
    .bind(&s.system)
    .bind(&s.site_id)
    .bind(s.in_system)
    .bind(&s.origin)
    .bind(&s.origin_name)
    .bind(&s.origin_sha256)
    .bind(&s.format)
    .bind(&s.mapping)
    .bind(s.status)
    .bind(s.token)
    .bind(s.bytes_total)
    .bind(&s.created_by)
    .bind(s.created_at)
    .run()
    .await?;
    Ok(())
}

/// One source.
pub async fn find(db: impl Exec<'_>, id: SourceId) -> Result<Option<Source>> {
    db.query(sql!("select * from source where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// One source, locked until the end of the transaction.
pub async fn lock(tx: &mut Tx, id: SourceId) -> Result<Option<Source>> {
    tx.query(sql!(
        sqlite: "select * from source where id = $1",
        postgres: "select * from source where id = $1 for update"
    ))
    .bind(id)
    .optional()
    .await
}

/// The sources of an incident, newest first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Source>> {
    db.query(sql!(
        "select * from source where incident_id = $1 order by no desc limit 500"
    ))
    .bind(incident)
    .all()
    .await
}

/// Writes everything that can change before it is done.
pub async fn update(tx: &mut Tx, s: &Source) -> Result<()> {
    tx.command(sql!(
        "update source set format = $2, mapping = $3, status = $4, problem = $5, token = $6,
            rows_read = $7, rows_taken = $8, rows_rejected = $9, rows_repeated = $10,
            bytes_read = $11, bytes_total = $12, checkpoint = $13, content_sha256 = $14,
            beat_at = $15, done_at = $16, system = $17, site_id = $18, in_system = $19, name = $20,
            version = $21
         where no = $1"
    ))
    .bind(s.no)
    .bind(&s.format)
    .bind(&s.mapping)
    .bind(s.status)
    .bind(&s.problem)
    .bind(s.token)
    .bind(s.rows_read)
    .bind(s.rows_taken)
    .bind(s.rows_rejected)
    .bind(s.rows_repeated)
    .bind(s.bytes_read)
    .bind(s.bytes_total)
    .bind(&s.checkpoint)
    .bind(&s.content_sha256)
    .bind(s.beat_at)
    .bind(s.done_at)
    .bind(&s.system)
    .bind(&s.site_id)
    .bind(s.in_system)
    .bind(&s.name)
    .bind(s.version)
    .run()
    .await?;
    Ok(())
}

/// In the transaction of a slice of work: notes how far it is, when `s.token` still holds the source and
/// nobody stopped it. `false`: the slice must not commit.
pub async fn advance(tx: &mut Tx, s: &Source) -> Result<bool> {
    let touched = tx
        .command(sql!(
            "update source set status = $3, rows_read = $4, rows_taken = $5, rows_rejected = $6,
                rows_repeated = $7, bytes_read = $8, checkpoint = $9, beat_at = $10
             where no = $1 and token = $2 and status in ('reading', 'loading')"
        ))
        .bind(s.no)
        .bind(s.token)
        .bind(s.status)
        .bind(s.rows_read)
        .bind(s.rows_taken)
        .bind(s.rows_rejected)
        .bind(s.rows_repeated)
        .bind(s.bytes_read)
        .bind(&s.checkpoint)
        .bind(s.beat_at)
        .run()
        .await?;
    Ok(touched == 1)
}

/// Adds rejected rows, in pieces. A line that was rejected before stays as it was.
pub async fn reject(tx: &mut Tx, no: i64, rows: &[Rejection]) -> Result<u64> {
    let mut added = 0;
    for piece in rows.chunks(1000) {
        let mut q = tx.command(sql!(
            "insert into source_rejection (source, line, field, sealed) values "
        ));
        for (n, row) in piece.iter().enumerate() {
            q = q.push(if n == 0 { "(" } else { ", (" });
            q = q.push_bind(no).push(", ").push_bind(row.line).push(", ");
            q = q.push_bind(&row.field).push(", ");
            q = q.push_bind(&row.sealed).push(")");
        }
        added += q
            .push(" on conflict (source, line) do nothing")
            .run()
            .await?;
    }
    Ok(added)
}

/// Up to `limit` rejected rows after line `after`.
pub async fn rejections(
    db: impl Exec<'_>,
    no: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Rejection>> {
    db.query(sql!(
        "select line, field, sealed from source_rejection
         where source = $1 and line > $2 order by line limit $3"
    ))
    .bind(no)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// The reasons for which rows were rejected, by column, most first: what a page shows of a million.
pub async fn rejected_columns(db: impl Exec<'_>, no: i64) -> Result<Vec<(String, i64)>> {
    db.query(sql!(
        "select field, count(*) as n from source_rejection where source = $1
         group by field order by n desc, field limit 50"
    ))
    .bind(no)
    .all()
    .await
}

/// Takes away what an unfinished reading left, for one that begins anew.
pub async fn clear(tx: &mut Tx, no: i64) -> Result<()> {
    tx.command(sql!("delete from source_rejection where source = $1"))
        .bind(no)
        .run()
        .await?;
    tx.command(sql!("delete from listed where source = $1"))
        .bind(no)
        .run()
        .await?;
    Ok(())
}
