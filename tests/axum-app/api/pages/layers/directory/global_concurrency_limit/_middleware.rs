//! The layer of `file/global_concurrency_limit.rs` around a directory.

pub use crate::pages_layers::file::global_concurrency_limit::layer;
