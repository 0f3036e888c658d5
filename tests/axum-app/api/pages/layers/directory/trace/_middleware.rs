//! The layer of `file/trace.rs` around a directory.

pub use crate::pages_layers::file::trace::layer;
