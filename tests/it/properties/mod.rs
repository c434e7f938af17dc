//! What holds for every rule, calendar, zone and instant, tried on random ones.

mod given;
mod holds;
mod order;
mod server_zone;
