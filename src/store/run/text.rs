//! A statement that is put together: its words are ours, its values are bound.

use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::store::{Engine, Exec, Query, Sql, Tx};

/// A statement, or a part of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Text(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Ours(String),
    Number(i64),
    Value(String),
    Key(Key),
}

impl Text {
    /// Words of ours.
    pub(super) fn new(words: &str) -> Self {
        Self::default().ours(words)
    }

    /// More words of ours.
    pub(super) fn ours(mut self, words: &str) -> Self {
        if let Some(Part::Ours(last)) = self.0.last_mut() {
            last.push_str(words);
        } else {
            self.0.push(Part::Ours(words.to_owned()));
        }
        self
    }

    /// A number, bound.
    pub(super) fn number(mut self, number: i64) -> Self {
        self.0.push(Part::Number(number));
        self
    }

    /// A text, bound.
    pub(super) fn value(mut self, value: &str) -> Self {
        self.0.push(Part::Value(value.to_owned()));
        self
    }

    /// A key, bound.
    pub(super) fn key(mut self, key: Key) -> Self {
        self.0.push(Part::Key(key));
        self
    }

    /// Another part behind it.
    pub(super) fn then(mut self, other: Self) -> Self {
        for part in other.0 {
            match part {
                Part::Ours(words) => self = self.ours(&words),
                value => self.0.push(value),
            }
        }
        self
    }

    /// Some parts with `between` them.
    pub(super) fn joined(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut all = Self::default();
        for (n, part) in parts.into_iter().enumerate() {
            if n > 0 {
                all = all.ours(between);
            }
            all = all.then(part);
        }
        all
    }

    /// The same in parentheses.
    pub(super) fn wrapped(self) -> Self {
        Self::new("(").then(self).ours(")")
    }

    /// Ready to run.
    pub(super) fn on<'c>(self, exec: impl Exec<'c>) -> Query<'c> {
        let mut query = exec.query(Sql::both(""));
        for part in self.0 {
            query = match part {
                Part::Ours(words) => query.push(&words),
                Part::Number(number) => query.push_bind(number),
                Part::Value(value) => query.push_bind(value),
                Part::Key(key) => query.push_bind(key),
            };
        }
        query
    }

    /// Runs it; how many rows it touched.
    pub(super) async fn run(self, tx: &mut Tx) -> Result<i64> {
        let rows = self.on(tx).run().await?;
        Ok(i64::try_from(rows).unwrap_or(i64::MAX))
    }

    /// The one number that it gives.
    pub(super) async fn count(self, tx: &mut Tx) -> Result<i64> {
        let (n,): (i64,) = self.on(tx).one().await?;
        Ok(n)
    }
}

/// Makes a temporary table of what `select` gives, sorted by `key`; how many rows that is.
///
/// On SQLite the table is clustered on its key and filled in its order, so that it is written once from
/// start to end. On PostgreSQL it is a heap, which hashes and sorts as fast as an index would be read.
pub(super) async fn table(
    tx: &mut Tx,
    name: &str,
    columns: &str,
    key: &str,
    select: Text,
) -> Result<i64> {
    match tx.engine() {
        Engine::Sqlite => {
            Text::new(&format!(
                "create temporary table {name} ({columns}, primary key ({key})) without rowid"
            ))
            .run(tx)
            .await?;
            Text::new(&format!("insert into {name} "))
                .then(select)
                .ours(&format!(" order by {key}"))
                .run(tx)
                .await
        }
        Engine::Postgres => {
            let rows = Text::new(&format!("create temporary table {name} on commit drop as "))
                .then(select)
                .run(tx)
                .await?;
            Text::new("analyze ").ours(name).run(tx).await?;
            Ok(rows)
        }
    }
}

/// Forgets a table.
pub(super) async fn drop(tx: &mut Tx, name: &str) -> Result<()> {
    Text::new("drop table ").ours(name).run(tx).await?;
    Ok(())
}
