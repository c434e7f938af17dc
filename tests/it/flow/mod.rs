//! Stories from the report to the proof, over HTTP.

mod report_to_proof;
mod tampering;
