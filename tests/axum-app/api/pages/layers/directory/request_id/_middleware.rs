//! The layer of `file/request_id.rs` around a directory.

pub use crate::pages_layers::file::request_id::layer;
