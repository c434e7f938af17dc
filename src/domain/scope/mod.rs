//! Who is affected: from records of exposed systems to a roster that can be defended.
//!
//! Always holds: an identifier is compared by its keyed hash and never kept in clear; two records are one
//! person only through a link that somebody declared; what cannot be told apart counts as affected.

pub mod field;
pub mod identifier;
pub mod normal;
mod normal_email;
mod normal_phone;
pub mod recipe;
pub mod record;
pub mod retention;
pub mod seal;
pub mod suppress;
pub mod times;
pub mod value;
pub mod wire;
