//! What the store promises, on both engines.

mod job;
mod schedule;
mod statements;
