//! The rules of routing: which file is which route, and which route a path belongs to.
//!
//! This is plain code over strings. The build script and the router both use it, so that a tree
//! of files that builds never fails at start-up.
//!
//! # Files
//!
//! - A file `name.rs` is the route `name`; directories are segments before it.
//! - `index.rs` names its directory: a final `index` is dropped, once (`index/index.rs` is
//!   `/index`).
//! - A directory `(group)` leaves no trace in the URL.
//! - `_name.rs` and everything below `_name/` are private: never routes.
//! - `_middleware.rs` wraps the routes of its directory and below.
//! - `*_test.rs` and files with other extensions are ignored.
//! - So is what has a dot at the start of its name, but for the directory `.well-known`
//!   ([RFC 8615](https://www.rfc-editor.org/rfc/rfc8615)): `.well-known/x.rs` is the route
//!   `.well-known/x`. The build warns of other Rust files behind a dot.
//!
//! # Foreign files
//!
//! Where the build script says so (`build::RouteDir`), files of a Next.js application are routes that another
//! service answers. They take part in precedence and conflicts as the others do.
//!
//! - In a directory of the pages router each `.js`, `.jsx`, `.ts`, `.tsx`, `.mjs` or `.cjs` file is a route named by its path;
//!   a final `index` is dropped. There are no groups, no private names and no middleware: `_middleware.js` is a route, too.
//! - In a directory of the app router `route.ts` and `page.tsx` (with any of these extensions) make their directory a route.
//!   `(group)` and `@slot` leave no trace, `%5Fname` is `_name`, and nothing is a route below `_private`
//!   and intercepting directories, `(.)photo`.
//! - `.d.ts` files, what has a dot at the start of its name (but for `.well-known`) and `node_modules` are ignored.
//!
//! # Patterns
//!
//! - Text matches itself, case-sensitively, in the form that a URL holds it: `spa ce` matches
//!   `spa%20ce`, and `users` does not match `%75sers`.
//! - `[name]` matches exactly one segment.
//! - `[...name]` matches one segment or more, and only comes last.
//! - `[[...name]]` matches any number of segments or none, and only comes last.
//! - Brackets span a whole segment, and names do not begin with a dot.
//! - No name comes twice in a pattern, nor do two that differ only in punctuation.
//! - No segment is empty, `.` or `..`.
//!
//! # Precedence
//!
//! - At each level: text before `[name]` before `[...name]` before `[[...name]]`.
//! - When a choice leads nowhere, the next one is tried: `a/[x]/c` does not hide `[y]/b` from
//!   the path `a/b`.
//! - The order of files and of insertion plays no part.
//!
//! # Paths
//!
//! - The path is split on `/` as it was sent; `%2F` is part of a value.
//! - No parameter takes an empty segment: neither `a//b` nor `a/` matches anything.
//! - No parameter takes `.` or `..`, escaped or not.
//! - An optional catch-all that matched no segment captures nothing.
//!
//! # Conflicts
//!
//! - Two routes for one pattern.
//! - Two names for one parameter: `[id]` and `[slug]/edit`.
//! - `[...a]` and `[[...b]]` at one level.
//! - `[[...a]]` beside a route that ends at its level, such as the index.
//! - Text at one level that differs only in the case of its letters.

mod captures;
mod conflict;
mod file;
#[cfg(feature = "build")]
pub(crate) mod foreign;
#[cfg(any(feature = "build", feature = "runtime"))]
pub(crate) mod handle;
mod lookup;
pub(crate) mod methods;
mod nodes;
pub mod path;
mod pattern;
mod statics;
mod table;
mod tree;
mod word;

pub use captures::Captures;
pub use conflict::{InsertError, InsertErrorKind};
#[cfg(any(feature = "build", feature = "runtime"))]
#[cfg(feature = "runtime")]
pub(crate) use file::WELL_KNOWN;
pub use file::{FileError, FileRole, is_hidden};
pub use pattern::{Pattern, PatternError, PatternErrorKind, Segment};
pub use tree::{Match, RouteTree};
