//! promolint reads what a firm shows the public and holds it against rule packs.
//!
//! The data flows one way: [`source`] (bytes) → [`document`] (what a reader sees) → [`check`] → [`finding`] → reports. All policy lives
//! in the packs; the program knows none.

pub mod badge;
pub mod card;
pub mod check;
pub mod cli;
pub mod config;
pub mod document;
pub mod engine;
pub mod facts;
pub mod fetch;
pub mod finding;
pub mod pack;
pub mod report;
pub mod source;
pub mod yaml;
