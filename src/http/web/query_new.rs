//! Adding a list that is asked of one of the company's own databases.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, go, page, page_with_status, require};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::source_about::Offered;
use super::source_part::{address, trail};
use super::{sample, source_mapping};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::intake::Broken;
use crate::intake::query::params;
use crate::service::exposure::standing;
use crate::service::source::{self, Query};
use crate::store::exposure::{self, Exposure};
use crate::store::incident::{Incident, Status};

/// The page.
#[derive(Debug)]
pub(crate) struct QueryNew {
    viewer: Viewer,
    incident: Incident,
    offered: Offered,
    /// The names of the databases that can be asked.
    connections: Vec<String>,
    form: Form,
}

/// The address of the page, with what the operator profile asks for a list of this system.
pub(crate) fn of_system(id: IncidentId, system: &str) -> String {
    format!("{}?system={system}", here(id))
}

/// The address of the page.
pub(crate) fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/queries/new")
}

const FIELDS: [(&str, &str); 7] = [
    ("name", "Name"),
    ("system", "System"),
    ("site", "Site"),
    ("in_system", "Taken from the exposed system itself"),
    ("connection", "Database"),
    ("sql", "Query"),
    ("params", "Values"),
];

impl QueryNew {
    async fn read(app: &App, viewer: Viewer, incident: Incident, mut form: Form) -> Result<Self> {
        let connections = match source::connections(app) {
            Ok(all) => all.names().map(str::to_owned).collect(),
            // A file of connections that cannot be read is told as what it is.
            Err(Error::Invalid(why)) => {
                form.errors.extend(why);
                Vec::new()
            }
            Err(other) => return Err(other),
        };
        Ok(Self {
            offered: Offered::read(app).await?,
            connections,
            form: form.with_fields(&FIELDS),
            viewer,
            incident,
        })
    }

    fn ask(&self) -> Markup {
        let f = &self.form;
        let databases: Vec<(String, String)> = self
            .connections
            .iter()
            .map(|name| (name.clone(), name.clone()))
            .collect();
        html! {
            (f.render(html! {
                div.sheet {
                    p { "Nothing is taken yet: next you see the first rows, and say what the columns mean." }
                    (self.offered.fields(f))
                    (f.field("connection", "Database").hint("One of those that were set up for this server.")
                        .select(&databases))
                    (f.field("sql", "Query").source()
                        .hint("One select that gives a row for each person or record. It runs in a transaction that can \
                               only read. Write :from and :to where values belong.").area(8))
                    (f.field("params", "Values").optional().source()
                        .hint("One on each line, such as from=2026-10-01.").area(3))
                    div.send {
                        button.main type="submit" { "Send" }
                        a.button href={ "/incidents/" (self.incident.id) "/sources/new" } { "Send a file instead" }
                    }
                }
            }))
        }
    }
}

/// What somebody does who finds no database here.
fn none() -> Markup {
    html! {
        div.sheet {
            p { "No database is set up that could be asked." }
            p { "Who runs the server names a file in the setting " code { "connections" } ", for its owner alone, with \
                 a part for each database:" }
            pre tabindex="0" role="region" aria-label="An example of the file" {
                "[shop]\nurl = \"postgres://reader:…@db.example/shop\""
            }
            p { "PostgreSQL, MySQL, MariaDB and SQLite can be asked. Give a user there who can only read." }
        }
    }
}

impl Page for QueryNew {
    fn title(&self) -> String {
        "Ask a database for a list".to_owned()
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
            @if self.incident.status != Status::Open {
                p { "The incident is closed, so no list can be added." }
            } @else if self.connections.is_empty() {
                (none())
            } @else {
                (self.ask())
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |connections: &[&str]| {
            let viewer = Viewer::sample(Role::Responder);
            let incident = sample::incident();
            Self {
                form: Form::new(&viewer, "query", here(incident.id)).with_fields(&FIELDS),
                offered: Offered::sample(),
                connections: connections.iter().map(|&name| name.to_owned()).collect(),
                viewer,
                incident,
            }
        };
        let mut wrong = show(&["shop", "support"]);
        wrong.form = wrong
            .form
            .with("name", "orders")
            .with("connection", "shop")
            .with(
                "sql",
                "select order_no, email, ordered_at from orders\nwhere ordered_at >= :from and ordered_at < :to",
            )
            .with("params", "from=2026-10-01")
            .wrong("sql", "The parameter :to has no value.");
        vec![show(&["shop", "support"]), wrong, show(&[])]
    }
}

/// What an address may fill in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filled {
    system: String,
}

/// What the operator profile says of how to ask for a list of a system, with the window of its exposure.
fn fill(form: Form, app: &App, system: &str, all: &[Exposure]) -> Form {
    let Some(known) = app.catalog.operator().system(system) else {
        return form;
    };
    let form = form
        .with("system", system)
        .with("name", system)
        .with("in_system", "yes");
    let fetch = known.fetch.as_ref();
    let Some((connection, query)) =
        fetch.and_then(|f| Some((f.connection.as_ref()?, f.query.as_ref()?)))
    else {
        return form;
    };
    let row = standing(all).into_iter().find(|row| row.system == system);
    let times = [
        ("from", row.and_then(|row| row.from_at)),
        ("to", row.and_then(|row| row.until_at)),
    ];
    let lines: Vec<String> = times
        .into_iter()
        .filter(|(name, _)| query.contains(&format!(":{name}")))
        .filter_map(|(name, at)| Some(format!("{name}={}", at?.to_rfc3339())))
        .collect();
    form.with("connection", connection)
        .with("sql", query)
        .with("params", lines.join("\n"))
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(filled): Asked<Filled>,
) -> Answer {
    require(&app, &me, Action::ImportRoster)?;
    let incident = load(&app, &me, id).await?;
    let all = exposure::list(&app.db, id).await?;
    let form = fill(
        Form::new(&me, "query", here(id)),
        &app,
        &filled.system,
        &all,
    );
    let shown = QueryNew::read(&app, me, incident, form).await?;
    Ok(page(&app, &shown))
}

/// Takes the query as a list.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let ctx = sent.ctx(&app, "query");
    let about = source_mapping::about(&sent.typed);
    let typed = sent.typed.text("params");
    let lines = typed.lines().filter(|line| !line.trim().is_empty());
    let values = params(lines);
    let work = async {
        let query = Query {
            connection: sent.typed.text("connection"),
            sql: sent.typed.text("sql"),
            params: values.map_err(|Broken(why)| Error::invalid("params", why))?,
        };
        source::receive_query(&ctx, id, &about, &query).await
    };
    match sent.run(work).await {
        Ok(received) => go(&address(&received)),
        Err(stop) => {
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = sent.again(&app, stop, Vec::new(), "query", here(id))?;
            let shown = QueryNew::read(&app, sent.me, incident, form).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
