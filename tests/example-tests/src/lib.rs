//! Starts the programs of the examples and talks HTTP to them, for their tests.
//!
//! ```no_run
//! # macro_rules! env { ($name:literal) => { $name } }
//! use example_tests::Server;
//!
//! let server = Server::start(env!("CARGO_BIN_EXE_basic"));
//! let answer = server.get("/api/user");
//! assert_eq!(answer.status, 200);
//! assert_eq!(answer.json()["name"], "John Doe");
//!
//! let created = server.request(
//!     "POST",
//!     "/api/posts",
//!     &[("content-type", "application/json")],
//!     r#"{"title":"New"}"#,
//! );
//! assert_eq!(created.status, 201);
//! ```
//!
//! Everything blocks, and panics with a message that says what went wrong: it is for tests.

mod answer;
mod browser;
pub mod checks;
pub mod next;
mod request;
mod server;
pub mod stops;

pub use answer::Answer;
pub use browser::{Browser, Document, Page};
pub use server::Server;
