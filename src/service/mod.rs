//! Use-cases: authorise, decide, write, prove. Each is one transaction.
//!
//! A use-case begins with [`Ctx::begin`], which asks the access table, and ends with
//! [`Write::commit`], which appends the evidence entries in the same transaction as the rows and the
//! jobs. What is not committed did not happen. No SQL stands here, no HTML, no mail.

use announcement::Announced;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::domain::access::{Action, Actor};
use crate::domain::evidence::Entry;
use crate::error::{Error, Result};
use crate::store::{Tx, idempotency};

pub mod account;
pub mod announcement;
pub mod answer;
pub mod calendar_override;
pub mod delivery;
pub mod evidence;
pub mod explain;
pub mod exposure;
pub mod fact;
pub mod hold;
pub mod incident;
pub mod incident_key;
pub mod keyed;
pub mod known;
pub mod late;
pub mod notice;
pub mod obligation;
pub mod order;
pub mod places;
pub mod recipe;
mod refresh;
mod rejected_row;
pub mod revision;
pub mod roster;
mod roster_lines;
pub mod site;
pub mod source;
pub mod spool;
pub mod staff_mail;
pub mod tallies;
pub mod tidy;
pub mod token;
pub mod who;

/// Who asks for something, when, and under which idempotency key.
#[derive(Clone, Debug)]
pub struct Ctx<'a> {
    /// The program's parts.
    pub app: &'a App,
    /// Who asks.
    pub actor: Actor,
    /// The present, taken once for the whole use-case, UTC.
    pub now: DateTime<Utc>,
    /// From the `Idempotency-Key` header, or from the form: a repetition changes nothing.
    pub key: Option<String>,
}

impl<'a> Ctx<'a> {
    /// A use-case of `actor`, now.
    pub fn new(app: &'a App, actor: Actor) -> Self {
        Self {
            app,
            actor,
            now: app.time.now(),
            key: None,
        }
    }

    /// The same under an idempotency key of 1 to 128 visible characters.
    pub fn with_key(mut self, key: Option<String>) -> Self {
        self.key = key.filter(|k| !k.is_empty());
        self
    }

    /// Refuses what the access table does not allow.
    pub fn require(&self, action: Action) -> Result<()> {
        if self.actor.may(action) {
            return Ok(());
        }
        let role = self.actor.role.map_or("no role", |r| r.as_str());
        Err(Error::Denied(format!(
            "You may not {}: your role is {role}. Ask somebody whose role allows it.",
            action.words()
        )))
    }

    /// Announces a change that will target more people, and waits until every node knows.
    pub(crate) async fn announce(&self, lasting: TimeDelta) -> Result<Announced> {
        let app = self.app;
        announcement::announce(
            &app.db,
            app.rng.uuid(self.now),
            self.now,
            lasting,
            app.trust,
        )
        .await
    }

    /// Takes back an announcement whose change was not made.
    pub(crate) async fn give_up(&self, announced: Option<Announced>) -> Result<()> {
        match announced {
            Some(announced) => announced.withdraw(&self.app.db).await,
            None => Ok(()),
        }
    }

    /// Authorises `action` and begins its transaction.
    pub async fn begin(&self, action: Action, name: &'static str) -> Result<Write<'a>> {
        self.require(action)?;
        self.begin_unchecked(name).await
    }

    /// Begins a transaction of the product itself, which the access table does not know.
    pub async fn begin_unchecked(&self, name: &'static str) -> Result<Write<'a>> {
        let tx = self.app.db.begin(name).await?;
        Ok(self.go_on(tx, name))
    }

    /// Makes a transaction that was begun for rows of one kind the one of a use-case.
    pub(crate) fn go_on(&self, tx: Tx, name: &'static str) -> Write<'a> {
        Write {
            tx,
            app: self.app,
            now: self.now,
            actor: self.actor.clone(),
            name,
            entries: Vec::new(),
            key: self.key.clone(),
            request_hash: String::new(),
        }
    }
}

/// One transaction in the making: rows, evidence and jobs, together or not at all.
#[derive(Debug)]
pub struct Write<'a> {
    /// Where rows and jobs go.
    pub tx: Tx,
    /// The program's parts.
    pub app: &'a App,
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Who acts.
    pub actor: Actor,
    name: &'static str,
    entries: Vec<Entry>,
    key: Option<String>,
    request_hash: String,
}

impl Write<'_> {
    /// The answer that was given to the same request before, if it carries a known key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the key was used for another request.
    pub async fn replay<T: DeserializeOwned>(
        &mut self,
        request: &impl Serialize,
    ) -> Result<Option<T>> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        if key.len() > 128 || key.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(Error::invalid(
                "Idempotency-Key",
                "The key must have 1 to 128 visible ASCII characters.",
            ));
        }
        let body = serde_json::to_string(&(self.name, request)).map_err(Error::internal)?;
        self.request_hash = hex::encode(Sha256::digest(body.as_bytes()));
        match idempotency::find(&mut self.tx, &self.actor.key(), key).await? {
            None => Ok(None),
            Some(answered) if answered.request_hash == self.request_hash => {
                serde_json::from_str(&answered.answer)
                    .map(Some)
                    .map_err(Error::internal)
            }
            Some(_) => Err(Error::Conflict(
                "This Idempotency-Key was used for another request. Use a new key.".to_owned(),
            )),
        }
    }

    /// Ends the announcement of a change that targets more people, in the same transaction.
    pub async fn settle(&mut self, announced: &mut Option<Announced>) -> Result<()> {
        match announced.take() {
            Some(announced) => announced.settle(&mut self.tx).await,
            None => Err(Error::internal(
                "a change that targets more people was not announced",
            )),
        }
    }

    /// Notes what happened; it is appended to the log with the commit.
    pub fn record(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Makes everything last, with its evidence; gives back `answer`.
    pub async fn commit<T: Serialize>(mut self, answer: T) -> Result<T> {
        if let Some(key) = &self.key {
            let answered = idempotency::Answered {
                request_hash: self.request_hash,
                answer: serde_json::to_string(&answer).map_err(Error::internal)?,
            };
            let actor = self.actor.key();
            if !idempotency::keep(&mut self.tx, &actor, key, &answered, self.now).await? {
                return Err(Error::Conflict(
                    "The same request is being carried out just now. Look at the list before you \
                     send it again."
                        .to_owned(),
                ));
            }
        }
        let (app, now) = (self.app, self.now);
        crate::store::evidence::append(&mut self.tx, &self.entries, now, &self.actor, &app.rng)
            .await?;
        self.tx.commit().await?;
        for entry in &self.entries {
            tracing::info!(kind = entry.kind, incident = ?entry.incident, "recorded");
        }
        Ok(answer)
    }
}

/// A missing thing is a `NotFound` with its name.
pub(crate) trait OrNotFound<T> {
    /// The thing, or "`what` was not found".
    fn or_not_found(self, what: &'static str) -> Result<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self, what: &'static str) -> Result<T> {
        self.ok_or(Error::NotFound(what))
    }
}

/// The sentence for a change that met somebody else's.
pub(crate) fn changed_meanwhile(what: &str) -> Error {
    Error::Conflict(format!(
        "Somebody else changed this {what} while you were working on it. What you entered is kept \
         below; look at the newest state and send it again."
    ))
}
