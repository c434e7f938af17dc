//! What [`super::eval::explain`] tells: each step, each set in it, each record.

use serde::{Deserialize, Serialize};

/// A recipe followed for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Trace {
    /// Whether the person is in the result.
    pub affected: bool,
    /// The steps in their order.
    pub steps: Vec<StepTrace>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepTrace {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Whether the person is in it.
    pub holds: bool,
    /// The sources and steps in it, from left to right.
    pub leaves: Vec<LeafTrace>,
}

/// A source or a step with its filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LeafTrace {
    /// As written.
    pub text: String,
    /// Whether the person is in it.
    pub holds: bool,
    /// Of a filtered step: a missing value of the person decided.
    pub open: bool,
    /// Of a filtered step: the fields that have no value.
    pub missing: Vec<String>,
    /// Of a source: the person's records in it.
    pub records: Vec<RecordTrace>,
    /// Being in it can bring a person into the result.
    pub brings: bool,
    /// Being in it can take a person out of the result.
    pub takes: bool,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordTrace {
    /// The source.
    pub source: String,
    /// The line in it.
    pub line: i64,
    /// Whether it meets the conditions.
    pub counts: bool,
    /// A missing value decided that.
    pub open: bool,
    /// Fields that were asked for and have no value.
    pub missing: Vec<String>,
    /// Lines of the log whose window has it.
    pub windows: Vec<i64>,
}

impl LeafTrace {
    /// How many records (or, of a step, people) a missing value decided against the person: left out
    /// where being in it brings, counted where being in it takes out.
    #[must_use]
    pub fn unknown(&self) -> usize {
        let against = |counts: bool| if counts { self.takes } else { self.brings };
        let records = self.records.iter().filter(|r| r.open && against(r.counts));
        records.count() + usize::from(self.open && against(self.holds))
    }
}

impl RecordTrace {
    /// In a sentence: "orders, line 12: counts; its time lies in the window of line 3 of the log."
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { source, line, .. } = self;
        let counts = if self.counts {
            "counts"
        } else {
            "does not count"
        };
        let mut text = format!("{source}, line {line}: {counts}");
        if !self.windows.is_empty() {
            let lines: Vec<String> = self.windows.iter().take(5).map(i64::to_string).collect();
            let more = if self.windows.len() > 5 {
                " and more"
            } else {
                ""
            };
            text.push_str(&format!(
                "; it lies in the window of line {}{more} of the log",
                lines.join(", ")
            ));
        }
        if !self.missing.is_empty() {
            let verb = if self.missing.len() == 1 {
                "has"
            } else {
                "have"
            };
            text.push_str(&format!("; {} {verb} no value", self.missing.join(" and ")));
            if self.open {
                text.push_str(", which decided it");
            }
        }
        text.push('.');
        text
    }
}
