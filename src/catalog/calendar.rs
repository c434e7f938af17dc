//! `playbooks/calendars/*.toml` → [`Calendar`]s, with inherited rules and tables of dates.
//!
//! Always holds: a key, kind, weekday or date that is not understood is an error, because a holiday
//! that is silently lost gives a wrong date. Nothing here decides which days count.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::calendar::{
    Calendar, DateTables, Expr, Kind, Limit, Rule, Shift, Spec, parse_weekday,
};

use super::files::Files;
use super::problem::{Problem, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    code: Spanned<String>,
    name: String,
    tz: Option<Spanned<String>>,
    weekend: Option<Spanned<Vec<String>>>,
    valid: Spanned<(i32, i32)>,
    #[serde(default)]
    source: String,
    origin: Option<String>,
    verified: Option<Spanned<bool>>,
    #[serde(default)]
    extends: Vec<Spanned<String>>,
    #[serde(default)]
    remove: Vec<Spanned<String>>,
    shift: Option<Spanned<String>>,
    #[serde(default)]
    between: bool,
    #[serde(default)]
    holiday: Vec<RawRule>,
    #[serde(default)]
    closed: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    open: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    table: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    on: Spanned<String>,
    id: Option<String>,
    name: Option<String>,
    kind: Option<Spanned<String>>,
    from: Option<Spanned<toml::Value>>,
    until: Option<Spanned<toml::Value>>,
    #[serde(default)]
    only: Vec<i32>,
    #[serde(default)]
    except: Vec<i32>,
    every: Option<Spanned<u16>>,
    phase: Option<Spanned<u16>>,
    when: Option<Spanned<String>>,
    shift: Option<Spanned<String>>,
}

/// Folder, below the playbooks, of the lists of dates that `table.x = "NAME"` points at.
const TABLES: &str = "calendars/table";

/// Reads every calendar; a calendar with a problem is left out and the problem reported.
pub(super) fn parse_all(files: &Files, problems: &mut Vec<Problem>) -> Vec<(String, Calendar)> {
    let mut raw: BTreeMap<String, (Source<'_>, RawFile)> = BTreeMap::new();
    for source in files.texts("calendars", ".toml", &mut Vec::new()) {
        match source.read::<RawFile>() {
            Ok(file) => {
                let code = file.code.get_ref().clone();
                if source.file != format!("calendars/{code}.toml") {
                    let message = format!("`code`: the file of {code} is called {code}.toml");
                    problems.push(source.at(&file.code.span(), message));
                }
                raw.insert(code, (source, file));
            }
            Err(problem) => problems.push(problem),
        }
    }
    for (file, _) in files.under("calendars") {
        if !(file.ends_with(".toml") || file.starts_with(TABLES) && file.ends_with(".txt")) {
            let message = "is not read by anything; a calendar ends in .toml, a list of dates \
                           stands in calendars/table and ends in .txt";
            problems.push(Problem::error(file, None, message));
        }
    }
    let mut calendars = Vec::new();
    for (code, (source, file)) in &raw {
        let built = resolve(code, &raw, files, &mut Vec::new()).and_then(|spec| {
            Calendar::new(spec)
                .map_err(|error| source.at(&file.valid.span(), format!("`valid`: {error}")))
        });
        match built {
            Ok(calendar) => calendars.push((source.file.to_owned(), calendar)),
            Err(problem) => problems.push(problem),
        }
    }
    calendars
}

/// The rules of a calendar with everything it extends, parents first.
fn resolve(
    code: &str,
    all: &BTreeMap<String, (Source<'_>, RawFile)>,
    files: &Files,
    path: &mut Vec<String>,
) -> Result<Spec, Problem> {
    let Some((source, raw)) = all.get(code) else {
        return Err(Problem::error(
            "calendars",
            None,
            format!("there is no calendar {code}"),
        ));
    };
    let source = *source;
    path.push(code.to_owned());
    let mut spec = own(source, raw, files)?;
    let mut inherited: Vec<Rule> = Vec::new();
    for parent in &raw.extends {
        let name = parent.get_ref();
        let wrong = |message: String| source.at(&parent.span(), format!("`extends`: {message}"));
        if path.contains(name) {
            return Err(wrong(format!(
                "{name} extends this calendar in turn; break the circle"
            )));
        }
        if !all.contains_key(name) {
            return Err(wrong(format!(
                "there is no calendar {name}; correct the code"
            )));
        }
        let parent = resolve(name, all, files, path)?;
        inherited.extend(parent.rules);
        spec.between |= parent.between;
        spec.zone = spec.zone.or(parent.zone);
        if raw.weekend.is_none() {
            spec.weekend = parent.weekend;
        }
        for (date, reason) in parent.closed {
            if !spec.open.contains_key(&date) {
                spec.closed.entry(date).or_insert(reason);
            }
        }
        for (date, reason) in parent.open {
            if !spec.closed.contains_key(&date) {
                spec.open.entry(date).or_insert(reason);
            }
        }
        for (name, dates) in parent.tables {
            spec.tables.entry(name).or_insert(dates);
        }
    }
    path.pop();
    for id in &raw.remove {
        let before = inherited.len();
        inherited.retain(|rule| rule.id.as_deref() != Some(id.get_ref()));
        if inherited.len() == before {
            let message = format!("`remove`: no inherited rule has the id {}", id.get_ref());
            return Err(source.at(&id.span(), message));
        }
    }
    inherited.append(&mut spec.rules);
    spec.rules = inherited;
    for rule in &spec.rules {
        if let Some(table) = rule.on.table()
            && !spec.tables.contains_key(table)
        {
            let message = format!("@{table} has no list; add table.{table} = \"FILE\"");
            return Err(Problem::error(source.file, None, message));
        }
    }
    Ok(spec)
}

/// What the file itself says.
fn own(source: Source<'_>, raw: &RawFile, files: &Files) -> Result<Spec, Problem> {
    let verified = raw.verified.as_ref().filter(|verified| *verified.get_ref());
    if let Some(verified) = verified
        && raw.source.trim().is_empty()
    {
        let message = "`verified`: a verified calendar names the law in `source`; add it";
        return Err(source.at(&verified.span(), message));
    }
    let default_shift = match &raw.shift {
        Some(text) => shift(source, text)?,
        None => Shift::default(),
    };
    let rules: Result<Vec<Rule>, Problem> = raw
        .holiday
        .iter()
        .map(|one| rule(source, one, &default_shift))
        .collect();
    let closed = dates(source, &raw.closed, "Closed by order")?;
    let open = dates(source, &raw.open, "Working day by order")?;
    if let Some(both) = open.keys().find(|date| closed.contains_key(date)) {
        let message = format!("{both} is both open and closed; keep one of the two");
        return Err(Problem::error(source.file, None, message));
    }
    let zone = match &raw.tz {
        Some(name) => Some(name.get_ref().parse::<Tz>().map_err(|_| {
            let message = format!("`tz`: {} is not a time zone", name.get_ref());
            source.at(
                &name.span(),
                format!("{message}; use a name like Europe/Vienna"),
            )
        })?),
        None => None,
    };
    Ok(Spec {
        code: raw.code.get_ref().clone(),
        name: raw.name.clone(),
        zone,
        weekend: weekend(source, raw)?,
        valid: *raw.valid.get_ref(),
        source: raw.source.clone(),
        origin: raw.origin.clone(),
        verified: verified.is_some(),
        between: raw.between,
        rules: rules?,
        closed,
        open,
        tables: tables(source, raw, files)?,
    })
}

fn weekend(source: Source<'_>, raw: &RawFile) -> Result<Vec<Weekday>, Problem> {
    let Some(days) = &raw.weekend else {
        return Ok(vec![Weekday::Sat, Weekday::Sun]);
    };
    days.get_ref()
        .iter()
        .map(|day| {
            parse_weekday(day).ok_or_else(|| {
                let message = format!("`weekend`: {day} is not a weekday; use mon, tue … sun");
                source.at(&days.span(), message)
            })
        })
        .collect()
}

fn rule(source: Source<'_>, raw: &RawRule, default_shift: &Shift) -> Result<Rule, Problem> {
    let on = Expr::parse(raw.on.get_ref())
        .map_err(|error| source.at(&raw.on.span(), format!("`on`: {error}")))?;
    let kind = match &raw.kind {
        Some(word) => Kind::parse(word.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = Kind::ALL.iter().map(|(_, name)| *name).collect();
            let message = format!(
                "`kind`: {} is not one of {}",
                word.get_ref(),
                known.join(", ")
            );
            source.at(&word.span(), message)
        })?,
        None => Kind::Public,
    };
    let when: Result<Vec<Weekday>, Problem> = match &raw.when {
        Some(days) => days
            .get_ref()
            .split(',')
            .map(|day| {
                parse_weekday(day.trim()).ok_or_else(|| {
                    source.at(&days.span(), "`when`: write weekdays like \"mon,fri\"")
                })
            })
            .collect(),
        None => Ok(Vec::new()),
    };
    let shift = match &raw.shift {
        Some(text) => shift(source, text)?,
        None => default_shift.clone(),
    };
    let limit = |value: &Option<Spanned<toml::Value>>| {
        value.as_ref().map(|value| limit(source, value)).transpose()
    };
    let name = raw.name.clone().or_else(|| raw.id.clone());
    Ok(Rule {
        id: raw.id.clone(),
        name: name.unwrap_or_else(|| "Public holiday".to_owned()),
        on,
        kind,
        from: limit(&raw.from)?,
        until: limit(&raw.until)?,
        only: raw.only.clone(),
        except: raw.except.clone(),
        every: every(source, raw)?,
        when: when?,
        shift,
    })
}

fn shift(source: Source<'_>, text: &Spanned<String>) -> Result<Shift, Problem> {
    Shift::parse(text.get_ref())
        .map_err(|error| source.at(&text.span(), format!("`shift`: {error}")))
}

fn every(source: Source<'_>, raw: &RawRule) -> Result<Option<(u16, u16)>, Problem> {
    match (&raw.every, &raw.phase) {
        (None, None) => Ok(None),
        (None, Some(phase)) => Err(source.at(
            &phase.span(),
            "`phase` without `every` means nothing; add every = N",
        )),
        (Some(every), phase) => {
            let remainder = phase.as_ref().map_or(0, |phase| *phase.get_ref());
            if *every.get_ref() < 2 || remainder >= *every.get_ref() {
                let message =
                    "`every` is at least 2 and `phase` is the remainder of the year by it";
                return Err(source.at(&every.span(), message));
            }
            Ok(Some((*every.get_ref(), remainder)))
        }
    }
}

/// A year, or a full date for laws that change in mid-year.
fn limit(source: Source<'_>, value: &Spanned<toml::Value>) -> Result<Limit, Problem> {
    match value.get_ref() {
        toml::Value::Integer(year) => i32::try_from(*year)
            .map(Limit::Year)
            .map_err(|_| source.at(&value.span(), "this is not a year; write it like 2026")),
        _ => super::date(source, value).map(Limit::Date),
    }
}

/// Single days: a date, or a table with `on` and `name`.
fn dates(
    source: Source<'_>,
    values: &[Spanned<toml::Value>],
    reason: &str,
) -> Result<BTreeMap<NaiveDate, String>, Problem> {
    let mut dates = BTreeMap::new();
    for value in values {
        let (on, name) = match value.get_ref() {
            toml::Value::Table(entry) => {
                let name = entry.get("name").and_then(toml::Value::as_str);
                let (Some(on), Some(name), 2) = (entry.get("on"), name, entry.len()) else {
                    let message = "write the day as { on = \"2022-09-19\", name = \"the reason\" }";
                    return Err(source.at(&value.span(), message));
                };
                (Spanned::new(value.span(), on.clone()), name.to_owned())
            }
            _ => (value.clone(), reason.to_owned()),
        };
        let date = super::date(source, &on)?;
        if dates.insert(date, name).is_some() {
            return Err(source.at(&value.span(), format!("{date} is listed twice; keep one")));
        }
    }
    Ok(dates)
}

fn tables(source: Source<'_>, raw: &RawFile, files: &Files) -> Result<DateTables, Problem> {
    let mut tables = DateTables::new();
    for (name, file) in &raw.table {
        let path = format!("{TABLES}/{}.txt", file.get_ref());
        let Some((_, bytes)) = files.under(TABLES).find(|(known, _)| *known == path) else {
            return Err(source.at(&file.span(), format!("`table.{name}`: there is no {path}")));
        };
        let mut dates = Vec::new();
        for (index, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let date = line.parse().map_err(|_| {
                let message = format!("\"{line}\" is not a date; write one like 2026-03-20");
                Problem::error(&path, Some(index + 1), message)
            })?;
            dates.push(date);
        }
        dates.sort_unstable();
        tables.insert(name.clone(), dates);
    }
    Ok(tables)
}
