//! The layer of `file/stack.rs` around a directory.

pub use crate::pages_layers::file::stack::layer;
