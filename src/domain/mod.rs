//! The rules, pure: time and data come in, answers go out. No IO, no clock, no randomness, no `async`, no logging.

pub mod access;
pub mod evidence;
