//! Reads the arguments and runs the command.
fn main() {}
