//! The roster: who is affected by an incident, on which site. Being on it is being targeted.
//!
//! A person is known by a keyed hash; what mail needs stands sealed beside it. Who left keeps the row.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{ImportId, IncidentId};
use crate::sql;

/// One affected person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// The site whose user this is; empty: no account anywhere.
    pub site_id: String,
    /// The keyed hash of the account id, or of what else the person is known by.
    pub person_key: Key,
    /// The revision that brought the person.
    pub revision: i64,
    /// The revision that last changed the row.
    pub changed_revision: i64,
    /// The revision that took the person off the roster; none: is on it.
    pub left_revision: Option<i64>,
    /// Account id, address and phone number under the incident's key
    /// ([`Contact`](crate::domain::scope::seal::Contact)).
    pub sealed: Option<Vec<u8>>,
    /// Language tag.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// Where country and state come from: the name of a source, or [`FROM_FILE`].
    pub place_from: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// What the person is to the company.
    pub role: Option<String>,
    /// Kinds of data exposed, separated by spaces; none: those of the incident.
    pub exposed: Option<String>,
    /// The same for all accounts of one human being; none: the only one.
    pub grouped: Option<Key>,
}

/// What [`Person::place_from`] says when a roster file gave the place.
pub const FROM_FILE: &str = "file";

/// One import of a roster file.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The roster's revision after it, from 1.
    pub revision: i64,
    /// The site whose users the file lists.
    pub site_id: String,
    /// The file's name as it was uploaded.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub file_sha256: String,
    /// Rows in the file, the header not counted.
    pub rows_total: i64,
    /// New people.
    pub added: i64,
    /// People whose row said something else before.
    pub changed: i64,
    /// People who were on the roster already, with the same row.
    pub unchanged: i64,
    /// Rows that could not be taken.
    pub rejected: i64,
    /// Who imported it.
    pub imported_by: String,
    /// When, UTC.
    pub imported_at: DateTime<Utc>,
}

impl Evidenced for Import {
    const TABLE: &'static str = "roster_import";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "revision": self.revision, "site": self.site_id,
            "file_name": self.file_name, "file_sha256": self.file_sha256,
            "rows_total": self.rows_total, "added": self.added, "changed": self.changed,
            "unchanged": self.unchanged, "rejected": self.rejected,
            "imported_by": self.imported_by, "imported_at": self.imported_at,
        })
    }
}

/// A row that could not be taken, with what it holds sealed under the incident's key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedRejection {
    /// The line in the file, from 1; the header is line 1.
    pub line: i64,
    /// Why, and the line as it stood in the file.
    pub sealed: Vec<u8>,
}

/// How many people of a country and state.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// ISO 3166-1 alpha-2, or none when the file did not say.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// People.
    pub persons: i64,
}

/// Adds an import.
pub async fn insert_import(tx: &mut Tx, i: &Import) -> Result<()> {
    tx.command(sql!(
        "insert into roster_import (id, incident_id, revision, site_id, file_name, file_sha256,
            rows_total, added, changed, unchanged, rejected, imported_by, imported_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(i.id)
    .bind(i.incident_id)
    .bind(i.revision)
    .bind(&i.site_id)
    .bind(&i.file_name)
    .bind(&i.file_sha256)
    .bind(i.rows_total)
    .bind(i.added)
    .bind(i.changed)
    .bind(i.unchanged)
    .bind(i.rejected)
    .bind(&i.imported_by)
    .bind(i.imported_at)
    .run()
    .await?;
    Ok(())
}

/// Adds rejected rows of an import, in pieces.
pub async fn insert_rejections(
    tx: &mut Tx,
    import: ImportId,
    rows: &[SealedRejection],
) -> Result<()> {
    for piece in rows.chunks(1000) {
        let mut q = tx.command(sql!(
            "insert into roster_rejection (import_id, line, sealed) values "
        ));
        for (n, row) in piece.iter().enumerate() {
            q = q
                .push(if n == 0 { "(" } else { ", (" })
                .push_bind(import)
                .push(", ");
            q = q.push_bind(row.line).push(", ");
            q = q.push_bind(&row.sealed).push(")");
        }
        q.run().await?;
    }
    Ok(())
}

/// The imports of an incident, newest first.
pub async fn imports(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Import>> {
    db.query(sql!(
        "select * from roster_import where incident_id = $1 order by revision desc limit 200"
    ))
    .bind(incident)
    .all()
    .await
}

/// One import.
pub async fn find_import(db: impl Exec<'_>, id: ImportId) -> Result<Option<Import>> {
    db.query(sql!("select * from roster_import where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Up to `limit` rejected rows after line `after`.
pub async fn rejections(
    db: impl Exec<'_>,
    import: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<SealedRejection>> {
    db.query(sql!(
        "select line, sealed from roster_rejection
         where import_id = $1 and line > $2 order by line limit $3"
    ))
    .bind(import)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Counts the people on the roster anew; the sum.
pub async fn recount(tx: &mut Tx, incident: IncidentId) -> Result<i64> {
    tx.command(sql!("delete from roster_count where incident_id = $1"))
        .bind(incident)
        .run()
        .await?;
    tx.command(sql!(
        "insert into roster_count (incident_id, country, region, persons)
         select incident_id, country, region, count(person_key) from person
         where incident_id = $1 and left_revision is null
         group by incident_id, country, region"
    ))
    .bind(incident)
    .run()
    .await?;
    let (n,): (i64,) = tx
        .query(sql!(
            "select cast(coalesce(sum(persons), 0) as bigint) from roster_count
             where incident_id = $1"
        ))
        .bind(incident)
        .one()
        .await?;
    Ok(n)
}

/// The most places that a page shows.
pub const PLACES_SHOWN: i64 = 400;

/// How many people per country and state, most first, up to `limit` places.
pub async fn counts(db: impl Exec<'_>, incident: IncidentId, limit: i64) -> Result<Vec<Count>> {
    db.query(sql!(
        "select country, region, persons from roster_count where incident_id = $1
         order by persons desc, country, region limit $2"
    ))
    .bind(incident)
    .bind(limit)
    .all()
    .await
}

/// One person of one incident, on its roster or not any more.
pub async fn find(
    db: impl Exec<'_>,
    incident: IncidentId,
    site: &str,
    key: Key,
) -> Result<Option<Person>> {
    db.query(sql!(
        "select site_id, person_key, revision, changed_revision, left_revision, sealed, lang, country,
            region, place_from, birth_year, role, exposed, grouped
         from person where site_id = $1 and person_key = $2 and incident_id = $3"
    ))
    .bind(site)
    .bind(key)
    .bind(incident)
    .optional()
    .await
}

/// Up to `limit` people on the roster of one incident after `after`, in the order of site and key.
pub async fn page(
    db: impl Exec<'_>,
    incident: IncidentId,
    after: Option<(&str, Key)>,
    limit: i64,
) -> Result<Vec<Person>> {
    let (site, key) = after.unwrap_or(("", Key::new([0; 16])));
    db.query(sql!(
        "select site_id, person_key, revision, changed_revision, left_revision, sealed, lang, country,
            region, place_from, birth_year, role, exposed, grouped
         from person
         where incident_id = $1 and (site_id, person_key) > ($2, $3) and left_revision is null
         order by site_id, person_key limit $4"
    ))
    .bind(incident)
    .bind(site)
    .bind(key)
    .bind(limit)
    .all()
    .await
}
