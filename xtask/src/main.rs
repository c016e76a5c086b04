//! Project commands: `cargo xtask`.
fn main() {}
