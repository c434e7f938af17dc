//! The list of settings.

use std::fmt::Write as _;

/// One setting. The variable is `DUENOTICE_` and the name in capitals; the flag is `--` and the name
/// with hyphens.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// As in the file.
    pub name: &'static str,
    /// What stands for the value in the help.
    pub value: &'static str,
    /// What holds when nothing is set; none: described in the sentence.
    pub default: Option<&'static str>,
    /// What it does, in a sentence or two.
    pub what: &'static str,
}

/// Before each environment variable.
pub const PREFIX: &str = "DUENOTICE_";

/// The file that is read when no other is named, if it is there.
pub const FILE: &str = "duenotice.toml";

/// Every setting, the ones that are needed first first.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        value: "ADDRESS:PORT",
        default: Some("127.0.0.1:8080"),
        what: "Where the server listens.",
    },
    Setting {
        name: "public_url",
        value: "URL",
        default: None,
        what: "How people and host sites reach the server; by default `http://` and `listen`. \
               With `https` cookies are for `https` only.",
    },
    Setting {
        name: "database",
        value: "URL",
        default: Some("sqlite:data/duenotice.db"),
        what: "`sqlite:PATH`, made when missing, or `postgres://USER:PASSWORD@HOST/NAME`.",
    },
    Setting {
        name: "secret_file",
        value: "PATH",
        default: None,
        what: "The server's secret, made at the first start; by default `secret.key` beside the \
               database file. Servers on one database share it. Back it up with the database.",
    },
    Setting {
        name: "playbooks",
        value: "FOLDER",
        default: None,
        what: "Playbooks of your own: a file here stands in for the built-in one of the same name.",
    },
    Setting {
        name: "mail_team",
        value: "ADDRESS,…",
        default: None,
        what: "Who is told about new incidents and deadlines by mail; by default nobody.",
    },
    Setting {
        name: "mail_from",
        value: "ADDRESS",
        default: Some("Due Notice <duenotice@localhost>"),
        what: "The sender of these mails.",
    },
    Setting {
        name: "smtp_url",
        value: "URL",
        default: None,
        what: "The mail server: `smtp://USER:PASSWORD@HOST:PORT`, followed by `?tls=required` \
               (what holds without it), `opportunistic` or `none`, or `smtps://…`. `ca=FILE` \
               trusts one more certificate. Needed when `mail_team` is set.",
    },
    Setting {
        name: "session_hours",
        value: "HOURS",
        default: Some("12"),
        what: "How long a sign-in lasts, 1 to 720.",
    },
    Setting {
        name: "upload_max_bytes",
        value: "BYTES",
        default: Some("536870912"),
        what: "The largest file that is taken.",
    },
    Setting {
        name: "spool",
        value: "FOLDER",
        default: None,
        what: "Where lists of people wait to be read and are sorted; by default `spool` beside the \
               database file. It needs as much room as the lists; what is done is deleted there.",
    },
    Setting {
        name: "connections",
        value: "PATH",
        default: None,
        what: "A file with the addresses of databases that lists of people can be read from, for its \
               owner alone: `[shop]` and `url = \"postgres://…\"` (or `mysql:`, `sqlite:`). Give users \
               there that can only read.",
    },
    Setting {
        name: "small_counts_below",
        value: "PEOPLE",
        default: Some("5"),
        what: "Fewer people than this in one place are shown as a range to who only watches \
               (managers, administrators); 3 to 100, or 0 to show every number.",
    },
    Setting {
        name: "log",
        value: "FILTER",
        default: Some("info"),
        what: "What is logged: a level, or `target=level,…`.",
    },
    Setting {
        name: "log_format",
        value: "text|json",
        default: Some("text"),
        what: "How the log is written.",
    },
];

impl Setting {
    /// The environment variable.
    pub fn env(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase())
    }

    /// The flag, without the hyphens before it.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// The settings as the README's Markdown table.
pub fn markdown() -> String {
    let mut out = String::from(
        "| In the file | Variable | Flag | By default | What it does |\n|---|---|---|---|---|\n",
    );
    for s in SETTINGS {
        let default = s.default.map(|d| format!("`{d}`")).unwrap_or_default();
        let _ = writeln!(
            out,
            "| `{}` | `{}` | `--{}` | {default} | {} |",
            s.name,
            s.env(),
            s.flag(),
            s.what
        );
    }
    out
}
