//! Deliveries: one notice to one person, from `served` on.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::delivery::{Event, Ladder};
use crate::domain::evidence::Evidenced;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{DeliveryId, IncidentId, NoticeId};
use crate::sql;

/// One notice to one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The notice.
    pub notice_id: NoticeId,
    /// The notice's version that was shown.
    pub number: i64,
    /// The site.
    pub site_id: String,
    /// The keyed hash of the company's id of the user.
    pub person_key: Key,
    /// The language that was shown: last, until the person counts as notified; then the one that was
    /// seen.
    pub lang: String,
    /// SHA-256 of exactly the text that was shown in that language, hex.
    pub text_hash: String,
    /// When it reached which level.
    #[sqlx(flatten)]
    pub ladder: Ladder,
}

impl Evidenced for Delivery {
    const TABLE: &'static str = "delivery";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        let l = &self.ladder;
        json!({
            "notice": self.notice_id, "number": self.number, "site": self.site_id,
            "person": self.person_key, "lang": self.lang, "text_hash": self.text_hash,
            "served_at": l.served_at, "rendered_at": l.rendered_at, "seen_at": l.seen_at,
            "seen_occluded_at": l.seen_occluded_at, "opened_at": l.opened_at,
            "acknowledged_at": l.acknowledged_at, "dwell_ms": l.dwell_ms,
        })
    }
}

/// A live notice that concerns somebody.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// The notice.
    pub notice_id: NoticeId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// The version that is live.
    pub number: i64,
    /// May the person hide it for the page view?
    pub hideable: bool,
    /// Canonical JSON: language to content.
    pub content: String,
    /// The hash of the content that was approved, hex.
    pub content_hash: String,
}

/// The live notices for a person of a site, oldest first. A drill reaches nobody; nor does a text that
/// nobody approved. Who left the roster sees no notice of it, but the correction, if told before.
pub async fn due(db: impl Exec<'_>, site: &str, person: Key) -> Result<Vec<Due>> {
    db.query(sql!(
        "select n.id as notice_id, n.incident_id, v.number, n.hideable, v.content, v.content_hash
           from person p
           join incident i on i.id = p.incident_id
           join notice n on n.incident_id = p.incident_id
           join notice_version v on v.notice_id = n.id and v.number = n.current
           join notice_approval a on a.notice_id = v.notice_id and a.number = v.number
                and a.content_hash = v.content_hash
          where p.site_id = $1 and p.person_key = $2 and n.status = 'active' and not i.drill
            and case when n.audience = 'affected' then p.left_revision is null
                else exists (select 1 from person_gone g
                    where g.incident_id = p.incident_id and g.revision = p.left_revision
                      and g.site_id = p.site_id and g.person_key = p.person_key and g.told) end
          order by n.activated_at, n.id limit 100"
    ))
    .bind(site)
    .bind(person)
    .all()
    .await
}

/// The live versions of all notices, whoever they are for; for how long an answer can get.
pub async fn live_contents(db: impl Exec<'_>) -> Result<Vec<(String,)>> {
    db.query(sql!(
        "select v.content from notice n
           join notice_version v on v.notice_id = n.id and v.number = n.current
          where n.status = 'active' limit 1000"
    ))
    .all()
    .await
}

/// One delivery.
pub async fn find(db: impl Exec<'_>, id: DeliveryId) -> Result<Option<Delivery>> {
    db.query(sql!("select * from delivery where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// One delivery, locked until the end of the transaction.
pub async fn lock(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>> {
    tx.query(sql!(
        sqlite: "select * from delivery where id = $1",
        postgres: "select * from delivery where id = $1 for update"
    ))
    .bind(id)
    .optional()
    .await
}

/// The delivery of one version of a notice to one person.
pub async fn of_person(
    db: impl Exec<'_>,
    notice: NoticeId,
    number: i64,
    site: &str,
    person: Key,
) -> Result<Option<Delivery>> {
    db.query(sql!(
        "select * from delivery
          where notice_id = $1 and number = $2 and site_id = $3 and person_key = $4"
    ))
    .bind(notice)
    .bind(number)
    .bind(site)
    .bind(person)
    .optional()
    .await
}

/// The newest request for a notice: which token, from where, with what.
#[derive(Clone, Debug)]
pub struct Request {
    /// The key that signed the token.
    pub kid: String,
    /// The token's id.
    pub jti: String,
    /// When the host made the token, by the host's clock.
    pub token_issued_at: DateTime<Utc>,
    /// The page's origin, when the browser says it.
    pub origin: Option<String>,
    /// The browser's coarse family.
    pub browser: &'static str,
}

/// Adds a delivery that was served for the first time; `false` when there is one by now.
pub async fn insert(tx: &mut Tx, d: &Delivery, r: &Request) -> Result<bool> {
    tx.command(sql!(
        "insert into delivery (id, notice_id, number, site_id, person_key, lang, text_hash, served_at,
                times_served, kid, jti, token_issued_at, origin, browser)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, $12, $13) on conflict do nothing"
    ))
    .bind(d.id)
    .bind(d.notice_id)
    .bind(d.number)
    .bind(&d.site_id)
    .bind(d.person_key)
    .bind(&d.lang)
    .bind(&d.text_hash)
    .bind(d.ladder.served_at)
    .bind(&r.kid)
    .bind(&r.jti)
    .bind(r.token_issued_at)
    .bind(&r.origin)
    .bind(r.browser)
    .run_unless_exists()
    .await
}

/// Counts another serving.
pub async fn count(db: impl Exec<'_>, id: DeliveryId, r: &Request) -> Result<()> {
    db.command(sql!(
        "update delivery set times_served = times_served + 1, kid = $2, jti = $3,
                token_issued_at = $4, origin = $5, browser = $6
          where id = $1"
    ))
    .bind(id)
    .bind(&r.kid)
    .bind(&r.jti)
    .bind(r.token_issued_at)
    .bind(&r.origin)
    .bind(r.browser)
    .run()
    .await?;
    Ok(())
}

/// Writes the language that was shown, of a delivery that is locked.
pub async fn set_language(tx: &mut Tx, d: &Delivery) -> Result<()> {
    tx.command(sql!(
        "update delivery set lang = $2, text_hash = $3 where id = $1"
    ))
    .bind(d.id)
    .bind(&d.lang)
    .bind(&d.text_hash)
    .run()
    .await?;
    Ok(())
}

/// Writes the level that `event` reached, of a delivery that is locked.
pub async fn set_level(tx: &mut Tx, d: &Delivery, event: Event) -> Result<()> {
    let l = &d.ladder;
    let (sql, at) = match event {
        Event::Rendered => (
            sql!("update delivery set rendered_at = $2 where id = $1"),
            l.rendered_at,
        ),
        Event::Seen { .. } => (
            sql!("update delivery set seen_at = $2, dwell_ms = $3 where id = $1"),
            l.seen_at,
        ),
        Event::SeenOccluded => (
            sql!("update delivery set seen_occluded_at = $2 where id = $1"),
            l.seen_occluded_at,
        ),
        Event::Opened => (
            sql!("update delivery set opened_at = $2 where id = $1"),
            l.opened_at,
        ),
        Event::Acknowledged => (
            sql!("update delivery set acknowledged_at = $2 where id = $1"),
            l.acknowledged_at,
        ),
    };
    let query = tx.command(sql).bind(d.id).bind(at);
    match event {
        Event::Seen { .. } => query.bind(l.dwell_ms).run().await?,
        _ => query.run().await?,
    };
    Ok(())
}

/// How many people of a notice's roster reached which level, each counted at every level reported.
///
/// Only deliveries of the live version count, and only those whom the notice is for
/// by now: a person who left the roster is not one of its people any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Counts {
    /// Sent.
    pub served: i64,
    /// In the page.
    pub rendered: i64,
    /// Seen.
    pub seen: i64,
    /// Details opened.
    pub opened: i64,
    /// Acknowledged.
    pub acknowledged: i64,
    /// In view, but only with something over it: these are not notified.
    pub only_occluded: i64,
    /// Seen, opened or acknowledged: these are notified.
    pub notified: i64,
}

/// The counts of a notice.
pub async fn counts(db: impl Exec<'_>, notice: NoticeId) -> Result<Counts> {
    db.query(sql!(
        "select count(*) as served, count(d.rendered_at) as rendered, count(d.seen_at) as seen,
                count(d.opened_at) as opened, count(d.acknowledged_at) as acknowledged,
                count(case when d.seen_occluded_at is not null and d.seen_at is null
                            and d.opened_at is null and d.acknowledged_at is null
                      then 1 end) as only_occluded,
                count(coalesce(d.seen_at, d.opened_at, d.acknowledged_at)) as notified
           from delivery d
           join notice n on n.id = d.notice_id and n.current = d.number
           join person p on p.incident_id = n.incident_id and p.site_id = d.site_id
                and p.person_key = d.person_key
                and (p.left_revision is null) = (n.audience = 'affected')
          where d.notice_id = $1"
    ))
    .bind(notice)
    .one()
    .await
}

/// Somebody on the roster, and how far the notice got.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reach {
    /// The site.
    pub site_id: String,
    /// The keyed hash of the company's id of the user.
    pub person_key: Key,
    /// The sealed contact, for the fallback channel.
    pub sealed: Option<Vec<u8>>,
    /// When it was first sent, UTC; none: never asked for, or not by this person.
    pub served_at: Option<DateTime<Utc>>,
    /// When it was first in the page, UTC.
    pub rendered_at: Option<DateTime<Utc>>,
    /// When it was first in view with something over it, UTC.
    pub seen_occluded_at: Option<DateTime<Utc>>,
}

/// People whom a notice is for and who are not notified: whom the fallback channel must reach.
///
/// Neither seen nor opened nor acknowledged; in the order of site and key, after `after`. For a
/// correction they are those who left the roster after having been told.
pub async fn unreached(
    db: impl Exec<'_>,
    notice: NoticeId,
    after: Option<(&str, Key)>,
    limit: i64,
) -> Result<Vec<Reach>> {
    let (site, key) = after.unwrap_or(("", Key::new([0; 16])));
    db.query(sql!(
        "select p.site_id, p.person_key, p.sealed, d.served_at, d.rendered_at, d.seen_occluded_at
           from notice n
           join person p on p.incident_id = n.incident_id
           left join delivery d on d.notice_id = n.id and d.site_id = p.site_id
                and d.person_key = p.person_key and d.number = n.current
          where n.id = $1 and (p.site_id, p.person_key) > ($2, $3)
            and case when n.audience = 'affected' then p.left_revision is null
                else exists (select 1 from person_gone g
                    where g.incident_id = p.incident_id and g.revision = p.left_revision
                      and g.site_id = p.site_id and g.person_key = p.person_key and g.told) end
            and d.seen_at is null and d.opened_at is null and d.acknowledged_at is null
          order by p.site_id, p.person_key limit $4"
    ))
    .bind(notice)
    .bind(site)
    .bind(key)
    .bind(limit)
    .all()
    .await
}
