//! The running router: [`FsRouter`], what its routes are made of, and the layers around them.
//!
//! ```
//! use tower_api_routes::{FsRouter, router::{any, get}};
//!
//! let router = FsRouter::builder()
//!     .mount("/api")
//!     .route("posts/[id]", get(async || "a post"))
//!     .route("[...path]", any(async || "anything else"))
//!     .build()?;
//! assert_eq!(router.routes().count(), 2);
//! # Ok::<(), tower_api_routes::RouterError>(())
//! ```
//!
//! Which file is which route, and which route a path belongs to, is written down in
//! [`routing`](crate::routing).

mod builder;
mod describe;
mod dispatch;
mod endpoint;
mod error;
mod file_layer;
mod files;
mod fs_router;
mod layered;
mod listing;
mod lookup;
mod method;
#[cfg(feature = "openapi")]
mod openapi;
mod options;
mod path_match;
mod service;
mod slashed;

pub use builder::FsRouterBuilder;
pub use error::{RouterError, RouterErrorKind};
pub use fs_router::FsRouter;
pub use layered::{RouteLayer, RouteService, RouteServiceFuture};
pub use listing::RouteInfo;
pub use method::{MethodRouter, any, delete, get, head, options, patch, post, put, query, trace};
pub use options::{RouterOptions, TrailingSlash};
pub use path_match::PathMatch;
pub use service::RouteFuture;

pub(crate) use lookup::Lookup;
