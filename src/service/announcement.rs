//! How a change that targets more people is made, so that nobody who is targeted is told "nothing".
//!
//! Nodes answer unaffected people from a filter in memory. A change that targets more people (a notice
//! goes live; people are added to an incident) must reach every node's filter, or
//! end every node's belief in it, *before* it commits. Two phases do that:
//!
//! 1. [`announce`] commits a row in `announcement`, then waits for `trust`.
//! 2. The change runs in a transaction of its own and ends it with [`Announced::settle`], which deletes
//!    exactly that row and opens the next epoch, all in one commit.
//!
//! A node reads (epoch, number of announcements) in one snapshot, again and again. A reading that began
//! at `b` makes it believe its filter until `b + trust`, and only if nothing was announced and the epoch
//! is that of the filter, which was read before the filter's people were.
//!
//! **Why nobody is missed.** Let the announcement be committed at `A` at the latest, and the change at
//! `C`. Its row cannot be put back once it is gone, and the change commits only if it deleted the row
//! itself; so the row stood there from `A` until `C` without a break. Suppose a node believes a filter at
//! some instant `t >= C` that lacks somebody whom the change added. The belief stems from a reading that
//! saw no announcement, so its snapshot was not taken between `A` and `C`:
//! * If it was taken before `A`, it began before `A`, and the belief ended before `A + trust <= C`. But
//!   the belief held at `t >= C`: impossible.
//! * If it was taken at `C` or later, it read an epoch that counts the change. The filter has the same
//!   epoch, read before its people were; so the people were read after `C`, and the one whom the change
//!   added was among them: impossible.
//!
//! Whoever adds people because no notice is live asks that again in the same transaction, with the
//! incident locked, which going live locks too: otherwise a notice could go live between the question
//! and the commit, and every filter would be built without them.
//!
//! No wall clock is part of this. When two nodes' clocks differ, an announcement can be cleared too
//! early; then [`Announced::settle`] fails and nothing was changed. Clocks that run at unequal *speed*
//! are what the margin in the filter is for.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::{Db, Tx, activation};

/// How long an announcement stands before others may take its maker for dead, when its change is
/// short: the activation of a notice.
pub const SHORT: TimeDelta = TimeDelta::seconds(30);

/// The same when the change is long: a roster of millions of people.
pub const LONG: TimeDelta = TimeDelta::minutes(30);

/// An announcement that stands: the change may be made now.
#[derive(Debug)]
#[must_use = "an announcement keeps every node from its filter until it is settled or withdrawn"]
pub struct Announced {
    id: Uuid,
}

/// Announces a change that will target more people, and waits until no node believes an older filter.
///
/// `id` is random, `now` the present, `lasting` how long the change may take ([`SHORT`] or [`LONG`]),
/// `trust` the installation's trust time. On SQLite no write transaction of ours may be open: this
/// needs one of its own.
///
/// # Errors
/// When the database cannot be written.
pub async fn announce(
    db: &Db,
    id: Uuid,
    now: DateTime<Utc>,
    lasting: TimeDelta,
    trust: Duration,
) -> Result<Announced> {
    activation::announce(db, id, now + lasting).await?;
    // The wait begins when the commit was answered, so after `A`.
    tokio::time::sleep(trust).await;
    Ok(Announced { id })
}

impl Announced {
    /// Ends the change: call it last in the transaction, just before the commit, because on PostgreSQL
    /// other changes wait here.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the announcement was cleared meanwhile. The transaction must then be
    /// rolled back; dropping it does that.
    pub async fn settle(self, tx: &mut Tx) -> Result<()> {
        if activation::settle(tx, self.id).await? {
            Ok(())
        } else {
            Err(Error::Conflict(
                "This took too long and was stopped before anything was changed. Do it again."
                    .into(),
            ))
        }
    }

    /// Gives the change up. Without it the announcement would stand until it lapses, which is slow for
    /// everybody but never wrong.
    pub async fn withdraw(self, db: &Db) -> Result<()> {
        activation::withdraw(db, self.id).await
    }
}
