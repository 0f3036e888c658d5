//! The layer of `file/sessions.rs` around a directory.

pub use crate::pages_layers::file::sessions::layer;
