//! The command line; see [`promolint`].
fn main() {}
