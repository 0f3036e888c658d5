//! A layer with state around a directory; as in `file/from_fn_with_state.rs`.

pub use crate::pages_layers::file::from_fn_with_state::layer;
