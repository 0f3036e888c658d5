//! Which route is this path? Asked without a request.

use std::{borrow::Cow, fmt};

use http::Method;

use super::{fs_router::FsRouter, listing::RouteInfo};
use crate::routing::Captures;

/// The route of a path; see [`FsRouter::match_path`].
#[derive(Clone)]
pub struct PathMatch<'r, 'p> {
    route: RouteInfo<'r>,
    path: Cow<'p, str>,
    /// Where the path below the mount begins.
    offset: usize,
    captures: Captures,
}

impl FsRouter {
    /// The route that a request for `path` is answered by, or `None` where no route has anything to do with
    /// it: for the name of a span and the label of a metric in a layer around the router, before it has
    /// seen the request.
    ///
    /// `path` is the [path of the URI](http::Uri::path), as it was sent and without a query. The method plays
    /// no part: a path whose route answers with 405 belongs to that route all the same. So do a path whose
    /// parameters cannot be decoded (400) or are too many (414), and one that is redirected to the route, as
    /// [`TrailingSlash`](super::TrailingSlash) says.
    ///
    /// It takes no allocation, except for routes with more than four parameters, and for a path with
    /// doubled slashes or backslashes.
    ///
    /// ```
    /// use tower_api_routes::{FsRouter, router::get};
    ///
    /// let router = FsRouter::builder()
    ///     .mount("/api")
    ///     .route("posts/[id]", get(async || "a post"))
    ///     .build()?;
    /// let found = router.match_path("/api/posts/a%20b").unwrap();
    /// assert_eq!(found.pattern(), "/api/posts/[id]");
    /// assert_eq!(found.raw_params().next(), Some(("id", "a%20b")));
    /// assert_eq!(found.param("id").as_deref(), Some("a b"));
    /// assert!(router.match_path("/api/users").is_none());
    /// # Ok::<(), tower_api_routes::RouterError>(())
    /// ```
    #[must_use]
    pub fn match_path<'r, 'p>(&'r self, path: &'p str) -> Option<PathMatch<'r, 'p>> {
        let (found, path) = self.inner.at_any_spelling(path)?;
        Some(PathMatch {
            route: RouteInfo {
                route: &found.served.route,
            },
            path,
            offset: found.offset,
            captures: found.captures,
        })
    }
}

impl<'r> PathMatch<'r, '_> {
    /// The route with its mount: `/api/posts/[id]`.
    #[must_use]
    pub fn pattern(&self) -> &'r str {
        self.route.pattern()
    }

    /// The file that the route comes from, if it comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&'static str> {
        self.route.file()
    }

    /// The methods that are answered; empty for a route that takes every method.
    #[must_use]
    pub fn methods(&self) -> &'r [Method] {
        self.route.methods()
    }

    /// What else is known of the route: its layers and its configuration.
    #[must_use]
    pub fn route(&self) -> RouteInfo<'r> {
        self.route
    }

    /// The parameters in the order of the path, each with its name and its value as it stands in the path:
    /// percent-encoded, and for a catch-all with its slashes.
    ///
    /// An optional catch-all that matched nothing is left out.
    pub fn raw_params(&self) -> impl Iterator<Item = (&'r str, &str)> {
        let captured = self
            .route
            .route
            .captured(&self.captures, self.below_mount());
        captured.filter_map(|(param, raw)| Some((param.name()?, raw)))
    }

    /// A parameter, percent-decoded once; the segments of a catch-all are joined with `/`. `None`
    /// for a name that the route does not have, for an optional catch-all that matched nothing, and for
    /// what cannot be decoded.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.route
            .route
            .param(&self.captures, self.below_mount(), name)
    }

    fn below_mount(&self) -> &str {
        self.path.get(self.offset..).unwrap_or_default()
    }
}

impl fmt::Debug for PathMatch<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathMatch")
            .field("pattern", &self.pattern())
            .field("file", &self.file())
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
