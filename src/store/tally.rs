//! How many people on a roster are what: counted once with each revision.

use super::{Exec, Tx};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// People who have the same role, age, origin of place, reach and exposed data.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    /// What they are to the company.
    pub role: Option<String>,
    /// `under13`, `minor`, `adult`, `unknown`.
    pub minor: String,
    /// Where their country and state come from.
    pub place_from: Option<String>,
    /// Whether they have an account.
    pub account: bool,
    /// Kinds of data, separated by spaces; none: those of the incident.
    pub exposed: Option<String>,
    /// How many.
    pub persons: i64,
}

/// The groups of an incident's roster. Who is born in `under13_from` or later may be under 13, who is
/// born in `minor_from` or later may be under 18.
pub async fn groups(
    db: impl Exec<'_>,
    incident: IncidentId,
    under13_from: i64,
    minor_from: i64,
) -> Result<Vec<Group>> {
    db.query(sql!(
        "select role, minor, place_from, account, exposed, count(*) as persons from (
            select role, place_from, exposed, site_id <> '' as account,
                case when birth_year is null then 'unknown' when birth_year >= $2 then 'under13'
                    when birth_year >= $3 then 'minor' else 'adult' end as minor
            from person where incident_id = $1 and left_revision is null) as people
         group by role, minor, place_from, account, exposed"
    ))
    .bind(incident)
    .bind(under13_from)
    .bind(minor_from)
    .all()
    .await
}

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// `role`, `minor`, `kind`, `place_from`, `reach`.
    pub what: String,
    /// Which role, kind …; empty: not stated.
    pub value: String,
    /// How many people.
    pub persons: i64,
}

/// Puts new counts in the place of the old ones.
pub async fn replace(tx: &mut Tx, incident: IncidentId, all: &[Tally]) -> Result<()> {
    tx.command(sql!("delete from roster_tally where incident_id = $1"))
        .bind(incident)
        .run()
        .await?;
    for one in all {
        tx.command(sql!(
            "insert into roster_tally (incident_id, what, value, persons) values ($1, $2, $3, $4)"
        ))
        .bind(incident)
        .bind(&one.what)
        .bind(&one.value)
        .bind(one.persons)
        .run()
        .await?;
    }
    Ok(())
}

/// The counts of an incident's roster, the largest of each kind first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Tally>> {
    db.query(sql!(
        "select what, value, persons from roster_tally where incident_id = $1
         order by what, persons desc, value limit 10000"
    ))
    .bind(incident)
    .all()
    .await
}
