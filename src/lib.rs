//! Next.js API Routes for tower.

pub mod routing;

#[cfg(feature = "build")]
pub mod build;

#[cfg(feature = "runtime")]
pub mod body;
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
mod json;
#[cfg(feature = "runtime")]
mod key_order;
#[cfg(feature = "runtime")]
mod multi_map;
#[cfg(feature = "preview")]
pub mod preview;
#[cfg(feature = "runtime")]
pub mod query;

#[cfg(feature = "runtime")]
pub use config::{ApiConfig, ByteSize};
#[cfg(feature = "runtime")]
pub use cookies::{Cookies, CookiesLayer};
#[cfg(feature = "runtime")]
pub use de::Error as DeserializeError;
#[cfg(feature = "runtime")]
pub use error::{ApiError, BoxError};
#[cfg(feature = "runtime")]
pub use multi_map::{MultiMap, TooManyPairs, Values};
#[cfg(feature = "runtime")]
pub use query::{Query, QueryLayer};
