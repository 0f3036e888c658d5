//! A layer and a service that another file has.

pub use super::{index::layer, service::service};
