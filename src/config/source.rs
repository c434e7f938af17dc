//! Gathers values from flags, environment and file, and says where each came from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::table::{FILE, PREFIX, SETTINGS};
use crate::error::{Check, Error, Result};

/// Variables of the test suite: a program that a test starts must bear them.
const TEST_PREFIX: &str = "DUENOTICE_TEST_";
const CONFIG: &str = "config";

/// The settings that were given as flags. Flatten it into a command's arguments.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    config: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

impl Flags {
    /// With the setting `name` given; for tests and for commands that fix a setting.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    /// With the file `path` named.
    pub fn with_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .help(format!(
                "The file with the settings [{PREFIX}CONFIG; {FILE} when it is there]"
            ));
        let all = SETTINGS.iter().map(|s| {
            let default = s.default.map(|d| format!("; {d}")).unwrap_or_default();
            Arg::new(s.name)
                .long(s.flag())
                .value_name(s.value)
                .help(format!(
                    "{} [{}{default}]",
                    s.what.replace('`', ""),
                    s.env()
                ))
        });
        let all = std::iter::once(config).chain(all);
        command.args(all.map(|arg| arg.global(true).help_heading("Settings")))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let get = |name| matches.get_one::<String>(name).cloned();
        Ok(Self {
            config: get(CONFIG).map(PathBuf::from),
            values: SETTINGS
                .iter()
                .filter_map(|s| Some((s.name, get(s.name)?)))
                .collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The value of each setting that has one, and where it came from.
pub(super) struct Values(BTreeMap<&'static str, (String, String)>);

impl Values {
    pub(super) fn gather(
        flags: &Flags,
        env: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self> {
        let mut check = Check::default();
        let mut values = BTreeMap::new();
        for s in SETTINGS {
            if let Some(default) = s.default {
                values.insert(s.name, (default.to_owned(), "the default".to_owned()));
            }
        }
        let mut file = None;
        let mut from_env = Vec::new();
        for (name, value) in env {
            let Some(name) = name.to_str().filter(|n| is_ours(n)) else {
                continue;
            };
            let Some(value) = value.to_str() else {
                check.fail(name, "The variable is not UTF-8. Set it anew.");
                continue;
            };
            if name == format!("{PREFIX}CONFIG") {
                file = Some(PathBuf::from(value));
            } else if let Some(s) = SETTINGS.iter().find(|s| s.env() == name) {
                from_env.push((s.name, (value.to_owned(), s.env())));
            } else {
                let nearest = nearest(name, SETTINGS.iter().map(|s| s.env()));
                check.fail(name, format!("There is no such variable.{nearest}"));
            }
        }
        let file = flags.config.clone().or(file);
        let from_file = read_file(file.as_deref(), &mut check)?;
        values.extend(from_file);
        values.extend(from_env);
        values.extend(flags.values.iter().map(|(name, value)| {
            let flag = format!("--{}", name.replace('_', "-"));
            (*name, (value.clone(), flag))
        }));
        // An empty value takes a setting away: `DUENOTICE_SMTP_URL=` is no mail server.
        values.retain(|_, (value, _)| !value.trim().is_empty());
        check.done()?;
        Ok(Self(values))
    }

    /// The value of `name`, if it is set.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    /// Reads the value of `name`; what is wrong with it is noted with where it came from.
    pub(super) fn parse<T>(
        &self,
        check: &mut Check,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Some((value, source)) = self.0.get(name) else {
            check.fail(name, "This cannot be empty.");
            return None;
        };
        match read(value.trim()) {
            Ok(good) => Some(good),
            Err(why) => {
                check.fail(name, format!("{why} (From {source}.)"));
                None
            }
        }
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX)
}

type Found = Vec<(&'static str, (String, String))>;

fn read_file(named: Option<&Path>, check: &mut Check) -> Result<Found> {
    let path = named.unwrap_or(Path::new(FILE));
    let at = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if named.is_none() && e.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Vec::new());
        }
        Err(e) => {
            let why = format!("The file {at} cannot be read ({e}). Check the path.");
            return Err(Error::invalid(CONFIG, why));
        }
    };
    let table: toml::Table = toml::from_str(&text).map_err(|e| {
        // The message alone: its picture of the line could show a password.
        let line = e.span().map_or(1, |s| {
            1 + text.bytes().take(s.start).filter(|b| *b == b'\n').count()
        });
        let why = format!("Line {line} of {at} is not TOML: {}.", e.message());
        Error::invalid(CONFIG, why)
    })?;
    let mut found = Vec::new();
    for (key, value) in &table {
        let Some(s) = SETTINGS.iter().find(|s| s.name == key) else {
            let nearest = nearest(key, SETTINGS.iter().map(|s| s.name.to_owned()));
            check.fail(key, format!("There is no such setting in {at}.{nearest}"));
            continue;
        };
        match as_text(value) {
            Some(text) => found.push((s.name, (text, at.to_string()))),
            None => check.fail(
                key,
                format!("Write a text, a whole number or a list of texts in {at}."),
            ),
        }
    }
    Ok(found)
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(s) => Some(s.clone()),
        toml::Value::Integer(n) => Some(n.to_string()),
        toml::Value::Array(all) => {
            let all: Option<Vec<&str>> = all.iter().map(toml::Value::as_str).collect();
            Some(all?.join(","))
        }
        _ => None,
    }
}

/// " Did you mean …?" when a name is near enough to be a slip.
fn nearest(name: &str, all: impl Iterator<Item = String>) -> String {
    all.map(|known| (strsim::damerau_levenshtein(name, &known), known))
        .min()
        .filter(|(distance, _)| *distance <= 4)
        .map(|(_, known)| format!(" Did you mean {known}?"))
        .unwrap_or_default()
}
