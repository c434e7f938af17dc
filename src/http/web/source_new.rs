//! Adding a list of people to an incident.

use axum::extract::{Request, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, go, page, page_with_status, require};
use super::file_form::{self, FileForm};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::source_about::Offered;
use super::source_part::{address, trail};
use super::{query_new, sample, source_mapping};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::source;
use crate::store::incident::{Incident, Status};

/// The page.
#[derive(Debug)]
pub(crate) struct SourceNew {
    viewer: Viewer,
    incident: Incident,
    offered: Offered,
    bytes_max: u64,
    form: Form,
}

fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/sources/new")
}

const FIELDS: [(&str, &str); 5] = [
    ("name", "Name"),
    ("system", "System"),
    ("site", "Site"),
    ("in_system", "Taken from the exposed system itself"),
    ("file", "File"),
];

impl SourceNew {
    async fn read(app: &App, viewer: Viewer, incident: Incident, form: Form) -> Result<Self> {
        Ok(Self {
            offered: Offered::read(app).await?,
            bytes_max: app.config.upload_max_bytes,
            form: form.with_file().with_fields(&FIELDS),
            viewer,
            incident,
        })
    }

    fn ask(&self) -> Markup {
        let f = &self.form;
        let what = "CSV, JSON Lines, Parquet, or a web server's access log, plain or packed with gzip or zstd";
        html! {
            section.sheet aria-labelledby="add-h" {
                h2 #add-h { "The list" }
                p { "Nothing is taken from it yet: next you see its first rows, and say what the columns mean." }
                (f.render(html! {
                    (self.offered.fields(f))
                    (f.field("file", "File").hint(&file_form::hint(what, self.bytes_max, f)).file(ACCEPT))
                    div.send {
                        button.main type="submit" { "Send" }
                        a.button href=(query_new::here(self.incident.id)) { "Ask a database instead" }
                    }
                }))
            }
        }
    }

    fn profile(&self) -> Markup {
        html! {
            section aria-labelledby="profile-h" {
                h2 #profile-h { "What the operator profile says about the systems" }
                @for s in &self.offered.systems {
                    details open[s.id == self.form.typed.get("system")] {
                        summary { (s.name) }
                        dl.facts { @for (what, words) in &s.said { dt { (what) } dd { (words) } } }
                    }
                }
            }
        }
    }
}

const ACCEPT: &str =
    ".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.log,.gz,.zst,.zstd,text/csv,application/gzip";

impl Page for SourceNew {
    fn title(&self) -> String {
        "Add a list".to_owned()
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

    fn body(&self) -> Markup {
        html! {
            (self.form.summary())
            @if self.incident.status == Status::Open {
                div.columns { (self.ask()) (self.profile()) }
            } @else {
                p { "The incident is closed, so no list can be added." }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |incident: Incident| {
            let viewer = Viewer::sample(Role::Responder);
            Self {
                form: Form::new(&viewer, "list", here(incident.id))
                    .with_file()
                    .with_fields(&FIELDS),
                offered: Offered::sample(),
                bytes_max: 512 << 20,
                viewer,
                incident,
            }
        };
        let mut wrong = show(sample::incident());
        wrong.form = wrong
            .form
            .with("name", "Orders of October")
            .with("in_system", "yes")
            .wrong(
                "name",
                "Give it a name of lower-case letters, digits and _, at most 40, that begins with a letter, \
                 such as orders.",
            )
            .wrong("file", "Choose a file.");
        let mut closed = show(sample::drill());
        closed.incident.status = Status::Closed;
        vec![show(sample::incident()), wrong, closed]
    }
}

/// What an address may fill in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    system: String,
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ImportRoster)?;
    let incident = load(&app, &me, id).await?;
    let mut form = Form::new(&me, "list", here(id));
    if !query.system.is_empty() {
        form = form.with("system", query.system);
    }
    let shown = SourceNew::read(&app, me, incident, form).await?;
    Ok(page(&app, &shown))
}

/// Receives the list.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    request: Request,
) -> Answer {
    let FileForm { mut sent, file } =
        file_form::receive(&app, request, Action::ImportRoster).await?;
    let ctx = sent.ctx(&app, "list");
    let about = source_mapping::about(&sent.typed);
    let work = async {
        let (name, file) = file?;
        source::receive(&ctx, id, &about, &name, file).await
    };
    match sent.run(work).await {
        Ok(received) => go(&address(&received)),
        Err(stop) => {
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = file_form::again(&app, &mut sent, stop, "list", here(id))?;
            let shown = SourceNew::read(&app, sent.me, incident, form).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
