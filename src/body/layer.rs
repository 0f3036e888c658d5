//! The body parser as a layer of its own, for any tower service.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::{body::Body, response::IntoResponse};
use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    discard::discard,
    extract::BodyLimits,
    guard::guard,
    parsed::ParsedBody,
    read::{Collect, refuse_encoded},
};
use crate::{
    config::ApiConfig,
    error::{ApiError, BoxError},
    response::EitherBody,
    route::MatchedRoute,
};

/// Reads the body of every request before the inner service sees it.
///
/// The inner service finds a [`ParsedBody`] in the extensions of the request, and the same bytes
/// in its body. A body that is too large, too slow, compressed or broken off is answered here, and
/// the inner service is not called.
///
/// The bytes are parsed when [`ParsedBody::value`] is first called; with [`eager`](Self::eager)
/// before the inner service is called, as in Next.js.
///
/// With the parser [switched off](ApiConfig::body_parser) the body stays a stream, under the limit
/// and the deadlines of the [`ApiConfig`]. Under another `BodyParserLayer` this one does nothing;
/// within a route it keeps to the `ApiConfig` of the route.
///
/// ```
/// use std::convert::Infallible;
///
/// use axum_core::{body::Body, response::{IntoResponse, Response}};
/// use http::Request;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use tower_api_routes::{ApiError, body::{BodyParserLayer, BodyValue, ParsedBody}};
///
/// fn greet(request: &Request<Body>) -> Result<String, ApiError> {
///     let body = request.extensions().get::<ParsedBody>().ok_or(ApiError::bad_request("no body"))?;
///     match body.value()? {
///         BodyValue::Json(json) => Ok(format!("Hello {}", json["name"].as_str().unwrap_or("you"))),
///         _ => Err(ApiError::bad_request("no JSON")),
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let service = ServiceBuilder::new()
///     .layer(BodyParserLayer::new())
///     .service(service_fn(|request| async move {
///         Ok::<Response, Infallible>(greet(&request).into_response())
///     }));
/// let request = Request::post("/")
///     .header("content-type", "application/json")
///     .body(Body::from(r#"{"name":"Ada"}"#))
///     .unwrap();
/// assert_eq!(service.oneshot(request).await.unwrap().status(), 200);
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct BodyParserLayer {
    config: ApiConfig,
    eager: bool,
}

impl BodyParserLayer {
    /// A body parser with the default [`ApiConfig`].
    #[must_use]
    pub const fn new() -> Self {
        Self {
            config: ApiConfig::new(),
            eager: false,
        }
    }

    /// Takes limits and deadlines from `config`.
    #[must_use]
    pub const fn config(mut self, config: ApiConfig) -> Self {
        self.config = config;
        self
    }

    /// Whether invalid JSON, an unknown charset, or too large a value or too many fields are
    /// answered before the inner service is called. Off by default, as it builds the untyped value
    /// in any case.
    #[must_use]
    pub const fn eager(mut self, on: bool) -> Self {
        self.eager = on;
        self
    }
}

impl<S> Layer<S> for BodyParserLayer {
    type Service = BodyParser<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BodyParser {
            inner,
            settings: self.clone(),
        }
    }
}

/// The service of [`BodyParserLayer`].
#[derive(Debug, Clone)]
pub struct BodyParser<S> {
    inner: S,
    settings: BodyParserLayer,
}

impl<S, B, R> Service<Request<B>> for BodyParser<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<EitherBody<R>>;
    type Error = S::Error;
    type Future = BodyParserFuture<S>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        if parts.extensions.get::<ParsedBody>().is_some() {
            let request = Request::from_parts(parts, Body::new(body));
            return BodyParserFuture::calling(self.inner.call(request));
        }
        // What is guarded already keeps its limit and deadlines: they are those of the route.
        let (body, config) = match parts.extensions.get::<BodyLimits>() {
            Some(BodyLimits(config)) => (Body::new(body), config.clone()),
            None => {
                let route = parts.extensions.get::<MatchedRoute>();
                // Of a service nobody has said how its body is read, but for whoever added this layer.
                let config = route
                    .map(MatchedRoute::config)
                    .filter(|config| !config.is_of_service())
                    .unwrap_or(&self.settings.config)
                    .clone();
                match guard(&parts, body, &config) {
                    Ok(body) => (body, config),
                    Err(error) => return BodyParserFuture::refused(error),
                }
            }
        };
        if !config.body_parser {
            parts.extensions.insert(BodyLimits(config));
            let request = Request::from_parts(parts, body);
            return BodyParserFuture::calling(self.inner.call(request));
        }
        if let Err(error) = refuse_encoded(&parts.headers) {
            discard(&parts, body);
            return BodyParserFuture::refused(error);
        }
        let next = self.inner.clone();
        BodyParserFuture {
            state: State::Reading {
                reading: Reading {
                    body: Collect::new(parts.version, body, &config),
                    request: Request::from_parts(parts, ()),
                    service: std::mem::replace(&mut self.inner, next),
                    settings: BodyParserLayer {
                        config,
                        ..self.settings
                    },
                },
            },
        }
    }
}

pin_project! {
    /// The future of [`BodyParser`].
    pub struct BodyParserFuture<S>
    where
        S: Service<Request<Body>>,
    {
        #[pin]
        state: State<S, S::Future>,
    }
}

pin_project! {
    #[project = Step]
    enum State<S, F> {
        Reading { reading: Reading<S> },
        Calling { #[pin] future: F },
        Refused { error: Option<ApiError> },
    }
}

/// A request whose body is being read, and the service that will get it.
struct Reading<S> {
    body: Collect,
    /// Everything but the body.
    request: Request<()>,
    service: S,
    settings: BodyParserLayer,
}

impl<S: Service<Request<Body>>> Reading<S> {
    /// Calls the inner service once the body is there.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<S::Future, ApiError>> {
        let raw = ready!(Pin::new(&mut self.body).poll(cx))?;
        let mut request = std::mem::take(&mut self.request);
        let parsed = ParsedBody::new(request.headers(), raw.clone(), &self.settings.config);
        if self.settings.eager {
            parsed.value()?;
        }
        request.extensions_mut().insert(parsed);
        let body = match raw.is_empty() {
            true => Body::empty(),
            false => Body::from(raw),
        };
        Poll::Ready(Ok(self.service.call(request.map(|()| body))))
    }
}

impl<S: Service<Request<Body>>> BodyParserFuture<S> {
    fn calling(future: S::Future) -> Self {
        Self {
            state: State::Calling { future },
        }
    }

    fn refused(error: ApiError) -> Self {
        Self {
            state: State::Refused { error: Some(error) },
        }
    }
}

impl<S, R> Future for BodyParserFuture<S>
where
    S: Service<Request<Body>, Response = Response<R>>,
{
    type Output = Result<Response<EitherBody<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                Step::Reading { reading } => match ready!(reading.poll(cx)) {
                    Ok(future) => State::Calling { future },
                    Err(error) => State::Refused { error: Some(error) },
                },
                Step::Calling { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(EitherBody::inner)));
                }
                Step::Refused { error } => {
                    return match error.take() {
                        Some(error) => Poll::Ready(Ok(error
                            .into_response()
                            .map(|body| EitherBody::ours(body.into())))),
                        None => Poll::Pending,
                    };
                }
            };
            state.set(next);
        }
    }
}

impl<S> std::fmt::Debug for BodyParserFuture<S>
where
    S: Service<Request<Body>>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyParserFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tower::{ServiceExt, service_fn};

    use super::*;

    #[tokio::test]
    async fn within_a_route_its_configuration_counts() {
        let service = BodyParserLayer::new()
            .config(ApiConfig::new().body_limit("1b"))
            .layer(service_fn(|request: Request<Body>| async move {
                let parsed = request.extensions().get::<ParsedBody>();
                let length = parsed.map_or(0, |parsed| parsed.raw().len());
                Ok::<_, Infallible>(Response::new(Body::from(length.to_string())))
            }));
        for (limit, status) in [("3b", 200), ("2b", 413)] {
            let mut request = Request::new(Body::from("abc"));
            let config = ApiConfig::new().body_limit(limit);
            request.extensions_mut().insert(BodyLimits(config));
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status);
        }
    }
}
