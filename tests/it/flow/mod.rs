//! Stories from the report to the proof, over HTTP.

mod bad_files;
mod bad_input;
mod bad_start;
mod kill;
mod old_database;
mod report_to_proof;
mod tampering;
