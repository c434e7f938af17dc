//! The use-cases: one transaction each.

pub mod announcement;
