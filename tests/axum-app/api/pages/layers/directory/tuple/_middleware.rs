//! The layer of `file/tuple.rs` around a directory.

pub use crate::pages_layers::file::tuple::layer;
