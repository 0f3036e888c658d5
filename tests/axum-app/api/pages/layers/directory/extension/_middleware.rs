//! The layer of `file/extension.rs` around a directory.

pub use crate::pages_layers::file::extension::layer;
