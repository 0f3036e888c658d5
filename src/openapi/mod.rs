//! OpenAPI 3.1 documents of routes, out of the code that is there (feature `openapi`).
//!
//! A document follows from the names of route files, from the signatures of their handlers, from their
//! comments and from the settings of the router. There is nothing to annotate, but for
//! `#[derive(JsonSchema)]` of [schemars](https://docs.rs/schemars) on the types of bodies and parameters.
//!
//! ```toml
//! [dependencies]
//! schemars = "1"
//! tower-api-routes = { version = "0.1", features = ["openapi"] }
//! ```
//!
//! ```ignore
//! let api = ApiRoutesLayer::new("pages/api");
//! let document = api.openapi()?.title("Shop").version(env!("CARGO_PKG_VERSION"));
//! let app = axum::Router::new()
//!     .route("/api/openapi.json", get(async move || Json(document)))
//!     .layer(api);
//! ```
//!
//! The build script needs no feature. Documents cost nothing until one is asked for, and no request
//! ever pays for them.
//!
//! # What is known from where
//!
//! | from | what |
//! | --- | --- |
//! | the name of the file | the path, its parameters as text, the tag (its first segment below the mount), the `operationId` (`getPostsById`) |
//! | `Params<T>`, `Query<T>` | the types and names of parameters: each property of `T` is one |
//! | the other arguments | the body with its content type, and the statuses with which they refuse a request |
//! | the result | the answers: `Json<T>` is 200, what may have any status (`(StatusCode, T)`, `ApiResponse<T>`) is `2XX`, `ApiError` is `default` |
//! | `///` of a handler | its first paragraph is the summary, the rest the description; `#[deprecated]` |
//! | `//!` of a file | the description of the path; the first one with a tag describes the tag, too |
//! | `CONFIG` | the limit of bodies that are read: 413, and `x-body-limit` in bytes |
//! | [`ErrorFormat`](crate::ErrorFormat) | the bodies of errors |
//! | `pub fn openapi(operation: Operation) -> Operation` | everything else: in a `_middleware.rs` for all routes below it, the outermost first, and in a route file last |
//!
//! A catch-all is a parameter with `x-catch-all: true`; an optional one makes two paths. `handler` stands for
//! GET, POST, PUT, PATCH and DELETE. HEAD and OPTIONS that no function answers are left out.
//!
//! Schemas come from schemars, those of bodies and parameters as serde reads them and those of answers as it writes
//! them. Types of one name in several modules are told apart (`Post_drafts`, `Post_archive`), and a type that
//! reads something else than it writes is two (`Post`, `PostInput`). Schemars does not tell the module of a type that stands
//! only inside of others: it is told apart by one of those (`Post_Draft`). The order of the routes changes no name.
//!
//! With [`outer_prefix`](crate::RouterOptions::outer_prefix) the prefix is the server of the document, and with
//! [`TrailingSlash::Require`](crate::router::TrailingSlash::Require) the paths end with a slash where the router asks
//! for one; a parameter at the end is taken for a value without a dot.
//!
//! # What cannot be known
//!
//! An extractor or a response that does not describe itself is left out, and so is one whose `T` is no
//! `JsonSchema`. [`OpenApi::gaps`] lists them. The ways to fill a gap: derive `JsonSchema`; implement [`OperationInput`] or
//! [`OperationOutput`]; say it in `openapi`. The feature `openapi-axum` has axum's own extractors and responses described.

mod answers;
mod assemble;
#[cfg(feature = "openapi-axum")]
mod axum;
mod describe;
mod document;
mod extractors;
mod function;
mod gap;
mod ids;
mod names;
mod operation;
mod parameter;
mod parameters;
mod paths;
#[doc(hidden)]
pub mod probe;
mod properties;
mod reference;
mod response;
mod results;
mod schemas;
#[cfg(test)]
mod tests;

pub use describe::{OperationInput, OperationOutput, ResponsePart};
pub use document::OpenApi;
pub use gap::{Gap, GapKind};
pub use operation::Operation;
pub use response::ResponseKey;

pub(crate) use assemble::{Described, document};
