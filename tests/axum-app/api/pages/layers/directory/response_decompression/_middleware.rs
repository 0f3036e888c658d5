//! The layer of `file/response_decompression.rs` around a directory.

pub use crate::pages_layers::file::response_decompression::layer;
