//! The layer of `file/catch_panic.rs` around a directory.

pub use crate::pages_layers::file::catch_panic::layer;
