//! The layer of `file/concurrency_limit.rs` around a directory.

pub use crate::pages_layers::file::concurrency_limit::layer;
