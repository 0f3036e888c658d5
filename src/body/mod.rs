//! The request body: limits, deadlines and parsers.
//!
//! A body passes three stations, each paid for only when it is reached:
//!
//! 1. It is put under the limit and the deadlines of the route's [`ApiConfig`](crate::ApiConfig)
//!    before any handler runs. A body announced to be too large is answered with 413 at once, unread
//!    and without `100 Continue`. A body that is none costs nothing.
//! 2. It is read into memory when an extractor, or a [`BodyParserLayer`], asks for it: in one piece
//!    if it came in one piece. What breaks off, takes too long or is compressed is answered with
//!    400, 408 or 415; a part of a body is never taken for the whole.
//! 3. It is parsed by its `Content-Type`: into a value of your own type ([`Json`], [`Form`],
//!    [`ParsedBody::json`]) or into an untyped one ([`ParsedBody::value`]).
//!
//! With the parser switched off the body is a stream after the first station; with the feature
//! `multipart` there is an extractor for uploads.
//!
//! Where Next.js and safety disagree: JSON nests at most 127 deep, takes at most
//! [`json_memory_limit`](crate::ApiConfig::json_memory_limit) bytes where it is untyped, and has no half
//! surrogates and no numbers beyond a double; a form of more than 1000 pairs is refused instead of
//! cut; a compressed body is refused instead of parsed as it is, unless nothing is to parse it.

mod charset;
mod complaint;
mod content_type;
mod discard;
mod extract;
mod fault;
mod form;
mod guard;
mod json;
mod layer;
mod memory;
mod metered;
#[cfg(feature = "multipart")]
mod multipart;
mod parsed;
mod read;

pub use content_type::BodyKind;
pub use extract::{Form, Json};
pub use layer::{BodyParser, BodyParserFuture, BodyParserLayer};
#[cfg(feature = "multipart")]
pub use multipart::{Field, Multipart};
pub use parsed::{BodyValue, ParsedBody};

pub(crate) use {
    discard::{discard, discard_rest},
    guard::guard,
    read::{next_chunk, read_any_bytes, read_bytes, refuse_encoded},
};
