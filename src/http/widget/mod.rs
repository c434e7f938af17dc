//! The in-site notice: what affected people's browsers and host pages ask.

pub mod filter;
pub mod receipt;
pub mod token;
