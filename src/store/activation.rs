//! The activation state: the epoch, what is announced, and who is targeted at all.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Db, Exec, Tx};
use crate::domain::activation::Activation;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// The epoch and what is announced, from one snapshot.
pub async fn read(db: impl Exec<'_>) -> Result<Activation> {
    db.query(sql!(
        "select epoch, (select count(*) from announcement) as pending
           from activation_epoch where id = 1"
    ))
    .one()
    .await
}

/// Announces a change that will target more people. Committed when this returns.
pub async fn announce(db: &Db, id: Uuid, until: DateTime<Utc>) -> Result<()> {
    db.command(sql!("insert into announcement (id, until) values ($1, $2)"))
        .bind(id)
        .bind(until)
        .run()
        .await?;
    Ok(())
}

/// In the transaction of the change: takes its announcement away and opens the next epoch. `false`
/// when the announcement is gone; then the transaction must not commit.
pub async fn settle(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let mine = tx
        .command(sql!("delete from announcement where id = $1"))
        .bind(id)
        .run()
        .await?;
    if mine != 1 {
        return Ok(false);
    }
    tx.command(sql!(
        "update activation_epoch set epoch = epoch + 1 where id = 1"
    ))
    .run()
    .await?;
    Ok(true)
}

/// Takes an announcement away whose change will not be made.
pub async fn withdraw(db: &Db, id: Uuid) -> Result<()> {
    db.command(sql!("delete from announcement where id = $1"))
        .bind(id)
        .run()
        .await?;
    Ok(())
}

/// Takes announcements away that ended before `now`: whoever made them is dead. If it is not, its
/// change fails in [`settle`], so this is safe whatever the clocks say.
pub async fn clear_lapsed(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    db.command(sql!("delete from announcement where until < $1"))
        .bind(now)
        .run()
        .await
}

/// The incidents that have a live notice. A drill targets nobody, so it is not among them.
pub async fn live_incidents(db: impl Exec<'_>) -> Result<Vec<(IncidentId,)>> {
    db.query(sql!(
        "select distinct i.id from notice n join incident i on i.id = n.incident_id
         where n.status = 'active' and not i.drill order by i.id"
    ))
    .all()
    .await
}

/// A person of a site.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Targeted {
    /// The site's id.
    pub site_id: String,
    /// The keyed hash of the site's own id of the person.
    pub person_key: Key,
}

/// The people of a site who are or were on an incident's roster, a page of them.
///
/// At most `limit`, those after `after` in the order of site and key: the order of the table, so that
/// each page costs the same in a roster of millions. Who left is among them, because a correction may
/// be for them.
pub async fn targeted(
    db: impl Exec<'_>,
    incident: IncidentId,
    after: Option<&Targeted>,
    limit: i64,
) -> Result<Vec<Targeted>> {
    // Who has no account stands before everybody else, under no site.
    let last = Key::new([0xff; 16]);
    let (site, key) = after.map_or(("", last), |t| (&t.site_id, t.person_key));
    db.query(sql!(
        "select site_id, person_key from person
         where incident_id = $1 and (site_id, person_key) > ($2, $3)
         order by site_id, person_key limit $4"
    ))
    .bind(incident)
    .bind(site)
    .bind(key)
    .bind(limit)
    .all()
    .await
}
