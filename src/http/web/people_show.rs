//! Who is affected: the lists that say so, and what follows from them.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, Asked, At, page};
use super::incident_show::{Done, load};
use super::layout::{Page, Viewer};
use super::person_ask::Asking;
use super::recipe_part::RecipePart;
use super::source_part::{self, System, address, badge, int, people, so_far};
use super::{key_destroy, part, sample, sample_source};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::IncidentId;
use crate::service::source::Progress;
use crate::store::incident::{Incident, Status};
use crate::store::incident_key::{self, IncidentKey};
use crate::store::source::{self, Source};

/// The page. Each of its sections is a function of its own.
#[derive(Debug)]
pub(crate) struct PeopleShow {
    viewer: Viewer,
    incident: Incident,
    systems: Vec<System>,
    /// The newest first; what was put aside is among them.
    sources: Vec<Source>,
    recipe: RecipePart,
    /// For who may ask, when there is somebody to ask about.
    asking: Option<Asking>,
    key: Option<IncidentKey>,
    done: String,
}

impl PeopleShow {
    fn may_add(&self) -> bool {
        self.incident.status == Status::Open && self.viewer.may(Action::ImportRoster)
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.incident.id)
    }

    fn system(&self, id: &str) -> String {
        let known = self.systems.iter().find(|s| s.id == id);
        known.map_or_else(|| id.to_owned(), |s| s.name.clone())
    }

    fn sources(&self) -> Markup {
        let (aside, kept): (Vec<&Source>, Vec<&Source>) = self
            .sources
            .iter()
            .partition(|s| s.status == source::Status::Discarded);
        let add = html! {
            @if self.may_add() { a.button.main href=(self.path("/sources/new")) { "Add a list" } }
        };
        html! {
            section aria-labelledby="sources-h" {
                div.section-head {
                    h2 #sources-h { "Lists" }
                    @if !kept.is_empty() { (add) }
                }
                @if kept.is_empty() {
                    (part::empty(
                        "There is no list yet.",
                        "A list says who was in a system, who ordered something, or what was read: an export of \
                         accounts or orders, an access log. Several lists together say who is affected.",
                        &add,
                    ))
                } @else {
                    ol.rows.records.sources { @for s in kept { (self.source(s)) } }
                }
                @if !aside.is_empty() {
                    p.small {
                        "Put aside: "
                        @for (n, s) in aside.iter().enumerate() {
                            @if n > 0 { ", " }
                            a href=(address(s)) { (s.title()) }
                        }
                    }
                }
            }
        }
    }

    /// The newest reading of the same list, when that is another one.
    fn newer(&self, s: &Source) -> Option<&Source> {
        let same = |n: &&Source| n.name == s.name && n.status == source::Status::Done;
        let newest = self.sources.iter().filter(same).max_by_key(|n| n.version)?;
        (newest.version > s.version).then_some(newest)
    }

    fn source(&self, s: &Source) -> Markup {
        let progress = Progress::of(s, self.viewer.now).ok();
        html! {
            li {
                div.what {
                    a.subject href=(address(s)) { (s.title()) }
                    span.small {
                        (source_part::origin(s)) ", by " (s.created_by) ", " (part::when(s.created_at, self.viewer.zone()))
                    }
                }
                div.what {
                    @if s.system.is_empty() { "Of no system" } @else { (self.system(&s.system)) }
                    span.small {
                        @if s.status == source::Status::Done {
                            (part::number(s.rows_taken)) " taken, " (part::number(s.rows_rejected)) " rejected"
                            @if let Some(newer) = self.newer(s) { "; replaced by " (newer.title()) }
                        } @else if let Some(p) = progress.filter(|p| p.status.under_way()) {
                            (so_far(&p))
                        } @else if let Some(why) = &s.problem {
                            (why)
                        } @else { "Not read yet" }
                    }
                }
                div.state {
                    (badge(s.status))
                    @if let Some(p) = progress.filter(|p| p.status.under_way()) {
                        @if let Some(percent) = p.percent() {
                            meter min="0" max="100" value=(int(percent)) aria-hidden="true" {}
                        }
                    }
                }
            }
        }
    }

    fn roster(&self) -> Markup {
        let n = self.incident.persons;
        html! {
            section.sheet aria-labelledby="roster-h" {
                div.section-head {
                    h2 #roster-h { "On the roster" }
                    div.actions {
                        a.button.quiet href=(self.path("/roster")) { "Roster" }
                    }
                }
                @if n == 0 { p { "Nobody is on the roster yet. Only who is on it sees a notice." } }
                @else { p { strong { (part::count(n, "person is", "people are")) } " on the roster of this incident." } }
            }
        }
    }
}

impl Page for PeopleShow {
    fn title(&self) -> String {
        source_part::PEOPLE.to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        html! {
            (part::done(&self.done))
            (self.sources())
            (self.recipe.section(&self.viewer, &self.incident))
            (self.roster())
            @if let Some(asking) = &self.asking { (asking.section()) }
            (key_destroy::section(&self.viewer, &self.incident, self.key.as_ref()))
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, sources: Vec<Source>| Self {
            viewer: Viewer::sample(role),
            incident: sample::incident(),
            systems: source_part::systems(sample::catalog().operator()),
            sources,
            recipe: RecipePart::default(),
            asking: None,
            key: None,
            done: String::new(),
        };
        let mut full = show(Role::Responder, sample_source::sources());
        full.recipe = RecipePart::sample();
        full.asking = Some(Asking::sample(&full.viewer, full.incident.id));
        let mut drill = show(Role::Manager, Vec::new());
        drill.incident = sample::drill();
        vec![full, show(Role::Responder, Vec::new()), drill]
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Done>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let asks = me.may(Action::LookUpPerson) && incident.persons > 0;
    let shown = PeopleShow {
        recipe: RecipePart::read(&app, id).await?,
        asking: match asks {
            true => Some(Asking::empty(&app, &me, id).await?),
            false => None,
        },
        systems: source_part::systems(app.catalog.operator()),
        sources: source::list(&app.db, id).await?,
        key: incident_key::find(&app.db, id).await?,
        viewer: me,
        incident,
        done: query.done,
    };
    Ok(page(&app, &shown))
}

/// Where to go when something of the page was done.
pub(crate) fn after(id: IncidentId, word: &str) -> String {
    format!("{}?done={word}", people(id))
}
