//! A route without its endpoint: what it matches, how it is configured, and what it captured of a path.

mod matched;
mod params;

pub use matched::{ErrorContext, MatchedRoute};
pub(crate) use matched::{Route, Settings, no_route};
pub use params::Params;
