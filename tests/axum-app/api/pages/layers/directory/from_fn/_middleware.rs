//! The layer of `file/from_fn.rs` around a directory.

pub use crate::pages_layers::file::from_fn::layer;
