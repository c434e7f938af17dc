//! Showing a notice to one person, and writing down how far it got.
//!
//! What always holds: each first time of a level and its evidence entry are one commit. A repeated
//! serving only counts; a repeated report changes nothing. Nothing here is done in the name of staff.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::Ctx;
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::delivery::{Event, Ladder, pick_language};
use crate::domain::evidence::Entry;
use crate::domain::notice::Content;
use crate::domain::scope::identifier::Key;
use crate::error::{Error, Result};
use crate::ids::{DeliveryId, IncidentId, NoticeId};
use crate::store::delivery::{self, Delivery, Due, Request};
use crate::store::notice;
use crate::store::revision;

/// Who asks, as the host's token and the browser say.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// The site.
    pub site: &'a str,
    /// The person, by the keyed hash of the site's own id.
    pub person: Key,
    /// The language that the page wishes for.
    pub lang: Option<&'a str>,
    /// The site's own language.
    pub site_lang: &'a str,
    /// The token, the page and the browser.
    pub request: Request,
}

/// A notice as it is sent.
#[derive(Clone, Debug)]
pub struct Served {
    /// The delivery that it is.
    pub delivery: DeliveryId,
    /// The notice.
    pub notice: NoticeId,
    /// The version.
    pub number: i64,
    /// May the person hide it for the page view?
    pub hideable: bool,
    /// The language.
    pub lang: String,
    /// What it says.
    pub content: Content,
}

/// The notices for a person that are live and not yet acknowledged, each now served.
///
/// Asks the database exactly; nothing is written when there are none.
pub async fn serve(app: &App, asking: &Asking<'_>) -> Result<Vec<Served>> {
    let mut served = Vec::new();
    for due in delivery::due(&app.db, asking.site, asking.person).await? {
        if let Some(one) = serve_one(app, asking, &due).await? {
            served.push(one);
        }
    }
    Ok(served)
}

async fn serve_one(app: &App, asking: &Asking<'_>, due: &Due) -> Result<Option<Served>> {
    let mut contents = read_contents(&due.content)?;
    let languages: Vec<&str> = contents.keys().map(String::as_str).collect();
    let lang = pick_language(&languages, asking.lang, asking.site_lang)
        .ok_or_else(|| Error::internal(format!("notice {} has no text", due.notice_id)))?
        .to_owned();
    let content = contents
        .remove(&lang)
        .ok_or_else(|| Error::internal("a language was picked that is not there"))?;
    let text_hash = text_hash(&content);
    let found = find(app, asking, due).await?;
    let known = match found {
        Some(known) => known,
        None => match first(app, asking, due, &lang, &text_hash).await? {
            Some(new) => return Ok(Some(served(&new, due, lang, content))),
            // Another request of the same person was quicker.
            None => find(app, asking, due)
                .await?
                .ok_or_else(|| Error::internal("a delivery is there and is not"))?,
        },
    };
    if known.ladder.acknowledged_at.is_some() {
        return Ok(None);
    }
    delivery::count(&app.db, known.id, &asking.request).await?;
    if known.lang != lang {
        in_another_language(app, due, known.id, &lang, &text_hash).await?;
    }
    Ok(Some(served(&known, due, lang, content)))
}

fn served(delivery: &Delivery, due: &Due, lang: String, content: Content) -> Served {
    Served {
        delivery: delivery.id,
        notice: due.notice_id,
        number: due.number,
        hideable: due.hideable,
        lang,
        content,
    }
}

async fn find(app: &App, asking: &Asking<'_>, due: &Due) -> Result<Option<Delivery>> {
    let (site, person) = (asking.site, asking.person);
    delivery::of_person(&app.db, due.notice_id, due.number, site, person).await
}

/// The first serving to this person: the row and its entry. None when another was quicker.
async fn first(
    app: &App,
    asking: &Asking<'_>,
    due: &Due,
    lang: &str,
    text_hash: &str,
) -> Result<Option<Delivery>> {
    let ctx = Ctx::new(app, Actor::person());
    let mut w = ctx.begin_unchecked("delivery.serve").await?;
    let new = Delivery {
        id: DeliveryId(app.rng.uuid(w.now)),
        notice_id: due.notice_id,
        number: due.number,
        site_id: asking.site.to_owned(),
        person_key: asking.person,
        lang: lang.to_owned(),
        text_hash: text_hash.to_owned(),
        ladder: Ladder::served(w.now),
    };
    if !delivery::insert(&mut w.tx, &new, &asking.request).await? {
        return Ok(None);
    }
    let request = &asking.request;
    w.record(
        entry("delivery.served", due.incident_id, &new)
            .with("site", asking.site)
            .with("kid", request.kid.clone())
            .with("token_issued_at", request.token_issued_at.to_rfc3339())
            .with("origin", request.origin.clone())
            .seal("jti", request.jti.clone()),
    );
    w.commit(()).await?;
    Ok(Some(new))
}

/// The same notice in another language is another text: that it was served is evidence too. The row
/// follows until the person counts as notified; then it keeps the language that was seen.
async fn in_another_language(
    app: &App,
    due: &Due,
    id: DeliveryId,
    lang: &str,
    text_hash: &str,
) -> Result<()> {
    let ctx = Ctx::new(app, Actor::person());
    let mut w = ctx.begin_unchecked("delivery.serve").await?;
    let Some(mut row) = delivery::lock(&mut w.tx, id).await? else {
        return Err(Error::internal("a delivery was there and is not"));
    };
    if row.lang == lang || row.ladder.notified_at().is_some() {
        return Ok(());
    }
    lang.clone_into(&mut row.lang);
    text_hash.clone_into(&mut row.text_hash);
    delivery::set_language(&mut w.tx, &row).await?;
    w.record(entry("delivery.served", due.incident_id, &row));
    w.commit(()).await
}

/// What a browser reports about a delivery whose receipt it showed; `lang` is the receipt's.
///
/// # Errors
/// [`Error::NotFound`] when there is no such delivery.
pub async fn report(app: &App, id: DeliveryId, lang: &str, event: Event) -> Result<()> {
    let ctx = Ctx::new(app, Actor::person());
    // Most reports are repetitions: they must not take the writer.
    let known = delivery::find(&app.db, id).await?;
    let mut known = known.ok_or(Error::NotFound("This delivery"))?;
    if !known.ladder.report(event, ctx.now) {
        return Ok(());
    }
    let mut w = ctx.begin_unchecked("delivery.report").await?;
    let row = delivery::lock(&mut w.tx, id).await?;
    let mut row = row.ok_or(Error::NotFound("This delivery"))?;
    let was_notified = row.ladder.notified_at().is_some();
    if !row.ladder.report(event, w.now) {
        return Ok(());
    }
    let notice = notice::find(&mut w.tx, row.notice_id).await?;
    let incident = notice.ok_or(Error::NotFound("This notice"))?.incident_id;
    let text_hash = if row.lang == lang {
        row.text_hash.clone()
    } else {
        let version = notice::find_version(&mut w.tx, row.notice_id, row.number).await?;
        let version = version.ok_or(Error::NotFound("This version"))?;
        let content = read_contents(&version.content)?.remove(lang);
        text_hash(&content.ok_or(Error::NotFound("This language"))?)
    };
    if !was_notified && row.lang != lang {
        lang.clone_into(&mut row.lang);
        row.text_hash.clone_from(&text_hash);
        delivery::set_language(&mut w.tx, &row).await?;
    }
    delivery::set_level(&mut w.tx, &row, event).await?;
    if !was_notified && row.ladder.notified_at().is_some() {
        // Served before leaving the roster, seen after: a correction is owed all the same.
        revision::told_after_leaving(&mut w.tx, incident, &row.site_id, row.person_key).await?;
    }
    let mut entry = entry(event.entry_kind(), incident, &row)
        .with("lang", lang)
        .with("text_hash", text_hash);
    if let Event::Seen { dwell_ms } = event {
        entry = entry.with("dwell_ms", dwell_ms);
    }
    w.record(entry);
    w.commit(()).await
}

fn entry(kind: &'static str, incident: IncidentId, row: &Delivery) -> Entry {
    Entry::new(kind, Some(incident))
        .with("delivery", row.id.to_string())
        .with("notice", row.notice_id.to_string())
        .with("number", row.number)
        .with("lang", row.lang.clone())
        .with("text_hash", row.text_hash.clone())
        .of(row)
}

/// The languages and texts of a version as they are kept.
///
/// # Errors
/// When somebody changed the database by hand.
pub fn read_contents(text: &str) -> Result<BTreeMap<String, Content>> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// SHA-256 of the text as a person reads it, in one language, hex.
pub fn text_hash(content: &Content) -> String {
    hex::encode(Sha256::digest(content.to_plain_text()))
}
