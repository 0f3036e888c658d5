//! The layer of `file/validate_request.rs` around a directory.

pub use crate::pages_layers::file::validate_request::layer;
