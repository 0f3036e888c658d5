//! The layer of `file/from_fn_with_state.rs` around a directory.

pub use crate::pages_layers::file::from_fn_with_state::layer;
