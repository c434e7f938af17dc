//! Which identifiers are one person: what the links join, within the limits, for millions.
//!
//! Always holds: the same as [`crate::domain::scope::recipe::join`]. Each round hangs every identifier on
//! the smallest one beside it, follows that to its end, and goes on with what is still beside: of chains
//! as people have them nothing is left after one or two rounds.

use serde::{Deserialize, Serialize};

use super::Input;
use super::text::{self, Text};
use crate::domain::scope::identifier::Kind;
use crate::error::{Error, Result};
use crate::store::{Engine, Tx};

/// What the links joined, and what the limits kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Links {
    /// People with more than one identifier that records are known by.
    pub persons: i64,
    /// Their identifiers.
    pub identifiers: i64,
    /// Identifiers that stand with more anchors than `limit link`: they join nobody.
    pub shared: i64,
    /// Records that have one of them.
    pub shared_records: i64,
    /// Chains of more identifiers than `limit person`: they are not joined.
    pub long: i64,
    /// The identifiers in them.
    pub long_identifiers: i64,
}

/// Far more than any chain needs: what is left at least halves, but for stars, which take two rounds.
const ROUNDS_MAX: usize = 200;

/// The column of `listed` with the identifiers of a kind that are not the anchor. An account always is.
pub(super) const fn column(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Account => None,
        Kind::Email => Some("email_key"),
        Kind::Phone => Some("phone_key"),
        Kind::Order | Kind::Ticket => Some("record_key"),
        Kind::Cookie => Some("cookie_key"),
    }
}

/// Makes `run_same (id_key, label)`: each identifier that is not its person's smallest, with that one.
pub(super) async fn join(tx: &mut Tx, input: &Input<'_>) -> Result<Links> {
    let mut links = Links::default();
    pairs(tx, input).await?;
    shared(tx, input, &mut links).await?;
    edges(tx, input).await?;
    text::drop(tx, "run_pair").await?;
    hang(tx).await?;
    long(tx, input, &mut links).await?;
    let index = "create index run_same_label on run_same (label)";
    Text::new(index).run(tx).await?;
    if tx.engine() == Engine::Postgres {
        Text::new("create unique index on run_same (id_key)")
            .run(tx)
            .await?;
        Text::new("analyze run_same").run(tx).await?;
    }
    links.identifiers = Text::new("select count(*) from run_same").count(tx).await?;
    links.persons = Text::new("select count(distinct label) from run_same")
        .count(tx)
        .await?;
    links.identifiers += links.persons;
    Ok(links)
}

/// `run_pair (other, anchor, records)`: what stands in one record of a linked source.
async fn pairs(tx: &mut Tx, input: &Input<'_>) -> Result<()> {
    let mut selects = Vec::new();
    for (source, kinds) in &input.bound.links {
        let number = input.number(source)?;
        let mut columns: Vec<&str> = kinds.iter().filter_map(|k| column(*k)).collect();
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            let select = format!(
                "select l.{column} as other, l.key as anchor from listed l
                 where l.source = {number} and l.{column} is not null and l.{column} <> l.key"
            );
            // The same line twice in the recipe is the same link.
            if !selects.contains(&select) {
                selects.push(select);
            }
        }
    }
    if selects.is_empty() {
        selects.push("select l.key as other, l.key as anchor from listed l where false".to_owned());
    }
    let select = Text::new(&format!(
        "select other, anchor, count(*) as records from ({}) as p group by other, anchor",
        selects.join(" union all ")
    ));
    let columns = "other blob, anchor blob, records integer";
    text::table(tx, "run_pair", columns, "other, anchor", select).await?;
    for (a, b) in input.apart {
        for (other, anchor) in [(a, b), (b, a)] {
            Text::new("delete from run_pair where other = ")
                .key(*other)
                .ours(" and anchor = ")
                .key(*anchor)
                .run(tx)
                .await?;
        }
    }
    Ok(())
}

/// Takes away the identifiers that stand with too many anchors.
async fn shared(tx: &mut Tx, input: &Input<'_>, links: &mut Links) -> Result<()> {
    let limit = input.bound.limits.link;
    let select = Text::new(
        "select other, cast(sum(records) as bigint) as records from run_pair group by other
         having count(*) > ",
    )
    .number(limit);
    let columns = "other blob, records integer";
    links.shared = text::table(tx, "run_shared", columns, "other", select).await?;
    if links.shared > 0 {
        links.shared_records = Text::new("select cast(sum(records) as bigint) from run_shared")
            .count(tx)
            .await?;
        Text::new("delete from run_pair where other in (select other from run_shared)")
            .run(tx)
            .await?;
    }
    text::drop(tx, "run_shared").await
}

/// `run_edge_0 (high, low)`: pairs in which the other identifier joins something: it stands with a second
/// anchor, or is the anchor of a record itself.
async fn edges(tx: &mut Tx, input: &Input<'_>) -> Result<()> {
    let (low, high) = lesser(tx.engine());
    let sources = input.people()?;
    // Grouped and not `distinct`: SQLite sorts for the one and fills a tree at random for the other.
    let select = Text::new(&format!(
        "select high, low from (
            select {high}(p.other, p.anchor) as high, {low}(p.other, p.anchor) as low
            from (select other, anchor, count(*) over (partition by other) as anchors from run_pair) as p
            where p.anchors > 1
               or exists (select 1 from listed l where l.source in ({sources}) and l.key = p.other)
         ) as pair group by high, low"
    ));
    text::table(tx, "run_edge_0", "high blob, low blob", "high, low", select).await?;
    Ok(())
}

/// The functions for the smaller and the greater of two.
const fn lesser(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => ("min", "max"),
        Engine::Postgres => ("least", "greatest"),
    }
}

/// The smallest of a group of keys: PostgreSQL 15 has no `min` of a `uuid`.
const fn smallest(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "select high as id_key, min(low) as label from EDGE group by high",
        Engine::Postgres => {
            "select distinct on (high) high as id_key, low as label from EDGE order by high, low"
        }
    }
}

async fn hang(tx: &mut Tx) -> Result<()> {
    let engine = tx.engine();
    let (low, high) = lesser(engine);
    let columns = "id_key blob, label blob";
    for round in 0..ROUNDS_MAX {
        let (edge, next) = (
            format!("run_edge_{round}"),
            format!("run_edge_{}", round + 1),
        );
        let hook = if round == 0 { "run_same" } else { "run_hook" };
        let select = Text::new(&smallest(engine).replace("EDGE", &edge));
        let hung = text::table(tx, hook, columns, "id_key", select).await?;
        if engine == Engine::Postgres && hung > 0 {
            Text::new(&format!("create unique index on {hook} (id_key)"))
                .run(tx)
                .await?;
        }
        if hung > 0 {
            follow(tx, hook, hook).await?;
            let select = Text::new(&format!(
                "select {high}(a, b) as high, {low}(a, b) as low from (
                    select coalesce(h.label, e.high) as a, coalesce(g.label, e.low) as b from {edge} e
                    left join {hook} h on h.id_key = e.high left join {hook} g on g.id_key = e.low) as e
                 where a <> b group by 1, 2"
            ));
            let columns = "high blob, low blob";
            let left = text::table(tx, &next, columns, "high, low", select).await?;
            if round > 0 {
                follow(tx, "run_same", hook).await?;
                Text::new("insert into run_same select id_key, label from run_hook")
                    .run(tx)
                    .await?;
                text::drop(tx, hook).await?;
            }
            text::drop(tx, &edge).await?;
            if left == 0 {
                return text::drop(tx, &next).await;
            }
        } else {
            return text::drop(tx, &edge).await;
        }
    }
    Err(Error::Conflict(
        "The links join identifiers into chains without an end. Link by fewer kinds of identifiers."
            .to_owned(),
    ))
}

/// Lets the labels in `table` point to where `hook` leads from them, until nothing leads further.
async fn follow(tx: &mut Tx, table: &str, hook: &str) -> Result<()> {
    loop {
        let moved = match tx.engine() {
            Engine::Sqlite => Text::new(&format!(
                "update {table} set label = (select h.label from {hook} h where h.id_key = {table}.label)
                 where exists (select 1 from {hook} h where h.id_key = {table}.label)"
            )),
            Engine::Postgres => Text::new(&format!(
                "update {table} set label = h.label from {hook} h where h.id_key = {table}.label"
            )),
        };
        if moved.run(tx).await? == 0 {
            return Ok(());
        }
    }
}

/// Takes away chains that are too long. The smallest identifier of a chain has no row of its own.
async fn long(tx: &mut Tx, input: &Input<'_>, links: &mut Links) -> Result<()> {
    let select = Text::new(
        "select label, count(*) + 1 as identifiers from run_same group by label having count(*) + 1 > ",
    )
    .number(input.bound.limits.person);
    let columns = "label blob, identifiers integer";
    links.long = text::table(tx, "run_long", columns, "label", select).await?;
    if links.long > 0 {
        links.long_identifiers = Text::new("select cast(sum(identifiers) as bigint) from run_long")
            .count(tx)
            .await?;
        Text::new("delete from run_same where label in (select label from run_long)")
            .run(tx)
            .await?;
    }
    text::drop(tx, "run_long").await
}
