//! The layer of `file/login.rs` around a directory.

pub use crate::pages_layers::file::login::layer;
