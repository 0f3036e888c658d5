//! The request of a route: what carries it, and the `req` of a handler.

mod api_request;
mod unread_body;

pub use api_request::ApiRequest;
