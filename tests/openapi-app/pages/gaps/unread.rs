pub use super::_handlers::{get, put};
