//! What the store promises, on both engines.

mod cut_off;
mod job;
mod schedule;
mod statements;
