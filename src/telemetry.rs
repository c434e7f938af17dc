//! The log of the running program, on standard error.
//!
//! What is logged: what happened (`kind`), to which incident (`incident`), how many, how long, under
//! which request number (`id`). What is never logged: names, addresses, ids of affected people,
//! tokens, passwords, the text of a notice, an address with its query. A mail address appears
//! shortened (`mail::mask`).

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::{Config, LogFormat};

/// Begins to write the log as `config` says. Once in a process.
///
/// # Errors
/// When a log is being written already.
pub fn start(config: &Config) -> Result<(), TryInitError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal())
            .finish()
            .try_init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .finish()
            .try_init(),
    }
}
