//! One incident: what is known, what is owed by when, who is affected, what they are told, and the
//! evidence of it all.

use axum::extract::State;
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, found, page, require};
use super::deadline_card::{card, settle};
use super::estimate_part::Estimates;
use super::evidence_words::{Names, Told};
use super::exposure_part::Exposures;
use super::fact_part::Facts;
use super::hold_part::Holds;
use super::layout::{Page, Viewer};
use super::part::{self, Ladder};
use super::revision_part::Revisions;
use super::standing::{Owed, Standing};
use super::{counts, places_part, sample, sample_evidence, sample_exposure, sample_roster, words};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::fact::FactKind;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::calendar_override;
use crate::service::obligation::in_order;
use crate::service::places::{self, Places};
use crate::store::incident::{self, Incident, Status};
use crate::store::notice::{self, Notice};
use crate::store::unclear::{self, Unclear};
use crate::store::{evidence, fact, hold, obligation};

const ENTRIES: i64 = 12;

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct IncidentShow {
    viewer: Viewer,
    incident: Incident,
    systems: Vec<String>,
    data_kinds: Vec<String>,
    facts: Facts,
    owed: Vec<Owed>,
    exposures: Exposures,
    estimates: Estimates,
    places: Places,
    notices: Vec<(Notice, Ladder)>,
    holds: Holds,
    unclear: Option<Unclear>,
    entries: Vec<Told>,
    revisions: Revisions,
    done: String,
}

impl IncidentShow {
    async fn read(app: &App, viewer: Viewer, incident: Incident, done: String) -> Result<Self> {
        let db = &app.db;
        let id = incident.id;
        let mut owed = Vec::new();
        let mut rows = obligation::list(db, id).await?;
        in_order(&app.catalog, &mut rows);
        let calendars = calendar_override::current(app).await?;
        for row in rows {
            owed.push(Owed::read(app, &calendars, row, viewer.now).await?);
        }
        owed.sort_by_key(|o| (o.standing.rank(), o.row.due_at));
        let mut notices = Vec::new();
        for one in notice::list(db, id).await? {
            let reach = counts::of_notice(app, &one, &incident).await?;
            notices.push((one, reach));
        }
        let operator = app.catalog.operator();
        let system = |id: &String| match operator.system(id) {
            Some(system) => system.name.get("en").to_owned(),
            None => id.clone(),
        };
        let kind = |id: &String| match operator.data_kind(id) {
            Some(kind) => kind.label.get("en").to_owned(),
            None => id.clone(),
        };
        Ok(Self {
            systems: incident.systems.0.iter().map(system).collect(),
            data_kinds: incident.data_kinds.0.iter().map(kind).collect(),
            facts: Facts(fact::list(db, id).await?),
            holds: Holds(hold::list(db, id).await?),
            unclear: unclear::find(db, id).await?.filter(|u| u.duties > 0),
            owed,
            exposures: Exposures::read(app, &incident).await?,
            estimates: Estimates::read(app, id).await?,
            places: places::seen_by(app, &viewer.actor, id).await?,
            notices,
            revisions: Revisions::read(app, id).await?,
            entries: told(app, id, None, ENTRIES, viewer.zone()).await?,
            viewer,
            incident,
            done,
        })
    }

    fn open(&self) -> bool {
        self.incident.status == Status::Open
    }

    fn may(&self, action: Action) -> bool {
        self.open() && self.viewer.may(action)
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.incident.id)
    }

    /// What is owed: what has a date in full, the rest in a line each.
    fn deadlines(&self) -> Markup {
        let dated = |o: &&Owed| o.standing.needs_room();
        let (first, rest): (Vec<&Owed>, Vec<&Owed>) = self.owed.iter().partition(dated);
        html! {
            section aria-labelledby="deadlines-h" {
                h2 #deadlines-h { "Deadlines" }
                @if let Some(unclear) = &self.unclear { (self.not_clear(unclear)) }
                @for owed in &first { (card(owed, &self.viewer, false, &settle(owed, &self.viewer))) }
                @if !rest.is_empty() {
                    ul.rows.duties {
                        @for owed in &rest { li.due-row.(owed.standing.class()) {
                            div.state { (owed.standing.badge()) (owed.undecided()) }
                            div.what {
                                a.subject href={ "/obligations/" (owed.row.id) } { (owed.rule) }
                                span.small {
                                    @if let Standing::Met { at: Some(at), .. } = &owed.standing {
                                        "met " (part::when(*at, owed.zone))
                                        @if let Some(due) = owed.row.due_at { " · was due " (part::when(due, owed.zone)) }
                                    } @else { (owed.standing.left()) }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }

    fn not_clear(&self, unclear: &Unclear) -> Markup {
        html! {
            div.sheet.unknown {
                h3 { (part::count(unclear.duties, "more rule may apply", "more rules may apply")) }
                p {
                    "Nobody knows yet"
                    @if let Some(due) = unclear.due_at { "; the earliest would be due " (part::when(due, self.viewer.zone())) }
                    ". They count as open until their questions are answered."
                }
                p { a.button href=(self.path("/questions")) { "Open questions" } }
            }
        }
    }

    fn people(&self) -> Markup {
        html! {
            section.sheet aria-labelledby="people-h" {
                div.section-head {
                    h2 #people-h { "Affected people" }
                    div.actions {
                        @if self.may(Action::RecordFact) {
                            a.button.quiet href=(self.path("/estimate")) { "Estimate" }
                        }
                        a.button.quiet href=(self.path("/people")) { "Who is affected" }
                        a.button.quiet href=(self.path("/roster")) {
                            @if self.may(Action::ImportRoster) { "Import a roster" } @else { "Imports" }
                        }
                        @if self.viewer.may(Action::LookUpPerson) {
                            a.button.quiet href=(self.path("/people/ask")) { "Look a person up" }
                        }
                    }
                }
                @if self.incident.persons == 0 {
                    p { "Nobody is on the roster yet. Import a list of the affected people; only they \
                         will see a notice." }
                } @else {
                    p { strong { (part::count(self.incident.persons, "person", "people")) } " on the roster." }
                    (places_part::table(&self.places, 40))
                }
                (self.estimates.shown(&self.viewer))
            }
        }
    }

    fn notices(&self) -> Markup {
        html! {
            section.sheet aria-labelledby="notices-h" {
                div.section-head {
                    h2 #notices-h { "Notices" }
                    @if self.may(Action::EditNotice) {
                        a.button.quiet href=(self.path("/notices/new")) { "Draft a notice" }
                    }
                }
                @if self.notices.is_empty() {
                    p { "No notice was drafted yet." }
                }
                @for (n, reach) in &self.notices {
                    div.one-notice {
                        p {
                            a href={ "/notices/" (n.id) } {
                                (words::audience(n.audience)) " of " (n.created_at.format("%-d %b %Y")) ", version " (n.current)
                            }
                            " " (status(n.status))
                        }
                        @if n.activated_at.is_some() { (part::ladder(reach)) }
                    }
                }
            }
        }
    }
}

/// Entries of an incident before its place `before`, the newest first, in words.
pub(crate) async fn told(
    app: &App,
    id: IncidentId,
    before: Option<i64>,
    limit: i64,
    zone: Tz,
) -> Result<Vec<Told>> {
    let before = before.unwrap_or(i64::MAX);
    let stored = evidence::newest_of_incident(&app.db, id, before, limit).await?;
    let names = Names::read(app).await?;
    Ok(stored.iter().map(|e| Told::of(e, &names, zone)).collect())
}

/// Where a notice stands, as a badge.
pub(crate) fn status(status: notice::Status) -> Markup {
    match status {
        notice::Status::Draft => part::badge("none", "Draft"),
        notice::Status::Approved => part::badge("open", "Approved"),
        notice::Status::Active => part::badge("ok", "Live"),
        notice::Status::Withdrawn => part::badge("none", "Withdrawn"),
    }
}

impl Page for IncidentShow {
    fn title(&self) -> String {
        format!("{} {}", self.incident.reference, self.incident.title)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/incidents".to_owned(), "Incidents".to_owned())]
    }

    fn wide(&self) -> bool {
        true
    }

    fn aside(&self) -> Markup {
        html! {
            div.actions {
                @if self.open() { (part::badge("open", "Open")) } @else { (part::badge("none", "Closed")) }
                @if self.may(Action::CloseIncident) {
                    a.button.quiet href=(self.path("/close")) { "Close the incident" }
                }
            }
        }
    }

    fn body(&self) -> Markup {
        let i = &self.incident;
        let breached: Vec<_> = [
            (i.confidentiality, "confidentiality"),
            (i.integrity, "integrity"),
            (i.availability, "availability"),
        ]
        .into_iter()
        .filter_map(|(is, word)| is.then_some(word))
        .collect();
        html! {
            (part::done(&self.done))
            @if let (Some(at), Some(reason)) = (i.closed_at, &i.closed_reason) {
                p.notice-line { "Closed " (part::when(at, self.viewer.zone())) ": " (reason) }
            }
            div.columns {
                div {
                    (self.deadlines())
                    (self.facts.section(&self.viewer, i))
                    section.sheet aria-labelledby="evidence-h" {
                        div.section-head {
                            h2 #evidence-h { "Evidence" }
                            a href=(self.path("/evidence")) { "Whole timeline" }
                        }
                        ol.timeline reversed {
                            @for one in &self.entries { (one.item(self.viewer.zone(), &html! {})) }
                        }
                    }
                }
                div {
                    section.sheet aria-labelledby="summary-h" {
                        h2 #summary-h { "Summary" }
                        p.prose { (i.description) }
                        dl.facts {
                            dt { "Breached" } dd { (breached.join(", ")) }
                            dt { "Systems" } dd { (self.systems.join(", ")) }
                            dt { "Kinds of data" } dd { (self.data_kinds.join(", ")) }
                            @if let Some(processor) = &i.processor { dt { "Processor" } dd { (processor) } }
                            dt { "Reported" }
                            dd { "by " (i.reported_by) ", " (part::when(i.reported_at, self.viewer.zone())) }
                        }
                    }
                    (self.exposures.section(i, &self.viewer))
                    (self.people())
                    (self.revisions.section(&self.viewer, &self.incident))
                    (self.notices())
                    (self.holds.section(&self.viewer, i))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let (gdpr, promise) = ("eu_gdpr_33_1", "policy_promise_7bd");
        let mut aware = sample::fact(103, FactKind::Aware, Some("2026-11-23T09:00:00Z"));
        aware.corrects = Some(sample::fact(102, FactKind::Aware, None).id);
        aware.reason = Some("The access log was read again; the call was at ten.".to_owned());
        let full = Self {
            viewer: Viewer::sample(Role::Responder),
            incident: sample::incident(),
            systems: vec!["Support tickets".to_owned()],
            data_kinds: vec!["name".to_owned(), "e-mail address".to_owned()],
            facts: Facts(vec![
                sample::fact(101, FactKind::Detected, Some("2026-11-23T07:10:00Z")),
                sample::fact(102, FactKind::Aware, Some("2026-11-23T10:30:00Z")),
                aware,
                sample::fact(104, FactKind::Occurred, None),
            ]),
            owed: vec![
                sample::owed(gdpr, Some("2026-11-23T10:00:00+01:00")),
                sample::owed(promise, Some("2026-11-23T10:00:00+01:00")),
            ],
            exposures: Exposures::of(
                sample::catalog(),
                &sample::incident(),
                &sample_exposure::exposures(),
            ),
            estimates: Estimates::of(sample::catalog(), &sample_exposure::estimates()),
            places: places::of(
                &Viewer::sample(Role::Responder).actor,
                sample_roster::counts_of([7_010, 4_020, 1_450]),
                5,
            ),
            notices: vec![(
                sample::notice(notice::Status::Active),
                Ladder {
                    targeted: 12_480,
                    served: 9_311,
                    seen: 4_012,
                    notified: 4_031,
                    acknowledged: 210,
                },
            )],
            entries: sample_evidence::entries()
                .into_iter()
                .filter(|one| one.incident.is_some())
                .take(6)
                .collect(),
            revisions: Revisions::sample(),
            holds: Holds(vec![sample::hold()]),
            unclear: Some(Unclear {
                incident_id: sample::incident().id,
                duties: 37,
                due_at: Some("2026-11-26T09:00:00Z".parse().unwrap_or_default()),
            }),
            done: "fact".to_owned(),
        };
        let drill = Self {
            incident: Incident {
                persons: 914,
                ..sample::drill()
            },
            viewer: Viewer::sample(Role::Manager),
            facts: Facts(vec![sample::fact(
                101,
                FactKind::Detected,
                Some("2026-11-23T07:10:00Z"),
            )]),
            owed: vec![sample::owed(gdpr, None), sample::owed(promise, None)],
            exposures: Exposures::of(sample::catalog(), &sample::drill(), &[]),
            places: places::of(
                &Viewer::sample(Role::Manager).actor,
                sample_roster::counts_of([900, 12, 2]),
                5,
            ),
            notices: Vec::new(),
            revisions: Revisions::default(),
            holds: Holds(Vec::new()),
            unclear: None,
            done: String::new(),
            ..full.clone()
        };
        let mut closed = Self {
            owed: vec![
                sample::settled(
                    gdpr,
                    "2026-11-23T10:00:00+01:00",
                    obligation::Outcome::Met,
                    Some(true),
                ),
                sample::settled(
                    promise,
                    "2026-11-23T10:00:00+01:00",
                    obligation::Outcome::NotRequired,
                    None,
                ),
            ],
            done: "closed".to_owned(),
            ..full.clone()
        };
        closed.incident.status = Status::Closed;
        closed.incident.closed_at = Some(closed.viewer.now);
        closed.incident.closed_reason = Some("Everything is done and filed.".to_owned());
        vec![full, drill, closed]
    }
}

/// What an address after a form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    /// What was done.
    pub done: String,
}

/// The incident, for who may see one.
pub(crate) async fn load(
    app: &App,
    me: &Viewer,
    id: IncidentId,
) -> Result<Incident, super::answer::Failure> {
    require(app, me, Action::ViewIncident)?;
    found(incident::find(&app.db, id).await?, "This incident")
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Done>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let shown = IncidentShow::read(&app, me, incident, query.done).await?;
    Ok(page(&app, &shown))
}
