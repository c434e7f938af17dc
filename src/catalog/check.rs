//! What `duenotice check` says: what was read, and what is or will soon be wrong with it.
//!
//! Always holds: it looks at every file, tries every case, finds all problems of one run together,
//! and is told what day it is.

use chrono::{Datelike, Months, NaiveDate};

use super::problem::{Problem, Severity};
use super::{Files, Parts, cases};

/// The outcome of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// One sentence for each thing that was understood.
    pub checked: Vec<String>,
    /// Everything that is wrong, errors first.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Whether nothing stands in the way of using the files; warnings may remain.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.severity != Severity::Error)
    }
}

/// Checks every playbook file, as seen on the day `today`.
#[must_use]
pub fn check(files: &Files, today: NaiveDate) -> Report {
    let mut parts = Parts::read(files);
    let mut problems = std::mem::take(&mut parts.problems);
    let mut checked = Vec::new();
    let tried = cases::check(files, &parts);
    // Cases of rules that could not be read would only say the same again.
    if problems.is_empty() {
        problems.extend(tried.problems);
    }
    for (file, calendar) in &parts.calendars {
        let spec = calendar.spec();
        let (_, last) = calendar.range();
        checked.push(format!(
            "{file}: calendar {}, {} to {}, {} rules and {} single days, {}, data {}",
            calendar.code(),
            spec.valid.0,
            spec.valid.1,
            spec.rules.len(),
            spec.closed.len() + spec.open.len(),
            if spec.verified {
                "verified"
            } else {
                "not verified"
            },
            calendar.hash().get(..12).unwrap_or_default(),
        ));
        problems.extend(ending(file, last, today));
        if spec.source.trim().is_empty() {
            problems.push(Problem::warning(
                file,
                "names no `source`; add the law it follows",
            ));
        }
    }
    for (file, regime) in &parts.regimes {
        checked.push(format!(
            "{file}: rule {}, {} from \"{}\", confidence {:?}, {}{}",
            regime.id,
            regime.how_long(),
            regime.anchor,
            regime.confidence,
            if regime.verified {
                "verified"
            } else {
                "not verified"
            },
            if regime.enabled {
                ""
            } else {
                ", not in force for this operator"
            },
        ));
    }
    if let Some((file, operator)) = &parts.operator {
        checked.push(format!(
            "{file}: operator {}, {} controllers, {} systems, {} kinds of data",
            operator.name,
            operator.controllers.len(),
            operator.systems.len(),
            operator.data_kinds.len(),
        ));
        problems.extend(missing_languages(&parts.notices, &operator.languages));
    }
    for (file, template) in &parts.notices {
        let items: Vec<&str> = template.covers.iter().map(|item| item.as_str()).collect();
        checked.push(format!(
            "{file}: notice {}, tells {}",
            template.id,
            items.join(", ")
        ));
    }
    checked.extend(tried.checked);
    problems.sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
    Report { checked, problems }
}

/// A calendar that ends next month is an error; one that ends within two years, a warning.
fn ending(file: &str, last: NaiveDate, today: NaiveDate) -> Option<Problem> {
    let within = |months| {
        today
            .checked_add_months(Months::new(months))
            .is_none_or(|day| last <= day)
    };
    let year = last.year();
    if within(1) {
        let message = format!(
            "`valid` ends with {year}; deadlines can no longer be computed after it. Check the \
             rules for the next years and extend it"
        );
        Some(Problem::error(file, None, message))
    } else if within(24) {
        let message = format!("`valid` ends with {year}; check the rules and extend it in time");
        Some(Problem::warning(file, message))
    } else {
        None
    }
}

fn missing_languages(
    notices: &[(String, crate::domain::notice::Template)],
    languages: &[String],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut ids: Vec<&str> = notices.iter().map(|(_, one)| one.id.as_str()).collect();
    ids.dedup();
    if ids.is_empty() {
        problems.push(Problem::error(
            "notices",
            None,
            "there is no notice template; add one",
        ));
    }
    for id in ids {
        for language in languages {
            if !notices
                .iter()
                .any(|(_, one)| one.id == id && one.language == *language)
            {
                let file = format!("notices/{id}");
                let message = format!("there is no {language}.md; write the notice in it");
                problems.push(Problem::error(&file, None, message));
            }
        }
    }
    problems
}
