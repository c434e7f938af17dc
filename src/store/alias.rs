//! Every identifier of the people on a roster, so that one person is found by any of them.

use super::{Exec, Tx};
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// An identifier and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The line of the row on the roster's stage that it belongs to.
    pub line: i64,
    /// The identifier.
    pub id_key: Key,
    /// The site of the person's row on the roster.
    pub site_id: String,
    /// The key of that row.
    pub person_key: Key,
}

/// Makes an empty stage for this transaction.
pub async fn open(tx: &mut Tx) -> Result<()> {
    tx.command(sql!("drop table if exists alias_stage"))
        .run()
        .await?;
    tx.command(sql!(
        sqlite: "create temporary table alias_stage (
            line integer not null, id_key blob not null, site_id text not null,
            person_key blob not null)",
        postgres: "create temporary table alias_stage (
            line bigint not null, id_key uuid not null, site_id text collate \"C\" not null,
            person_key uuid not null) on commit drop"
    ))
    .run()
    .await?;
    Ok(())
}

/// How many rows one statement stages: 4 values a row, and SQLite takes 32,766.
const ROWS: usize = 8_000;

/// Puts rows on the stage.
pub async fn push(tx: &mut Tx, rows: &[Alias]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    if let Tx::Postgres(tx) = tx {
        let mut text = String::with_capacity(rows.len() * 100);
        for row in rows {
            // A site's id is a word of letters, digits and hyphens: nothing to escape.
            text.push_str(&format!(
                "{}\t{}\t{}\t{}\n",
                row.line, row.id_key.0, row.site_id, row.person_key.0
            ));
        }
        let mut copy = tx.copy_in_raw("copy alias_stage from stdin").await?;
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
        return Ok(());
    }
    for rows in rows.chunks(ROWS) {
        let mut q = tx.command(sql!(
            "insert into alias_stage (line, id_key, site_id, person_key) values "
        ));
        for (n, row) in rows.iter().enumerate() {
            q = q.push(if n == 0 { "(" } else { ", (" });
            q = q.push_bind(row.line).push(", ").push_bind(row.id_key);
            q = q.push(", ").push_bind(&row.site_id).push(", ");
            q = q.push_bind(row.person_key).push(")");
        }
        q.run().await?;
    }
    Ok(())
}

/// Takes away the aliases of lines that are not on the roster's stage any more.
pub async fn drop_unstaged(tx: &mut Tx) -> Result<()> {
    tx.command(sql!(
        "delete from alias_stage where line not in (select line from roster_stage)"
    ))
    .run()
    .await?;
    Ok(())
}

/// Makes what stands on the stage the aliases of an incident, in one sorted statement. Those of people
/// who left stay: they can still be asked about.
pub async fn merge(tx: &mut Tx, incident: IncidentId) -> Result<()> {
    tx.command(sql!(
        "insert into alias (incident_id, id_key, site_id, person_key)
         select $1, id_key, site_id, person_key
         from (select distinct id_key, site_id, person_key from alias_stage) as staged where true
         order by id_key, site_id, person_key
         on conflict (incident_id, id_key, site_id, person_key) do nothing"
    ))
    .bind(incident)
    .run()
    .await?;
    Ok(())
}

/// The people that an identifier belongs to, at most 100.
pub async fn find(
    db: impl Exec<'_>,
    incident: IncidentId,
    id_key: Key,
) -> Result<Vec<(String, Key)>> {
    db.query(sql!(
        "select site_id, person_key from alias where incident_id = $1 and id_key = $2
         order by site_id, person_key limit 100"
    ))
    .bind(incident)
    .bind(id_key)
    .all()
    .await
}
