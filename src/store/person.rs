//! The roster: who is affected by an incident, on which site. Being on it is being targeted.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{ImportId, IncidentId};
use crate::sql;

/// One affected person, by the company's own id.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// The site whose user this is.
    pub site_id: String,
    /// The company's stable id of the user.
    pub user_id: String,
    /// The roster revision that brought the person, or last changed the row.
    pub revision: i64,
    /// For the fallback channel.
    pub email: Option<String>,
    /// Language tag.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Kinds of data exposed, separated by spaces; none: those of the incident.
    pub exposed: Option<String>,
}

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

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Rejection {
    /// The line in the file, from 1; the header is line 1.
    pub line: i64,
    /// A sentence.
    pub reason: String,
    /// The line as it stood in the file.
    pub raw: String,
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

/// Makes an empty stage for this transaction's rows.
pub async fn open_stage(tx: &mut Tx) -> Result<()> {
    tx.command(sql!("drop table if exists roster_stage"))
        .run()
        .await?;
    tx.command(sql!(
        sqlite: "create temporary table roster_stage (
            line integer not null, user_id text not null, email text, lang text, country text,
            region text, birth_year integer, exposed text)",
        postgres: "create temporary table roster_stage (
            line bigint not null, user_id text not null, email text, lang text, country text,
            region text, birth_year bigint, exposed text) on commit drop"
    ))
    .run()
    .await?;
    Ok(())
}

/// One row on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The line in the file.
    pub line: i64,
    /// The person; `site_id` and `revision` are those of the import.
    pub person: Person,
}

/// How many rows one statement stages: 8 values a row, and SQLite takes 32,766 values.
pub const STAGE_ROWS_MAX: usize = 4000;

/// Puts up to [`STAGE_ROWS_MAX`] rows on the stage.
pub async fn stage(tx: &mut Tx, rows: &[Staged]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    if let Tx::Postgres(tx) = tx {
        return copy(tx, rows).await;
    }
    let mut q = tx.command(sql!(
        "insert into roster_stage
            (line, user_id, email, lang, country, region, birth_year, exposed) values "
    ));
    for (n, row) in rows.iter().enumerate() {
        q = q.push(if n == 0 { "(" } else { ", (" });
        q = q
            .push_bind(row.line)
            .push(", ")
            .push_bind(&row.person.user_id)
            .push(", ");
        q = q
            .push_bind(&row.person.email)
            .push(", ")
            .push_bind(&row.person.lang)
            .push(", ");
        q = q
            .push_bind(&row.person.country)
            .push(", ")
            .push_bind(&row.person.region)
            .push(", ");
        q = q
            .push_bind(row.person.birth_year)
            .push(", ")
            .push_bind(&row.person.exposed)
            .push(")");
    }
    q.run().await?;
    Ok(())
}

/// The same with PostgreSQL's `copy`, which takes rows four times as fast as values in a statement.
async fn copy(tx: &mut sqlx::PgConnection, rows: &[Staged]) -> Result<()> {
    let mut text = String::with_capacity(rows.len() * 80);
    for row in rows {
        let p = &row.person;
        text.push_str(&row.line.to_string());
        let born = p.birth_year.map(|year| year.to_string());
        let fields = [
            Some(&p.user_id),
            p.email.as_ref(),
            p.lang.as_ref(),
            p.country.as_ref(),
            p.region.as_ref(),
            born.as_ref(),
            p.exposed.as_ref(),
        ];
        for field in fields {
            text.push('\t');
            match field {
                None => text.push_str("\\N"),
                Some(field) => escape(&mut text, field),
            }
        }
        text.push('\n');
    }
    let mut copy = tx.copy_in_raw("copy roster_stage from stdin").await?;
    copy.send(text.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

/// Writes a field in the text form of `copy`.
fn escape(text: &mut String, field: &str) {
    for c in field.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
}

/// What a merge did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// New people.
    pub added: i64,
    /// People whose row said something else before.
    pub changed: i64,
}

/// Lines whose user id stands on an earlier line of the same file.
pub async fn staged_twice(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, String)>> {
    tx.query(sql!(
        "select line, user_id from (
            select line, user_id, row_number() over (partition by user_id order by line) as n
            from roster_stage) as numbered
         where n > 1 order by line limit $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// Takes the repeated lines off the stage; the first of each user stays.
pub async fn unstage_twice(tx: &mut Tx) -> Result<u64> {
    tx.command(sql!(
        "delete from roster_stage where line in (
            select line from (
                select line, row_number() over (partition by user_id order by line) as n
                from roster_stage) as numbered
            where n > 1)"
    ))
    .run()
    .await
}

/// Brings the staged rows into the roster in one sorted statement each for new and changed people.
pub async fn merge(tx: &mut Tx, incident: IncidentId, site: &str, revision: i64) -> Result<Merged> {
    let changed = tx
        .command(sql!(
            "update person set revision = $3, email = s.email, lang = s.lang, country = s.country,
                region = s.region, birth_year = s.birth_year, exposed = s.exposed
             from roster_stage as s
             where person.site_id = $2 and person.user_id = s.user_id
                and person.incident_id = $1
                and (person.email is distinct from s.email or person.lang is distinct from s.lang
                    or person.country is distinct from s.country
                    or person.region is distinct from s.region
                    or person.birth_year is distinct from s.birth_year
                    or person.exposed is distinct from s.exposed)"
        ))
        .bind(incident)
        .bind(site)
        .bind(revision)
        .run()
        .await?;
    let added = tx
        .command(sql!(
            "insert into person (incident_id, site_id, user_id, revision, email, lang, country,
                region, birth_year, exposed)
             select $1, $2, user_id, $3, email, lang, country, region, birth_year, exposed
             from roster_stage where true order by user_id
             on conflict (incident_id, site_id, user_id) do nothing"
        ))
        .bind(incident)
        .bind(site)
        .bind(revision)
        .run()
        .await?;
    Ok(Merged {
        added: i64::try_from(added).unwrap_or(i64::MAX),
        changed: i64::try_from(changed).unwrap_or(i64::MAX),
    })
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
pub async fn insert_rejections(tx: &mut Tx, import: ImportId, rows: &[Rejection]) -> Result<()> {
    for piece in rows.chunks(1000) {
        let mut q = tx.command(sql!(
            "insert into roster_rejection (import_id, line, reason, raw) values "
        ));
        for (n, row) in piece.iter().enumerate() {
            q = q
                .push(if n == 0 { "(" } else { ", (" })
                .push_bind(import)
                .push(", ");
            q = q
                .push_bind(row.line)
                .push(", ")
                .push_bind(&row.reason)
                .push(", ");
            q = q.push_bind(&row.raw).push(")");
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
) -> Result<Vec<Rejection>> {
    db.query(sql!(
        "select line, reason, raw from roster_rejection
         where import_id = $1 and line > $2 order by line limit $3"
    ))
    .bind(import)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Counts the roster anew; the sum.
pub async fn recount(tx: &mut Tx, incident: IncidentId) -> Result<i64> {
    tx.command(sql!("delete from roster_count where incident_id = $1"))
        .bind(incident)
        .run()
        .await?;
    tx.command(sql!(
        "insert into roster_count (incident_id, country, region, persons)
         select incident_id, country, region, count(user_id) from person where incident_id = $1
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

/// One person of one incident.
pub async fn find(
    db: impl Exec<'_>,
    incident: IncidentId,
    site: &str,
    user: &str,
) -> Result<Option<Person>> {
    db.query(sql!(
        "select site_id, user_id, revision, email, lang, country, region, birth_year, exposed
         from person where site_id = $1 and user_id = $2 and incident_id = $3"
    ))
    .bind(site)
    .bind(user)
    .bind(incident)
    .optional()
    .await
}

/// Up to `limit` people of one incident on one site after user `after`, in the order of their ids.
pub async fn page(
    db: impl Exec<'_>,
    incident: IncidentId,
    site: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Person>> {
    db.query(sql!(
        "select site_id, user_id, revision, email, lang, country, region, birth_year, exposed
         from person where site_id = $1 and user_id > $2 and incident_id = $3
         order by user_id limit $4"
    ))
    .bind(site)
    .bind(after)
    .bind(incident)
    .bind(limit)
    .all()
    .await
}
