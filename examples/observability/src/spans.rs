//! One span around each request, with the names of OpenTelemetry:
//! <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>.

use std::time::Duration;

use axum::http::{Method, Response};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tower_api_routes::FsRouter;
use tower_http::{
    classify::{ServerErrorsAsFailures, SharedClassifier},
    request_id::RequestId,
    trace::{DefaultOnBodyChunk, DefaultOnEos, DefaultOnRequest, MakeSpan, OnResponse, TraceLayer},
};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

type Layer = TraceLayer<
    SharedClassifier<ServerErrorsAsFailures>,
    RouteSpan,
    DefaultOnRequest,
    Answered,
    DefaultOnBodyChunk,
    DefaultOnEos,
    (),
>;

/// A span around each request that `router` may answer, and every other.
pub(crate) fn layer(router: FsRouter) -> Layer {
    TraceLayer::new_for_http()
        .make_span_with(RouteSpan(router))
        .on_response(Answered)
        // The router logs what failed, with its cause.
        .on_failure(())
}

#[derive(Clone)]
pub(crate) struct RouteSpan(FsRouter);

impl<B> MakeSpan<B> for RouteSpan {
    fn make_span(&mut self, request: &axum::http::Request<B>) -> Span {
        let method = known_method(request.method());
        // The name of a span has the route and never the path: it groups requests.
        let name = match self.0.match_path(request.uri().path()) {
            Some(route) => format!("{method} {}", route.pattern()),
            None => method.to_owned(),
        };
        let id = request.extensions().get::<RequestId>();
        let span = tracing::info_span!(
            "request",
            otel.name = name,
            otel.kind = "server",
            http.request.method = method,
            url.path = request.uri().path(),
            request_id = id.and_then(|id| id.header_value().to_str().ok()),
            // The router fills it in.
            http.route = Empty,
            http.response.status_code = Empty,
            otel.status_code = Empty,
        );
        // The trace that the caller belongs to. There is nothing to tell where no spans are exported.
        let caller = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
        let _ = span.set_parent(caller);
        span
    }
}

#[derive(Clone)]
pub(crate) struct Answered;

impl<B> OnResponse<B> for Answered {
    fn on_response(self, response: &Response<B>, latency: Duration, span: &Span) {
        let status = response.status();
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        let milliseconds = latency.as_secs_f64() * 1e3;
        tracing::info!(status = status.as_u16(), milliseconds, "answered");
    }
}

/// The method, or `_OTHER` for one that a client has made up.
pub(crate) fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        // The `http` crate has no constant for it.
        _ if method.as_str() == "QUERY" => "QUERY",
        _ => "_OTHER",
    }
}
