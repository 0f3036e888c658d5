//! Building an [`FsRouter`].

use std::sync::Arc;

use axum_core::response::IntoResponse;

use super::{
    FsRouter, InsertError, MethodRouter, Pattern, RouteTree, Segment,
    method::Resolved,
    router::{Inner, Route, Settings},
};
use crate::{
    ApiConfig, ApiError, BuildError, EtagAlgorithm,
    error::{ErrorContext, ErrorFormat},
};

/// What becomes of a path with a slash too many: `/api/users/`, `/api//users`, `/api\users`.
///
/// Whatever is chosen, such a path never reaches a handler as another spelling of the clean path
/// except under [`Ignore`](Self::Ignore), and an empty segment is never captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// 308 to the clean path, the query kept byte for byte, as Next.js does: first doubled slashes
    /// and backslashes are cleaned, then the slash at the end.
    #[default]
    Redirect,
    /// The path matches nothing.
    Strict,
    /// A slash at the end is overlooked; a path with doubled slashes or backslashes matches nothing.
    Ignore,
}

/// Builds an [`FsRouter`]; see [`FsRouter::builder`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct FsRouterBuilder<S = ()> {
    state: S,
    routes: Vec<PendingRoute>,
    options: Options,
    error: Option<BuildError>,
}

struct PendingRoute {
    pattern: String,
    file: Option<&'static str>,
    resolved: Resolved,
}

/// What holds for all routes of a router.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) mount: String,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) max_segments: usize,
    pub(crate) config: ApiConfig,
    pub(crate) errors: crate::error::ErrorWriter,
    pub(crate) etag: EtagAlgorithm,
    #[cfg(feature = "preview")]
    pub(crate) preview: Option<Arc<crate::preview::PreviewKeys>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mount: "/".to_owned(),
            trailing_slash: TrailingSlash::default(),
            max_segments: 128,
            config: ApiConfig::new(),
            errors: crate::error::ErrorWriter::default(),
            etag: EtagAlgorithm::default(),
            #[cfg(feature = "preview")]
            preview: None,
        }
    }
}

impl FsRouterBuilder {
    pub(crate) fn new() -> Self {
        Self {
            state: (),
            routes: Vec::new(),
            options: Options::default(),
            error: None,
        }
    }
}

impl<S: Clone + Send + Sync + 'static> FsRouterBuilder<S> {
    /// Gives the routes added from here on a state for their [`State`](crate::State) extractors.
    pub fn with_state<T>(self, state: T) -> FsRouterBuilder<T> {
        FsRouterBuilder {
            state,
            routes: self.routes,
            options: self.options,
            error: self.error,
        }
    }

    /// Adds a route; `pattern` is written as a file name without its extension: `posts/[id]`. The
    /// empty pattern is the root.
    pub fn route(self, pattern: impl Into<String>, route: MethodRouter<S>) -> Self {
        self.add(pattern.into(), None, route)
    }

    /// Adds the route of a file.
    #[doc(hidden)]
    pub fn file_route(
        self,
        pattern: &'static str,
        file: &'static str,
        route: MethodRouter<S>,
    ) -> Self {
        self.add(pattern.to_owned(), Some(file), route)
    }

    fn add(mut self, pattern: String, file: Option<&'static str>, route: MethodRouter<S>) -> Self {
        match route.resolve(&self.state) {
            Ok(resolved) => self.routes.push(PendingRoute {
                pattern,
                file,
                resolved,
            }),
            Err(error) => {
                let culprit = format!("{}: ", file.unwrap_or(&pattern));
                let mut message = error.to_string();
                // The layer of a route file has named the file already.
                if !message.starts_with(&culprit) {
                    message.insert_str(0, &culprit);
                }
                self.error.get_or_insert(BuildError::new(message));
            }
        }
        self
    }

    pub(crate) fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Puts the routes below `path`, which begins with a slash. Default: `/`.
    pub fn mount(mut self, path: impl Into<String>) -> Self {
        self.options.mount = path.into();
        self
    }

    /// Chooses what becomes of paths with a slash too many. Default: [`TrailingSlash::Redirect`].
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.options.trailing_slash = policy;
        self
    }

    /// The most segments that a path may have, mount included; more are answered with 414.
    /// Default: 128.
    pub fn max_segments(mut self, segments: usize) -> Self {
        self.options.max_segments = segments;
        self
    }

    /// The configuration of routes that have none of their own.
    pub fn config(mut self, config: ApiConfig) -> Self {
        self.options.config = config;
        self
    }

    /// The body of error responses. Default: [`ErrorFormat::Text`].
    pub fn error_format(mut self, format: ErrorFormat) -> Self {
        self.options.errors.format = format;
        self
    }

    /// Answers errors with what `hook` makes of them; the router logs them as before. It costs a
    /// copy of the parts of every request.
    pub fn on_error<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(&ApiError, &ErrorContext<'_>) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        self.options.errors.hook = Some(Arc::new(move |error, context| {
            hook(error, context).into_response()
        }));
        self
    }

    /// How the entity tags of `json` and `send` are made. Default: as Next.js makes them.
    pub fn etag(mut self, algorithm: EtagAlgorithm) -> Self {
        self.options.etag = algorithm;
        self
    }

    /// The keys of preview and draft mode, shared with a Next.js front end.
    #[cfg(feature = "preview")]
    pub fn preview(mut self, keys: crate::preview::PreviewKeys) -> Self {
        self.options.preview = Some(Arc::new(keys));
        self
    }

    /// Builds the router.
    ///
    /// # Errors
    ///
    /// A pattern that is malformed, two routes that conflict, a layer that is wrong in itself, a
    /// mount that is no path. The error names the culprit.
    pub fn build(self) -> Result<FsRouter, BuildError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mount = check_mount(&self.options.mount)?;
        let settings = Arc::new(Settings {
            errors: self.options.errors,
            etag: self.options.etag,
            #[cfg(feature = "preview")]
            preview: self.options.preview,
        });
        let mut tree = RouteTree::new();
        for PendingRoute {
            pattern,
            file,
            resolved,
        } in self.routes
        {
            let segments = Pattern::parse(&pattern).map_err(|error| {
                BuildError::new(format!("{}: {error}", file.unwrap_or(&pattern)))
            })?;
            let route = Route {
                catch_all: segments.segments().iter().any(Segment::is_catch_all),
                pattern: full_pattern(&mount, &pattern),
                segments: segments.clone(),
                file,
                methods: resolved.methods,
                layers: resolved.layers,
                config: resolved.config.unwrap_or(self.options.config),
                endpoint: resolved.endpoint,
                settings: Arc::clone(&settings),
            };
            tree.insert(segments, Arc::new(route))
                .map_err(|error: InsertError| BuildError::new(error.to_string()))?;
        }
        Ok(FsRouter::from_inner(Inner {
            mount,
            tree,
            trailing_slash: self.options.trailing_slash,
            max_segments: self.options.max_segments,
            settings,
        }))
    }
}

fn full_pattern(mount: &str, pattern: &str) -> String {
    match (mount, pattern) {
        ("", "") => "/".to_owned(),
        (mount, "") => mount.to_owned(),
        (mount, pattern) => format!("{mount}/{pattern}"),
    }
}

/// The mount without a slash at its end; the root is empty.
fn check_mount(mount: &str) -> Result<String, BuildError> {
    let wrong = |what: &str| Err(BuildError::new(format!("mount {mount:?}: {what}")));
    if !mount.starts_with('/') {
        return wrong("a mount begins with a slash");
    }
    let trimmed = mount.strip_suffix('/').unwrap_or(mount);
    if trimmed
        .split('/')
        .skip(1)
        .any(|segment| segment.is_empty() || super::path::is_dot_segment(segment))
    {
        return wrong("a mount has no empty segments, and none that is `.` or `..`");
    }
    // The mount is compared with the path of the URL, as it stands there.
    if trimmed.split('/').any(|segment| !is_as_in_a_url(segment)) {
        return wrong("a mount is written as it stands in a URL, percent-encoded");
    }
    Ok(trimmed.to_owned())
}

/// Whether a browser would write the segment this way: `caf%C3%A9`.
fn is_as_in_a_url(segment: &str) -> bool {
    super::path::decode_segment(segment)
        .is_ok_and(|text| super::path::encode_static(&text) == segment)
}

impl std::fmt::Debug for PendingRoute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.pattern)
    }
}
