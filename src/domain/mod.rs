//! The rules, pure: time and data come in, answers go out. No IO, no clock, no randomness, no `async`, no logging.

pub mod access;
pub mod activation;
pub mod calendar;
pub mod canonical;
pub mod chronology;
pub mod condition;
pub mod controller;
pub mod deadline;
pub mod delivery;
pub mod evidence;
pub mod fact;
pub mod hold;
pub mod host_key;
pub mod instant;
pub mod left;
pub mod moment;
pub mod notice;
pub mod obligation;
pub mod operator;
pub mod period;
pub mod question;
pub mod regime;
pub mod reminder;
pub mod roster_row;
pub mod scope;
pub mod wording;
