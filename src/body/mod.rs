//! Reading and parsing the request body.

mod charset;
mod complaint;
mod content_type;
mod extract;
mod form;
mod guard;
mod json;
mod layer;
mod parsed;
mod read;

pub use content_type::BodyKind;
pub use extract::{Form, Json};
pub use layer::{BodyParser, BodyParserLayer, ResponseFuture};
pub use parsed::{BodyValue, ParsedBody};

pub(crate) use {guard::guard, read::read_bytes};
