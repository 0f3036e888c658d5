//! The layers that files export.

use std::{fmt, rc::Rc};

use super::{endpoint::RouteEndpoint, layered::RouteLayer};
use crate::error::BoxError;

type Wrap = Rc<dyn Fn(RouteEndpoint) -> RouteEndpoint>;

/// The layer of a file, made once for all the routes that it wraps.
#[doc(hidden)]
#[derive(Clone)]
pub struct SharedLayer {
    pub(super) wrap: Wrap,
    pub(super) file: &'static str,
}

/// What `pub fn layer` may return: a layer, or the result of making one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wrap a route",
    label = "not a tower layer for routes",
    note = "`pub fn layer` returns a `tower::Layer<RouteService>`, or a `Result` with one, whose service is `Clone + Send + Sync`, takes `http::Request<axum_core::body::Body>` and gives a response that implements `IntoResponse`",
    note = "`RateLimitLayer` needs a `BufferLayer` outside of it, as its service is not `Clone`"
)]
pub trait FileLayer<M>: 'static {
    /// What wraps a route.
    ///
    /// # Errors
    ///
    /// The error that there is in place of the layer.
    fn into_wrap(self) -> Result<Wrap, BoxError>;
}

impl<L: RouteLayer> FileLayer<()> for L {
    fn into_wrap(self) -> Result<Wrap, BoxError> {
        Ok(Rc::new(move |endpoint| self.wrap(endpoint)))
    }
}

/// Marks a layer that may have failed to be made.
#[doc(hidden)]
#[derive(Debug)]
pub enum Fallible {}

impl<L: RouteLayer, E: Into<BoxError> + 'static> FileLayer<Fallible> for Result<L, E> {
    fn into_wrap(self) -> Result<Wrap, BoxError> {
        self.map_err(Into::into)?.into_wrap()
    }
}

impl fmt::Debug for SharedLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLayer")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
