//! One calendar: a year of it, where it is from, and the days that staff have set.

use axum::extract::State;
use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, Failure, found, go, page, page_with_status, require};
use super::calendar_year::Year;
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{part, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::calendar::{Calendar, Calendars, OverrideKind};
use crate::ids::CalendarOverrideId;
use crate::service::calendar_override::{self, NewOverride, REASON_MAX, add};
use crate::store::calendar_override::{CalendarOverride, Set, history, sets};

/// The page.
#[derive(Debug)]
pub(crate) struct CalendarShow {
    viewer: Viewer,
    calendar: Calendar,
    companies: Vec<String>,
    year: Year,
    /// Why another year is shown than the one that was asked for.
    instead: Option<String>,
    sets: Vec<Set>,
    form: Form,
    done: String,
}

/// What a day is called by its kind.
pub(super) fn kind(kind: OverrideKind) -> &'static str {
    match kind {
        OverrideKind::Proclaimed => "Proclaimed holiday",
        OverrideKind::Closed => "Closed day",
        OverrideKind::Bridge => "Bridge day",
        OverrideKind::Open => "Worked day",
    }
}

/// "Fri 27 Nov 2026".
pub(super) fn named(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

const KINDS: [(&str, &str, &str); 4] = [
    (
        "proclaimed",
        "Proclaimed holiday",
        "free: an authority proclaimed it, once",
    ),
    (
        "bridge",
        "Bridge day",
        "free: taken off between a holiday and a weekend",
    ),
    ("closed", "Closed day", "free: for any other reason"),
    (
        "open",
        "Worked day",
        "counted, although the rules or the weekend say otherwise",
    ),
];

fn here(code: &str) -> String {
    format!("/calendars/{code}/overrides")
}

fn empty(viewer: &Viewer, code: &str) -> Form {
    Form::new(viewer, "day", here(code)).with("kind", OverrideKind::Proclaimed.as_str())
}

impl CalendarShow {
    fn new(
        viewer: Viewer,
        (catalog, calendar): (&Catalog, &Calendar),
        asked: &str,
        sets: Vec<Set>,
        form: Form,
    ) -> Result<Self, Failure> {
        let zone = calendar.spec().zone.unwrap_or(Tz::UTC);
        let today = viewer.now.with_timezone(&zone).date_naive();
        let (from, to) = calendar.spec().valid;
        let this = today.year().clamp(from, to);
        let wanted = asked.parse().ok().filter(|year| (from..=to).contains(year));
        let instead = (wanted.is_none() && !asked.is_empty()).then(|| {
            format!(
                "\"{asked}\" is not one of the years {from} to {to} for which this calendar is known. \
                 This is {this}."
            )
        });
        let controllers = catalog.operator().controllers.iter();
        let form = form.with_fields(&[("date", "Day"), ("kind", "What it is"), ("reason", "Why")]);
        Ok(Self {
            year: Year::of(calendar, wanted.unwrap_or(this), today)
                .map_err(crate::error::Error::internal)?,
            companies: controllers
                .filter(|one| one.calendar == calendar.code())
                .map(|one| one.name.clone())
                .collect(),
            calendar: calendar.clone(),
            viewer,
            instead,
            sets,
            form,
            done: String::new(),
        })
    }

    fn code(&self) -> &str {
        self.calendar.code()
    }

    fn facts(&self) -> Markup {
        let spec = self.calendar.spec();
        html! {
            section.sheet aria-label="The calendar" {
                dl.facts {
                    dt { "Code and zone" }
                    dd { code { (spec.code) } @if let Some(zone) = spec.zone { " · " (zone.name()) } }
                    dt { "Known for" }
                    dd {
                        (spec.valid.0) " to " (spec.valid.1) " "
                        @if spec.verified { (part::badge("open", "Verified")) }
                        @else { (part::badge("soon", "Not compared with the law")) }
                    }
                    dt { "Source" }
                    dd { (spec.source) @if let Some(origin) = &spec.origin { div.small { (origin) } } }
                    @if !self.companies.is_empty() {
                        dt { "Counted in by" }
                        dd { (self.companies.join(", ")) }
                    }
                    dt { "Data" }
                    dd { (part::hash(self.calendar.hash())) }
                }
            }
        }
    }

    fn set(&self, set: &Set) -> Markup {
        let row = &set.row;
        let zone = self.viewer.zone();
        let may = self.viewer.may(Action::OverrideCalendar);
        html! {
            li {
                div.what {
                    span.subject { (named(row.day)) }
                    span.small { (kind(row.kind)) ": " (row.reason) }
                }
                div.what {
                    span.small { "entered by " (row.entered_by) ", " (part::when(row.entered_at, zone)) }
                    @if let Some(gone) = &set.withdrawn {
                        span.small {
                            "withdrawn by " (gone.entered_by) ", " (part::when(gone.entered_at, zone)) ": "
                            (gone.reason)
                        }
                    }
                }
                div.state {
                    @if set.withdrawn.is_some() { (part::badge("none", "Withdrawn")) }
                    @else {
                        (part::badge("open", "In force"))
                        @if may {
                            a href={ (here(self.code())) "/" (row.id) "/withdraw" } {
                                "Withdraw" span.sr { " " (named(row.day)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn form(&self) -> Markup {
        let f = &self.form;
        // What is no date would vanish from a field that takes nothing else.
        let typed = f.typed.get("date");
        let readable = typed.is_empty() || typed.parse::<NaiveDate>().is_ok();
        html! {
            (f.render(html! {
                section.sheet aria-labelledby="new-h" {
                    h3 #new-h { "Set a day" }
                    (f.field("date", "Day").input(if readable { "date" } else { "text" }))
                    (f.field("kind", "What it is").radios(&KINDS))
                    (f.field("reason", "Why")
                        .hint(&format!("Read as the day's name wherever it is counted or not. Up to {REASON_MAX} characters."))
                        .input("text"))
                    div.send { button.main type="submit" { "Set the day" } }
                    p.small {
                        "Every open deadline is computed anew at once. What was computed before stays, and so \
                         does what you enter: a day can be withdrawn, not changed."
                    }
                }
            }))
        }
    }
}

impl Page for CalendarShow {
    fn title(&self) -> String {
        self.calendar.spec().name.clone()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Calendars
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/calendars".to_owned(), "Calendars".to_owned())]
    }

    fn body(&self) -> Markup {
        let (from, to) = self.calendar.spec().valid;
        let year = self.year.number;
        let at = |year: i32| format!("/calendars/{}?year={year}", self.code());
        html! {
            (part::done(&self.done))
            (self.form.summary())
            @if let Some(instead) = &self.instead { p.notice-line role="status" { (instead) } }
            (self.facts())
            section aria-labelledby="year-h" {
                div.section-head {
                    h2 #year-h { (year) }
                    nav aria-label="Years" {
                        div.actions {
                            @if year > from { a.button.quiet href=(at(year - 1)) { "‹ " (year - 1) } }
                            @if year < to { a.button.quiet href=(at(year + 1)) { (year + 1) " ›" } }
                        }
                    }
                }
                (self.year.months())
            }
            (self.year.lists())
            section aria-labelledby="set-h" {
                h2 #set-h { "Days set by hand" }
                @if self.sets.is_empty() {
                    p.small {
                        "None. Days of mourning, bridge days and worked Saturdays that no rule knows are set \
                         here, in this calendar alone."
                    }
                } @else {
                    ul.rows.records { @for set in self.sets.iter().rev() { (self.set(set)) } }
                }
                @if self.viewer.may(Action::OverrideCalendar) { (self.form()) }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let catalog = sample::catalog();
        let show = |role, code: &str, asked: &str, rows: &[CalendarOverride]| {
            let viewer = Viewer::sample(role);
            let sets = sets(rows);
            let live: Vec<_> = sets
                .iter()
                .filter(|set| set.withdrawn.is_none())
                .map(|set| set.row.clone().into())
                .collect();
            let calendars = catalog.calendars().with_overrides(&live).ok()?;
            let form = empty(&viewer, code);
            let calendar = calendars.get(code).ok()?;
            Self::new(viewer, (catalog, calendar), asked, sets, form).ok()
        };
        let day = sample_day();
        let worked = CalendarOverride {
            id: CalendarOverrideId(uuid::Uuid::from_u128(2)),
            day: NaiveDate::from_ymd_opt(2026, 12, 12).unwrap_or_default(),
            kind: OverrideKind::Open,
            reason: "Worked for Christmas Eve".to_owned(),
            ..day.clone()
        };
        let gone = CalendarOverride {
            id: CalendarOverrideId(uuid::Uuid::from_u128(3)),
            number: 2,
            reason: "It was proclaimed for another day".to_owned(),
            withdraws: Some(worked.id),
            ..worked.clone()
        };
        let mut all: Vec<Self> = [
            show(
                Role::Responder,
                "AT",
                "2026",
                &[day.clone(), worked.clone()],
            ),
            show(Role::Manager, "US-TX", "1890", &[]),
            show(Role::Responder, "AT", "", &[day, worked, gone]),
        ]
        .into_iter()
        .flatten()
        .collect();
        if let Some(last) = all.last_mut() {
            let wrong = last
                .form
                .clone()
                .with("date", "27.11.2026")
                .with("reason", "");
            last.form = wrong
                .wrong("date", "\"27.11.2026\" is not a day that is in the calendar. Write it like 2026-11-27.")
                .wrong("reason", "This cannot be empty.");
        }
        if let Some(first) = all.first_mut() {
            first.done = "day".to_owned();
        }
        all
    }
}

/// A day of mourning in Austria, for samples.
pub(super) fn sample_day() -> CalendarOverride {
    CalendarOverride {
        id: CalendarOverrideId(uuid::Uuid::from_u128(1)),
        calendar: "AT".to_owned(),
        day: NaiveDate::from_ymd_opt(2026, 11, 27).unwrap_or_default(),
        number: 1,
        kind: OverrideKind::Proclaimed,
        reason: "Day of mourning".to_owned(),
        withdraws: None,
        entered_by: "Rosa Berger".to_owned(),
        entered_at: "2026-11-20T09:00:00Z".parse().unwrap_or_default(),
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    year: String,
    done: String,
}

/// A calendar as it stands, or the page that says that there is none.
pub(super) fn one<'c>(calendars: &'c Calendars, code: &str) -> Result<&'c Calendar, Failure> {
    found(calendars.get(code).ok(), "This calendar")
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(code): At<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    let calendars = calendar_override::current(&app).await?;
    let calendar = one(&calendars, &code)?;
    let sets = sets(&history(&app.db, &code).await?);
    let form = empty(&me, &code);
    let mut shown = CalendarShow::new(me, (&app.catalog, calendar), &query.year, sets, form)?;
    shown.done = query.done;
    Ok(page(&app, &shown))
}

/// The address of the form leads to the page that the form stands on.
pub(crate) async fn back(At(code): At<String>) -> Answer {
    go(&format!("/calendars/{code}#set-h"))
}

/// Sets a day.
pub(crate) async fn send(State(app): State<App>, At(code): At<String>, mut sent: Posted) -> Answer {
    let ctx = sent.ctx(&app, "day");
    let new = NewOverride {
        date: sent.typed.get("date").trim().to_owned(),
        kind: sent.typed.get("kind").to_owned(),
        reason: sent.typed.text("reason"),
    };
    let year = new.date.get(..4).unwrap_or_default().to_owned();
    match sent.run(add(&ctx, &code, &new)).await {
        Ok(_) => go(&format!("/calendars/{code}?year={year}&done=day")),
        Err(stop) => {
            require(&app, &sent.me, Action::OverrideCalendar)?;
            let calendars = calendar_override::current(&app).await?;
            let calendar = one(&calendars, &code)?;
            let sets = sets(&history(&app.db, &code).await?);
            let (status, form) = sent.again(&app, stop, Vec::new(), "day", here(&code))?;
            let shown = CalendarShow::new(sent.me, (&app.catalog, calendar), "", sets, form)?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
