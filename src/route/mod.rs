//! A route without its endpoint: what it matches, how it is configured, and what it captured of a path.

mod handed;
mod matched;
mod params;

pub(crate) use handed::{hand_over, may_look, takes_route, withdraw};
pub use matched::{ErrorContext, MatchedRoute};
pub(crate) use matched::{Route, Settings, no_route};
pub use params::Params;
