//! A route without its endpoint: what it matches, how it is configured, and what it captured of a path.

mod handed;
mod matched;
mod params;
pub(crate) mod params_check;

pub(crate) use handed::{hand_over, may_look, takes_route};
pub use matched::{ErrorContext, MatchedRoute};
pub(crate) use matched::{NoRoute, Route, Settings};
pub use params::Params;
