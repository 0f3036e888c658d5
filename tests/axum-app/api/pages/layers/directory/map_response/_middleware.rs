//! The layer of `file/map_response.rs` around a directory.

pub use crate::pages_layers::file::map_response::layer;
