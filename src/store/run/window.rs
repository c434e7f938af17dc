//! The windows of a log, laid together where they overlap, so that a record lies in one at most.

use super::Input;
use super::condition;
use super::text::{self, Text};
use crate::domain::scope::recipe::bind::{BoundLeaf, Check};
use crate::error::Result;
use crate::store::{Engine, Tx};

fn name(leaf: &BoundLeaf) -> String {
    format!("run_window_{}", leaf.number)
}

/// Makes the windows of a leaf, if it has any; how many records of the log a missing value decided
/// against the person.
pub(super) async fn make(tx: &mut Tx, input: &Input<'_>, leaf: &BoundLeaf) -> Result<i64> {
    let Some((log, filter)) = &leaf.during else {
        return Ok(0);
    };
    let engine = tx.engine();
    let number = input.number(log)?;
    let of_log =
        |select: &str| Text::new(&format!("{select} from listed l where l.source = {number}"));
    let mut windows = of_log(
        "select l.since, l.until, case when l.since <= max(l.until) over (order by l.since, l.until rows
            between unbounded preceding and 1 preceding) then 0 else 1 end as apart",
    )
    .ours(" and l.since < l.until");
    if let Some(filter) = filter {
        windows = windows
            .ours(" and ")
            .then(condition::filter(filter, engine));
    }
    let merged = Text::new(
        "select min(since) as since, max(until) as until from (
            select since, until, sum(apart) over (order by since, until rows unbounded preceding) as island
            from (",
    )
    .then(windows)
    .ours(") as one) as numbered group by island");
    let table = name(leaf);
    text::table(tx, &table, "since integer, until integer", "since", merged).await?;
    if engine == Engine::Postgres {
        Text::new(&format!("create unique index on {table} (since)"))
            .run(tx)
            .await?;
    }
    of_log("select count(*)")
        .ours(" and ")
        .then(open(
            leaf,
            filter.as_ref(),
            Text::new("l.since < l.until"),
            engine,
        ))
        .count(tx)
        .await
}

/// What is open and, as it is used, against the person: `filter` and `other` together.
pub(super) fn open(leaf: &BoundLeaf, filter: Option<&Check>, other: Text, engine: Engine) -> Text {
    let mut single = |one: &Check| condition::of_record(one, engine);
    let (mut sure, mut used) = (
        other.clone().wrapped(),
        Text::new("coalesce(").then(other).ours(", false)"),
    );
    if let Some(filter) = filter {
        sure = sure
            .ours(" and ")
            .then(condition::sure(filter, &mut single));
        used = used
            .ours(" and ")
            .then(condition::used(filter, &mut single));
    }
    against(leaf, sure, used)
}

/// Open, and against the person.
pub(super) fn against(leaf: &BoundLeaf, sure: Text, used: Text) -> Text {
    let open = Text::new("(").then(sure).ours(") is null");
    match (leaf.brings, leaf.takes) {
        (true, true) => open,
        (true, false) => open.ours(" and not (").then(used).ours(")"),
        (false, true) => open.ours(" and (").then(used).ours(")"),
        (false, false) => Text::new("false"),
    }
}

/// Whether the time of the record `l` lies in a window of the leaf; null where it has no time.
///
/// The windows do not overlap, so only the last one that began can have it.
pub(super) fn has_it(leaf: &BoundLeaf) -> Text {
    let table = name(leaf);
    Text::new(&format!(
        "case when l.at is not null then coalesce((select w.until from {table} w where w.since <= l.at
            order by w.since desc limit 1) > l.at, false) end"
    ))
}
