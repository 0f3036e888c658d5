//! Inside of the layer of its directory.

pub use crate::pages_layers::file::set_header::get;
