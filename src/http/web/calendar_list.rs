//! Every calendar: those that the operator's companies count in first, then by country.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, Asked, page, require};
use super::form::{Form, Typed};
use super::layout::{Page, Section, Viewer};
use super::{part, place, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::calendar::{Calendar, Calendars};

/// Countries with fewer calendars than this stand together.
const FAMILY_MIN: usize = 3;

/// One calendar in the list.
#[derive(Debug)]
struct Row {
    code: String,
    name: String,
    zone: String,
    valid: (i32, i32),
    verified: bool,
    /// Who counts in it.
    companies: Vec<String>,
    /// How many days staff have set.
    set: usize,
}

impl Row {
    fn of(calendar: &Calendar, catalog: &Catalog) -> Self {
        let spec = calendar.spec();
        let controllers = catalog.operator().controllers.iter();
        Self {
            code: spec.code.clone(),
            name: spec.name.clone(),
            zone: spec
                .zone
                .map_or_else(String::new, |zone| zone.name().to_owned()),
            valid: spec.valid,
            verified: spec.verified,
            companies: controllers
                .filter(|one| one.calendar == spec.code)
                .map(|one| one.name.clone())
                .collect(),
            set: calendar.overrides().len(),
        }
    }

    fn family(&self) -> &str {
        self.code.split('-').next().unwrap_or(&self.code)
    }

    fn has(&self, text: &str) -> bool {
        let all = format!("{} {} {}", self.code, self.name, self.zone).to_lowercase();
        text.to_lowercase()
            .split_whitespace()
            .all(|word| all.contains(word))
    }
}

/// The page.
#[derive(Debug)]
pub(crate) struct CalendarList {
    viewer: Viewer,
    form: Form,
    /// Heading and what stands below it.
    groups: Vec<(String, Vec<Row>)>,
    shown: usize,
    all: usize,
}

impl CalendarList {
    fn new(viewer: Viewer, catalog: &Catalog, calendars: &Calendars, typed: Typed) -> Self {
        let mut form = Form::asking(&viewer, "calendars", "/calendars").with_fields(&[]);
        let mut rows: Vec<Row> = calendars.iter().map(|one| Row::of(one, catalog)).collect();
        let all = rows.len();
        rows.retain(|row| row.has(typed.get("q")));
        let shown = rows.len();
        form.typed = typed;
        let (own, rest): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| !row.companies.is_empty());
        let mut groups = vec![("Our companies count in".to_owned(), own)];
        let mut alone = Vec::new();
        let mut rest = rest.into_iter().peekable();
        while let Some(first) = rest.next() {
            let code = first.family().to_owned();
            let mut family = vec![first];
            while let Some(row) = rest.next_if(|row| row.family() == code) {
                family.push(row);
            }
            if family.len() < FAMILY_MIN {
                alone.append(&mut family);
            } else {
                groups.push((place::name(&code, catalog.questions()), family));
            }
        }
        groups.push(("Other countries and systems".to_owned(), alone));
        groups.retain(|(_, rows)| !rows.is_empty());
        Self {
            viewer,
            form,
            groups,
            shown,
            all,
        }
    }

    fn row(row: &Row) -> Markup {
        html! {
            li {
                div.what {
                    a.subject href={ "/calendars/" (row.code) } { (row.name) }
                    span.small {
                        code { (row.code) }
                        @for company in &row.companies { " · " (company) }
                    }
                }
                div.when {
                    span.small { (row.zone) }
                    span.small { (row.valid.0) " to " (row.valid.1) }
                }
                div.state {
                    @if row.verified { (part::badge("open", "Verified")) }
                    @else { span.small { "not verified" } }
                    @if row.set > 0 {
                        (part::badge("soon", &format!("{} set by hand", row.set)))
                    }
                }
            }
        }
    }
}

impl Page for CalendarList {
    fn title(&self) -> String {
        "Calendars".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Calendars
    }

    fn body(&self) -> Markup {
        html! {
            p.lead {
                "Which days are counted, and where. Open one to see a year of it, with the law it comes \
                 from, and to set a day that the rules do not know."
            }
            section.sheet aria-label="Narrow the list" {
                (self.form.render(html! {
                    div.inline-form.filter {
                        (self.form.field("q", "Country, region, code or zone").optional().input("search"))
                        button.main type="submit" { "Show" }
                    }
                }))
            }
            @if self.groups.is_empty() {
                (part::empty(
                    "No calendar fits.",
                    "Use fewer words, or look at all of them.",
                    &html! { a.button href="/calendars" { "Show all calendars" } },
                ))
            } @else {
                p.small role="status" {
                    (self.shown) @if self.shown == 1 { " calendar" } @else { " calendars" }
                    @if self.shown < self.all { " of " (self.all) " · " a href="/calendars" { "Show all" } }
                }
                @if self.groups.len() > 1 {
                    nav aria-label="Groups" {
                        ul.ways {
                            @for (n, (heading, rows)) in self.groups.iter().enumerate() {
                                li { a href={ "#g-" (n) } { (heading) } " " span.small { (rows.len()) } }
                            }
                        }
                    }
                }
                @for (n, (heading, rows)) in self.groups.iter().enumerate() {
                    section aria-labelledby={ "g-" (n) } {
                        h2 #{ "g-" (n) } { (heading) }
                        ul.rows.rules { @for row in rows { (Self::row(row)) } }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |words: &str| {
            let catalog = sample::catalog();
            let set = [super::calendar_show::sample_day().into()];
            let calendars = catalog.calendars().with_overrides(&set);
            Self::new(
                Viewer::sample(Role::Reporter),
                catalog,
                &calendars.unwrap_or_default(),
                Typed(vec![("q".to_owned(), words.to_owned())]),
            )
        };
        vec![list(""), list("vienna"), list("atlantis")]
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    Asked(query): Asked<Vec<(String, String)>>,
) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    let calendars = crate::service::calendar_override::current(&app).await?;
    let shown = CalendarList::new(me, &app.catalog, &calendars, Typed(query));
    Ok(page(&app, &shown))
}
