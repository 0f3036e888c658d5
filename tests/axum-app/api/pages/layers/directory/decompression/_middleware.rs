//! The layer of `file/decompression.rs` around a directory.

pub use crate::pages_layers::file::decompression::layer;
