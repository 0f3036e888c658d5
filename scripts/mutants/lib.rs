//! The pure parts of the crate alone, for `run`: what needs no router, no body and no answer.

#![allow(dead_code, unused_imports, reason = "what uses it is not here")]

pub mod routing;

mod byte_size;
pub mod cookies;
pub mod cors;
mod de;
mod error;
mod etag;
mod extension_layer;
mod headers;
mod json;
mod key_order;
mod multi_map;
pub mod preview;
pub mod query;
pub mod url;

mod body {
    mod charset;
    mod content_type;
}

mod router {
    mod slashed;
}

/// Extractors want it of their errors; the one of the crate is in `response/`.
impl axum_core::response::IntoResponse for error::ApiError {
    fn into_response(self) -> axum_core::response::Response {
        self.status().into_response()
    }
}
