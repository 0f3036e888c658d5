//! The layer of `file/compression.rs` around a directory.

pub use crate::pages_layers::file::compression::layer;
