//! Mails to staff: written down before they are sent, kept after.
//!
//! One mail for one cause and one recipient, by a unique key: a cause that is found twice is told once.

use chrono::{DateTime, Utc};

use super::{Exec, Tx};
use crate::error::Result;
use crate::ids::MailId;
use crate::sql;

/// A mail, as it was or will be sent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// RFC 5322 Message-ID without angle brackets, made once.
    pub message_id: String,
    /// What the mail is about, such as `deadline.passed:<id>`.
    pub cause: String,
    /// One address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When the mail server (or the folder) took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Writes a mail down; `false` when this recipient has one for this cause already.
pub async fn insert(tx: &mut Tx, mail: &Mail) -> Result<bool> {
    tx.command(sql!(
        "insert into mail (id, message_id, cause, recipient, subject, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (cause, recipient) do nothing"
    ))
    .bind(mail.id)
    .bind(&mail.message_id)
    .bind(&mail.cause)
    .bind(&mail.recipient)
    .bind(&mail.subject)
    .bind(&mail.body)
    .bind(mail.created_at)
    .run_unless_exists()
    .await
}

/// The mail with this id.
pub async fn get(db: impl Exec<'_>, id: MailId) -> Result<Option<Mail>> {
    db.query(sql!(
        "select id, message_id, cause, recipient, subject, body, created_at, sent_at
         from mail where id = $1"
    ))
    .bind(id)
    .optional()
    .await
}

/// Notes that the mail was taken.
pub async fn sent(tx: &mut Tx, id: MailId, at: DateTime<Utc>) -> Result<()> {
    tx.command(sql!("update mail set sent_at = $2 where id = $1"))
        .bind(id)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// How many recipients have a mail for this cause.
pub async fn told(db: impl Exec<'_>, cause: &str) -> Result<i64> {
    let row: (i64,) = db
        .query(sql!("select count(*) from mail where cause = $1"))
        .bind(cause)
        .one()
        .await?;
    Ok(row.0)
}
