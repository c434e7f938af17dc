//! Sends plain-text mail to staff: over SMTP, into a folder, or into memory for tests.
//!
//! What always holds: a mail has one recipient and the Message-ID it was written down with, and the
//! same mail is the same bytes each time it is sent. Addresses do not reach the log unmasked.
//!
//! What it cannot do: a mail is sent at least once, not exactly once. When the connection is lost, or
//! this process dies, between the server's taking a mail and our noting that, the mail is sent
//! again with the same Message-ID; most mailboxes show it once. Who gets what and when is decided
//! elsewhere.

pub mod smtp;
pub mod text;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
pub use lettre::Address;
use lettre::Message;
pub use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};

pub use smtp::Smtp;

use crate::ids::MailId;

/// A mail on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Names the file in a folder.
    pub id: MailId,
    /// Without angle brackets.
    pub message_id: String,
    /// One address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub body: String,
    /// The mail's date, UTC: when it was written down, not when it was sent.
    pub written_at: DateTime<Utc>,
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent {
    /// The server will never take it; otherwise it is worth another try.
    pub lasting: bool,
    /// What was said, without the recipient's address.
    pub reason: String,
}

impl NotSent {
    fn for_now(reason: impl Into<String>) -> Self {
        Self {
            lasting: false,
            reason: reason.into(),
        }
    }

    fn forever(reason: impl Into<String>) -> Self {
        Self {
            lasting: true,
            reason: reason.into(),
        }
    }
}

/// Sends mail. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    from: Mailbox,
    route: Route,
}

#[derive(Clone, Debug)]
enum Route {
    Smtp(Arc<Smtp>),
    Folder(PathBuf),
    Memory(Arc<Mutex<Vec<Outgoing>>>),
    Off,
}

impl Mailer {
    /// Sends over SMTP.
    pub fn smtp(from: Mailbox, smtp: Smtp) -> Self {
        let route = Route::Smtp(Arc::new(smtp));
        Self { from, route }
    }

    /// Writes each mail to `DIR/<id>.eml`; for the demo and for looking at mails.
    pub fn folder(from: Mailbox, dir: impl Into<PathBuf>) -> Self {
        let route = Route::Folder(dir.into());
        Self { from, route }
    }

    /// Keeps each mail in memory; see [`Mailer::memory_sent`].
    pub fn memory(from: Mailbox) -> Self {
        let route = Route::Memory(Arc::default());
        Self { from, route }
    }

    /// Has no way to send; a mail that is queued all the same waits.
    pub fn off(from: Mailbox) -> Self {
        let route = Route::Off;
        Self { from, route }
    }

    /// Can it send?
    pub fn is_on(&self) -> bool {
        !matches!(self.route, Route::Off)
    }

    /// What a [`Mailer::memory`] was given so far; of others nothing.
    pub fn memory_sent(&self) -> Vec<Outgoing> {
        match &self.route {
            Route::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// The Message-ID of the mail `id`, without angle brackets. Made once and written down.
    pub fn message_id(&self, id: MailId) -> String {
        format!("{id}@{}", self.from.email.domain())
    }

    /// Sends `mail`.
    ///
    /// # Errors
    /// [`NotSent`]; whether it may be tried again stands in it.
    pub async fn send(&self, mail: &Outgoing) -> Result<(), NotSent> {
        let message = self.message(mail)?;
        let sent = match &self.route {
            Route::Smtp(smtp) => smtp.send(message.envelope(), &message.formatted()).await,
            Route::Folder(dir) => write_file(dir, mail.id, message.formatted()).await,
            Route::Memory(sent) => {
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push(mail.clone());
                Ok(())
            }
            Route::Off => Err(NotSent::for_now("No mail server is set (smtp_url).")),
        };
        sent.map_err(|e| NotSent {
            reason: e.reason.replace(&mail.recipient, &mask(&mail.recipient)),
            ..e
        })
    }

    fn message(&self, mail: &Outgoing) -> Result<Message, NotSent> {
        let to: Mailbox = mail
            .recipient
            .parse()
            .map_err(|_| NotSent::forever("The recipient is not a mail address."))?;
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .date(mail.written_at.into())
            .message_id(Some(format!("<{}>", mail.message_id)))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            // The end of the last line comes with the end of the mail.
            .body(mail.body.trim_end().to_owned())
            .map_err(|e| NotSent::forever(format!("The mail cannot be written: {e}.")))
    }
}

/// RFC 3834: asks for no automatic answer.
#[derive(Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// An address for the log: `anna.muster@example.org` becomes `a…@example.org`.
pub fn mask(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let first = local.chars().next().unwrap_or('…');
            format!("{first}…@{domain}")
        }
        None => "…".to_owned(),
    }
}

/// Whole or not at all: under another name first, then renamed. Writing a mail twice leaves one file.
async fn write_file(dir: &Path, id: MailId, bytes: Vec<u8>) -> Result<(), NotSent> {
    let (part, whole) = (
        dir.join(format!(".{id}.part")),
        dir.join(format!("{id}.eml")),
    );
    let write = async {
        tokio::fs::create_dir_all(dir).await?;
        tokio::fs::write(&part, bytes).await?;
        tokio::fs::rename(&part, &whole).await
    };
    write
        .await
        .map_err(|e| NotSent::for_now(format!("The mail folder cannot be written: {e}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Outgoing {
        Outgoing {
            id: MailId(uuid::Uuid::nil()),
            message_id: "1@notice.example".to_owned(),
            recipient: "anna.muster@example.org".to_owned(),
            subject: "2026-014: Frist läuft".to_owned(),
            body: "Grüße\n".to_owned(),
            written_at: "2026-11-25T09:14:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_same_mail_is_the_same_bytes_each_time() {
        let mailer = Mailer::memory("Due Notice <dn@notice.example>".parse().unwrap());
        let bytes = mailer.message(&mail()).unwrap().formatted();
        assert_eq!(bytes, mailer.message(&mail()).unwrap().formatted());
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii(), "no server needs 8BITMIME for it");
        assert!(
            text.contains("Message-ID: <1@notice.example>\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Date: Wed, 25 Nov 2026 09:14:00 +0000\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Auto-Submitted: auto-generated\r\n"),
            "{text}"
        );
    }

    #[test]
    fn a_line_end_in_the_subject_makes_no_header() {
        let mailer = Mailer::memory("dn@notice.example".parse().unwrap());
        let subject = "x\r\nBcc: eve@evil.example".to_owned();
        let message = mailer.message(&Outgoing { subject, ..mail() }).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }

    #[tokio::test]
    async fn a_folder_holds_one_whole_file_per_mail() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = Mailer::folder("dn@notice.example".parse().unwrap(), dir.path());
        mailer.send(&mail()).await.unwrap();
        mailer.send(&mail()).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names, [format!("{}.eml", uuid::Uuid::nil())]);
    }

    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask("anna.muster@example.org"), "a…@example.org");
        assert_eq!(mask("nonsense"), "…");
    }
}
