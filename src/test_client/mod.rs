#![doc = include_str!("../../docs/testing.md")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a tool of tests: what is wrong fails the test, with a message that says what"
)]

mod api_request;
mod client;
mod cookie_store;
mod event;
mod multipart;
mod redirect;
mod request;
mod response;
mod stream;

pub use client::TestClient;
pub use event::ReceivedEvent;
pub use multipart::MultipartForm;
pub use request::TestRequest;
pub use response::TestResponse;
pub use stream::TestStream;
