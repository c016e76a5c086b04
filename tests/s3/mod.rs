//! An S3 server for tests, which keeps its objects as files.

mod orderly;
mod server;

pub use server::{KEY, SECRET, Server};
