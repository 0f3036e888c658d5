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
        /// The names of the functions of a route file that answer one method each: `get`, `head` and so on, in the order in
        /// which `Allow` has the methods.
        pub const METHOD_FUNCTIONS: &[&str] = &[$(stringify!($function)),*];
    };
}

#[cfg(feature = "build")]
each_method!(names);

#[cfg(all(test, feature = "build"))]
mod tests {
    use super::METHOD_FUNCTIONS;

    #[test]
    fn the_documentation_of_build_names_every_method() {
        let build = include_str!("../build/mod.rs");
        let docs: String = build
            .lines()
            .filter(|line| line.starts_with("//!"))
            .collect();
        for function in METHOD_FUNCTIONS {
            assert!(docs.contains(&format!("`{function}`")), "{function}");
        }
    }
}
