//! The roster of an incident: importing who is affected, where they are, and the imports so far.

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::answer::{Answer, At, Stop, found, go, page, page_with_status, require};
use super::file_form::{self, FileForm};
use super::form::Form;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{later_form, part, person_ask, places_part, sample, sample_roster};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::places::{self, Places};
use crate::service::roster::{self, Upload};
use crate::store::incident::{self, Incident, Status};
use crate::store::person::{self, Import};
use crate::store::site;

/// The page.
#[derive(Debug)]
pub(crate) struct RosterImport {
    viewer: Viewer,
    incident: Incident,
    /// Ids and names of the sites.
    sites: Vec<(String, String)>,
    /// Kinds of data that a row may name.
    kinds: Vec<String>,
    places: Places,
    imports: Vec<Import>,
    bytes_max: u64,
    form: Form,
}

/// The address of the page.
pub(super) fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/roster")
}

/// The way to the pages about an incident's roster.
pub(super) fn trail(incident: &Incident) -> Vec<(String, String)> {
    let own = format!("/incidents/{}", incident.id);
    vec![
        ("/incidents".to_owned(), "Incidents".to_owned()),
        (own, incident.reference.clone()),
    ]
}

const EXAMPLE: &str = "user_id,email,lang,country,state,birth_year,exposed\n\
                       u-1001,anna@example.org,de,AT,,1984,name email\n\
                       u-1002,bob@example.org,en,US,CO,,\n\
                       u-1003,,,,,,\n";

/// What each column is.
fn columns(kinds: &[String]) -> [(&'static str, String); 7] {
    let text = str::to_owned;
    [
        (
            "user_id",
            text(
                "the site's own id of the user, exactly as the site's tokens name it. The only column that \
                 must be there",
            ),
        ),
        (
            "email",
            text("for another channel, should the person never sign in"),
        ),
        ("lang", text("language, such as de or pt-BR")),
        (
            "country",
            text("two letters, such as AT or US: decides which rules count people where"),
        ),
        ("state", text("for US: the state, two letters")),
        (
            "birth_year",
            text("four digits: shows where children are affected"),
        ),
        (
            "exposed",
            format!(
                "kinds of data, separated by spaces, where they differ from those of the incident: {}",
                kinds.join(", ")
            ),
        ),
    ]
}

impl RosterImport {
    async fn read(app: &App, viewer: Viewer, incident: Incident, form: Form) -> Result<Self> {
        let sites = site::list(&app.db).await?.into_iter();
        let kinds = app.catalog.operator().data_kinds.iter();
        Ok(Self {
            sites: sites.map(|s| (s.id, s.name)).collect(),
            kinds: kinds.map(|k| k.id.clone()).collect(),
            places: places::seen_by(app, &viewer.actor, incident.id).await?,
            imports: person::imports(&app.db, incident.id).await?,
            bytes_max: app.config.upload_max_bytes,
            viewer,
            incident,
            form: form.with_file().with_fields(&[
                ("site", "Site"),
                ("file", "File"),
                later_form::LABELS[0],
                later_form::LABELS[1],
                later_form::LABELS[2],
            ]),
        })
    }

    fn upload(&self) -> Markup {
        let f = &self.form;
        let sites: Vec<_> = self
            .sites
            .iter()
            .map(|(id, name)| (id.clone(), format!("{name} ({id})")))
            .collect();
        let limit = file_form::hint("CSV in UTF-8", self.bytes_max, f);
        html! {
            section.sheet aria-labelledby="import-h" {
                h2 #import-h { "Import a file" }
                p { "Rows are added, and rows of people who are on the roster already are brought up to date. \
                     Nobody is taken off. The same file twice changes nothing. A row that cannot be taken comes \
                     back with the reason, and does not keep the others out." }
                (f.render(html! {
                    (f.field("site", "Site").hint("Whose users the file lists.").select(&sites))
                    (f.field("file", "File").hint(&limit).file(".csv,.txt,.tsv,text/csv"))
                    @if self.incident.persons > 0 {
                        (later_form::fields(f))
                    }
                    div.send { button.main type="submit" { "Import" } }
                }))
                details open[self.imports.is_empty()] {
                    summary { "Which columns there can be" }
                    p { "The first line names the columns, in any order, separated by commas, semicolons or tabs." }
                    dl.facts {
                        @for (name, meaning) in columns(&self.kinds) {
                            dt { code { (name) } }
                            dd { (meaning) }
                        }
                    }
                    pre tabindex="0" role="region" aria-label="Example of a file" data-copy { (EXAMPLE) }
                    p.small { "Give only what is needed: whatever is here must be protected, and taken away when it \
                               is no longer needed." }
                }
            }
        }
    }

    fn earlier(&self) -> Markup {
        html! {
            section aria-labelledby="imports-h" {
                h2 #imports-h { "Imports so far" }
                ol.rows.records {
                    @for i in &self.imports {
                        li {
                            div.what {
                                a.subject href={ (here(self.incident.id)) "/imports/" (i.id) } {
                                    (i.revision) ". " (i.file_name)
                                }
                                span.small {
                                    "by " (i.imported_by) ", " (part::when(i.imported_at, self.viewer.zone()))
                                }
                            }
                            div.what {
                                (part::number(i.added)) " added, " (part::number(i.changed)) " changed"
                                span.small { (part::count(i.rows_total, "row", "rows")) " for " (i.site_id) }
                            }
                            div.state {
                                @if i.rejected > 0 {
                                    (part::badge("soon", &format!("{} rejected", part::number(i.rejected))))
                                } @else { (part::badge("ok", "All taken")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Page for RosterImport {
    fn title(&self) -> String {
        "Affected people".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        trail(&self.incident)
    }

    fn aside(&self) -> Markup {
        html! {
            @if self.viewer.may(Action::LookUpPerson) && self.incident.persons > 0 {
                div.actions {
                    a.button href=(person_ask::here(self.incident.id)) { "Is one person affected?" }
                }
            }
        }
    }

    fn body(&self) -> Markup {
        let open = self.incident.status == Status::Open;
        html! {
            (self.form.summary())
            @if self.incident.persons > 0 {
                p.lead {
                    strong { (part::count(self.incident.persons, "person is", "people are")) }
                    " on the roster of this incident."
                }
            } @else {
                p.lead { "Nobody is on the roster of this incident yet." }
            }
            @if !self.viewer.may(Action::ImportRoster) {
                @if self.imports.is_empty() { p { "A responder imports who is affected." } }
            } @else if !open {
                p { "The incident is closed, so nobody can be added." }
            } @else if self.sites.is_empty() {
                (part::empty(
                    "There is no site yet.",
                    "A list of affected people names the site whose users they are. Ask an administrator to \
                     add the site first.",
                    &html! {},
                ))
            } @else {
                (self.upload())
            }
            @if !self.imports.is_empty() { (self.earlier()) }
            @if !self.places.is_empty() {
                section aria-labelledby="places-h" {
                    h2 #places-h { "Where they are" }
                    (places_part::table(&self.places, usize::MAX))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, sites: &[&str], some: bool| {
            let viewer = Viewer::sample(role);
            let incident = Incident {
                persons: if some { 12_480 } else { 0 },
                ..sample::incident()
            };
            let form = Form::new(&viewer, "roster", here(incident.id)).with_file();
            let sites = sites.iter().map(|id| ((*id).to_owned(), (*id).to_owned()));
            Self {
                sites: sites.collect(),
                kinds: vec![
                    "name".to_owned(),
                    "email".to_owned(),
                    "support_messages".to_owned(),
                ],
                places: if some {
                    places::of(&viewer.actor, sample_roster::counts(), 5)
                } else {
                    Places::default()
                },
                imports: if some {
                    sample_roster::imports()
                } else {
                    Vec::new()
                },
                bytes_max: 512 << 20,
                viewer,
                incident,
                form: form.with_fields(&[("site", "Site"), ("file", "File")]),
            }
        };
        let mut wrong = show(Role::Responder, &["forum", "shop"], true);
        wrong.form = wrong.form.with("site", "shop").wrong(
            "file",
            "The first line names no column user_id. Every person needs one.",
        );
        let mut drill = show(Role::Responder, &["shop"], false);
        drill.incident = sample::drill();
        vec![
            show(Role::Responder, &["shop"], false),
            show(Role::Responder, &["forum", "shop"], true),
            wrong,
            drill,
            show(Role::Responder, &[], false),
            show(Role::Manager, &["shop"], true),
        ]
    }
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::ViewIncident)?;
    let incident = found(incident::find(&app.db, id).await?, "This incident")?;
    let form = Form::new(&me, "roster", here(id));
    let shown = RosterImport::read(&app, me, incident, form).await?;
    Ok(page(&app, &shown))
}

/// Imports a file.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    request: Request,
) -> Answer {
    let FileForm { sent, file } = file_form::receive(&app, request, Action::ImportRoster).await?;
    let ctx = sent.ctx(&app, "roster");
    let work = async {
        let (name, file) = file?;
        let found = later_form::read(&sent.typed)?;
        let upload = Upload {
            name: &name,
            file: &file,
            site: sent.typed.get("site"),
            found: found.as_ref(),
        };
        roster::import(&ctx, id, &upload).await
    };
    match sent.run(work).await {
        Ok(done) => {
            let repeated = if done.repeated { "?repeated=true" } else { "" };
            go(&format!("{}/imports/{}{repeated}", here(id), done.id))
        }
        Err(stop) => again(&app, sent, stop, id).await,
    }
}

async fn again(app: &App, mut sent: Posted, stop: Stop, id: IncidentId) -> Answer {
    let incident = found(incident::find(&app.db, id).await?, "This incident")?;
    let (status, form) = file_form::again(app, &mut sent, stop, "roster", here(id))?;
    let shown = RosterImport::read(app, sent.me, incident, form).await?;
    Ok(page_with_status(app, status, &shown))
}
