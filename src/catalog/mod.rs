//! Playbooks (law and text as data) read into checked values.
//!
//! Always holds: a catalog exists only when every file in it was understood, key by key; its hash
//! covers every byte that was loaded. It decides nothing about an incident. This is the only reader
//! of the TOML and Markdown below `playbooks/`.

mod calendar;
mod cases;
mod check;
mod files;
mod notice;
mod operator;
mod operator_system;
mod problem;
mod reference;
mod regime;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use toml::Spanned;

use crate::domain::calendar::Calendars;
use crate::domain::deadline;
use crate::domain::fact::Anchors;
use crate::domain::notice::Template;
use crate::domain::operator::Operator;
use crate::domain::question::Questions;
use crate::domain::regime::Regime;

pub use check::{Report, check};
pub use files::Files;
use problem::Source;
pub use problem::{CatalogError, Problem, Severity};

/// Everything that the playbooks say.
#[derive(Clone, Debug)]
pub struct Catalog {
    calendars: Calendars,
    /// The versions of each rule, in the order of their first days.
    regimes: BTreeMap<String, Vec<Regime>>,
    questions: Questions,
    operator: Operator,
    notices: BTreeMap<(String, String), Template>,
    hash: String,
}

impl Catalog {
    /// The catalog of the playbooks compiled into the program.
    ///
    /// # Errors
    /// Only when the program was built from broken playbooks, which a test prevents.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self::from_files(&Files::builtin())
    }

    /// The built-in playbooks with the files of `dir`, a folder of the same layout, over them.
    ///
    /// # Errors
    /// When the folder cannot be read or any file in the result has a problem; all are listed.
    pub fn with_overlay(dir: &Path) -> Result<Self, CatalogError> {
        let mut files = Files::builtin();
        files
            .overlay(dir)
            .map_err(|problem| CatalogError(vec![problem]))?;
        Self::from_files(&files)
    }

    /// The catalog of a set of files.
    ///
    /// # Errors
    /// When any file has a problem; all are listed.
    pub fn from_files(files: &Files) -> Result<Self, CatalogError> {
        let parts = Parts::read(files);
        match (parts.operator, parts.problems) {
            (Some(operator), problems) if problems.is_empty() => Ok(Self {
                calendars: parts
                    .calendars
                    .into_iter()
                    .map(|(_, calendar)| calendar)
                    .collect(),
                regimes: by_id(parts.regimes),
                questions: parts.questions,
                operator: operator.1,
                notices: parts
                    .notices
                    .into_iter()
                    .map(|(_, one)| ((one.id.clone(), one.language.clone()), one))
                    .collect(),
                hash: files.hash(),
            }),
            (_, problems) => Err(CatalogError(problems)),
        }
    }

    /// All calendars.
    #[must_use]
    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// The newest version of the rule with this id.
    #[must_use]
    pub fn regime(&self, id: &str) -> Option<&Regime> {
        self.versions(id).last()
    }

    /// All versions of the rule with this id, in the order of their first days.
    #[must_use]
    pub fn versions(&self, id: &str) -> &[Regime] {
        self.regimes.get(id).map_or(&[], Vec::as_slice)
    }

    /// The version of a rule that is law on the day of its anchor; the closest where none is.
    #[must_use]
    pub fn regime_at(&self, id: &str, anchors: &Anchors) -> Option<&Regime> {
        deadline::version_at(self.versions(id), anchors)
    }

    /// The newest version of every rule, by id; those that are not enabled too.
    pub fn regimes(&self) -> impl Iterator<Item = &Regime> {
        self.regimes.values().filter_map(|versions| versions.last())
    }

    /// Ids of the rules that are most like `id`, for who mistyped one.
    #[must_use]
    pub fn rules_like(&self, id: &str) -> Vec<&str> {
        let mut near: Vec<(f64, &str)> = self
            .regimes()
            .map(|one| (strsim::jaro_winkler(id, &one.id), one.id.as_str()))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.into_iter().take(3).map(|(_, id)| id).collect()
    }

    /// The versions of every rule, by id.
    pub fn rules(&self) -> impl Iterator<Item = &[Regime]> {
        self.regimes.values().map(Vec::as_slice)
    }

    /// What conditions may ask for.
    #[must_use]
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// The operator profile.
    #[must_use]
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The notice template with this id in this language.
    #[must_use]
    pub fn notice(&self, id: &str, language: &str) -> Option<&Template> {
        self.notices.get(&(id.to_owned(), language.to_owned()))
    }

    /// All notice templates, by id and language.
    pub fn notices(&self) -> impl Iterator<Item = &Template> {
        self.notices.values()
    }

    /// SHA-256 (hex) over the path and bytes of every file that was loaded.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// What could be read, each with the file it came from, and what could not.
struct Parts {
    calendars: Vec<(String, crate::domain::calendar::Calendar)>,
    regimes: Vec<(String, Regime)>,
    questions: Questions,
    operator: Option<(String, Operator)>,
    notices: Vec<(String, Template)>,
    problems: Vec<Problem>,
}

impl Parts {
    fn read(files: &Files) -> Self {
        let mut problems = Vec::new();
        let calendars = calendar::parse_all(files, &mut problems);
        let mut regimes = read_regimes(files, &mut problems);
        reference::zones(&mut regimes, &calendars);
        let questions = reference::questions(files, &mut problems);
        let operator = read_operator(files, &mut problems);
        let mut notices = Vec::new();
        for source in files.texts("notices", ".md", &mut problems) {
            match notice::parse(source) {
                Ok(template) => notices.push((source.file.to_owned(), template)),
                Err(problem) => problems.push(problem),
            }
        }
        let mut parts = Self {
            calendars,
            regimes,
            questions,
            operator,
            notices,
            problems,
        };
        reference::check(&mut parts);
        parts
    }
}

fn read_regimes(files: &Files, problems: &mut Vec<Problem>) -> Vec<(String, Regime)> {
    let mut regimes: Vec<(String, Regime)> = Vec::new();
    for source in files.texts("regimes", ".toml", problems) {
        match regime::parse(source) {
            Ok(found) => {
                for regime in found {
                    let clash = regimes.iter().find(|(_, one)| {
                        one.id == regime.id && one.effective.overlaps(&regime.effective)
                    });
                    if let Some((first, _)) = clash {
                        let message = format!(
                            "the rule {} is in {first} too, for the same days; keep one of the two, \
                             or let `effective` of the older one end before the newer begins",
                            regime.id
                        );
                        problems.push(Problem::error(source.file, None, message));
                    }
                    regimes.push((source.file.to_owned(), regime));
                }
            }
            Err(found) => problems.extend(found),
        }
    }
    regimes
}

fn by_id(regimes: Vec<(String, Regime)>) -> BTreeMap<String, Vec<Regime>> {
    let mut all: BTreeMap<String, Vec<Regime>> = BTreeMap::new();
    for (_, regime) in regimes {
        all.entry(regime.id.clone()).or_default().push(regime);
    }
    for versions in all.values_mut() {
        versions.sort_by_key(|one| one.effective.from);
    }
    all
}

fn read_operator(files: &Files, problems: &mut Vec<Problem>) -> Option<(String, Operator)> {
    let mut operators = Vec::new();
    let sources = files.texts("operators", ".toml", problems);
    let count = sources.len();
    for source in sources {
        match operator::parse(source) {
            Ok(operator) => operators.push((source.file.to_owned(), operator)),
            Err(found) => problems.extend(found),
        }
    }
    if count != 1 {
        let message = format!("there are {count} operator profiles; keep exactly one");
        problems.push(Problem::error("operators", None, message));
    }
    operators.pop()
}

/// A date as TOML writes it, or as text.
fn date(source: Source<'_>, value: &Spanned<toml::Value>) -> Result<NaiveDate, Problem> {
    let text = match value.get_ref() {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(date) => date.to_string(),
        other => other.to_string(),
    };
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| {
            let message = format!("{text} is not a date; write it like 2026-11-23");
            source.at(&value.span(), message)
        })
}

/// An id that can stand in a URL, in a file name and in a column.
fn checked_id(source: Source<'_>, id: &Spanned<String>) -> Result<String, Problem> {
    let text = id.get_ref();
    if !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        Ok(text.clone())
    } else {
        let message = "`id`: use lower-case letters, digits and underscores";
        Err(source.at(&id.span(), message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_playbooks_are_good() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let report = check(&Files::builtin(), today);
        assert!(report.problems.is_empty(), "{:#?}", report.problems);
        let catalog = Catalog::builtin().unwrap();
        assert_eq!(catalog.hash().len(), 64);
        assert!(catalog.regime("policy_promise_7bd").is_some());
        assert!(catalog.calendars().get("US-CO").is_ok());
        assert!(catalog.notice("breach", "de").is_some());
    }
}
