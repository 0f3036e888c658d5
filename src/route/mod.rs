//! A route without its endpoint: what it matches, how it is configured, and what it captured.

mod matched;
mod params;

use std::sync::Arc;

use http::Method;

pub use matched::MatchedRoute;
pub(crate) use matched::NoRoute;
pub use params::Params;

use crate::{
    config::ApiConfig,
    etag::EtagAlgorithm,
    response::error::ErrorWriter,
    router::service::RouteEndpoint, // TODO
    routing::{Pattern, Segment},
};

/// What the routes of one router have in common.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) errors: ErrorWriter,
    pub(crate) etag: EtagAlgorithm,
    #[cfg(feature = "preview")]
    pub(crate) preview: Option<Arc<crate::preview::PreviewKeys>>,
}

/// A route of a router.
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) segments: Pattern,
    pub(crate) file: Option<&'static str>,
    pub(crate) methods: Vec<Method>,
    pub(crate) layers: Vec<String>,
    pub(crate) config: ApiConfig,
    pub(crate) endpoint: RouteEndpoint,
    pub(crate) settings: Arc<Settings>,
    /// Whether a path of any length may match.
    pub(crate) catch_all: bool,
}

impl Route {
    pub(crate) fn pattern(&self) -> &str {
        &self.pattern
    }

    pub(crate) fn file(&self) -> Option<&'static str> {
        self.file
    }

    pub(crate) fn config(&self) -> &ApiConfig {
        &self.config
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The segments that capture something, in the order of the path.
    pub(crate) fn params(&self) -> impl Iterator<Item = &Segment> {
        self.segments
            .segments()
            .iter()
            .filter(|segment| segment.name().is_some())
    }
}
