//! Layers that put something about a request into its extensions, for everybody behind them to read.

/// A layer without settings, and its service, which inserts `$entry` into the extensions of each request.
macro_rules! extension_layer {
    ($(#[$doc:meta])* $layer:ident, $service:ident, |$request:ident| $entry:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[must_use]
        #[non_exhaustive]
        pub struct $layer {}

        impl $layer {
            /// The layer. There is nothing to set.
            pub const fn new() -> Self {
                Self {}
            }
        }

        impl<S> ::tower_layer::Layer<S> for $layer {
            type Service = $service<S>;

            fn layer(&self, inner: S) -> $service<S> {
                $service { inner }
            }
        }

        #[doc = concat!("What [`", stringify!($layer), "`] makes of a service.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $service<S> {
            inner: S,
        }

        impl<S, B> ::tower_service::Service<::http::Request<B>> for $service<S>
        where
            S: ::tower_service::Service<::http::Request<B>>,
        {
            type Response = S::Response;
            type Error = S::Error;
            type Future = S::Future;

            fn poll_ready(
                &mut self,
                cx: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<Result<(), S::Error>> {
                self.inner.poll_ready(cx)
            }

            fn call(&mut self, mut $request: ::http::Request<B>) -> S::Future {
                let entry = $entry;
                $request.extensions_mut().insert(entry);
                self.inner.call($request)
            }
        }
    };
}

pub(crate) use extension_layer;
