//! One binary for all integration tests.
//!
//! * `store/`: what the store promises, on both engines.
//! * `laws/`: a rule of law or a promise each; the file's name is the rule.
//! * `properties/`: what holds for random rules, calendars and instants.
//! * `flow/`: stories from the report to the proof.
//! * `intake/`: what a company hands over, from sample files and real servers.
//! * `browser/`: what a person sees and a keyboard does, in a real browser.
//! * the rest: rules about the product as a whole (its source, pages, schema, addresses).
//!
//! What needs PostgreSQL, MariaDB, Python or a browser is left out, and says so, when that is not installed;
//! `tests/run` installs it and sets `DUENOTICE_TEST_ALL=1`, which makes leaving out an error.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on ends there"
)]

mod access;
mod answers;
mod api_recipes;
mod api_sources;
mod binary;
mod browser;
mod calendars;
mod dates;
mod deadline_command;
mod deadline_mistakes;
mod exposures;
mod flow;
mod house;
mod intake;
mod laws;
mod mail;
mod notice_text;
mod openapi;
mod pages;
mod people_command;
mod playbook_mistakes;
mod properties;
mod recipe_command;
mod recipes;
mod register;
mod rules;
mod schema;
mod served;
mod sources;
mod store;
mod support;
mod trial;
mod vectors;
mod web_access;
mod web_admin;
mod web_calendar;
mod web_recipes;
mod web_roster;
mod web_sign_in;
mod web_sources;
mod web_story;
mod widget;
