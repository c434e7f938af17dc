//! `duenotice serve`: runs the server until it is told to stop.

use tokio::signal;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::server::{self, Schema, Server};
use crate::telemetry;

use super::{CliError, Console, block_on};

/// Run the server
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do not bring the database's schema up to date; refuse to start when it is not
    #[arg(long)]
    no_migrate: bool,
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    telemetry::start(config).map_err(CliError::failed)?;
    let schema = if args.no_migrate {
        Schema::Require
    } else {
        Schema::Migrate
    };
    block_on(async {
        let app = server::build(config.clone(), schema)
            .await
            .map_err(CliError::failed)?;
        let server = Server::bind(app).await.map_err(CliError::failed)?;
        let address = server.address().map_err(CliError::failed)?;
        // For whoever starts it and waits: this line comes when requests are taken.
        writeln!(
            console.out,
            "Due Notice {} listens on http://{address}, reached at {}",
            env!("CARGO_PKG_VERSION"),
            config.public_url
        )?;
        console.out.flush()?;
        tracing::info!(%address, "listening");
        if config.mail_team.is_empty() {
            tracing::warn!(
                "nobody is told of incidents and deadlines by mail: set mail_team and smtp_url"
            );
        }
        let stop = CancellationToken::new();
        tokio::spawn(stopped(stop.clone()));
        server.run(stop).await.map_err(CliError::failed)?;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Waits for the first signal to stop; a second one ends the process at once.
pub(super) async fn stopped(stop: CancellationToken) {
    signalled().await;
    tracing::info!("stopping");
    stop.cancel();
    signalled().await;
    std::process::exit(1);
}

/// Ends at the first signal to stop; it is heard from the call on, not only once it is waited for.
#[cfg(unix)]
pub(super) fn signalled() -> impl Future<Output = ()> {
    use signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).ok();
    let mut terminate = signal(SignalKind::terminate()).ok();
    async move {
        tokio::select! {
            () = comes(&mut interrupt) => {}
            () = comes(&mut terminate) => {}
        }
    }
}

#[cfg(unix)]
async fn comes(signal: &mut Option<signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
pub(super) async fn signalled() {
    let _ = signal::ctrl_c().await;
}
