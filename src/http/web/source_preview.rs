//! A list that waits: its first rows, what its columns mean, and what would come of that.

use chrono::DateTime;
use chrono_tz::Tz;
use maud::{Markup, html};

use super::form::Form;
use super::source_about::{Offered, and_current};
use super::source_mapping::{self, DELIMITERS, FIXED, KINDS, PACKED, attribute, means};
use super::source_part::int;
use super::{part, source_part};
use crate::domain::scope::field::{Field, Unique};
use crate::domain::scope::record::Bad;
use crate::service::source::{Mapped, Preview, Query, Trial};

/// The longest value that a cell shows, in characters.
const CELL: usize = 60;

/// What stands on the page of a list that is not read yet.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What is said about it.
    pub form: Form,
    /// Its first rows; a sentence when it cannot be read so.
    pub found: Result<Box<Preview>, String>,
    /// What a dry run found, if there was one.
    pub trial: Option<Trial>,
    /// What is asked, when it is no file.
    pub asked: Option<Query>,
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(value, words): &(&str, &str)| ((*value).to_owned(), (*words).to_owned());
    all.iter().map(owned).collect()
}

const ENCODINGS: [(&str, &str); 8] = [
    ("UTF-8", "UTF-8"),
    ("windows-1252", "Windows-1252 (Western European)"),
    ("windows-1250", "Windows-1250 (Central European)"),
    ("windows-1251", "Windows-1251 (Cyrillic)"),
    ("ISO-8859-2", "ISO 8859-2 (Central European)"),
    ("ISO-8859-15", "ISO 8859-15 (Western European)"),
    ("UTF-16LE", "UTF-16, little-endian"),
    ("UTF-16BE", "UTF-16, big-endian"),
];

impl Waiting {
    /// Names the fields for the summary of mistakes.
    pub fn labelled(mut self) -> Self {
        let columns = source_mapping::columns(&self.form.typed);
        let mut known: Vec<(String, String)> = pairs(&[
            ("name", "Name"),
            ("system", "System"),
            ("site", "Site"),
            ("kind", "Rows"),
            ("packed", "Packed"),
            ("encoding", "Encoding"),
            ("delimiter", "Fields are separated by"),
            ("quote", "Fields are enclosed in"),
            ("patterns", "Patterns of paths"),
            ("path_column", "Column with the path"),
            ("zone", "Time zone"),
            ("phone_country", "Country of phone numbers"),
            ("unique", "Repetitions"),
        ]);
        for (name, words, _) in FIXED {
            known.push((format!("fixed.{name}"), words.to_owned()));
        }
        if self.found.is_ok() {
            let columns = columns.into_iter().enumerate();
            known.extend(columns.map(|(n, column)| (means(n), column)));
        }
        let known: Vec<(&str, &str)> = known
            .iter()
            .map(|(name, words)| (name.as_str(), words.as_str()))
            .collect();
        self.form = self.form.with_fields(&known);
        self
    }

    fn wrong(&self, fields: &[&str]) -> bool {
        let mut errors = self.form.errors.iter();
        errors.any(|e| fields.contains(&e.field.as_str()))
    }

    /// The form with all that belongs to it.
    pub fn shown(&self, offered: &Offered, zone: Tz) -> Markup {
        html! {
            @if let Some(trial) = &self.trial { (tried(trial)) }
            (self.form.render(html! {
                @match &self.asked {
                    Some(asked) => (self.question(asked)),
                    None => (self.format()),
                }
                @match &self.found {
                    Ok(found) => (self.columns(found, zone)),
                    Err(_) => (self.kept()),
                }
                (self.every_line())
                (self.about(offered))
                div.send {
                    button type="submit" name="do" value="save" { "Save" }
                    button type="submit" name="do" value="try" { "Try it (nothing is written)" }
                    button.main type="submit" name="do" value="read" { "Read it" }
                }
            }))
        }
    }

    fn question(&self, asked: &Query) -> Markup {
        html! {
            section.sheet aria-labelledby="asked-h" {
                h2 #asked-h { "What is asked" }
                @if let Err(why) = &self.found { p.error { (why) } }
                (source_part::question(asked))
            }
        }
    }

    fn format(&self) -> Markup {
        let f = &self.form;
        let t = &f.typed;
        let open = self.found.is_err()
            || self.wrong(&[
                "kind",
                "packed",
                "encoding",
                "delimiter",
                "quote",
                "patterns",
                "path_column",
            ]);
        let delimiters: Vec<_> = DELIMITERS
            .iter()
            .map(|(_, value, words)| (*value, *words))
            .collect();
        let quotes = pairs(&[
            ("double", "Double quotes"),
            ("single", "Single quotes"),
            ("none", "Nothing"),
        ]);
        html! {
            section.sheet aria-labelledby="format-h" {
                h2 #format-h { "How the file is read" }
                @match &self.found {
                    Ok(found) => {
                        p { (self.format_words()) }
                        (part::warnings(&found.found.notes))
                    }
                    Err(why) => p.error { (why) },
                }
                details open[open] {
                    summary { "Read it in another way" }
                    div.pair {
                        (f.field("kind", "Rows").select(&pairs(&KINDS)))
                        (f.field("packed", "Packed").select(&pairs(&PACKED)))
                        (f.field("encoding", "Encoding").select(&and_current(pairs(&ENCODINGS), t.get("encoding"))))
                    }
                    div.pair {
                        (f.field("delimiter", "Fields are separated by").hint("Only for CSV.")
                            .select(&and_current(pairs(&delimiters), t.get("delimiter"))))
                        (f.field("quote", "Fields are enclosed in").hint("Only for CSV.")
                            .select(&and_current(quotes, t.get("quote"))))
                    }
                    (f.field("header", "The first line holds the names of the columns").hint("Only for CSV.").flag())
                    (f.field("patterns", "Patterns of paths").optional()
                        .hint("For access logs, one on a line: /orders/{order} makes a column order of what stands \
                               there in the path of a request.").area(3))
                    (f.field("path_column", "Column with the path").optional()
                        .hint("Where the patterns look; path when empty.").input("text"))
                }
            }
        }
    }

    fn format_words(&self) -> String {
        let t = &self.form.typed;
        let of = |all: &[(&str, &str)], name: &str| {
            let known = all.iter().find(|(value, _)| *value == t.get(name));
            known.map_or_else(|| t.get(name).to_owned(), |(_, words)| (*words).to_owned())
        };
        let mut said = vec![of(&KINDS, "kind")];
        if t.get("kind") == "csv" {
            let named = t.get("delimiter");
            let known = DELIMITERS.iter().find(|(_, name, _)| *name == named);
            let by = known.map_or_else(|| named.to_owned(), |(.., words)| words.to_lowercase());
            said.push(format!("separated by {by}"));
            if !t.has("header") {
                said.push("without names of columns".to_owned());
            }
        }
        if t.get("kind") != "parquet" {
            said.push(t.get("encoding").to_owned());
        }
        if t.get("packed") != "plain" {
            said.push(format!("packed with {}", t.get("packed")));
        }
        said.join(", ")
    }

    /// What was said about the columns while they cannot be shown.
    fn kept(&self) -> Markup {
        let kept = |name: &str| name.starts_with("column.") || name.starts_with("means.");
        html! {
            @for (name, value) in self.form.typed.0.iter().filter(|(name, _)| kept(name)) {
                input type="hidden" name=(name) value=(value);
            }
        }
    }

    fn columns(&self, found: &Preview, zone: Tz) -> Markup {
        let columns = &found.found.columns;
        let whole = found.mistakes.iter().filter(|(column, _)| column.is_none());
        let whole: Vec<String> = whole.map(|(_, why)| why.clone()).collect();
        let rows = int(found.found.rows.len() as u64);
        html! {
            section aria-labelledby="columns-h" {
                h2 #columns-h { "What the columns mean" }
                p { "A column that is not read is not kept. People are compared by hashes of their identifiers; \
                     e-mail addresses and account ids are kept sealed, for telling them." }
                @if self.form.errors.is_empty() && self.form.note.is_none() { (part::warnings(&whole)) }
                div.scroll tabindex="0" role="region" aria-label="First rows" {
                    table.mapping {
                        caption {
                            @if rows == 0 { "No row can be shown." }
                            @else { "The first " (part::count(rows, "row", "rows")) ", and what is taken from each" }
                        }
                        thead {
                            tr {
                                th.n scope="col" { "Line" }
                                th scope="col" { "Taken" }
                                @for (n, column) in columns.iter().enumerate() {
                                    th scope="col" { (self.column(found, n, column)) }
                                }
                            }
                        }
                        tbody {
                            @for (n, row) in found.found.rows.iter().enumerate() {
                                @let mapped = found.mapped.get(n);
                                tr {
                                    td.n { (part::number(row.line)) }
                                    td.taken { (taken(mapped, found.mapping.zone, zone)) }
                                    @for (n, column) in columns.iter().enumerate() {
                                        @let bad = matches!(mapped, Some(Err(bad)) if bad.column == *column);
                                        td.bad[bad] { (cell(row.fields.get(n).and_then(Option::as_deref))) }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !found.found.bad.is_empty() {
                    p { "Lines among them that cannot be read:" }
                    ul { @for (line, why) in &found.found.bad { li { "Line " (part::number(*line)) ": " (why) } } }
                }
            }
        }
    }

    fn column(&self, found: &Preview, n: usize, column: &str) -> Markup {
        let f = &self.form;
        let name = means(n);
        let label = if column.is_empty() {
            format!("(column {})", n + 1)
        } else {
            column.to_owned()
        };
        let own = attribute(n, column);
        let mut options = vec![(String::new(), "not read".to_owned())];
        options.extend(Field::all().iter().map(|f| (f.to_string(), f.words())));
        options.push((own.to_string(), own.words()));
        let mistakes = found.mistakes.iter();
        let mistakes = mistakes.filter(|(of, _)| of.as_deref() == Some(column));
        html! {
            input type="hidden" name={ "column." (n) } value=(column);
            (f.field(&name, &label).select(&and_current(options, f.typed.get(&name))))
            @if !f.errors.iter().any(|e| e.field == name) {
                @for (_, why) in mistakes { p.error { (why) } }
            }
        }
    }

    fn every_line(&self) -> Markup {
        let f = &self.form;
        let further = f.typed.0.iter().filter(|(name, _)| {
            let name = name.strip_prefix("fixed.");
            name.is_some_and(|name| !FIXED.iter().any(|(known, ..)| *known == name))
        });
        let repetitions = Unique::ALL.map(|(unique, words)| (unique.name(), words, small(unique)));
        let open = FIXED
            .iter()
            .any(|(name, ..)| !f.typed.get(&format!("fixed.{name}")).is_empty())
            || self.wrong(&["fixed.role", "fixed.country", "fixed.exposed"]);
        html! {
            section.sheet aria-labelledby="lines-h" {
                h2 #lines-h { "What holds for every line" }
                (f.field("unique", "Repetitions").hint("When a line says again what an earlier one said, it is \
                    reported and not taken.").radios(&repetitions))
                div.pair {
                    (f.zone_for("zone", "Time zone", "Of times in the file that say none."))
                    (f.field("phone_country", "Country of phone numbers").optional()
                        .hint("Two letters, for numbers that do not begin with + or 00.").input("text"))
                }
                details open[open] {
                    summary { "The same for everybody on it" }
                    @for (name, words, hint) in FIXED {
                        @let field = format!("fixed.{name}");
                        (f.field(&field, words).hint(hint).optional().input("text"))
                    }
                    @for (name, _) in further { (f.field(name, name).optional().input("text")) }
                }
            }
        }
    }

    fn about(&self, offered: &Offered) -> Markup {
        let f = &self.form;
        html! {
            section.sheet aria-labelledby="about-h" {
                h2 #about-h { "The list" }
                details open[self.wrong(&["name", "system", "site"])] {
                    summary { "Name, system and site" }
                    (offered.fields(f))
                }
            }
        }
    }
}

const fn small(unique: Unique) -> &'static str {
    match unique {
        Unique::Person => "A list of accounts or subscribers.",
        Unique::Record => "A list of orders or tickets: one person may have several.",
        Unique::Line => "Visits, requests, order items.",
    }
}

fn cell(value: Option<&str>) -> Markup {
    html! {
        @match value {
            None => span.small { "missing" },
            Some(text) if text.chars().count() > CELL => {
                (text.chars().take(CELL).collect::<String>()) "…"
            }
            Some(text) => (text),
        }
    }
}

/// What is taken from a row, or why it is not.
fn taken(mapped: Option<&Result<Mapped, Bad>>, own: Tz, viewer: Tz) -> Markup {
    let time = |seconds: i64| {
        let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let zone = if own == viewer {
            String::new()
        } else {
            format!(" {}", part::city(own))
        };
        format!(
            "{}{zone}",
            at.with_timezone(&own).format("%-d %b %Y, %H:%M")
        )
    };
    html! {
        @match mapped {
            None => span.small { "–" },
            Some(Err(bad)) => span.error { (bad.reason) },
            Some(Ok(m)) => {
                "by " (m.anchor)
                @if !m.place.is_empty() { ", " (m.place) }
                @for (word, at) in ["since", "until", "at"].into_iter().zip(m.times) {
                    @if let Some(at) = at { span.small.time { (word) " " (time(at)) } }
                }
            }
        }
    }
}

/// What a dry run found.
fn tried(t: &Trial) -> Markup {
    let (rows, good, bad) = (int(t.rows), int(t.good), int(t.bad));
    html! {
        section.sheet role="status" aria-labelledby="tried-h" {
            h2 #tried-h { "What reading it would do" }
            @if let Some(why) = &t.broken { p.error { (why) } }
            p {
                "Nothing was written or saved. "
                @if t.whole { "All of it was read: " } @else if t.broken.is_none() { "Time ran out after " }
                @else { "Until then " }
                (part::count(rows, "row", "rows")) "; " (part::number(good)) " can be taken, "
                (part::number(bad)) " cannot. Repetitions were not looked for."
            }
            @if bad > 0 {
                div.scroll tabindex="0" role="region" aria-label="Rows that cannot be taken" {
                    table.reasons {
                        caption {
                            @if int(t.first_bad.len() as u64) < bad {
                                "The first " (t.first_bad.len()) " of " (part::number(bad))
                            } @else { (part::count(bad, "row that cannot be taken", "rows that cannot be taken")) }
                        }
                        thead { tr {
                            th.n scope="col" { "Line" }
                            th scope="col" { "Column" }
                            th scope="col" { "Why" }
                        } }
                        tbody {
                            @for (line, column, why) in &t.first_bad {
                                tr { td.n { (part::number(*line)) } td.which { (whole_row(column)) } td { (why) } }
                            }
                        }
                    }
                }
                (by_column(t.columns.iter().map(|(column, n)| (column.as_str(), int(*n)))))
            }
        }
    }
}

/// The name of a column; empty stands for the whole row.
pub(super) fn whole_row(column: &str) -> Markup {
    html! { @if column.is_empty() { span.small { "the whole row" } } @else { (column) } }
}

/// How many rows were rejected for which column.
pub(super) fn by_column<'a>(columns: impl Iterator<Item = (&'a str, i64)>) -> Markup {
    html! {
        ul.by-column {
            @for (column, n) in columns {
                li {
                    @if column.is_empty() { "the whole row" } @else { (column) }
                    ": " (part::count(n, "row", "rows"))
                }
            }
        }
    }
}
