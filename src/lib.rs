//! Next.js API Routes for tower: any file inside `pages/api` is mapped to `/api/*` and becomes an
//! endpoint of your axum, hyper or tower app.
//!
//! Routes can be given by hand, too; the router is the same:
//!
//! ```
//! use http::{Request, StatusCode};
//! use http_body_util::BodyExt;
//! use tower::ServiceExt;
//! use tower_api_routes::{ApiRequest, ApiResponse, FsRouter, router::any};
//!
//! // What stands in `pages/api/posts/[id].rs`.
//! pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
//!     res.status(200).json(&serde_json::json!({ "id": req.query().get("id") }))
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let router = FsRouter::builder()
//!     .mount("/api")
//!     .route("posts/[id]", any(handler))
//!     .build()
//!     .unwrap();
//!
//! let request = Request::get("/api/posts/1?id=2").body(axum::body::Body::empty()).unwrap();
//! let response = router.oneshot(request).await.unwrap();
//! assert_eq!(response.status(), StatusCode::OK);
//! let body = response.into_body().collect().await.unwrap().to_bytes();
//! assert_eq!(body, r#"{"id":"1"}"#);
//! # });
//! ```
//!
//! # From a file to an endpoint
//!
//! 1. `build.rs` calls `tower_api_routes::build::compile("pages/api")` (feature `build`). It reads
//!    the directory, checks the tree and writes Rust modules; mistakes fail the build and name the
//!    files.
//! 2. [`include_routes!`] brings the modules into the crate.
//! 3. [`ApiRoutesLayer::new("pages/api")`](ApiRoutesLayer) puts the routes in front of a service.
//!
//! At run time no file is looked at.
//!
//! # Parts
//!
//! | part | what it is |
//! | --- | --- |
//! | [`routing`] | the rules of file names and paths |
//! | [`router`] | [`FsRouter`] and [`MethodRouter`](router::MethodRouter) |
//! | [`handler`] | the shapes of handlers |
//! | [`ApiRequest`], [`ApiResponse`] | `req` and `res` |
//! | [`Json`], [`Form`], [`Query`], [`Params`], [`Cookies`], [`State`], [`MatchedRoute`] | extractors, beside those of axum that do not need axum's router |
//! | [`BodyParserLayer`], [`QueryLayer`], [`CookiesLayer`], [`CorsLayer`] | layers for any tower service |
//! | [`RouteUrl`] | the URL of a route, from a function that the build script makes: `urls::posts::id(42)` |
//! | [`ApiError`] | a status and a message, with `?` for every other error |
//! | [`guide`] | pages about one subject each |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `runtime` | yes | everything but the build script, and what other features bring |
//! | `cookies` | yes | [`ApiResponse::set_cookie`], with the types of the `cookie` crate; [`ApiRequest::cookies`] needs no feature |
//! | `charsets` | yes | bodies in other charsets than UTF-8, UTF-16, Latin-1 and ASCII |
//! | `build` | no | `build::compile` for build scripts; no runtime dependency |
//! | `preserve-order` | no | untyped JSON bodies keep the order of their keys |
//! | `multipart` | no | the extractor `body::Multipart`, a stream of form fields |
//! | `signed-cookies`, `private-cookies` | no | cookies that the client cannot change, or read |
//! | `strong-etag` | no | `EtagAlgorithm::Strong`: entity tags by SHA-256 |
//! | `preview` | no | preview and draft mode of Next.js |
//! | `test-client` | no | `test_client`: an in-process client, and requests for unit tests of handlers |
//! | `openapi` | no | `openapi`: OpenAPI 3.1 documents of the routes, from the types of their handlers |
//! | `openapi-axum` | no | axum's own extractors and responses in such documents |
//!
//! `signed-cookies`, `private-cookies` and `test-client` bring `cookies`, and `multipart` brings `charsets`.
//! An application that needs neither compiles less with
//! `default-features = false, features = ["runtime"]`.
//!
//! # Types of other crates
//!
//! These crates have types in the public interface of this one. A new major version of one of them is
//! a new major version here; within the versions that `Cargo.toml` allows, cargo picks one that fits
//! your application.
//!
//! | crate | where |
//! | --- | --- |
//! | `axum-core` 0.5 | extractors and responses implement its traits; `Body`, `FromRef` |
//! | `http` 1, `http-body` 1, `bytes` 1 | requests, responses, methods, statuses, headers, bodies |
//! | `tower-layer` 0.3, `tower-service` 0.3 | layers and services implement their traits |
//! | `serde` 1, `serde_json` 1 | what is read and written; `serde_json::Value` is the untyped JSON |
//! | `cookie` 0.18 with `time` 0.3 | the cookies that [`ApiResponse::set_cookie`] takes, with the feature `cookies` |
//! | `futures-core` 0.3 | the streams that [`ApiResponse::stream`] takes |
//! | `schemars` 1 | `JsonSchema`, with the feature `openapi` |
//! | `axum` 0.8 | extractors and responses that are described, with the feature `openapi-axum` |
//!
//! Nothing of `hyper`, `tokio` or `tracing` is named in a signature.
//!
//! # Sealed traits
//!
//! [`Handler`] and [`RouteLayer`](router::RouteLayer) are implemented here for every function and every
//! layer that fits, and are not meant to be implemented elsewhere: their methods are hidden and may
//! change.

#![cfg_attr(docsrs, feature(doc_cfg))]
// No input may reach a panic; tests may.
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

#[cfg(feature = "build")]
pub mod build;
pub mod routing;

/// The examples of the README, compiled and run.
#[cfg(all(doctest, feature = "runtime"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "runtime")]
pub mod body;
#[cfg(feature = "runtime")]
mod byte_size;
#[cfg(feature = "runtime")]
mod config;
#[cfg(feature = "runtime")]
pub mod cookies;
#[cfg(feature = "runtime")]
pub mod cors;
#[cfg(feature = "runtime")]
mod de;
#[cfg(feature = "runtime")]
mod error;
#[cfg(feature = "runtime")]
mod etag;
#[cfg(feature = "runtime")]
mod extension_layer;
/// Pages about one subject each, as they are in `docs/` of the repository.
#[cfg(feature = "runtime")]
pub mod guide {
    #[doc = include_str!("../docs/errors.md")]
    pub mod errors {}
    #[doc = include_str!("../docs/deployment.md")]
    pub mod deployment {}
    #[doc = include_str!("../docs/observability.md")]
    pub mod observability {}
    #[doc = include_str!("../docs/workspaces.md")]
    pub mod workspaces {}
    #[doc = include_str!("../docs/formatting.md")]
    pub mod formatting {}
    // Its examples need the feature that they are about.
    #[cfg_attr(
        any(not(doctest), feature = "openapi"),
        doc = include_str!("../docs/openapi.md")
    )]
    pub mod openapi {}
    // Its examples are asked by the client for tests.
    #[cfg_attr(
        any(not(doctest), feature = "test-client"),
        doc = include_str!("../docs/middleware.md")
    )]
    pub mod middleware {}
}
#[cfg(feature = "runtime")]
pub mod handler;
#[cfg(feature = "runtime")]
mod headers;
#[cfg(feature = "runtime")]
mod json;
#[cfg(feature = "runtime")]
mod key_order;
#[cfg(feature = "runtime")]
mod layer;
#[cfg(feature = "runtime")]
mod multi_map;
#[cfg(feature = "openapi")]
pub mod openapi;
#[cfg(feature = "runtime")]
mod panics;
#[cfg(feature = "preview")]
pub mod preview;
#[cfg(feature = "runtime")]
pub mod query;
#[cfg(feature = "runtime")]
mod registry;
#[cfg(feature = "runtime")]
mod request;
#[cfg(feature = "runtime")]
pub mod response;
#[cfg(feature = "runtime")]
mod route;
#[cfg(feature = "runtime")]
pub mod router;
#[cfg(feature = "runtime")]
mod shutdown;
#[cfg(feature = "test-client")]
pub mod test_client;
#[cfg(feature = "runtime")]
pub mod url;

#[cfg(feature = "runtime")]
pub use self::{
    body::{BodyParserLayer, BodyValue, Form, Json, ParsedBody},
    byte_size::{ByteSize, InvalidByteSize},
    config::ApiConfig,
    cookies::{Cookies, CookiesLayer},
    cors::{Cors, CorsLayer},
    de::Error as DeserializeError,
    error::{ApiError, BoxError, ErrorFormat},
    etag::EtagAlgorithm,
    handler::{Handler, State},
    layer::{ApiRoutes, ApiRoutesFuture, ApiRoutesLayer},
    multi_map::{MultiMap, TooManyPairs, Values},
    query::{Query, QueryLayer},
    registry::{IntoRoutes, Routes},
    request::ApiRequest,
    response::{ApiResponse, ResponseBody},
    route::{ErrorContext, MatchedRoute, Params},
    router::{FsRouter, RouterError, RouterOptions},
    shutdown::Shutdown,
    url::{RouteUrl, RouteUrlError, RouteUrlErrorKind},
};
#[cfg(feature = "runtime")]
pub use axum_core::{body::Body, extract::Request};
#[cfg(feature = "multipart")]
pub use body::Multipart;

/// What generated code names.
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    #[cfg(feature = "openapi")]
    pub use crate::openapi::probe as describe;
    pub use crate::{
        handler::{
            check,
            params_check::{ParamsArgument, ParamsCheck},
            pieces,
        },
        registry::TypedTree,
        router::FsRouterBuilder as RoutesBuilder,
    };
}
