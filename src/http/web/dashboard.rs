//! Every open deadline, the worst first, and what was settled lately. All of it is computed anew from
//! what is stored, so it is right after a restart too.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, page, require};
use super::counts;
use super::layout::{Page, Section, Viewer};
use super::part::{self, Ladder};
use super::sample;
use super::standing::{Owed, Standing};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::calendar::Calendars;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::calendar_override;
use crate::store::incident::Incident;
use crate::store::obligation::{self, Outcome};
use crate::store::unclear::{self, Unclear};

const OPEN_MAX: i64 = 300;
const SETTLED_MAX: i64 = 30;
const SETTLED_DAYS: i64 = 30;

/// One obligation with its incident.
#[derive(Clone, Debug)]
struct Row {
    owed: Owed,
    incident: Incident,
    reach: Ladder,
}

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct Dashboard {
    viewer: Viewer,
    open: Vec<Row>,
    /// Incidents to which rules may apply of which nobody knows yet.
    unclear: Vec<(Unclear, Incident)>,
    settled: Vec<Row>,
    more: bool,
}

impl Dashboard {
    async fn read(app: &App, viewer: Viewer) -> Result<Self> {
        let mut incidents = HashMap::new();
        let rows = obligation::open(&app.db, OPEN_MAX + 1).await?;
        let more = i64::try_from(rows.len()).is_ok_and(|n| n > OPEN_MAX);
        let calendars = calendar_override::current(app).await?;
        let mut open = Vec::new();
        for row in rows {
            open.extend(read_row(app, &calendars, row, &viewer, &mut incidents).await?);
        }
        // What waits for an act of ours has not begun; it stands on the incident's page.
        open.retain(|r| !matches!(r.owed.standing, Standing::Waits(_)));
        open.sort_by_key(|r| {
            let due = r.owed.row.due_at;
            (r.owed.standing.rank(), r.incident.drill, due, r.owed.row.id)
        });
        let since = viewer.now - TimeDelta::days(SETTLED_DAYS);
        let mut settled = Vec::new();
        for row in obligation::settled_since(&app.db, since, SETTLED_MAX).await? {
            settled.extend(read_row(app, &calendars, row, &viewer, &mut incidents).await?);
        }
        let mut unclear = Vec::new();
        for one in unclear::open(&app.db, OPEN_MAX).await? {
            if let Some(incident) = crate::store::incident::find(&app.db, one.incident_id).await? {
                unclear.push((one, incident));
            }
        }
        Ok(Self {
            viewer,
            open,
            unclear,
            settled,
            more,
        })
    }

    fn tally(&self) -> Vec<(&'static str, &'static str, usize)> {
        let n = |class: &str| {
            let of = |r: &&Row| r.owed.standing.class() == class;
            self.open.iter().filter(of).count()
        };
        vec![
            ("late", "late", n("late")),
            ("soon", "due soon", n("soon")),
            ("unknown", "unknown", n("unknown") + self.unclear.len()),
            ("open", "open", n("open")),
        ]
    }

    /// What changes while one looks at it.
    fn rows(&self) -> Markup {
        let tally = self.tally();
        let said: Vec<_> = tally
            .iter()
            .filter(|(_, _, n)| *n > 0)
            .map(|(_, word, n)| format!("{n} {word}"))
            .collect();
        html! {
            div #live data-said=(if said.is_empty() { "no open deadline".to_owned() } else { said.join(", ") }) {
                ul.tally {
                    @for (class, word, n) in tally {
                        li.(class).zero[n == 0] { strong { (n) } " " (word) }
                    }
                }
                section aria-labelledby="open-h" {
                    h2 #open-h { "Open deadlines" }
                    @if self.open.is_empty() && self.unclear.is_empty() {
                        (part::empty(
                            "Nothing is owed at the moment.",
                            "When an incident is reported, its deadlines appear here.",
                            &report(&self.viewer),
                        ))
                    } @else {
                        ol.rows {
                            @let (pressing, others) = self.pressing();
                            @for row in pressing { (self.open_row(row)) }
                            @for (unclear, incident) in &self.unclear { (self.unclear_row(unclear, incident)) }
                            @for row in others { (self.open_row(row)) }
                        }
                        @if self.more {
                            p.small { "Only the first " (OPEN_MAX) " are shown. The list of \
                                       incidents has all." }
                        }
                    }
                }
                @if !self.settled.is_empty() {
                    section aria-labelledby="settled-h" {
                        h2 #settled-h { "Settled in the last " (SETTLED_DAYS) " days" }
                        ol.rows { @for row in &self.settled { (self.settled_row(row)) } }
                    }
                }
            }
        }
    }

    fn open_row(&self, row: &Row) -> Markup {
        let owed = &row.owed;
        html! {
            li.due-row.(owed.standing.class()) {
                div.state {
                    (owed.standing.badge()) (owed.undecided())
                    @if matches!(owed.standing, Standing::Late(_) | Standing::Soon(_) | Standing::Open(_)) {
                        (owed.standing.left())
                    }
                }
                div.what { (self.what(row)) }
                div.when {
                    @if owed.deadline.is_some() {
                        (owed.due())
                    } @else { (owed.standing.left()) }
                }
                div.people { (people(&row.reach)) }
            }
        }
    }

    /// What is late or due soon, and the rest.
    fn pressing(&self) -> (Vec<&Row>, Vec<&Row>) {
        let presses =
            |row: &&Row| matches!(row.owed.standing, Standing::Late(_) | Standing::Soon(_));
        self.open.iter().partition(presses)
    }

    fn unclear_row(&self, unclear: &Unclear, incident: &Incident) -> Markup {
        html! {
            li.due-row.unknown {
                div.state { (part::badge("unknown", "Not clear")) }
                div.what {
                    @if incident.drill { (part::badge("drill", "Drill")) " " }
                    @if self.viewer.may(Action::ViewIncident) {
                        a.subject href={ "/incidents/" (incident.id) } { (incident.reference) " " (incident.title) }
                        a.rule href={ "/incidents/" (incident.id) "/questions" } {
                            (part::count(unclear.duties, "rule may apply", "rules may apply")) ": open questions"
                        }
                    } @else {
                        span.subject { (incident.reference) " " (incident.title) }
                        span.rule { (part::count(unclear.duties, "rule may apply", "rules may apply")) }
                    }
                }
                div.when {
                    @if let Some(due) = unclear.due_at {
                        span.small { "the earliest would be due" } " " (part::when(due, self.viewer.zone()))
                    } @else { "–" }
                }
                div.people {}
            }
        }
    }

    fn settled_row(&self, row: &Row) -> Markup {
        let owed = &row.owed;
        html! {
            li.due-row.settled.(owed.standing.class()) {
                div.state { (owed.standing.badge()) }
                div.what { (self.what(row)) }
                div.when {
                    @if let Some(at) = owed.row.met_at { (part::when(at, owed.zone)) }
                    @else if let Some(at) = owed.row.settled_at {
                        "decided " (part::when(at, owed.zone))
                    }
                    @if let Some(due) = owed.row.due_at {
                        span.small { "was due " (part::when(due, owed.zone)) }
                    }
                }
                div.people { (people(&row.reach)) }
            }
        }
    }

    fn what(&self, row: &Row) -> Markup {
        let may = self.viewer.may(Action::ViewIncident);
        html! {
            @if row.incident.drill { (part::badge("drill", "Drill")) " " }
            @if may {
                a.subject href={ "/incidents/" (row.incident.id) } {
                    (row.incident.reference) " " (row.incident.title)
                }
                a.rule href={ "/obligations/" (row.owed.row.id) } { (row.owed.rule) }
            } @else {
                span.subject { (row.incident.reference) " " (row.incident.title) }
                span.rule { (row.owed.rule) }
            }
        }
    }
}

async fn read_row(
    app: &App,
    calendars: &Calendars,
    row: obligation::Obligation,
    viewer: &Viewer,
    incidents: &mut HashMap<IncidentId, (Incident, Ladder)>,
) -> Result<Option<Row>> {
    let id = row.incident_id;
    let (incident, reach) = match incidents.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => {
            let Some(incident) = crate::store::incident::find(&app.db, id).await? else {
                return Ok(None);
            };
            let reach = counts::of_incident(app, &incident).await?;
            place.insert((incident, reach))
        }
    };
    Ok(Some(Row {
        owed: Owed::read(app, calendars, row, viewer.now).await?,
        incident: incident.clone(),
        reach: *reach,
    }))
}

fn people(l: &Ladder) -> Markup {
    html! {
        @if l.targeted == 0 { span.small { "nobody on the roster yet" } }
        @else {
            dl.mini {
                div { dt { "targeted" } dd { (part::number(l.targeted)) } }
                div { dt { "served" } dd { (part::number(l.served)) } }
                div { dt { "seen" } dd { (part::number(l.seen)) } }
                div { dt { "acknowledged" } dd { (part::number(l.acknowledged)) } }
            }
        }
    }
}

/// The button that reports a breach, for who may.
pub(crate) fn report(viewer: &Viewer) -> Markup {
    html! {
        @if viewer.may(Action::ReportIncident) {
            a.button.main href="/incidents/new" { "Report an incident" }
        }
    }
}

impl Page for Dashboard {
    fn title(&self) -> String {
        "Deadlines".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Dashboard
    }

    fn wide(&self) -> bool {
        true
    }

    fn aside(&self) -> Markup {
        html! { div.actions { (report(&self.viewer)) } }
    }

    fn body(&self) -> Markup {
        html! {
            div.live data-poll="/dashboard/rows" data-every="5" {
                p.poll-state data-poll-state {
                    "As of " (part::when(self.viewer.now, self.viewer.zone())) "."
                }
                p.sr role="status" data-poll-said {}
                (self.rows())
            }
        }
    }

    fn samples() -> Vec<Self> {
        let reach = Ladder {
            targeted: 12_480,
            served: 9_311,
            seen: 4_012,
            notified: 4_031,
            acknowledged: 210,
        };
        let row = |owed, incident, reach| Row {
            owed,
            incident,
            reach,
        };
        let (gdpr, promise) = ("eu_gdpr_33_1", "policy_promise_7bd");
        let real = sample::incident;
        let aware = |at| Some(at);
        let full = Self {
            viewer: Viewer::sample(Role::Responder),
            open: vec![
                row(
                    sample::owed(gdpr, aware("2026-11-20T10:00:00+01:00")),
                    real(),
                    reach,
                ),
                row(
                    sample::owed(promise, aware("2026-11-16T10:00:00+01:00")),
                    real(),
                    reach,
                ),
                row(sample::owed(gdpr, None), real(), Ladder::default()),
                row(
                    sample::owed(promise, aware("2026-11-23T10:00:00+01:00")),
                    real(),
                    reach,
                ),
                row(
                    sample::owed(gdpr, aware("2026-11-24T10:00:00-07:00")),
                    sample::drill(),
                    Ladder {
                        targeted: 3,
                        ..Ladder::default()
                    },
                ),
            ],
            unclear: vec![(
                Unclear {
                    incident_id: real().id,
                    duties: 37,
                    due_at: Some("2026-11-26T09:00:00Z".parse().unwrap_or_default()),
                },
                real(),
            )],
            settled: vec![
                row(
                    sample::settled(gdpr, "2026-11-23T10:00:00+01:00", Outcome::Met, Some(false)),
                    real(),
                    reach,
                ),
                row(
                    sample::settled(
                        promise,
                        "2026-11-10T10:00:00+01:00",
                        Outcome::Met,
                        Some(true),
                    ),
                    real(),
                    reach,
                ),
                row(
                    sample::settled(
                        gdpr,
                        "2026-11-23T10:00:00+01:00",
                        Outcome::NotRequired,
                        None,
                    ),
                    real(),
                    Ladder::default(),
                ),
            ],
            more: false,
        };
        let nothing = Self {
            open: Vec::new(),
            unclear: Vec::new(),
            settled: Vec::new(),
            ..full.clone()
        };
        let reporter = Self {
            viewer: Viewer::sample(Role::Reporter),
            ..full.clone()
        };
        vec![full, nothing, reporter]
    }
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    Ok(page(&app, &Dashboard::read(&app, me).await?))
}

/// Gives the part of the page that changes; nothing when it is what the browser has already.
pub(crate) async fn rows(State(app): State<App>, me: Viewer, headers: HeaderMap) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    let html = Dashboard::read(&app, me).await?.rows().into_string();
    let tag = format!(
        "\"{}\"",
        hex::encode(&Sha256::digest(html.as_bytes())[..16])
    );
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response: Response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        axum::response::Html(html).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let value = HeaderValue::from_static("private, no-cache");
    headers.insert(header::CACHE_CONTROL, value);
    Ok(response)
}
