//! The rules of routing.
mod path;
mod pattern;
mod tree;

pub use pattern::{Pattern, PatternError, Segment};
pub use tree::{InsertError, Match, RouteTree};
