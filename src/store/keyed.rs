//! Rows of before ids and addresses were hashed: read, brought over, and taken away.
//!
//! A migration put them aside as `person_clear`, `delivery_clear` and `roster_rejection_clear`; when
//! these tables are gone, all is done.

use super::{Db, Exec, Tx};
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{DeliveryId, ImportId, IncidentId};
use crate::sql;

/// Whether rows still stand aside.
pub async fn pending(db: impl Exec<'_>) -> Result<bool> {
    let (n,): (i64,) = db
        .query(sql!(
            sqlite: "select count(*) from sqlite_master where name = 'person_clear'",
            postgres: "select count(to_regclass('person_clear'))",
        ))
        .one()
        .await?;
    Ok(n > 0)
}

/// Keeps other programs from doing the same until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    let _: Vec<(i64,)> = tx
        .query(sql!(
            sqlite: "select 1",
            postgres: "select 1::bigint from (select pg_advisory_xact_lock(7)) as locked"
        ))
        .all()
        .await?;
    Ok(())
}

/// Whether anything was ever written in clear: rows that stand aside, or what opens an entry about one.
pub async fn anything(db: impl Exec<'_>) -> Result<bool> {
    let (n,): (i64,) = db
        .query(sql!(
            "select (select count(*) from (select 1 from person_clear limit 1) as a)
                + (select count(*) from (select 1 from delivery_clear limit 1) as b)
                + (select count(*) from (select 1 from roster_rejection_clear limit 1) as c)
                + (select count(*) from (select 1 from roster_import limit 1) as d)
                + (select count(*) from (select 1 from evidence_entry
                    where kind = 'roster.looked_up' limit 1) as e)"
        ))
        .one()
        .await?;
    Ok(n > 0)
}

/// A rejected row in clear.
#[derive(Debug, sqlx::FromRow)]
pub struct Rejection {
    /// The import.
    pub import_id: ImportId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// The line.
    pub line: i64,
    /// A sentence.
    pub reason: String,
    /// The line as it stood in the file.
    pub raw: String,
}

/// Up to `limit` rejected rows in clear, in the order of their key.
pub async fn rejections(tx: &mut Tx, limit: i64) -> Result<Vec<Rejection>> {
    tx.query(sql!(
        "select r.import_id, i.incident_id, r.line, r.reason, r.raw
           from roster_rejection_clear r join roster_import i on i.id = r.import_id
          order by r.import_id, r.line limit $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// Takes the rejected rows up to this one away.
pub async fn drop_rejections(tx: &mut Tx, import: ImportId, line: i64) -> Result<()> {
    tx.command(sql!(
        "delete from roster_rejection_clear where (import_id, line) <= ($1, $2)"
    ))
    .bind(import)
    .bind(line)
    .run()
    .await?;
    Ok(())
}

/// A person in clear.
#[derive(Debug, sqlx::FromRow)]
pub struct Person {
    /// The incident.
    pub incident_id: IncidentId,
    /// The site.
    pub site_id: String,
    /// The account id.
    pub user_id: String,
    /// The revision that brought or last changed the row.
    pub revision: i64,
    /// The address.
    pub email: Option<String>,
    /// Language tag.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Kinds of data.
    pub exposed: Option<String>,
}

/// Up to `limit` people in clear, in the order of their key.
pub async fn people(tx: &mut Tx, limit: i64) -> Result<Vec<Person>> {
    tx.query(sql!(
        "select incident_id, site_id, user_id, revision, email, lang, country, region, birth_year,
            exposed
           from person_clear order by incident_id, site_id, user_id limit $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// Takes the people up to this one away.
pub async fn drop_people(tx: &mut Tx, last: &Person) -> Result<()> {
    tx.command(sql!(
        "delete from person_clear where (incident_id, site_id, user_id) <= ($1, $2, $3)"
    ))
    .bind(last.incident_id)
    .bind(&last.site_id)
    .bind(&last.user_id)
    .run()
    .await?;
    Ok(())
}

/// A person as it goes onto the roster.
#[derive(Debug)]
pub struct Keyed {
    /// The keyed hash of the account id.
    pub key: Key,
    /// The sealed contact.
    pub sealed: Option<Vec<u8>>,
    /// The rest.
    pub person: Person,
}

/// Puts people onto the roster.
pub async fn insert_people(tx: &mut Tx, people: &[Keyed]) -> Result<()> {
    for piece in people.chunks(1_000) {
        let mut q = tx.command(sql!(
            "insert into person (incident_id, site_id, person_key, revision, changed_revision, sealed,
                lang, country, region, place_from, birth_year, exposed) values "
        ));
        for (n, k) in piece.iter().enumerate() {
            let p = &k.person;
            let place = p.country.as_ref().map(|_| super::person::FROM_FILE);
            q = q.push(if n == 0 { "(" } else { ", (" });
            q = q.push_bind(p.incident_id).push(", ");
            q = q.push_bind(&p.site_id).push(", ");
            q = q.push_bind(k.key).push(", ").push_bind(p.revision);
            q = q.push(", ").push_bind(p.revision).push(", ");
            q = q.push_bind(&k.sealed).push(", ").push_bind(&p.lang);
            q = q.push(", ").push_bind(&p.country).push(", ");
            q = q.push_bind(&p.region).push(", ").push_bind(place);
            q = q.push(", ").push_bind(p.birth_year).push(", ");
            q = q.push_bind(&p.exposed).push(")");
        }
        q.run().await?;
    }
    Ok(())
}

/// Whose a delivery in clear is.
#[derive(Debug, sqlx::FromRow)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The site.
    pub site_id: String,
    /// The account id.
    pub user_id: String,
    /// The incident of its notice.
    pub incident_id: IncidentId,
}

/// Up to `limit` deliveries in clear.
pub async fn deliveries(tx: &mut Tx, limit: i64) -> Result<Vec<Delivery>> {
    tx.query(sql!(
        "select d.id, d.site_id, d.user_id, n.incident_id
           from delivery_clear d join notice n on n.id = d.notice_id
          order by d.id limit $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// Brings one delivery over.
pub async fn move_delivery(tx: &mut Tx, id: DeliveryId, key: Key) -> Result<()> {
    tx.command(sql!(
        "insert into delivery (id, notice_id, number, site_id, person_key, lang, text_hash, served_at,
            rendered_at, seen_at, seen_occluded_at, opened_at, acknowledged_at, dwell_ms,
            times_served, kid, jti, token_issued_at, origin, browser)
         select id, notice_id, number, site_id, $2, lang, text_hash, served_at,
            rendered_at, seen_at, seen_occluded_at, opened_at, acknowledged_at, dwell_ms,
            times_served, kid, jti, token_issued_at, origin, browser
           from delivery_clear where id = $1"
    ))
    .bind(id)
    .bind(key)
    .run()
    .await?;
    tx.command(sql!("delete from delivery_clear where id = $1"))
        .bind(id)
        .run()
        .await?;
    Ok(())
}

/// The newest import of an incident that has no revision yet.
#[derive(Debug, sqlx::FromRow)]
pub struct Unrevised {
    /// The incident.
    pub incident_id: IncidentId,
    /// The import's revision.
    pub revision: i64,
    /// The import.
    pub id: ImportId,
}

/// An incident whose roster was imported before revisions were kept; none: there is none left.
pub async fn unrevised(tx: &mut Tx) -> Result<Option<Unrevised>> {
    tx.query(sql!(
        "select i.incident_id, i.revision, i.id
           from roster_import i left join revision r on r.incident_id = i.incident_id
          where r.number is null
          order by i.incident_id, i.revision desc limit 1"
    ))
    .optional()
    .await
}

/// Takes away what opens entries about people in clear, and the tables. The chain stays whole: the
/// entries hold commitments alone.
pub async fn finish(tx: &mut Tx) -> Result<()> {
    tx.command(sql!(
        "delete from evidence_opening
          where (pointer = '/row' and seq in (select e.seq from evidence_entry e
                    where e.kind in ('delivery.served', 'delivery.rendered', 'delivery.seen',
                        'delivery.seen_occluded', 'delivery.opened', 'delivery.acknowledged')))
             or (pointer = '/data/user' and seq in (select e.seq from evidence_entry e
                    where e.kind = 'roster.looked_up'))"
    ))
    .run()
    .await?;
    drop_tables(tx).await
}

/// Takes the tables away.
pub async fn drop_tables(tx: &mut Tx) -> Result<()> {
    tx.command(sql!("drop table person_clear")).run().await?;
    tx.command(sql!("drop table delivery_clear")).run().await?;
    tx.command(sql!("drop table roster_rejection_clear"))
        .run()
        .await?;
    Ok(())
}

/// Lets nothing of it stand on in the database's files.
pub async fn scrub(db: &Db) -> Result<()> {
    db.command(sql!(
        sqlite: "pragma wal_checkpoint(truncate)",
        postgres: "vacuum evidence_opening"
    ))
    .run()
    .await?;
    Ok(())
}
