//! A source that is a query against the company's own database: asked for reading only, at one moment.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::origin::How;
use super::receive::{From, take};
use super::{About, check_about, check_site, seems};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, SourceId};
use crate::intake::query::{self, Connection, Connections, Params, Stream};
use crate::intake::{Broken, Detected, Format, Kind, Packed};
use crate::service::Ctx;
use crate::store::source::Source;

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
    incident: IncidentId,
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
    let from = From {
        origin: "query",
        name: asked.connection.clone(),
        sha256: None,
        bytes: 0,
        mapping: seems(app, &about.system, &found.columns),
        how: How::Query(asked.clone()),
    };
    let id = SourceId(app.rng.uuid(ctx.now));
    take(ctx, incident, about, site, id, from).await
}
