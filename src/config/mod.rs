//! What an operator can set, read once at the start and checked as a whole.
//!
//! A flag wins over an environment variable, that over the file, that over the default. [`table`] is
//! the one list of settings: the help, the README's table and the check for unknown names come from
//! it. What cannot be read is an error with a sentence, never a default.

mod secret;
mod source;
pub mod table;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub use secret::ServerSecret;
pub use source::Flags;

use crate::domain::scope::suppress::THRESHOLD_MIN;
use crate::error::{Check, Error, Result};
use crate::mail::{Address, Mailbox, Mailer, Smtp};
use source::Values;

/// Every setting, checked. `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub database: SecretString,
    /// How people reach the server: scheme and host, without a slash at the end.
    pub public_url: String,
    /// A folder whose playbooks are laid over the built-in ones.
    pub playbooks: Option<PathBuf>,
    /// The server for mail to staff.
    pub smtp: Option<Smtp>,
    /// The sender of mail to staff.
    pub mail_from: Mailbox,
    /// Who is told about incidents and deadlines.
    pub mail_team: Vec<String>,
    /// Where the server's secret is kept.
    pub secret_file: PathBuf,
    /// How long a sign-in lasts, in hours, 1 to 720.
    pub session_hours: u32,
    /// The largest file that may be uploaded, in bytes.
    pub upload_max_bytes: u64,
    /// Where lists of people wait to be read and are sorted.
    pub spool: PathBuf,
    /// A file with the addresses of databases that lists of people can be read from.
    pub connections: Option<PathBuf>,
    /// Counts of people in a place under this are shown as a range to who only watches; 0: none are.
    pub small_counts_below: u64,
    /// What is logged, as a `tracing` filter.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads flags, the process's environment and the file.
    ///
    /// # Errors
    /// Everything that cannot be taken, one sentence each, with where it came from.
    pub fn load(flags: &Flags) -> Result<Self> {
        Self::load_from(flags, std::env::vars_os())
    }

    /// [`Config::load`] with an environment of the caller's.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_from(
        flags: &Flags,
        env: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self> {
        let values = Values::gather(flags, env)?;
        let mut check = Check::default();
        let config = Self::read(&values, &mut check);
        check.done()?;
        config.ok_or_else(|| Error::internal("a setting is missing and nobody said so"))
    }

    /// The settings of a server without a file, environment or flags.
    ///
    /// # Errors
    /// None in practice: a test reads the defaults.
    pub fn defaults() -> Result<Self> {
        Self::load_from(&Flags::default(), [])
    }

    fn read(values: &Values, check: &mut Check) -> Option<Self> {
        let listen: Option<SocketAddr> = values.parse(check, "listen", |s| {
            s.parse()
                .map_err(|_| "Write an address and a port, such as 127.0.0.1:8080.".to_owned())
        });
        let database = values.text("database")?;
        let public_url = match values.text("public_url") {
            Some(_) => values.parse(check, "public_url", origin),
            None => listen.map(|l| format!("http://{l}")),
        };
        let smtp = match values.text("smtp_url") {
            Some(_) => Some(values.parse(check, "smtp_url", |s| {
                Smtp::parse(s).map_err(|e| e.reason("smtp_url").unwrap_or_default().to_owned())
            })?),
            None => None,
        };
        let mail_from = values.parse(check, "mail_from", |s| {
            s.parse::<Mailbox>()
                .map_err(|_| "This is not a mail address.".to_owned())
        });
        let mail_team = match values.text("mail_team") {
            Some(_) => values.parse(check, "mail_team", addresses),
            None => Some(Vec::new()),
        };
        if smtp.is_none() && mail_team.as_ref().is_some_and(|team| !team.is_empty()) {
            check.fail(
                "smtp_url",
                "mail_team is set, but there is no mail server to reach it. Set smtp_url, or \
                 leave mail_team empty.",
            );
        }
        let hours = values.parse(check, "session_hours", |s| number(s, 1, 720));
        let upload = values.parse(check, "upload_max_bytes", |s| number(s, 1 << 20, 1 << 34));
        let small_counts = values.parse(check, "small_counts_below", |s| match s {
            "0" => Ok(0),
            _ => number(s, THRESHOLD_MIN, 100).map_err(|why| format!("{why} 0 hides nothing.")),
        });
        let log_format = values.parse(check, "log_format", |s| match s {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("Write text or json.".to_owned()),
        });
        let log = values.parse(check, "log", |s| {
            s.parse::<tracing_subscriber::EnvFilter>()
                .map(|_| s.to_owned())
                .map_err(|_| "Write a level such as info, or duenotice=debug,info.".to_owned())
        });
        let secret_file = values
            .text("secret_file")
            .map_or_else(|| beside(database, "secret.key"), PathBuf::from);
        let spool = values
            .text("spool")
            .map_or_else(|| beside(database, "spool"), PathBuf::from);
        Some(Self {
            listen: listen?,
            database: SecretString::from(database),
            public_url: public_url?,
            playbooks: values.text("playbooks").map(PathBuf::from),
            smtp,
            mail_from: mail_from?,
            mail_team: mail_team?,
            secret_file,
            session_hours: u32::try_from(hours?).ok()?,
            upload_max_bytes: upload?,
            spool,
            connections: values.text("connections").map(PathBuf::from),
            small_counts_below: small_counts?,
            log: log?,
            log_format: log_format?,
        })
    }

    /// The database's address, which may hold a password.
    pub fn database_url(&self) -> &str {
        self.database.expose_secret()
    }

    /// Are cookies for `https:` only?
    pub fn cookie_secure(&self) -> bool {
        self.public_url.starts_with("https:")
    }

    /// The address of a page of ours; `path` begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The way to send mail that these settings describe.
    pub fn mailer(&self) -> Mailer {
        match &self.smtp {
            Some(smtp) => Mailer::smtp(self.mail_from.clone(), smtp.clone()),
            None => Mailer::off(self.mail_from.clone()),
        }
    }
}

fn origin(s: &str) -> Result<String, String> {
    let no = || "Write scheme and host only, such as https://notice.example.org.".to_owned();
    let url = Url::parse(s).map_err(|_| no())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !bare || !plain {
        return Err(no());
    }
    Ok(url.origin().ascii_serialization())
}

fn addresses(s: &str) -> Result<Vec<String>, String> {
    s.split(',')
        .map(str::trim)
        .filter(|a| !a.is_empty())
        .map(|a| match a.parse::<Address>() {
            Ok(address) => Ok(address.to_string()),
            Err(_) => Err(format!("{a} is not a mail address.")),
        })
        .collect()
}

fn number(s: &str, min: u64, max: u64) -> Result<u64, String> {
    s.parse()
        .ok()
        .filter(|n| (min..=max).contains(n))
        .ok_or_else(|| format!("Write a whole number from {min} to {max}."))
}

/// `name` in the folder of a SQLite file, else in `data`.
fn beside(database: &str, name: &str) -> PathBuf {
    database
        .strip_prefix("sqlite:")
        .map(|path| Path::new(path.trim_start_matches("//")))
        .and_then(Path::parent)
        .unwrap_or(Path::new("data"))
        .join(name)
}

#[cfg(test)]
mod tests;
