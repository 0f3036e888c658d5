//! What the compiler says of a layer that does not fit a route.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use package::{Package, VERSION};

/// A rate limit without a buffer, as the outermost and as the innermost of two layers; in a route file and in
/// a `_middleware.rs`; with its own type and without.
const FILES: &[(&str, &str)] = &[
    (
        "pages/api/own_type.rs",
        "pub fn layer() -> tower::limit::RateLimitLayer { crate::limit() }
         pub async fn get() {}",
    ),
    (
        "pages/api/no_type.rs",
        "pub fn layer() -> impl tower_api_routes::router::RouteLayer { crate::limit() }
         pub async fn get() {}",
    ),
    (
        "pages/api/directory/_middleware.rs",
        "pub fn layer() -> impl tower_api_routes::router::RouteLayer {
             tower::ServiceBuilder::new()
                 .layer(tower::timeout::TimeoutLayer::new(std::time::Duration::MAX))
                 .layer(crate::limit())
         }",
    ),
    ("pages/api/directory/index.rs", "pub async fn get() {}"),
];

/// What one message says of each file.
const MESSAGES: &[(&str, &str)] = &[
    ("own_type.rs", "the service `RateLimit<RouteService>`"),
    ("no_type.rs", "the service `RateLimit<RouteService>`"),
    (
        "directory/_middleware.rs",
        "the service `tower::timeout::Timeout<RateLimit<RouteService>>`",
    ),
];

const NOTE: &str = "every request is given a clone of the service: put a `tower::buffer::BufferLayer` outside \
     of a layer such as `tower::limit::RateLimitLayer`, as in \
     `ServiceBuilder::new().buffer::<Request>(1024).rate_limit(5, Duration::from_secs(1))`";

#[test]
fn a_rate_limit_without_a_buffer_is_told_to_take_one() {
    let package = Package::new(&format!(
        r#"
        [package]
        name = "misfits"
        version = "0.0.0"
        edition = "2024"
        [dependencies]
        tower = {{ version = "0.5", features = ["limit", "timeout"] }}
        tower-api-routes = "{VERSION}"
        [build-dependencies]
        tower-api-routes = {{ version = "{VERSION}", default-features = false, features = ["build"] }}
        "#
    ));
    package.write(
        "build.rs",
        "fn main() { tower_api_routes::build::compile(\"pages/api\"); }",
    );
    package.write(
        "src/main.rs",
        "tower_api_routes::include_routes!();
         fn limit() -> tower::limit::RateLimitLayer {
             tower::limit::RateLimitLayer::new(1, std::time::Duration::MAX)
         }
         fn main() {}",
    );
    for (file, text) in FILES {
        package.write(file, text);
    }
    let build = package.cargo(&["check"]);
    assert!(!build.success, "{}", build.output);
    let messages: Vec<_> = build.output.split("\nerror").collect();
    for (file, service) in MESSAGES {
        let expected = [
            *file,
            *service,
            "is not `Clone`, so that its layer cannot wrap a route",
            NOTE,
        ];
        assert!(
            messages
                .iter()
                .any(|message| expected.iter().all(|it| message.contains(it))),
            "{expected:?} in one message of {}",
            build.output
        );
    }
}
