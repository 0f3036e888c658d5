//! Inside of the layer of its directory.

pub use crate::pages_layers::file::buffer::get;
