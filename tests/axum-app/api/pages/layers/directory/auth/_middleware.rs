//! The layer of `file/auth.rs` around a directory.

pub use crate::pages_layers::file::auth::layer;
