//! What holds for all routes of a router.

use std::sync::Arc;

use axum_core::response::IntoResponse;

use crate::{
    config::ApiConfig,
    error::{ApiError, ErrorFormat},
    etag::EtagAlgorithm,
    route::{ErrorContext, Settings},
};

/// What becomes of a path with a slash too many: `/api/users/`, `/api//users`, `/api\users`; or, with
/// [`Require`](Self::Require), with one too few.
///
/// Whatever is chosen, such a path never reaches a handler as another spelling of the right path
/// except under [`Ignore`](Self::Ignore), and an empty segment is never captured. A path of a
/// [foreign route](crate::router::FsRouterBuilder::foreign) is left to the other service under every spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// 308 to the clean path, the query kept byte for byte, as Next.js does: first doubled slashes
    /// and backslashes are cleaned, then the slash at the end.
    #[default]
    Redirect,
    /// The reverse, as Next.js does with `trailingSlash: true`: 308 to the path with a slash at the end, the
    /// query kept byte for byte, after doubled slashes and backslashes are cleaned. A path whose last
    /// segment is the name of a file (`hello.json`: a dot, and then letters, digits or `_` up to the end)
    /// has no slash, and one whose last segment has a dot elsewhere is taken with and without, as is
    /// everything below `/.well-known`. `/` stays as it is, and [`RouteUrl`](crate::RouteUrl)s have no slash at
    /// the end.
    Require,
    /// The path matches nothing.
    Strict,
    /// A slash at the end is overlooked; a path with doubled slashes or backslashes matches nothing.
    Ignore,
}

/// What holds for all routes of a router, whether it comes from files
/// ([`ApiRoutesLayer::options`](crate::ApiRoutesLayer::options)) or is built by hand
/// ([`FsRouterBuilder::options`](crate::router::FsRouterBuilder::options)).
///
/// | setting | default | Next.js |
/// | --- | --- | --- |
/// | [`trailing_slash`](Self::trailing_slash) | [`TrailingSlash::Redirect`] | the same; with `trailingSlash: true`, [`TrailingSlash::Require`] |
/// | [`outer_prefix`](Self::outer_prefix) | none | `basePath`, which is not stripped |
/// | [`max_segments`](Self::max_segments) | 128 segments | no limit |
/// | [`claim_mount`](Self::claim_mount) | no | a server of its own |
/// | [`route_in_responses`](Self::route_in_responses) | no | – |
/// | [`config`](Self::config) | [`ApiConfig::new`] | the same, see there |
/// | [`error_format`](Self::error_format) | [`ErrorFormat::Text`] | [`ErrorFormat::NextJs`] |
/// | [`on_error`](Self::on_error) | none | – |
/// | [`etag`](Self::etag) | [`EtagAlgorithm::Next`] | the same |
///
/// ```
/// use tower_api_routes::{ErrorFormat, FsRouter, RouterOptions, router::{TrailingSlash, get}};
///
/// let options = RouterOptions::new()
///     .error_format(ErrorFormat::Json)
///     .trailing_slash(TrailingSlash::Strict);
/// FsRouter::builder().options(options).route("hello", get(async || "hello")).build()?;
/// # Ok::<(), tower_api_routes::RouterError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "options do nothing until a router is built with them"]
pub struct RouterOptions {
    pub(super) trailing_slash: TrailingSlash,
    pub(super) outer_prefix: String,
    pub(super) max_segments: usize,
    pub(super) claims_mount: bool,
    pub(super) config: ApiConfig,
    pub(super) settings: Settings,
}

impl RouterOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            trailing_slash: TrailingSlash::default(),
            outer_prefix: String::new(),
            max_segments: 128,
            claims_mount: false,
            config: ApiConfig::new(),
            settings: Settings::default(),
        }
    }

    /// Chooses what becomes of paths with a slash too many, and whether there must be one at the end. Default: [`TrailingSlash::Redirect`].
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.trailing_slash = policy;
        self
    }

    /// The part of the path that clients send and something in front of the routes takes away: the path of
    /// axum's `nest_service`, or that of a proxy. It is put in front of the path in every redirect
    /// to a clean path, and does nothing else. Written as [`mount`](crate::ApiRoutesLayer::mount) is:
    /// `/shop`. Default: none.
    ///
    /// ```
    /// use axum::{Router, body::Body};
    /// use http::Request;
    /// use tower::ServiceExt;
    /// use tower_api_routes::{FsRouter, RouterOptions, router::get};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let api = FsRouter::builder()
    ///     .options(RouterOptions::new().outer_prefix("/shop"))
    ///     .route("hello", get(async || "hello"))
    ///     .build()?;
    /// let app = Router::new().nest_service("/shop", api);
    /// let request = Request::get("/shop/hello/").body(Body::empty()).unwrap();
    /// let response = app.oneshot(request).await.unwrap();
    /// assert_eq!(response.headers()["location"], "/shop/hello");
    /// # Ok::<(), tower_api_routes::RouterError>(()) }).unwrap();
    /// ```
    ///
    /// A prefix that is no path is an error when the router is built.
    pub fn outer_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.outer_prefix = prefix.into();
        self
    }

    /// The most segments that the path of a catch-all may have, mount included; more are answered with 414.
    /// Default: 128.
    pub fn max_segments(mut self, segments: usize) -> Self {
        self.max_segments = segments;
        self
    }

    /// Whether [`ApiRoutesLayer`](crate::ApiRoutesLayer) answers every path below its mount, the mount
    /// included: one that matches no route with 404 in the [`error_format`](Self::error_format) of the
    /// application, and one with a slash too many or a malformed escape as a router that stands alone does.
    /// Default: no, they are left to the inner service.
    ///
    /// An API then never answers with the HTML page of what stands behind it. Below the mount `/` is
    /// everything, so that the inner service answers nothing any more.
    pub fn claim_mount(mut self, claim: bool) -> Self {
        self.claims_mount = claim;
        self
    }

    /// Whether every answer of a route carries its [`MatchedRoute`](crate::MatchedRoute) in the extensions
    /// of the response, for logs and metrics around the router. Default: no, and then it costs nothing.
    ///
    /// Every answer: also those that come before the handler (400, 405, 408, 413, 414, the redirect to a
    /// clean path), in place of it (a panic), and from a layer of the route.
    ///
    /// ```
    /// use tower::ServiceExt;
    /// use tower_api_routes::{FsRouter, MatchedRoute, RouterOptions, router::get};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = FsRouter::builder()
    ///     .options(RouterOptions::new().route_in_responses(true))
    ///     .route("posts/[id]", get(async || "a post"))
    ///     .build()?;
    /// let request = http::Request::post("/posts/1").body(axum::body::Body::empty()).unwrap();
    /// let response = router.oneshot(request).await.unwrap();
    /// assert_eq!(response.status(), 405);
    /// let route = response.extensions().get::<MatchedRoute>().unwrap();
    /// assert_eq!(route.pattern(), "/posts/[id]");
    /// # Ok::<(), tower_api_routes::RouterError>(()) }).unwrap();
    /// ```
    pub fn route_in_responses(mut self, carry: bool) -> Self {
        self.settings.route_in_responses = carry;
        self
    }

    /// The configuration of routes that have none of their own.
    pub fn config(mut self, config: ApiConfig) -> Self {
        self.config = config;
        self
    }

    /// The body of error responses. Default: [`ErrorFormat::Text`].
    pub fn error_format(mut self, format: ErrorFormat) -> Self {
        self.settings.error_format = format;
        self
    }

    /// Answers errors with what `hook` makes of them; they are logged as before. It costs a copy of
    /// the parts of every request that matches a route.
    pub fn on_error<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(&ApiError, &ErrorContext<'_>) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        self.settings.on_error = Some(Arc::new(move |error, context| {
            hook(error, context).into_response()
        }));
        self
    }

    /// How the entity tags of `json`, `send` and a [`Json`](crate::Json) result are made. Default: as Next.js makes them.
    pub fn etag(mut self, algorithm: EtagAlgorithm) -> Self {
        self.settings.etag = algorithm;
        self
    }

    /// The keys of preview and draft mode, shared with a Next.js front end. Default: none.
    #[cfg(feature = "preview")]
    pub fn preview(mut self, keys: crate::preview::PreviewKeys) -> Self {
        self.settings.preview = Some(Arc::new(keys));
        self
    }
}

impl Default for RouterOptions {
    fn default() -> Self {
        Self::new()
    }
}
