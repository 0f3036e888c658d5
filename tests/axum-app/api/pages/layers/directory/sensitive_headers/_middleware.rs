//! The layer of `file/sensitive_headers.rs` around a directory.

pub use crate::pages_layers::file::sensitive_headers::layer;
