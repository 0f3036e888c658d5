//! The layer of `file/option_layer.rs` around a directory.

pub use crate::pages_layers::file::option_layer::layer;
