//! The layer of `file/from_extractor.rs` around a directory.

pub use crate::pages_layers::file::from_extractor::layer;
