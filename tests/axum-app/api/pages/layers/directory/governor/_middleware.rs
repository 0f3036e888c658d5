//! The layer of `file/governor.rs` around a directory.

pub use crate::pages_layers::file::governor::layer;
