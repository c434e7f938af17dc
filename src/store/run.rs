//! A recipe over millions of records: every set is a sorted temporary table, made by one statement.
//!
//! * [`run()`] makes the sets of all steps and counts them; [`records()`] then gives the result's people with
//!   their records, a page at a time; [`close`] forgets the tables. All of it in one [`Tx`].
//! * Nothing is written to a table that lasts. On SQLite a transaction of the reader would not do: it can
//!   make no temporary table.
//! * A person is a label: the smallest key of those that the links join ([`same`]), else the key itself.
//!
//! Always holds: the result is that of [`crate::domain::scope::recipe::eval`] for each person.

mod chain;
mod condition;
mod people;
mod records;
mod same;
mod text;
mod window;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Engine, Exec as _, Tx};
use crate::domain::scope::identifier::Key;
use crate::domain::scope::recipe::Bound;
use crate::error::{Error, Result};
use crate::sql;

pub use chain::{Chain, Edge, chain};
pub use records::{After, Listed, Piece, covering, records, records_of};
pub use same::Links;

use text::Text;

/// A recipe and what it is run over.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The recipe with its values.
    pub bound: &'a Bound,
    /// The number of each source and log that it names.
    pub sources: &'a BTreeMap<String, i64>,
    /// Identifiers that a person separated.
    pub apart: &'a [(Key, Key)],
}

impl Input<'_> {
    /// The number of a source.
    fn number(&self, name: &str) -> Result<i64> {
        self.sources.get(name).copied().ok_or_else(|| {
            Error::internal(format!("the source {name} of the recipe was not given"))
        })
    }

    /// The numbers of the sources whose records are people, for a list in a statement.
    fn people(&self) -> Result<String> {
        let numbers: Vec<String> = self
            .bound
            .sources
            .iter()
            .map(|name| self.number(name).map(|n| n.to_string()))
            .collect::<Result<_>>()?;
        Ok(numbers.join(", "))
    }

    /// Whether anything can be joined.
    fn joins(&self) -> bool {
        !self.bound.links.is_empty()
    }
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Outcome {
    /// Each step, in the order of the recipe.
    pub steps: Vec<StepCount>,
    /// What the links joined; none: the recipe has no links.
    pub links: Option<Links>,
    /// How many people the result has.
    pub persons: i64,
}

/// The size of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepCount {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// How many people are in it.
    pub persons: i64,
    /// Records that a missing value decided against the person: left out where being in the step brings
    /// into the result, counted where it takes out. Of a filtered step it is people.
    pub unknown: i64,
    /// The same of records of logs: windows that may have been missed.
    pub unknown_windows: i64,
}

/// Runs a recipe. The tables stay for [`records()`] until [`close`], or until the transaction ends.
pub async fn run(tx: &mut Tx, input: &Input<'_>) -> Result<Outcome> {
    close(tx).await?;
    if tx.engine() == Engine::Postgres {
        // Sets of millions are hashed and sorted in memory; by default they would go to disk in pieces.
        tx.command(sql!(sqlite: "select 1", postgres: "set local work_mem = '192MB'"))
            .run()
            .await?;
        // Records are read a page at a time by their key, from whatever size on.
        tx.command(sql!(sqlite: "select 1", postgres: "set local random_page_cost = 1.1"))
            .run()
            .await?;
    }
    let links = if input.joins() {
        Some(same::join(tx, input).await?)
    } else {
        None
    };
    let mut steps = Vec::with_capacity(input.bound.steps.len());
    for (n, step) in input.bound.steps.iter().enumerate() {
        let last = n + 1 == input.bound.steps.len();
        let table = if last {
            "run_result".to_owned()
        } else {
            people::table(n)
        };
        let mut count = StepCount {
            name: step.name.clone(),
            text: step.text.clone(),
            persons: 0,
            unknown: 0,
            unknown_windows: 0,
        };
        for leaf in step.set.leaves() {
            count.unknown_windows += window::make(tx, input, leaf).await?;
        }
        count.persons = people::make(tx, input, &table, &step.set).await?;
        for leaf in step.set.leaves() {
            count.unknown += people::unknown(tx, input, leaf).await?;
        }
        steps.push(count);
    }
    if tx.engine() == Engine::Postgres {
        Text::new("create unique index on run_result (label)")
            .run(tx)
            .await?;
        Text::new("analyze run_result").run(tx).await?;
    }
    Ok(Outcome {
        persons: steps.last().map_or(0, |step| step.persons),
        steps,
        links,
    })
}

/// Forgets the tables of a run.
pub async fn close(tx: &mut Tx) -> Result<()> {
    let tables: Vec<(String,)> = tx
        .query(sql!(
            sqlite: "select name from sqlite_temp_master
                where type = 'table' and substr(name, 1, 4) = 'run_' order by name",
            postgres: "select cast(relname as text) from pg_class
                where relnamespace = pg_my_temp_schema() and relkind = 'r'
                    and substr(relname, 1, 4) = 'run_' order by relname"
        ))
        .all()
        .await?;
    for (table,) in tables {
        Text::new("drop table ").ours(&table).run(tx).await?;
    }
    Ok(())
}
