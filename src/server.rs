//! The running server: built from the configuration, listening, and stopped without losing anything.
//!
//! What always holds: an answer that was given stands in the database; a stop first takes no new
//! requests, then lets those under way end, then the jobs, then closes the database.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::catalog::Catalog;
use crate::config::{Config, ServerSecret};
use crate::error::{Error, Result};
use crate::http;
use crate::http::widget::Widget;
use crate::job::Worker;
use crate::rng::Rng;
use crate::service;
use crate::store::{self, Db, MigrateError};
use crate::time::TimeSource;

/// How long a stop waits for the requests under way.
pub const STOP_MAX: Duration = Duration::from_secs(30);

/// Whether the server brings the schema up to date when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Applies what is missing.
    Migrate,
    /// Refuses to start when something is missing.
    Require,
}

/// The program's parts for a server or a command: database, schema, secret, playbooks.
///
/// # Errors
/// Each with a sentence about the setting or the database.
pub async fn build(config: Config, schema: Schema) -> Result<App> {
    let catalog = match &config.playbooks {
        Some(dir) => Catalog::with_overlay(dir),
        None => Catalog::builtin(),
    };
    let catalog = catalog.map_err(|e| Error::invalid("playbooks", e.to_string()))?;
    let rng = Rng::system();
    let db = match schema {
        Schema::Migrate => Db::open(config.database_url()).await?,
        Schema::Require => Db::open_existing(config.database_url()).await?,
    };
    match schema {
        Schema::Migrate => store::migrate(&db).await.map_err(refused)?,
        Schema::Require => require(&db).await?,
    }
    let secret = ServerSecret::load_or_make(&config.secret_file, &rng)?;
    let app = App::new(config, catalog, db, secret, TimeSource::system(), rng);
    match schema {
        Schema::Migrate => {
            service::keyed::convert(&app).await?;
            service::source::sweep(&app).await?;
        }
        Schema::Require => {
            service::incident_key::check_secret(&app.db, &app.hasher).await?;
        }
    }
    Ok(app)
}

fn refused(e: MigrateError) -> Error {
    Error::invalid("database", e.to_string())
}

/// Refuses a database whose schema is not this program's.
///
/// # Errors
/// A sentence that says whether it is older, newer or empty.
pub async fn require(db: &Db) -> Result<()> {
    let known = store::schema_version();
    match store::found_version(db).await? {
        Some(found) if found == known && store::keyed::pending(db).await? => Err(Error::invalid(
            "database",
            "People stand in this database in clear, from an earlier version. Run duenotice migrate \
             with the server's secret; it hashes them.",
        )),
        Some(found) if found == known => Ok(()),
        Some(found) if found > known => Err(refused(MigrateError::Newer { found, known })),
        Some(found) => Err(Error::invalid(
            "database",
            format!(
                "This database has schema version {found}; this program needs {known}. Run \
                 duenotice migrate."
            ),
        )),
        None => Err(Error::invalid(
            "database",
            "This database is not one of Due Notice yet. Run duenotice migrate, if it is meant to \
             be one.",
        )),
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
}

impl Server {
    /// Takes the address that the settings name.
    ///
    /// # Errors
    /// A sentence: the port is taken, or may not be taken.
    pub async fn bind(app: App) -> Result<Self> {
        let at = app.config.listen;
        let listener = TcpListener::bind(at).await.map_err(|e| {
            let reason = match e.kind() {
                std::io::ErrorKind::AddrInUse => format!(
                    "{at} is in use: another program listens there, perhaps another Due Notice. \
                     Stop it, or choose another port."
                ),
                std::io::ErrorKind::PermissionDenied => format!(
                    "This user may not listen on {at}. Choose a port from 1024 on, or allow it."
                ),
                std::io::ErrorKind::AddrNotAvailable => {
                    format!("This machine does not have the address {at}. Choose another.")
                }
                _ => format!("The server cannot listen on {at} ({e})."),
            };
            Error::invalid("listen", reason)
        })?;
        Ok(Self { app, listener })
    }

    /// Where it listens; the port is the one that was found when 0 was asked for.
    ///
    /// # Errors
    /// When the machine does not tell.
    pub fn address(&self) -> Result<SocketAddr> {
        self.listener.local_addr().map_err(Error::internal)
    }

    /// Serves until `stop`: requests, jobs and what else runs by itself.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        let Self { app, listener } = self;
        let mut beside = JoinSet::new();
        let worker = Worker::of(&app)?;
        let jobs_stop = CancellationToken::new();
        beside.spawn({
            let stop = jobs_stop.clone();
            async move { worker.run(stop).await }
        });
        let widget = Widget::new(app.clone()).await?;
        beside.spawn(Arc::clone(&widget).keep_current(jobs_stop.clone()));
        let service =
            http::router(&app, &widget).into_make_service_with_connect_info::<SocketAddr>();
        let ended = stop.clone();
        let serve = axum::serve(listener, service)
            .with_graceful_shutdown(async move { ended.cancelled().await });
        let served = tokio::select! {
            served = async { serve.await } => served.map_err(Error::internal),
            () = async {
                stop.cancelled().await;
                tokio::time::sleep(STOP_MAX).await;
            } => {
                tracing::warn!("requests under way were left");
                Ok(())
            }
        };
        jobs_stop.cancel();
        while beside.join_next().await.is_some() {}
        app.db.close().await;
        served
    }
}
