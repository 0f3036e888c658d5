//! Building an [`FsRouter`].

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{
    error::{RouterError, RouterErrorKind},
    fs_router::FsRouter,
    lookup::{Routes, Served},
    method::{MethodRouter, Resolved},
    options::RouterOptions,
};
use crate::{
    config::ApiConfig,
    error::ApiError,
    response::error::write_error,
    route::{Route, Settings},
    routing::{Pattern, RouteTree, Segment, path},
};

/// Builds an [`FsRouter`]; see [`FsRouter::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct FsRouterBuilder<S = ()> {
    state: S,
    mount: String,
    routes: Vec<PendingRoute>,
    fallback: Option<Resolved>,
    options: RouterOptions,
    error: Option<RouterError>,
}

struct PendingRoute {
    pattern: String,
    file: Option<&'static str>,
    resolved: Resolved,
    is_foreign: bool,
}

impl FsRouter {
    /// A router whose routes are given by hand.
    pub fn builder() -> FsRouterBuilder {
        FsRouterBuilder {
            state: (),
            mount: "/".to_owned(),
            routes: Vec::new(),
            fallback: None,
            options: RouterOptions::new(),
            error: None,
        }
    }
}

impl<S: Clone + Send + Sync + 'static> FsRouterBuilder<S> {
    /// Gives the routes added from here on a state for their [`State`](crate::State) extractors.
    pub fn with_state<T>(self, state: T) -> FsRouterBuilder<T> {
        FsRouterBuilder {
            state,
            mount: self.mount,
            routes: self.routes,
            fallback: self.fallback,
            options: self.options,
            error: self.error,
        }
    }

    /// Puts the routes below `path`, which begins with a slash. Default: `/`.
    pub fn mount(mut self, path: impl Into<String>) -> Self {
        self.mount = path.into();
        self
    }

    /// Sets what holds for all routes.
    pub fn options(mut self, options: RouterOptions) -> Self {
        self.options = options;
        self
    }

    /// Adds a route; `pattern` is written as a file name without its extension: `posts/[id]`. The
    /// empty pattern is the root.
    pub fn route(self, pattern: impl Into<String>, route: MethodRouter<S>) -> Self {
        self.add(pattern.into(), None, route)
    }

    /// Adds a route that another service answers.
    ///
    /// It takes part in precedence and conflicts like every other route, and a request that belongs to it
    /// is left to the service behind the router, whatever its method: [`ApiRoutes`](crate::ApiRoutes) hands it on as it came,
    /// without a redirect or a check of its path, also where its options say
    /// [`claim_mount`](RouterOptions::claim_mount). Layers of the routes around it do not wrap it. A router that
    /// stands alone has nobody to leave the request to, and answers as it does where no route matches: with its
    /// 404, or by its [`fallback`](Self::fallback).
    ///
    /// So `posts/[id]` can move to Rust while `posts/new` stays where it is:
    ///
    /// ```
    /// use tower_api_routes::{FsRouter, router::get};
    ///
    /// let router = FsRouter::builder()
    ///     .mount("/api")
    ///     .route("posts/[id]", get(async || "a post"))
    ///     .foreign("posts/new")
    ///     .build()?;
    /// assert!(router.match_path("/api/posts/1").is_some());
    /// assert!(router.match_path("/api/posts/new").is_none());
    /// # Ok::<(), tower_api_routes::RouterError>(())
    /// ```
    pub fn foreign(self, pattern: impl Into<String>) -> Self {
        self.add_foreign(pattern.into(), None)
    }

    /// Answers with `fallback` what matches no route, in place of the router's own 404.
    ///
    /// It is reached where the router stands alone, and behind an [`ApiRoutes`](crate::ApiRoutes) whose
    /// options say [`claim_mount`](RouterOptions::claim_mount). Redirects to clean paths, 400 for a
    /// malformed path and 414 come before, and a path with dot segments and CONNECT get the router's own
    /// 404. A fallback is no route: nothing names it in [`FsRouter::routes`], in responses or on spans,
    /// and within it [`MatchedRoute::pattern`](crate::MatchedRoute::pattern) is empty.
    ///
    /// Give it [`any`](super::any), as other methods than those that it has are answered with 405.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_api_routes::{FsRouter, router::{any, get}};
    ///
    /// FsRouter::builder()
    ///     .route("hello", get(async || "hello"))
    ///     .fallback(any(async || (StatusCode::NOT_FOUND, "no such page")))
    ///     .build()?;
    /// # Ok::<(), tower_api_routes::RouterError>(())
    /// ```
    pub fn fallback(mut self, fallback: MethodRouter<S>) -> Self {
        match fallback.resolve(&self.state) {
            Ok(resolved) => self.fallback = Some(resolved),
            Err(error) => {
                self.error.get_or_insert(error.in_file("the fallback"));
            }
        }
        self
    }

    pub(super) fn add(
        self,
        pattern: String,
        file: Option<&'static str>,
        route: MethodRouter<S>,
    ) -> Self {
        self.push(pattern, file, route, false)
    }

    pub(super) fn add_foreign(self, pattern: String, file: Option<&'static str>) -> Self {
        self.push(pattern, file, MethodRouter::new(), true)
    }

    fn push(
        mut self,
        pattern: String,
        file: Option<&'static str>,
        route: MethodRouter<S>,
        is_foreign: bool,
    ) -> Self {
        match route.resolve(&self.state) {
            Ok(resolved) => self.routes.push(PendingRoute {
                pattern,
                file,
                resolved,
                is_foreign,
            }),
            Err(error) => self.fail(error.in_file(file.unwrap_or(&pattern))),
        }
        self
    }

    /// Makes `build` fail with the first of its errors.
    pub(super) fn fail(&mut self, error: RouterError) {
        self.error.get_or_insert(error);
    }

    pub(super) fn state(&self) -> &S {
        &self.state
    }

    /// Builds the router.
    ///
    /// # Errors
    ///
    /// A pattern that is malformed, two routes that conflict, a layer that could not be made, a mount
    /// or an outer prefix that is no path, in a route file [`Params`](crate::Params) that its name does not have. The error names the culprit.
    pub fn build(self) -> Result<FsRouter, RouterError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mount = check_path("mount", &self.mount)?;
        let outer_prefix = match &*self.options.outer_prefix {
            "" => String::new(),
            prefix => check_path("prefix", prefix)?,
        };
        let settings = Arc::new(self.options.settings);
        let mut tree = RouteTree::new();
        for PendingRoute {
            pattern,
            file,
            resolved,
            is_foreign,
        } in self.routes
        {
            let segments = Pattern::parse(&pattern).map_err(|error| {
                RouterError::new(RouterErrorKind::Pattern, error.to_string())
                    .in_file(file.unwrap_or(&pattern))
            })?;
            check_params(&segments, &resolved)
                .map_err(|error| error.in_file(file.unwrap_or(&pattern)))?;
            let pattern = full_pattern(&mount, &pattern);
            let route = (pattern, segments.clone(), file);
            let served = serve(route, is_foreign, resolved, &self.options.config, &settings);
            tree.insert(segments, served)
                .map_err(|error| RouterError::new(RouterErrorKind::Conflict, error.to_string()))?;
        }
        let fallback = self.fallback.map(|resolved| {
            let nothing = (String::new(), Pattern::default(), None);
            serve(nothing, false, resolved, &self.options.config, &settings)
        });
        Ok(FsRouter {
            inner: Arc::new(Routes {
                mount,
                outer_prefix,
                tree,
                fallback,
                claims_mount: self.options.claims_mount,
                trailing_slash: self.options.trailing_slash,
                max_segments: self.options.max_segments,
                not_found: not_found(&settings).map(Arc::new),
                settings,
            }),
        })
    }
}

/// What a router answers by itself where no hook has to be asked for every answer.
fn not_found(settings: &Settings) -> Option<Response<Bytes>> {
    if settings.on_error.is_some() {
        return None;
    }
    let error = ApiError::from_status(StatusCode::NOT_FOUND);
    let (parts, body) = write_error(settings, &error, None).into_parts();
    let text = Bytes::copy_from_slice(body.as_bytes()?);
    Some(Response::from_parts(parts, text))
}

/// Compares what the handlers take for parameters with those of the pattern.
fn check_params(segments: &Pattern, resolved: &Resolved) -> Result<(), RouterError> {
    for (function, check) in &resolved.params_checks {
        if let Some(problem) = check(segments) {
            let message = format!("`Params` of `{function}`: {problem}");
            return Err(RouterError::new(RouterErrorKind::Params, message));
        }
    }
    Ok(())
}

/// Puts what was resolved behind its route: the pattern in full, the pattern below the mount and the file.
fn serve(
    (pattern, segments, file): (String, Pattern, Option<&'static str>),
    is_foreign: bool,
    resolved: Resolved,
    config: &ApiConfig,
    settings: &Arc<Settings>,
) -> Served {
    let route = Route {
        catch_all: segments.segments().iter().any(Segment::is_catch_all),
        pattern,
        segments,
        file,
        methods: resolved.methods,
        layers: resolved.layers,
        config: resolved.config.unwrap_or_else(|| config.clone()),
        settings: Arc::clone(settings),
        is_foreign,
    };
    Served {
        route: Arc::new(route),
        endpoint: resolved.endpoint,
        #[cfg(feature = "openapi")]
        describe: resolved.describe,
    }
}

fn full_pattern(mount: &str, pattern: &str) -> String {
    match (mount, pattern) {
        ("", "") => "/".to_owned(),
        (mount, "") => mount.to_owned(),
        (mount, pattern) => format!("{mount}/{pattern}"),
    }
}

/// The mount or the outer prefix without a slash at its end; the root is empty.
fn check_path(name: &str, given: &str) -> Result<String, RouterError> {
    let wrong = |what: &str| {
        let message = format!("{name} {given:?}: a {name} {what}");
        Err(RouterError::new(RouterErrorKind::Mount, message))
    };
    if !given.starts_with('/') {
        return wrong("begins with a slash");
    }
    let trimmed = given.strip_suffix('/').unwrap_or(given);
    if trimmed
        .split('/')
        .skip(1)
        .any(|segment| segment.is_empty() || path::is_dot_segment(segment))
    {
        return wrong("has no empty segments, and none that is `.` or `..`");
    }
    // It is compared with the path of a URL, or becomes part of one, as it stands there.
    if trimmed.split('/').any(|segment| !is_as_in_a_url(segment)) {
        return wrong("is written as it stands in a URL, percent-encoded");
    }
    Ok(trimmed.to_owned())
}

/// Whether a browser would write the segment this way: `caf%C3%A9`.
fn is_as_in_a_url(segment: &str) -> bool {
    path::decode_segment(segment).is_ok_and(|text| path::encode_static(&text) == segment)
}

/// Without the state, which may hold secrets.
impl<S> fmt::Debug for FsRouterBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsRouterBuilder")
            .field("mount", &self.mount)
            .field("routes", &self.routes)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PendingRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}
