//! Reading and parsing the request body.

mod charset;
mod complaint;
mod content_type;
mod discard;
mod extract;
mod form;
mod guard;
mod json;
#[cfg(feature = "preserve-order")]
mod key_order;
mod layer;
#[cfg(feature = "multipart")]
mod multipart;
mod parsed;
mod read;

pub use content_type::BodyKind;
pub use extract::{Form, Json};
pub use layer::{BodyParser, BodyParserLayer, ResponseFuture};
#[cfg(feature = "multipart")]
pub use multipart::{Field, Multipart};
pub use parsed::{BodyValue, ParsedBody};

#[allow(
    unused_imports,
    reason = "the router guards bodies before its handlers"
)]
pub(crate) use {extract::Guarded, guard::guard, read::read_bytes};
