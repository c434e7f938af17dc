//! What the demo shows: the product with a story in it, and a host shop beside it.

mod notices;
pub mod shop;
pub mod story;
mod weekdays;
