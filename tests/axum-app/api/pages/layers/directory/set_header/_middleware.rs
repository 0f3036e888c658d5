//! The layer of `file/set_header.rs` around a directory.

pub use crate::pages_layers::file::set_header::layer;
