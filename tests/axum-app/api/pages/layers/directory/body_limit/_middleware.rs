//! The layer of `file/body_limit.rs` around a directory.

pub use crate::pages_layers::file::body_limit::layer;
