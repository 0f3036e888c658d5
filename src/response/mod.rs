//! The answers of handlers: [`ApiResponse`], the `res` of a handler, and what becomes of an answer before
//! it is sent.
//!
//! ```
//! use tower_api_routes::{ApiRequest, ApiResponse};
//!
//! async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
//!     res.status(201)
//!         .header("location", "/api/posts/1")
//!         .json(&serde_json::json!({ "id": 1 }))
//! }
//! ```

mod api_response;
mod body;
mod download;
mod either;
pub(crate) mod error;
pub(crate) mod finish;
pub(crate) mod handler_response;
#[cfg(feature = "preview")]
pub(crate) mod preview;
mod redirect;
mod rejection;
mod resumed;
mod send;
#[cfg(feature = "cookies")]
mod set_cookie;
mod sse;
mod status;
mod tagged;
pub(crate) mod untagged;

pub use api_response::{ApiResponse, Untyped};
pub use body::ResponseBody;
pub use either::EitherBody;
pub use redirect::RedirectError;
pub use send::SendBody;
pub use sse::{Event, SseOptions};
