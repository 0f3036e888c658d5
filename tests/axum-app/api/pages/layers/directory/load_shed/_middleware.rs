//! The layer of `file/load_shed.rs` around a directory.

pub use crate::pages_layers::file::load_shed::layer;
