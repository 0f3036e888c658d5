//! The methods for which a route can have a handler of its own: the one list of them.
//!
//! A macro, as it makes functions and match arms too, and names and no `http::Method`s, as the build
//! script has no `http` crate. A new method is a new pair here and a name in the `pub use` of
//! [`router`](crate::router).

/// Calls the macro `$then` with each method's function and its name, in the order of `Allow`.
#[cfg(any(feature = "runtime", feature = "build"))]
macro_rules! each_method {
    ($then:ident) => {
        $then! {
            get "GET", head "HEAD", post "POST", put "PUT", patch "PATCH", delete "DELETE",
            query "QUERY", options "OPTIONS", trace "TRACE"
        }
    };
}

#[cfg(feature = "runtime")]
pub(crate) use each_method;

#[cfg(feature = "build")]
macro_rules! names {
    ($($function:ident $name:literal),*) => {
        /// The functions of a route file that answer one method each.
        pub(crate) const METHOD_FUNCTIONS: &[&str] = &[$(stringify!($function)),*];
    };
}

#[cfg(feature = "build")]
each_method!(names);
