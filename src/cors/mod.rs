//! Cross-origin requests ([CORS]), with the options of [micro-cors] and the answers of npm's
//! [cors].
//!
//! Without this layer routes are same-origin: no answer carries a CORS header, and browsers keep
//! other sites from reading it. [`CorsLayer`] opens one route file, a directory or any tower
//! service:
//!
//! ```
//! use http::Method;
//! use tower_api_routes::CorsLayer;
//!
//! // pages/api/_middleware.rs, or one route file
//! pub fn layer() -> CorsLayer {
//!     CorsLayer::new().allow_methods([Method::GET, Method::PUT])
//! }
//! # layer();
//! ```
//!
//! What can be wrong (origins, header names, credentials) is checked once, by
//! [`build`](CorsLayer::build); until then the value is a `CorsLayer<Unchecked>`, which is not a
//! layer:
//!
//! ```
//! use std::convert::Infallible;
//!
//! use http::{Request, Response, StatusCode};
//! use tower::{ServiceBuilder, ServiceExt};
//! use tower_api_routes::CorsLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cors = CorsLayer::new()
//!     .origin(["https://example.com", "https://admin.example.com"])
//!     .allow_headers(["Content-Type", "X-Token"])
//!     .allow_credentials(true)
//!     .build()?;
//!
//! let service = ServiceBuilder::new()
//!     .layer(cors)
//!     .service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(String::new())) });
//!
//! let preflight = Request::options("/")
//!     .header("origin", "https://example.com")
//!     .header("access-control-request-method", "PUT")
//!     .body(())?;
//! let response = service.oneshot(preflight).await?;
//!
//! assert_eq!(response.status(), StatusCode::NO_CONTENT);
//! assert_eq!(response.headers()["access-control-allow-origin"], "https://example.com");
//! # Ok(())
//! # }
//! ```
//!
//! # Rules
//!
//! 1. A preflight is an `OPTIONS` with `Origin` and `Access-Control-Request-Method`, as in
//!    [Fetch]. It is answered here and never reaches the handler. Any other `OPTIONS` does.
//! 2. CORS guards the reading of answers, not the handler: a request of a foreign origin is
//!    processed, and its answer carries no `Access-Control-Allow-Origin`. Methods are not enforced
//!    either.
//! 3. An origin is compared byte by byte. `null`, several `Origin` headers and one of more than
//!    1,024 bytes match no list.
//! 4. `Access-Control-Allow-Origin` and `-Credentials` are decided by this layer alone: what the
//!    handler wrote there is replaced or taken out. So of two nested layers the outer one counts.
//! 5. `Access-Control-Allow-Credentials` comes only with an allowed origin.
//! 6. When the answer depends on the origin, every answer says `Vary: Origin`: also errors,
//!    304 and preflights. `*` needs no `Vary` and is sent without an `Origin`, too. A preflight
//!    that got its own header names back says `Vary: Access-Control-Request-Headers`. Both are
//!    added to the `Vary` that is there; `*` stays `*`.
//! 7. Header names asked for by a preflight are sent back only if they are one line of at most
//!    4,096 bytes, a list of tokens.
//!
//! [CORS]: https://developer.mozilla.org/en-US/docs/Web/HTTP/CORS
//! [Fetch]: https://fetch.spec.whatwg.org/#http-cors-protocol
//! [cors]: https://www.npmjs.com/package/cors
//! [micro-cors]: https://www.npmjs.com/package/micro-cors

mod error;
mod fields;
mod layer;
mod origin;
mod rules;
mod service;

pub use self::{
    error::CorsError,
    layer::{Checked, CorsLayer, Unchecked},
    service::{Cors, CorsFuture},
};
