//! What people see and what a keyboard does, in a real browser.

mod api_page;
mod demo;
mod notice;
mod people;
