//! What the demo shows beside the product itself.

pub mod shop;
