//! What the tests stand on: databases of both engines, and what else the product meets outside.

pub mod api;
pub mod browser;
pub mod clear;
pub mod db;
pub mod finish;
pub mod html;
pub mod lists;
pub mod mariadb;
pub mod postgres;
pub mod program;
pub mod reader;
pub mod served;
pub mod smtp;
pub mod source;
pub mod visitor;
pub mod world;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

/// Says once that `what` is left out; with `DUENOTICE_TEST_ALL=1` nothing may be left out.
pub fn left_out(what: &'static str, why: &str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    assert!(
        std::env::var_os("DUENOTICE_TEST_ALL").is_none(),
        "{what} would be left out: {why}"
    );
    if SAID
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(what)
    {
        // Past the test runner, which keeps what a passing test prints to itself.
        let _ = writeln!(std::io::stderr(), "LEFT OUT: {what}: {why}");
    }
}
