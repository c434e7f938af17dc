//! What one import of a roster did, with the rows that could not be taken.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, Failure, found, page, require};
use super::layout::{Page, Viewer};
use super::roster_import::{here, trail};
use super::{part, places_part, sample, sample_roster};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::http::rejected;
use crate::ids::{ImportId, IncidentId};
use crate::service::places::{self, Places};
use crate::service::roster::{self, Rejection};
use crate::store::incident::{self, Incident};
use crate::store::person::{self, Import};

/// How many rejected rows the page itself shows.
const ROWS: i64 = 20;

/// The page.
#[derive(Debug)]
pub(crate) struct RosterImported {
    viewer: Viewer,
    incident: Incident,
    import: Import,
    /// The first rejected rows; none for who may not read them.
    rejected: Vec<Rejection>,
    places: Places,
    /// The same file had been imported before.
    repeated: bool,
}

impl RosterImported {
    fn rejected(&self) -> Markup {
        let i = &self.import;
        let own = here(self.incident.id);
        let shown = i64::try_from(self.rejected.len()).unwrap_or(i64::MAX);
        html! {
            section aria-labelledby="rejected-h" {
                div.section-head {
                    h2 #rejected-h { "Rows that could not be taken" }
                    @if self.viewer.may(Action::ImportRoster) {
                        a.button href={ (own) "/imports/" (i.id) "/rejected.csv" } {
                            "Download " (part::count(i.rejected, "rejected row", "rejected rows"))
                        }
                    }
                }
                @if self.viewer.may(Action::ImportRoster) {
                    p { "These people are not on the roster. Put the rows right and import them; rows that are on \
                         the roster already may stay in the file." }
                    div.scroll tabindex="0" role="region" aria-label="Rejected rows" {
                        table.reasons {
                            caption {
                                @if shown < i.rejected { "The first " (part::number(shown)) " of " (part::number(i.rejected)) }
                                @else { (part::count(i.rejected, "row", "rows")) }
                            }
                            thead {
                                tr {
                                    th.n scope="col" { "Line" }
                                    th scope="col" { "Why" }
                                    th scope="col" { "As it stands in the file" }
                                }
                            }
                            tbody {
                                @for row in &self.rejected {
                                    tr {
                                        td.n { (part::number(row.line)) }
                                        td { (row.reason) }
                                        td { code { (row.raw) } }
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
}

impl Page for RosterImported {
    fn title(&self) -> String {
        format!("Import {}", self.import.revision)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut trail = trail(&self.incident);
        trail.push((here(self.incident.id), "Affected people".to_owned()));
        trail
    }

    fn aside(&self) -> Markup {
        match self.import.rejected {
            0 => part::badge("ok", "All taken"),
            n => part::badge("soon", &format!("{} rejected", part::number(n))),
        }
    }

    fn body(&self) -> Markup {
        let i = &self.import;
        let figure = |n: i64, words: &str| {
            html! { div { dt { (words) } dd { (part::number(n)) } } }
        };
        html! {
            @if self.repeated {
                p.notice-line role="status" {
                    "This very file was imported before, so nothing changed. This is what it did then."
                }
            }
            section.sheet aria-labelledby="did-h" {
                h2 #did-h { "What it did" }
                dl.ladder {
                    (figure(i.added, "added"))
                    (figure(i.changed, "changed"))
                    (figure(i.unchanged, "unchanged"))
                    (figure(i.rejected, "rejected"))
                }
                dl.facts {
                    dt { "File" }
                    dd { (i.file_name) ", " (part::count(i.rows_total, "row", "rows")) }
                    dt { "Its hash" }
                    dd { (part::hash(&i.file_sha256)) }
                    dt { "Site" }
                    dd { (i.site_id) }
                    dt { "Imported" }
                    dd { "by " (i.imported_by) ", " (part::when(i.imported_at, self.viewer.zone())) }
                    dt { "On the roster now" }
                    dd { (part::count(self.incident.persons, "person", "people")) }
                }
            }
            @if i.rejected > 0 { (self.rejected()) }
            @if !self.places.is_empty() {
                section aria-labelledby="places-h" {
                    h2 #places-h { "Where everybody on the roster is" }
                    (places_part::table(&self.places, usize::MAX))
                }
            }
            div.actions {
                a.button href={ "/incidents/" (self.incident.id) } { "To the incident" }
                @if self.viewer.may(Action::ImportRoster) {
                    a.button href=(here(self.incident.id)) { "Import another file" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, import: Import, repeated| {
            let viewer = Viewer::sample(role);
            let readable = import.rejected > 0 && viewer.may(Action::ImportRoster);
            Self {
                incident: sample::incident(),
                rejected: if readable {
                    sample_roster::rejections()
                } else {
                    Vec::new()
                },
                places: places::of(&viewer.actor, sample_roster::counts(), 5),
                import,
                repeated,
                viewer,
            }
        };
        let mut pages = Vec::new();
        for (role, repeated) in [(Role::Responder, false), (Role::Manager, true)] {
            for import in sample_roster::imports() {
                pages.push(show(role, import, repeated));
            }
        }
        pages
    }
}

/// Was it imported before?
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    repeated: bool,
}

async fn import_of(app: &App, id: IncidentId, import: ImportId) -> Result<Import, Failure> {
    let import = person::find_import(&app.db, import).await?;
    found(import.filter(|i| i.incident_id == id), "This import")
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At((id, import)): At<(IncidentId, ImportId)>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ViewIncident)?;
    let import = import_of(&app, id, import).await?;
    let rejected = if me.may(Action::ImportRoster) {
        roster::rejections(&app, &import, 0, ROWS).await?
    } else {
        Vec::new()
    };
    let shown = RosterImported {
        incident: found(incident::find(&app.db, id).await?, "This incident")?,
        places: places::seen_by(&app, &me.actor, id).await?,
        import,
        rejected,
        repeated: query.repeated,
        viewer: me,
    };
    Ok(page(&app, &shown))
}

/// Sends the rejected rows as a file.
pub(crate) async fn download(
    State(app): State<App>,
    me: Viewer,
    At((id, import)): At<(IncidentId, ImportId)>,
) -> Result<Response, Failure> {
    require(&app, &me, Action::ImportRoster)?;
    let import = import_of(&app, id, import).await?;
    Ok(rejected::file(app, &import))
}
