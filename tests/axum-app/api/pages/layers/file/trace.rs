//! tower-http's `TraceLayer`: the handler runs in the span of its request.

use axum::extract::Request;
use tower_api_routes::{MatchedRoute, router::RouteLayer};
use tower_http::trace::TraceLayer;
use tracing::{Span, info_span};

pub fn layer() -> impl RouteLayer {
    TraceLayer::new_for_http().make_span_with(span)
}

fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedRoute>();
    info_span!(
        "around_a_route",
        "http.route" = route.map(MatchedRoute::pattern)
    )
}

pub async fn get() -> &'static str {
    Span::current().metadata().map_or("no span", |it| it.name())
}
