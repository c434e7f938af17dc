//! Due Notice: tell the right people about a personal data breach, on time, and be able to prove it.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod http;
pub mod ids;
pub mod job;
pub mod mail;
pub mod rng;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod time;
