//! The layer of `file/tower_timeout.rs` around a directory.

pub use crate::pages_layers::file::tower_timeout::layer;
