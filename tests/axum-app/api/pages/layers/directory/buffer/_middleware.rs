//! The layer of `file/buffer.rs` around a directory.

pub use crate::pages_layers::file::buffer::layer;
