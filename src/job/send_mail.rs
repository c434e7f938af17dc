//! Sends one mail that was written down.
//!
//! The mail server's "yes" and our note of it cannot be one transaction: when the process dies between
//! them, the mail is sent again with the same Message-ID. Never the other way round: a mail that is
//! noted as sent was taken by the server.

use serde::{Deserialize, Serialize};

use super::{Job, Outcome, Payload};
use crate::app::App;
use crate::error::Result;
use crate::ids::MailId;
use crate::mail::Outgoing;
use crate::store::mail;

/// The mail to send.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum SendMail {
    /// The first form.
    #[serde(rename = "1")]
    V1 {
        /// The mail.
        mail: MailId,
    },
}

impl SendMail {
    /// Sends the mail `mail`.
    pub fn new(mail: MailId) -> Self {
        Self::V1 { mail }
    }
}

impl Payload for SendMail {
    const KIND: &'static str = "send_mail";
    // About three days: a mail server that is down over a weekend loses nothing.
    const ATTEMPTS_MAX: i64 = 80;
}

impl Job<App> for SendMail {
    async fn run(self, app: App) -> Result<Outcome> {
        let Self::V1 { mail: id } = self;
        let Some(mail) = mail::get(&app.db, id)
            .await?
            .filter(|m| m.sent_at.is_none())
        else {
            return Ok(Outcome::Nothing);
        };
        let outgoing = Outgoing {
            id,
            message_id: mail.message_id,
            recipient: mail.recipient,
            subject: mail.subject,
            body: mail.body,
            written_at: mail.created_at,
        };
        match app.mailer.send(&outgoing).await {
            Ok(()) => {
                let mut tx = app.db.begin("mail.sent").await?;
                mail::sent(&mut tx, id, app.time.now()).await?;
                Ok(Outcome::Done(tx))
            }
            Err(not) if not.lasting => Ok(Outcome::Fail(not.reason)),
            Err(not) => Ok(Outcome::Retry(not.reason)),
        }
    }
}
