//! The layer of `file/boxed.rs` around a directory.

pub use crate::pages_layers::file::boxed::layer;
