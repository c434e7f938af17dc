//! A source that is a query against the company's own database: asked for reading only, at one moment.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::origin::How;
use super::{About, check_about, check_site, next_version};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::field::Mapping;
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, SourceId};
use crate::intake::query::{self, Connection, Connections, Params, Stream};
use crate::intake::{Broken, Detected, Format, Kind, Packed};
use crate::service::{Ctx, incident, incident_key};
use crate::store::incident::next_number;
use crate::store::source::{self, Source, Status};

/// How long a query may run.
const QUERY_MAX: Duration = Duration::from_secs(6 * 3600);
/// How long a look at its first rows may take.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// What is asked of which database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// The name of a connection in the file of the setting `connections`.
    pub connection: String,
    /// One `select`, with parameters such as `:from` and `:to`.
    pub sql: String,
    /// The values of its parameters, by name without the colon.
    pub params: Params,
}

/// The names of the connections that the operator set; none when the setting is not there.
///
/// # Errors
/// A sentence: the file cannot be read, or others can.
pub fn connections(app: &App) -> Result<Connections> {
    match &app.config.connections {
        None => Ok(Connections::default()),
        Some(path) => {
            Connections::read(path).map_err(|Broken(why)| Error::invalid("connection", why))
        }
    }
}

fn connection(app: &App, name: &str) -> Result<Connection> {
    if app.config.connections.is_none() {
        return Err(Error::invalid(
            "connection",
            "No databases are set up. Name a file with their addresses in the setting connections.",
        ));
    }
    let all = connections(app)?;
    let found = all
        .get(name)
        .map_err(|Broken(why)| Error::invalid("connection", why))?;
    Ok(found.clone())
}

/// Begins to run it.
pub(super) async fn open(app: &App, asked: &Query) -> Result<std::result::Result<Stream, String>> {
    let connection = match connection(app, &asked.connection) {
        Err(Error::Invalid(fields)) => {
            return Ok(Err(fields
                .into_iter()
                .map(|f| f.reason)
                .collect::<Vec<_>>()
                .join(" ")));
        }
        other => other?,
    };
    let opened = query::open(&connection, &asked.sql, &asked.params, QUERY_MAX).await;
    Ok(opened.map_err(|broken| broken.0))
}

/// Every row comes as one JSON object that the server makes.
pub(super) fn format() -> Format {
    Format {
        packed: Packed::Plain,
        kind: Kind::JsonLines,
        encoding: "UTF-8".to_owned(),
        paths: None,
    }
}

/// Its columns and first rows.
pub(super) async fn look(app: &App, asked: &Query) -> Result<Detected> {
    let connection = connection(app, &asked.connection)?;
    let found = query::check(&connection, &asked.sql, &asked.params, LOOK_MAX)
        .await
        .map_err(|Broken(why)| Error::invalid("sql", why))?;
    Ok(Detected {
        format: format(),
        columns: found.columns,
        rows: found.rows,
        bad: found.bad,
        notes: Vec::new(),
    })
}

/// Takes a query as a source; nothing is read but its first rows.
///
/// # Errors
/// `name`, `system`, `site`, `connection`, `sql`: what is wrong with them.
pub async fn receive_query(
    ctx: &Ctx<'_>,
    incident_id: IncidentId,
    about: &About,
    asked: &Query,
) -> Result<Source> {
    ctx.require(Action::ImportRoster)?;
    let app = ctx.app;
    let mut check = Check::default();
    check_about(&mut check, app, about);
    let site = check_site(&mut check, app, about).await?;
    check.done()?;
    let found = look(app, asked).await?;
    let mapping = Mapping::guess(&found.columns, app.catalog.operator().zone());
    let mut w = ctx.begin(Action::ImportRoster, "source.query").await?;
    incident::lock_open(&mut w, incident_id).await?;
    incident_key::sealer(&mut w, incident_id).await?;
    let s = Source {
        no: next_number(&mut w.tx, "source").await?,
        id: SourceId(w.app.rng.uuid(w.now)),
        incident_id,
        name: about.name.clone(),
        version: next_version(&mut w, incident_id, &about.name).await?,
        system: about.system.clone(),
        site_id: site,
        in_system: about.in_system,
        origin: "query".to_owned(),
        origin_name: asked.connection.clone(),
        origin_sha256: None,
        format: serde_json::to_string(&How::Query(asked.clone())).map_err(Error::internal)?,
        mapping: serde_json::to_string(&mapping).map_err(Error::internal)?,
        status: Status::Waiting,
        problem: None,
        token: 0,
        rows_read: 0,
        rows_taken: 0,
        rows_rejected: 0,
        rows_repeated: 0,
        bytes_read: 0,
        bytes_total: 0,
        checkpoint: None,
        content_sha256: None,
        created_by: w.actor.name.clone(),
        created_at: w.now,
        beat_at: None,
        done_at: None,
    };
    source::insert(&mut w.tx, &s).await?;
    w.record(
        Entry::new("source.received", Some(incident_id))
            .with("name", s.name.clone())
            .with("version", s.version)
            .with("system", s.system.clone())
            .with("connection", s.origin_name.clone())
            .of(&s),
    );
    w.commit(()).await?;
    Ok(s)
}
