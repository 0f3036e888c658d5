//! The layer of `file/cors.rs` around a directory.

pub use crate::pages_layers::file::cors::layer;
