//! Errors of start-up.

use std::{error::Error as StdError, fmt};

use crate::error::{BoxError, with_causes};

/// Why a router could not be built: a mistake in the application or in its routes, found at start-up.
///
/// The message names the file, pattern or setting that is wrong and what to write instead. What a layer
/// or another part reported is the [`source`](std::error::Error::source).
///
/// ```
/// use tower_api_routes::{FsRouter, router::{RouterErrorKind, get}};
///
/// let error = FsRouter::builder().route("posts/[id", get(async || "")).build().unwrap_err();
/// assert_eq!(error.kind(), RouterErrorKind::Pattern);
/// assert_eq!(error.file(), Some("posts/[id"));
/// ```
pub struct RouterError {
    inner: Box<Inner>,
}

struct Inner {
    kind: RouterErrorKind,
    file: Option<String>,
    message: String,
    source: Option<BoxError>,
}

/// What kind of mistake a [`RouterError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RouterErrorKind {
    /// No routes of the directory are compiled in.
    NotFound,
    /// The routes of two crates have this directory.
    Ambiguous,
    /// The routes take a state that was not given, or one of another type.
    State,
    /// The mount, or the outer prefix, is no path.
    Mount,
    /// The pattern of a route is malformed.
    Pattern,
    /// Two routes conflict.
    Conflict,
    /// A method has two handlers, or cannot have one of its own.
    Method,
    /// What a handler takes as `Params` cannot be made of the parameters in the name of its file.
    Params,
    /// A layer could not be made.
    Layer,
}

impl RouterError {
    pub(crate) fn new(kind: RouterErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                file: None,
                message: message.into(),
                source: None,
            }),
        }
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Names the file, unless one is named already.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.inner.file.get_or_insert_with(|| file.to_owned());
        self
    }

    /// The kind of mistake.
    #[must_use]
    pub fn kind(&self) -> RouterErrorKind {
        self.inner.kind
    }

    /// The file of the route or the layer that is wrong, or the pattern of a route that comes from no
    /// file.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.inner.file.as_deref()
    }
}

impl fmt::Display for RouterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = self.file() {
            write!(f, "{file}: ")?;
        }
        f.write_str(&self.inner.message)
    }
}

/// The message and its causes in one line, as a `main` that returns the error prints it.
impl fmt::Debug for RouterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_causes(self))
    }
}

impl StdError for RouterError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
