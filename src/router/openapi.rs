//! The document of a router.

use super::{fs_router::FsRouter, lookup::Routes, options::TrailingSlash, slashed};
use crate::openapi::{self, OpenApi};

impl FsRouter {
    /// An [OpenAPI](https://spec.openapis.org/oas/v3.1.0) 3.1 document of the routes, as far as the types of
    /// their handlers tell; see [`openapi`](crate::openapi).
    ///
    /// It is made anew each time: keep it. A route that was added by hand is there with its path and its
    /// methods, and among the [`gaps`](OpenApi::gaps). One that another service answers
    /// ([`foreign`](super::FsRouterBuilder::foreign)) is not there.
    pub fn openapi(&self) -> OpenApi {
        let routes = self
            .inner
            .tree
            .iter()
            .filter(|(_, served)| !served.route.is_foreign)
            .map(|(_, served)| openapi::Described {
                route: &served.route,
                describe: served.describe,
            });
        let spelled = match self.inner.trailing_slash {
            TrailingSlash::Require => slashed::spelled,
            _ => |path| path,
        };
        let Routes {
            mount,
            max_segments,
            outer_prefix,
            ..
        } = &*self.inner;
        let document = openapi::document(mount, *max_segments, spelled, routes);
        match outer_prefix.is_empty() {
            true => document,
            false => document.default_server(outer_prefix),
        }
    }
}
