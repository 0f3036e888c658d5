//! Next.js API Routes for tower.

pub mod routing;

#[cfg(feature = "build")]
pub mod build;

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
mod json;
#[cfg(feature = "runtime")]
mod multi_map;
#[cfg(feature = "preview")]
pub mod preview;
#[cfg(feature = "runtime")]
pub mod query;

#[cfg(feature = "multipart")]
pub use body::Multipart;
#[cfg(feature = "runtime")]
pub use body::{BodyParserLayer, Form, Json, ParsedBody};
#[cfg(feature = "runtime")]
pub use byte_size::{ByteSize, InvalidByteSize};
#[cfg(feature = "runtime")]
pub use config::ApiConfig;
#[cfg(feature = "runtime")]
pub use error::{ApiError, BoxError};
