//! The layer of `file/map_request.rs` around a directory.

pub use crate::pages_layers::file::map_request::layer;
