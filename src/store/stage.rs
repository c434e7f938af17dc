//! The stage: where rows of a roster stand within one transaction before they are merged into it.
//!
//! A table of the transaction, `roster_stage`; whoever has rows in the database already may fill it by
//! a statement of its own. A row is everything that the roster will say about a person: what is not
//! said is taken away. Merging takes one sorted statement for each thing that can become of a person,
//! and memory that does not grow with the roster.

use super::{Engine, Exec, Tx};
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// One row on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The line in the file; of two rows of one person the first is meant.
    pub line: i64,
    /// The site whose user this is; empty: no account.
    pub site_id: String,
    /// The person; see [`Person`](super::person::Person) for this and the rest.
    pub person_key: Key,
    /// The sealed contact.
    pub sealed: Option<Vec<u8>>,
    /// Language tag.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// Where country and state come from.
    pub place_from: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// What the person is to the company.
    pub role: Option<String>,
    /// Kinds of data, separated by spaces.
    pub exposed: Option<String>,
    /// The same for all accounts of one human being.
    pub grouped: Option<Key>,
}

/// Makes an empty stage for this transaction's rows.
pub async fn open(tx: &mut Tx) -> Result<()> {
    tx.command(sql!("drop table if exists roster_stage"))
        .run()
        .await?;
    tx.command(sql!(
        sqlite: "create temporary table roster_stage (
            line integer not null, site_id text not null, person_key blob not null, sealed blob,
            lang text, country text, region text, place_from text, birth_year integer, role text,
            exposed text, grouped blob)",
        postgres: "create temporary table roster_stage (
            line bigint not null, site_id text collate \"C\" not null, person_key uuid not null,
            sealed bytea, lang text, country text, region text, place_from text, birth_year bigint,
            role text, exposed text, grouped uuid) on commit drop"
    ))
    .run()
    .await?;
    Ok(())
}

/// How many rows at a time are worth staging together.
pub const ROWS: usize = 4_000;

/// How many rows one statement stages on SQLite, which takes 32,766 values; a row has 12.
const SQLITE_ROWS: usize = 2_000;

/// Puts rows on the stage.
pub async fn push(tx: &mut Tx, rows: &[Staged]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    if let Tx::Postgres(tx) = tx {
        return copy(tx, rows).await;
    }
    for rows in rows.chunks(SQLITE_ROWS) {
        let mut q = tx.command(sql!(
            "insert into roster_stage (line, site_id, person_key, sealed, lang, country, region,
                place_from, birth_year, role, exposed, grouped) values "
        ));
        for (n, r) in rows.iter().enumerate() {
            q = q.push(if n == 0 { "(" } else { ", (" });
            q = q.push_bind(r.line).push(", ").push_bind(&r.site_id);
            q = q.push(", ").push_bind(r.person_key).push(", ");
            q = q.push_bind(&r.sealed).push(", ").push_bind(&r.lang);
            q = q.push(", ").push_bind(&r.country).push(", ");
            q = q.push_bind(&r.region).push(", ");
            q = q.push_bind(&r.place_from).push(", ");
            q = q.push_bind(r.birth_year).push(", ").push_bind(&r.role);
            q = q.push(", ").push_bind(&r.exposed).push(", ");
            q = q.push_bind(r.grouped).push(")");
        }
        q.run().await?;
    }
    Ok(())
}

/// The same with PostgreSQL's binary `copy`, which takes rows several times as fast as values in a
/// statement.
async fn copy(tx: &mut sqlx::PgConnection, rows: &[Staged]) -> Result<()> {
    let mut out = Vec::with_capacity(rows.len() * 160);
    out.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for r in rows {
        out.extend_from_slice(&12_i16.to_be_bytes());
        field(&mut out, Some(&r.line.to_be_bytes()));
        field(&mut out, Some(r.site_id.as_bytes()));
        field(&mut out, Some(r.person_key.bytes()));
        field(&mut out, r.sealed.as_deref());
        field(&mut out, r.lang.as_deref().map(str::as_bytes));
        field(&mut out, r.country.as_deref().map(str::as_bytes));
        field(&mut out, r.region.as_deref().map(str::as_bytes));
        field(&mut out, r.place_from.as_deref().map(str::as_bytes));
        let born = r.birth_year.map(i64::to_be_bytes);
        field(&mut out, born.as_ref().map(<[u8; 8]>::as_slice));
        field(&mut out, r.role.as_deref().map(str::as_bytes));
        field(&mut out, r.exposed.as_deref().map(str::as_bytes));
        let grouped = r.grouped.as_ref();
        field(&mut out, grouped.map(|key| key.bytes().as_slice()));
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    let mut copy = tx
        .copy_in_raw("copy roster_stage from stdin with (format binary)")
        .await?;
    copy.send(out).await?;
    copy.finish().await?;
    Ok(())
}

/// A field: its length, or -1 for null, then its bytes.
fn field(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    let length = bytes.map_or(-1, |b| i32::try_from(b.len()).unwrap_or(i32::MAX));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes.unwrap_or_default());
}

/// Lines whose person stands on an earlier line.
pub async fn repeated(tx: &mut Tx) -> Result<Vec<i64>> {
    let lines: Vec<(i64,)> = tx
        .query(sql!(
            "select line from (
                select line, row_number() over (partition by site_id, person_key order by line) as n
                from roster_stage) as numbered
             where n > 1 order by line"
        ))
        .all()
        .await?;
    Ok(lines.into_iter().map(|(line,)| line).collect())
}

/// Takes the repeated lines off the stage; the first of each person stays.
pub async fn drop_repeated(tx: &mut Tx) -> Result<u64> {
    tx.command(sql!(
        "delete from roster_stage where line in (
            select line from (
                select line, row_number() over (partition by site_id, person_key order by line) as n
                from roster_stage) as numbered
            where n > 1)"
    ))
    .run()
    .await
}

/// What becomes of people who are on the roster and not on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving<'a> {
    /// They stay: the stage adds and changes.
    Nobody,
    /// They leave, for this reason: the stage is the whole roster.
    WhoIsNotStaged(&'a str),
}

/// What a merge did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// New people.
    pub added: i64,
    /// People who had left and are on the roster again.
    pub back: i64,
    /// People who left.
    pub left: i64,
    /// People who stayed, and whose row said something else before.
    pub changed: i64,
}

impl Merged {
    /// Whether the roster is as it was.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Brings the staged rows into the roster of an incident as revision `revision`.
pub async fn merge(
    tx: &mut Tx,
    incident: IncidentId,
    revision: i64,
    leaving: Leaving<'_>,
) -> Result<Merged> {
    if tx.engine() == Engine::Postgres {
        // A table of the transaction has no statistics, and joins of millions are planned by them.
        tx.command(sql!("analyze roster_stage")).run().await?;
    }
    let left = match leaving {
        Leaving::Nobody => 0,
        Leaving::WhoIsNotStaged(reason) => leave(tx, incident, revision, reason).await?,
    };
    let changed = tx
        .command(sql!(
            "update person set changed_revision = $2, sealed = s.sealed, lang = s.lang,
                country = s.country, region = s.region, place_from = s.place_from,
                birth_year = s.birth_year, role = s.role, exposed = s.exposed, grouped = s.grouped
             from roster_stage as s
             where person.incident_id = $1 and person.site_id = s.site_id
                and person.person_key = s.person_key and person.left_revision is null
                and (person.sealed is distinct from s.sealed
                    or person.lang is distinct from s.lang
                    or person.country is distinct from s.country
                    or person.region is distinct from s.region
                    or person.place_from is distinct from s.place_from
                    or person.birth_year is distinct from s.birth_year
                    or person.role is distinct from s.role
                    or person.exposed is distinct from s.exposed
                    or person.grouped is distinct from s.grouped)"
        ))
        .bind(incident)
        .bind(revision)
        .run()
        .await?;
    let back = come_back(tx, incident, revision).await?;
    let added = tx
        .command(sql!(
            "insert into person (incident_id, site_id, person_key, revision, changed_revision, sealed,
                lang, country, region, place_from, birth_year, role, exposed, grouped)
             select $1, site_id, person_key, $2, $2, sealed, lang, country, region, place_from,
                birth_year, role, exposed, grouped
             from roster_stage where true order by site_id, person_key
             on conflict (incident_id, site_id, person_key) do nothing"
        ))
        .bind(incident)
        .bind(revision)
        .run()
        .await?;
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Merged {
        added: number(added),
        back: number(back),
        left: number(left),
        changed: number(changed),
    })
}

/// Who is not on the stage leaves, with a row that says why and what the person had been told.
async fn leave(tx: &mut Tx, incident: IncidentId, revision: i64, reason: &str) -> Result<u64> {
    let left = tx
        .command(sql!(
            "insert into person_gone
                (incident_id, revision, site_id, person_key, reason, told, served)
             select $1, $2, p.site_id, p.person_key, $3,
                exists (select 1 from notice n join delivery d on d.notice_id = n.id
                    where n.incident_id = $1 and n.audience = 'affected'
                        and d.site_id = p.site_id and d.person_key = p.person_key
                        and (d.seen_at is not null or d.opened_at is not null
                            or d.acknowledged_at is not null)),
                exists (select 1 from notice n join delivery d on d.notice_id = n.id
                    where n.incident_id = $1 and n.audience = 'affected'
                        and d.site_id = p.site_id and d.person_key = p.person_key)
             from person p
             left join roster_stage s on s.site_id = p.site_id and s.person_key = p.person_key
             where p.incident_id = $1 and p.left_revision is null and s.person_key is null"
        ))
        .bind(incident)
        .bind(revision)
        .bind(reason)
        .run()
        .await?;
    if left > 0 {
        tx.command(sql!(
            "update person set left_revision = $2 from person_gone as g
             where g.incident_id = $1 and g.revision = $2 and person.incident_id = $1
                and person.site_id = g.site_id and person.person_key = g.person_key"
        ))
        .bind(incident)
        .bind(revision)
        .run()
        .await?;
    }
    Ok(left)
}

/// Who is on the stage and had left is on the roster again.
async fn come_back(tx: &mut Tx, incident: IncidentId, revision: i64) -> Result<u64> {
    let (away,): (i64,) = tx
        .query(sql!(
            "select count(*) from person where incident_id = $1 and left_revision is not null
                and left_revision <> $2"
        ))
        .bind(incident)
        .bind(revision)
        .one()
        .await?;
    if away == 0 {
        return Ok(0);
    }
    tx.command(sql!(
        "update person_gone set back_revision = $2 from person as p, roster_stage as s
         where p.incident_id = $1 and p.left_revision is not null
            and p.site_id = s.site_id and p.person_key = s.person_key
            and person_gone.incident_id = $1 and person_gone.revision = p.left_revision
            and person_gone.site_id = p.site_id and person_gone.person_key = p.person_key"
    ))
    .bind(incident)
    .bind(revision)
    .run()
    .await?;
    tx.command(sql!(
        "update person set left_revision = null, changed_revision = $2, sealed = s.sealed,
            lang = s.lang, country = s.country, region = s.region, place_from = s.place_from,
            birth_year = s.birth_year, role = s.role, exposed = s.exposed, grouped = s.grouped
         from roster_stage as s
         where person.incident_id = $1 and person.site_id = s.site_id
            and person.person_key = s.person_key and person.left_revision is not null"
    ))
    .bind(incident)
    .bind(revision)
    .run()
    .await
}
