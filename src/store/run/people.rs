//! Sets of people as SQL, and the table of each step.

use super::condition;
use super::text::{self, Text};
use super::{Input, window};
use crate::domain::scope::recipe::bind::{BoundLeaf, Check, Of, People};
use crate::error::Result;
use crate::store::{Engine, Tx};

/// The table of a step.
pub(super) fn table(step: usize) -> String {
    format!("run_step_{step}")
}

/// Makes the table of a set; how many people it has.
pub(super) async fn make(tx: &mut Tx, input: &Input<'_>, table: &str, set: &People) -> Result<i64> {
    let mut sets = Sets {
        engine: tx.engine(),
        input,
        parts: Vec::new(),
        prefix: format!("{table}_part"),
    };
    let select = match set {
        People::Leaf(leaf) => sets.leaf(leaf, true)?,
        set => sets.combined(set)?,
    };
    let parts = sets.parts;
    for (name, part) in &parts {
        text::table(tx, name, "label blob", "label", part.clone()).await?;
    }
    let persons = text::table(tx, table, "label blob", "label", select).await?;
    for (name, _) in &parts {
        text::drop(tx, name).await?;
    }
    Ok(persons)
}

/// How many records (of a filtered step: people) a missing value decided against the person.
pub(super) async fn unknown(tx: &mut Tx, input: &Input<'_>, leaf: &BoundLeaf) -> Result<i64> {
    let engine = tx.engine();
    let filter = leaf.filter.as_ref();
    if leaf.during.is_none() && !filter.is_some_and(condition::can_be_open) {
        return Ok(0);
    }
    match &leaf.of {
        Of::Source(name) => {
            let number = input.number(name)?;
            let other = match &leaf.during {
                Some(_) => window::has_it(leaf),
                None => Text::new("true"),
            };
            Text::new(&format!(
                "select count(*) from listed l where l.source = {number} and "
            ))
            .then(window::open(leaf, filter, other, engine))
            .count(tx)
            .await
        }
        Of::Step(step) => {
            let Some(filter) = filter else { return Ok(0) };
            let (records, columns) = of_step(input, *step, filter, engine)?;
            let sure = condition::sure(filter, &mut numbered(&columns));
            let used = condition::used(filter, &mut numbered(&columns));
            Text::new("select count(*) from (")
                .then(records)
                .ours(") as x where ")
                .then(window::against(leaf, sure, used))
                .count(tx)
                .await
        }
    }
}

struct Sets<'a> {
    engine: Engine,
    input: &'a Input<'a>,
    /// Tables that must be made before.
    parts: Vec<(String, Text)>,
    prefix: String,
}

impl Sets<'_> {
    /// A select of labels, each once.
    fn combined(&mut self, set: &People) -> Result<Text> {
        let (operands, word): (Vec<&People>, _) = match set {
            People::Leaf(leaf) => return self.leaf(leaf, true),
            People::Union(all) => (all.iter().collect(), "union"),
            People::Intersect(all) => (all.iter().collect(), "intersect"),
            People::Except(left, right) => (vec![left, right], "except"),
        };
        let operands: Vec<Text> = operands
            .into_iter()
            .map(|set| self.operand(set))
            .collect::<Result<_>>()?;
        // SQLite merges sorted operands where the whole is ordered, as `text::table` asks for.
        Ok(Text::joined(operands, &format!(" {word} ")))
    }

    /// What stands beside an operator; a person may come more than once.
    fn operand(&mut self, set: &People) -> Result<Text> {
        if let People::Leaf(leaf) = set {
            let select = self.leaf(leaf, false)?;
            return Ok(match self.engine {
                Engine::Sqlite => select,
                Engine::Postgres => select.wrapped(),
            });
        }
        let inner = self.combined(set)?;
        if self.engine == Engine::Postgres {
            return Ok(inner.wrapped());
        }
        // In SQLite a select inside has no order that could be merged; a table has.
        let name = format!("{}_{}", self.prefix, self.parts.len());
        let select = Text::new(&format!("select label from {name}"));
        self.parts.push((name, inner));
        Ok(select)
    }

    fn leaf(&self, leaf: &BoundLeaf, distinct: bool) -> Result<Text> {
        let word = if distinct {
            "select distinct"
        } else {
            "select"
        };
        match (&leaf.of, &leaf.filter) {
            (Of::Step(step), None) => Ok(Text::new(&format!("select label from {}", table(*step)))),
            (Of::Step(step), Some(filter)) => {
                let (records, columns) = of_step(self.input, *step, filter, self.engine)?;
                Ok(Text::new("select x.label from (")
                    .then(records)
                    .ours(") as x where ")
                    .then(condition::used(filter, &mut numbered(&columns))))
            }
            (Of::Source(name), filter) => {
                let number = self.input.number(name)?;
                let (label, join) = label(self.input);
                let mut select = Text::new(&format!(
                    "{word} {label} as label from listed l{join} where l.source = {number}"
                ));
                if let Some(filter) = filter {
                    select = select
                        .ours(" and ")
                        .then(condition::filter(filter, self.engine));
                }
                if leaf.during.is_some() {
                    select = select.ours(" and ").then(window::has_it(leaf));
                }
                Ok(select)
            }
        }
    }
}

/// The person of the record `l`, and what must be joined to know.
pub(super) fn label(input: &Input<'_>) -> (&'static str, &'static str) {
    if input.joins() {
        (
            "coalesce(s.label, l.key)",
            " left join run_same s on s.id_key = l.key",
        )
    } else {
        ("l.key", "")
    }
}

/// The people of a step, each with whether a record of the person meets each comparison: 1, 0, or null
/// where no record has the value.
fn of_step(
    input: &Input<'_>,
    step: usize,
    filter: &Check,
    engine: Engine,
) -> Result<(Text, Vec<Check>)> {
    let mut singles = Vec::new();
    collect(filter, &mut singles);
    let (label, join) = label(input);
    let mut select = Text::new(&format!("select {label} as label"));
    for (n, one) in singles.iter().enumerate() {
        let holds = condition::of_record(one, engine);
        select = select
            .ours(", max(case when ")
            .then(holds.clone())
            .ours(" then 1 when not ")
            .then(holds)
            .ours(&format!(" then 0 end) as c{n}"));
    }
    let (sources, step) = (input.people()?, table(step));
    let select = select.ours(&format!(
        " from listed l{join} where l.source in ({sources})
            and exists (select 1 from {step} p where p.label = {label}) group by {label}"
    ));
    Ok((select, singles))
}

fn collect(check: &Check, found: &mut Vec<Check>) {
    match check {
        Check::All(all) | Check::Any(all) => all.iter().for_each(|c| collect(c, found)),
        Check::Not(one) => collect(one, found),
        Check::Always => {}
        one if found.contains(one) => {}
        one => found.push(one.clone()),
    }
}

/// Comparisons as the columns that [`of_step`] made of them.
fn numbered(columns: &[Check]) -> impl FnMut(&Check) -> Text {
    |one| {
        let n = columns.iter().position(|c| c == one).unwrap_or_default();
        Text::new(&format!("(x.c{n} = 1)"))
    }
}
