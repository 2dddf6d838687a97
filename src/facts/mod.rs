//! Facts that rules are held against.

pub mod places;
