//! Mails to the team, written down in the transaction that causes them.

use super::Write;
use crate::error::Result;
use crate::ids::MailId;
use crate::mail::text::{self, About};
use crate::store::incident::Incident;
use crate::store::mail::{self, Mail};

/// An incident was opened.
pub(super) async fn incident_opened(w: &mut Write<'_>, incident: &Incident) -> Result<()> {
    let link = w.app.config.link(&format!("/incidents/{}", incident.id));
    let about = About {
        reference: &incident.reference,
        link: &link,
        drill: incident.drill,
    };
    let text = text::opened(about);
    let cause = format!("incident.opened:{}", incident.id);
    for recipient in w.app.config.mail_team.clone() {
        let id = MailId(w.app.rng.uuid(w.now));
        let mail = Mail {
            id,
            message_id: w.app.mailer.message_id(id),
            cause: cause.clone(),
            recipient,
            subject: text.subject.clone(),
            body: text.body.clone(),
            created_at: w.now,
            sent_at: None,
        };
        mail::insert(&mut w.tx, &mail).await?;
    }
    Ok(())
}
