//! A list that is being read, was stopped, or is read: how far it is and what came of it.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::form::Form;
use super::layout::Viewer;
use super::part;
use super::source_part::{address, bar, so_far};
use super::source_preview::{by_column, whole_row};
use crate::domain::scope::field::{Mapping, Unique};
use crate::service::source::{Opened, Progress};
use crate::store::source::{Source, Status};

/// How many rejected rows a page shows.
pub(super) const ROWS: i64 = 50;
/// How often a page about a list that is under way looks again, in seconds.
pub(super) const EVERY: u16 = 2;

/// A button that does one thing to the source.
pub(super) fn button(viewer: &Viewer, s: &Source, what: Press) -> Markup {
    let form = Form::new(viewer, what.id(), format!("{}/{}", address(s), what.id()));
    form.render(html! {
        button.main[what == Press::GoOn].danger[what == Press::Aside] type="submit" { (what.words()) }
    })
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Press {
    /// Stops the reading.
    Stop,
    /// Goes on where it was left.
    GoOn,
    /// Puts the source aside.
    Aside,
}

impl Press {
    /// The end of the address, and the form's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::GoOn => "go-on",
            Self::Aside => "put-aside",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::GoOn => "Go on",
            Self::Aside => "Put aside",
        }
    }
}

/// The part that keeps itself current. When the source is not under way any more it says so, and the
/// page is loaded anew.
pub(super) fn progress(s: &Source, viewer: &Viewer) -> Markup {
    let p = Progress::of(s, viewer.now).ok();
    let tens = p.and_then(|p| p.percent()).map_or(0, |n| n / 10 * 10);
    let said = match s.status {
        Status::Reading => format!("Read: {tens} %."),
        Status::Loading => format!("Stored: {tens} %."),
        _ => "It is not under way any more.".to_owned(),
    };
    let over = !s.status.under_way();
    html! {
        div #progress data-said=(said) data-over[over] {
            @if let Some(p) = p.filter(|_| !over) {
                p.lead {
                    @if s.status == Status::Loading { "Every row is read; the records are being stored." }
                    @else { "The rows are being read." }
                }
                (bar(&p))
                p { (so_far(&p)) "." }
                @if s.rows_rejected > 0 {
                    p { (part::count(s.rows_rejected, "row", "rows")) " could not be taken so far." }
                }
                @if lost(s, viewer) {
                    p.notice-line { "There was no sign of life for a minute. If the server was started anew, press \
                                     Go on: nothing is lost and nothing is taken twice." }
                }
            } @else {
                p.lead { "It is not under way any more. " a href=(address(s)) { "See what came of it" } }
            }
        }
    }
}

/// It says that it is under way, and nobody is at work on it.
pub(super) fn lost(s: &Source, viewer: &Viewer) -> bool {
    let beat = s.beat_at.unwrap_or(s.created_at);
    s.status.under_way() && viewer.now - beat > TimeDelta::seconds(60)
}

/// A list that is under way.
pub(super) fn under_way(s: &Source, viewer: &Viewer, may: bool) -> Markup {
    html! {
        section.sheet aria-labelledby="way-h" {
            h2 #way-h { "Under way" }
            div.live data-poll={ (address(s)) "/progress" } data-every=(EVERY) {
                (progress(s, viewer))
                p.poll-state data-poll-state {
                    "As of " (part::when(viewer.now, viewer.zone())) ". This page looks again by itself."
                }
                p.sr role="status" data-poll-said {}
            }
            @if may {
                div.actions {
                    (button(viewer, s, Press::Stop))
                    @if lost(s, viewer) { (button(viewer, s, Press::GoOn)) }
                }
            }
        }
    }
}

/// A list that was stopped, or that failed.
pub(super) fn left(s: &Source, viewer: &Viewer, may: bool) -> Markup {
    html! {
        section.sheet aria-labelledby="left-h" {
            h2 #left-h { @if s.status == Status::Failed { "It could not be read on" } @else { "It was stopped" } }
            @if let Some(why) = &s.problem { p.notice-line { (why) } }
            p {
                (part::count(s.rows_read, "row", "rows")) " were read until then, "
                (part::number(s.rows_rejected)) " of them could not be taken. What was read is kept: it can go on \
                 from there."
            }
            @if may {
                div.actions { (button(viewer, s, Press::GoOn)) (button(viewer, s, Press::Aside)) }
            }
        }
    }
}

/// What came of a list.
pub(super) fn done(s: &Source, mapping: Option<&Mapping>, system: &str, viewer: &Viewer) -> Markup {
    let figure = |n: i64, words: &str| {
        html! { div { dt { (words) } dd { (part::number(n)) } } }
    };
    html! {
        section.sheet aria-labelledby="did-h" {
            h2 #did-h { "What came of it" }
            dl.ladder {
                (figure(s.rows_read, "rows"))
                (figure(s.rows_taken, "taken"))
                (figure(s.rows_rejected, "rejected"))
                (figure(s.rows_repeated, "of them repeated"))
            }
            dl.facts {
                @if let Some(hash) = &s.content_sha256 { dt { "What was taken" } dd { (part::hash(hash)) } }
                dt { @if s.origin == "query" { "Database" } @else { "File" } }
                dd { (s.origin_name) @if let Some(hash) = &s.origin_sha256 { " " (part::hash(hash)) } }
                dt { "System" }
                dd {
                    @if s.system.is_empty() { "None" } @else { (system) }
                    @if s.in_system { ", taken from the exposed system itself" }
                }
                @if let Some(site) = &s.site_id { dt { "Site" } dd { (site) } }
                dt { "Added" }
                dd { "by " (s.created_by) ", " (part::when(s.created_at, viewer.zone())) }
                @if let Some(at) = s.done_at { dt { "Read" } dd { (part::when(at, viewer.zone())) } }
                @if let Some(mapping) = mapping { (meanings(mapping)) }
            }
        }
    }
}

fn meanings(mapping: &Mapping) -> Markup {
    let unique = Unique::ALL.iter().find(|(u, _)| *u == mapping.unique);
    html! {
        dt { "Columns" }
        dd {
            ul { @for (column, field) in &mapping.columns { li { (column) ": " (field.words()) } } }
            @for (name, value) in &mapping.fixed { p.small { (name) " is " (value) " on every line" } }
        }
        @if let Some((_, words)) = unique { dt { "Repetitions" } dd { (words) } }
        dt { "Time zone" }
        dd { (mapping.zone.name()) }
    }
}

/// The rows that could not be taken; `rows` is none for who may not read them.
pub(super) fn rejected(s: &Source, columns: &[(String, i64)], rows: Option<&[Opened]>) -> Markup {
    let all = part::count(s.rows_rejected, "rejected row", "rejected rows");
    html! {
        section aria-labelledby="rejected-h" {
            div.section-head {
                h2 #rejected-h { "Rows that could not be taken" }
                @if rows.is_some() { a.button href={ (address(s)) "/rejected.csv" } { "Download " (all) } }
            }
            @if columns.len() > 1 || columns.iter().any(|(column, _)| !column.is_empty()) {
                p { "By column:" }
                (by_column(columns.iter().map(|(column, n)| (column.as_str(), *n))))
            }
            @if let Some(rows) = rows {
                p { "Who stands only there is missing from this list. Put the rows right, and add them as a list of \
                     their own or add the whole list again under the same name." }
                div.scroll tabindex="0" role="region" aria-label="Rejected rows" {
                    table.reasons {
                        caption {
                            @if rows.len() as u64 >= s.rows_rejected.unsigned_abs() { (all) }
                            @else { "The first " (rows.len()) " of " (all) }
                        }
                        thead { tr {
                            th.n scope="col" { "Line" }
                            th scope="col" { "Column" }
                            th scope="col" { "Why" }
                            th scope="col" { "As it stands in the file" }
                        } }
                        tbody {
                            @for row in rows {
                                tr {
                                    td.n { (part::number(row.line)) }
                                    td.which { (whole_row(&row.column)) }
                                    td { (row.reason) }
                                    td {
                                        @match &row.row {
                                            Some(text) => code { (text) },
                                            None => span.small { "cannot be opened: the incident's key was destroyed" },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            } @else {
                p { "A responder can read them: they hold personal data." }
            }
        }
    }
}
