//! The layer of `file/timeout.rs` around a directory.

pub use crate::pages_layers::file::timeout::layer;
