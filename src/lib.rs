//! Due Notice: tell the right people about a personal data breach, on time, and be able to prove it.
//!
//! # The map
//!
//! ```text
//!            people                    host sites                 operators
//!              │                           │                          │
//!  http/web (maud)                http/widget (JSON, form)       http/api, cli
//!              └───────────────┬───────────┴──────────────┬───────────┘
//!                              ▼                          ▼
//!  job/ (what runs later) ─▶ service/  (use-cases: one transaction each)
//!    │                         │  rows + evidence entry + jobs, together
//!    ▼                         ├──────────▶ intake/ (reads what a company hands over)
//!  mail/                       ▼
//!                            store/ (the only SQL of our tables, the only engine names)
//!                              │
//!                              ▼
//!                   domain/ (pure: time comes in, answers go out)
//!                              ▲
//!                   playbooks/ (law and text as data, parsed by catalog/)
//! ```
//!
//! Arrows are `use`. [`domain`] uses nothing of ours. Reads may go from `http` to [`store`] directly;
//! writes always go through [`service`]. `tests/it/house.rs` holds these rules.
//!
//! | I look for … | I open … |
//! |---|---|
//! | a URL | [`http`] |
//! | a page | `http/web/<noun>_<verb>.rs` |
//! | why this date | [`domain::deadline`], and the row in `tests/data/vectors/` |
//! | which law says so | `playbooks/regimes/*.toml` |
//! | is 8 December a holiday | `playbooks/calendars/AT.toml`; days that staff set: `service/calendar_override.rs` |
//! | the SQL of a table | `store/<noun>.rs`, `migrations/*/` |
//! | what happens on a button | `service/<noun>.rs` |
//! | what runs by itself | [`job`] |
//! | who may do this | [`domain::access`] |
//! | the wording of a notice | `playbooks/notices/` |
//! | what is written to the log | [`domain::evidence`] |
//! | how a file, an access log or a company's own database is read | [`intake`] |
//! | a setting | [`config`]; the README's table is made from it |
//! | the rule as a test | `tests/it/laws/`, `tests/it/rules/` |
//!
//! # What always holds
//!
//! 1. **One write is one transaction**: the rows, the evidence entry and the jobs, together or not at
//!    all. [`service::Write::commit`] is the only way to end one.
//! 2. **Nothing is edited that was once said**: a correction is a new fact with a reason; a changed
//!    text is a new version; a deadline computed anew stands beside the old ones. Triggers in the
//!    database refuse everything else.
//! 3. **Being targeted is being on the roster.** No row is written per person before `served`; going
//!    live costs the same for ten people and for ten million.
//! 4. **A missed notice is worse than a slow one**: a filter that may be behind the last activation, on
//!    any node, is not believed ([`service::announcement`] has the proof).
//! 5. **A value that cannot be read is an error**, never a default, and its sentence is the same on the
//!    page, in the API and in the log.
//! 6. **Time and chance are handed in** ([`time::TimeSource`], [`rng::Rng`]); `domain` has neither.
//! 7. **The earlier controller wins**: each controller's deadline is computed in its own zone and
//!    calendar, and the earliest instant governs.
//! 8. **Lateness is frozen** when an obligation is met; no later fact undoes it.
//! 9. **No personal data in the log of the program, none in clear in the evidence.**
//!
//! # One walk through it: from a report to a proof
//!
//! `http/web/incident_new.rs` reads the form and calls [`service::incident::report`]. That begins a
//! transaction, checks everything at once, inserts the incident and its first facts, and calls
//! `service::refresh`, which reads all that is known ([`service::known`]) and holds every rule against
//! it ([`domain::obligation::derive`]): what applies becomes a row with its deadline, for each controller;
//! what may apply is counted with the question it waits for. It writes a mail to the team as a row and a job, notes
//! `incident.reported`, and commits: now the entry stands in the chain.
//!
//! [`service::fact::record`] adds that the company is aware, and every open deadline is computed anew.
//! [`service::roster::import`] reads a CSV line by line, stages it, merges it in one sorted statement and
//! logs the hash of the whole roster. [`service::notice::draft`] fills the playbook's text; a second
//! person calls [`service::notice::approve`] with the hash of what was read; [`service::notice::activate`]
//! announces the change to every node, waits, and makes the notice live.
//!
//! A host site's page loads the widget, which asks `GET /v1/notices` with a token that the host signed.
//! [`http::widget`] answers who is not on any roster from memory; for the others
//! [`service::delivery::serve`] writes `served`, and the widget's reports raise it to `seen` and
//! `acknowledged`. [`service::evidence::verify`] follows the chain from the first entry to the last, opens
//! every commitment, and compares every row with the newest entry about it.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod http;
pub mod ids;
pub mod intake;
pub mod job;
pub mod mail;
pub mod rng;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod time;
