//! The frame of every page, and what a page is: a plain struct that can be built without a server or
//! a database. What a page shows is in its fields; it asks nobody anything.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{DOCTYPE, Markup, html};

use super::form::Form;
use crate::domain::access::{Action, Actor, Role, Who};
use crate::domain::operator::Operator;
use crate::http::assets;
use crate::ids::AccountId;
use crate::store::incident::Incident;

/// A page: what it is called, what it shows, and examples of it for eyes and tests.
pub(crate) trait Page: Sized {
    /// The heading, which is the window's title too.
    fn title(&self) -> String;

    /// What stands below the heading.
    fn body(&self) -> Markup;

    /// What stands beside the heading: a state, the main buttons.
    fn aside(&self) -> Markup {
        html! {}
    }

    /// The incident that it is about: where it belongs and whether it is a drill follow from that.
    fn incident(&self) -> Option<&Incident> {
        None
    }

    /// The way here: addresses and words, the outermost first.
    fn trail(&self) -> Vec<(String, String)> {
        self.incident().map(trail_of).unwrap_or_default()
    }

    /// The entry of the navigation that it belongs to.
    fn section(&self) -> Section {
        match self.incident() {
            Some(_) => Section::Incidents,
            None => Section::None,
        }
    }

    /// Does it show a drill?
    fn drill(&self) -> bool {
        self.incident().is_some_and(|incident| incident.drill)
    }

    /// Does it need the whole width?
    fn wide(&self) -> bool {
        false
    }

    /// After how many seconds a browser without scripts loads it anew; none: never.
    fn refresh(&self) -> Option<u16> {
        None
    }

    /// Who looks at it; nobody when signed out.
    fn viewer(&self) -> Option<&Viewer>;

    /// One of each kind of thing that it can show.
    fn samples() -> Vec<Self>;
}

/// The way to a page about an incident.
pub(crate) fn trail_of(incident: &Incident) -> Vec<(String, String)> {
    vec![
        ("/incidents".to_owned(), "Incidents".to_owned()),
        (
            format!("/incidents/{}", incident.id),
            incident.reference.clone(),
        ),
    ]
}

/// The entries of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// None of them.
    None,
    /// Every open deadline.
    Dashboard,
    /// The incidents.
    Incidents,
    /// The rules.
    Rules,
    /// Which days are counted.
    Calendars,
    /// The evidence log.
    Evidence,
    /// Host sites.
    Sites,
    /// Members of staff.
    Accounts,
    /// Tokens for programs.
    Tokens,
    /// What the words mean.
    Help,
}

const NAVIGATION: [(Section, &str, &str, Option<Action>); 9] = [
    (
        Section::Dashboard,
        "/dashboard",
        "Deadlines",
        Some(Action::ViewIncidents),
    ),
    (
        Section::Incidents,
        "/incidents",
        "Incidents",
        Some(Action::ViewIncidents),
    ),
    (
        Section::Rules,
        "/rules",
        "Rules",
        Some(Action::ViewIncidents),
    ),
    (
        Section::Calendars,
        "/calendars",
        "Calendars",
        Some(Action::ViewIncidents),
    ),
    (
        Section::Evidence,
        "/evidence",
        "Evidence",
        Some(Action::VerifyEvidence),
    ),
    (Section::Sites, "/sites", "Sites", Some(Action::ManageSites)),
    (
        Section::Accounts,
        "/accounts",
        "Accounts",
        Some(Action::ManageAccounts),
    ),
    (
        Section::Tokens,
        "/tokens",
        "Tokens",
        Some(Action::ManageTokens),
    ),
    (Section::Help, "/help", "Help", None),
];

/// Where a controller sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Its short id.
    pub id: String,
    /// Its registered name.
    pub name: String,
    /// Its zone.
    pub zone: Tz,
}

/// Who looks at a page, when, and what a form of theirs must carry.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// Who is signed in.
    pub actor: Actor,
    /// What every form of this session carries.
    pub csrf: String,
    /// Made anew for each page: sending its form twice changes nothing.
    pub once: String,
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Where the controllers sit, the first first.
    pub seats: Vec<Seat>,
}

impl Viewer {
    /// May the viewer do `action`?
    pub fn may(&self, action: Action) -> bool {
        self.actor.may(action)
    }

    /// The zone of the first controller, for instants that belong to no one controller.
    pub fn zone(&self) -> Tz {
        self.seats.first().map_or(Tz::UTC, |seat| seat.zone)
    }

    /// The seats of an operator's controllers.
    pub fn seats_of(operator: &Operator) -> Vec<Seat> {
        operator
            .controllers
            .iter()
            .map(|one| Seat {
                id: one.id.clone(),
                name: one.name.clone(),
                zone: one.zone,
            })
            .collect()
    }

    /// Somebody with this role, for samples.
    pub fn sample(role: Role) -> Self {
        let name = match role {
            Role::Reporter => "Rita Reporter",
            Role::Responder => "Rosa Berger",
            Role::Approver => "Alan Approver",
            Role::Manager => "Mara Manager",
            Role::Administrator => "Adam Admin",
        };
        let seat = |id: &str, name: &str, zone| Seat {
            id: id.to_owned(),
            name: name.to_owned(),
            zone,
        };
        Self {
            actor: Actor {
                who: Who::Account(AccountId(uuid::Uuid::from_u128(7))),
                name: name.to_owned(),
                role: Some(role),
            },
            csrf: "sample".to_owned(),
            once: "sample".to_owned(),
            now: "2026-11-25T09:30:00Z".parse().unwrap_or_default(),
            seats: vec![
                seat("KG", "Example Software KG", Tz::Europe__Vienna),
                seat("INC", "Example Software Inc.", Tz::America__Denver),
            ],
        }
    }
}

/// The whole document of a page. `operator` is shown to people who are not signed in, too.
pub(crate) fn document(page: &impl Page, operator: &str) -> Markup {
    let viewer = page.viewer();
    let title = page.title();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                @if let Some(seconds) = page.refresh() {
                    noscript { meta http-equiv="refresh" content=(seconds); }
                }
                title { (title) " – Due Notice" }
                link rel="icon" href=(assets::icon().path()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::style().path());
                script src=(assets::script().path()) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (header(viewer, operator, page.section()))
                @if page.drill() {
                    div.drill-ribbon role="region" aria-label="Drill" {
                        strong { "DRILL" }
                        span { "This is an exercise. Nothing here reaches a real person." }
                    }
                }
                main #main tabindex="-1" .wide[page.wide()] {
                    (trail(&page.trail()))
                    div.head {
                        h1 { (title) }
                        (page.aside())
                    }
                    (page.body())
                }
                footer {
                    p { "Due Notice · " (operator) }
                    p { a href="/help" { "What the words mean" } }
                }
            }
        }
    }
}

fn header(viewer: Option<&Viewer>, operator: &str, section: Section) -> Markup {
    html! {
        header.top {
            div.bar {
                p.brand {
                    a href="/" { "Due Notice" }
                    span.operator { (operator) }
                }
                @if let Some(viewer) = viewer {
                    nav aria-label="Main" {
                        ul {
                            @for (entry, href, label, action) in NAVIGATION {
                                @if action.is_none_or(|action| viewer.may(action)) {
                                    li {
                                        a href=(href) aria-current=[(entry == section).then_some("page")] {
                                            (label)
                                        }
                                    }
                                }
                            }
                        }
                    }
                    div.who {
                        span {
                            (viewer.actor.name)
                            @if let Some(role) = viewer.actor.role { span.role { (role) } }
                        }
                        (Form::new(viewer, "out", "/sign-out").render(html! {
                            button.quiet type="submit" { "Sign out" }
                        }))
                    }
                }
            }
        }
    }
}

fn trail(trail: &[(String, String)]) -> Markup {
    html! {
        @if !trail.is_empty() {
            nav.trail aria-label="You are here" {
                ol {
                    @for (href, label) in trail {
                        li { a href=(href) { (label) } }
                    }
                }
            }
        }
    }
}
