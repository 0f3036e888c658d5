//! The trees that `include_routes!` compiled in, found by their directory.

use std::{
    any::{Any, type_name},
    fmt,
};

use crate::{
    router::{FsRouter, FsRouterBuilder, RouterError, RouterErrorKind, RouterOptions},
    routing::handle::{handle_name, mount_of, normalize},
};

/// Brings the routes that the build script compiled into the crate.
///
/// ```ignore
/// tower_api_routes::include_routes!();                 // every tree, handlers without state
/// tower_api_routes::include_routes!(AppState);         // every tree, `State<T>` from `AppState`
/// tower_api_routes::include_routes!("pages/admin");    // one tree of several
/// tower_api_routes::include_routes!("pages/admin", AdminState);
/// ```
///
/// It stands where items stand, usually at the top of `main.rs` or `lib.rs`, once for each tree. The
/// files become modules of one that is named after the directory (`pages_api` for `pages/api`), so that
/// `pages_api::_db` is `pages/api/_db.rs`. Beside it stands a public constant, `PAGES_API`, which an
/// application gives to [`ApiRoutesLayer::new`](crate::ApiRoutesLayer::new) where the routes are those of
/// a library: see [`Routes`](crate::Routes). Trees with different states go into modules of their own:
///
/// ```ignore
/// mod admin {
///     tower_api_routes::include_routes!("pages/admin", crate::AdminState);
/// }
/// ```
#[macro_export]
macro_rules! include_routes {
    () => {
        $crate::include_routes!(());
    };
    ($directory:literal) => {
        $crate::include_routes!($directory, ());
    };
    ($directory:literal, $state:ty) => {
        #[doc(hidden)]
        type __TowerApiRoutesState = $state;
        ::core::include!(::core::concat!(
            $crate::__generated!(),
            "/",
            $directory,
            ".rs"
        ));
    };
    ($state:ty) => {
        #[doc(hidden)]
        type __TowerApiRoutesState = $state;
        ::core::include!(::core::concat!($crate::__generated!(), ".rs"));
    };
}

/// Where the build script put its code.
#[doc(hidden)]
#[macro_export]
macro_rules! __generated {
    () => {
        ::core::concat!(
            ::core::env!(
                "OUT_DIR",
                "this package has no build script: write a file `build.rs` beside Cargo.toml with \
                 `fn main() { tower_api_routes::build::compile(\"pages/api\"); }`, and name \
                 tower-api-routes with the feature `build` in [build-dependencies]"
            ),
            "/",
            ::core::env!(
                "TOWER_API_ROUTES",
                "the build script of this package compiles no routes: write \
                 `tower_api_routes::build::compile(\"pages/api\");` in the `main` of build.rs"
            ),
        )
    };
}

/// The routes of one directory, as `include_routes!` compiled them into a crate.
///
/// The macro makes a constant of this type, named after the directory (`PAGES_API` for `pages/api`).
/// Give it to [`ApiRoutesLayer::new`](crate::ApiRoutesLayer::new): unlike the name of the directory it
/// cannot mean the routes of another crate, and it brings the crate along that owns the routes. A
/// directory is found by its name only if the linker keeps its crate, which it does for a library that
/// the program uses something of.
///
/// ```ignore
/// // apilib/src/lib.rs
/// tower_api_routes::include_routes!();
///
/// // server/src/main.rs
/// let app = axum::Router::new().layer(ApiRoutesLayer::new(apilib::PAGES_API));
/// ```
#[derive(Clone, Copy)]
pub struct Routes {
    directory: &'static str,
    package: &'static str,
    source: &'static dyn TreeSource,
}

inventory::collect!(Routes);

/// What [`ApiRoutesLayer::new`](crate::ApiRoutesLayer::new) takes: the constant that `include_routes!`
/// made, or the name of the directory as it was given to `build::compile`.
pub trait IntoRoutes: sealed::Sealed {
    /// The routes.
    ///
    /// # Errors
    ///
    /// When no routes of the directory are compiled in, or those of two crates.
    #[doc(hidden)]
    fn into_routes(self) -> Result<Routes, RouterError>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Routes {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl IntoRoutes for Routes {
    fn into_routes(self) -> Result<Routes, RouterError> {
        Ok(self)
    }
}

impl IntoRoutes for &str {
    fn into_routes(self) -> Result<Routes, RouterError> {
        Routes::find(self)
    }
}

impl IntoRoutes for &String {
    fn into_routes(self) -> Result<Routes, RouterError> {
        Routes::find(self)
    }
}

/// A tree whose state type is erased.
pub trait TreeSource: Sync {
    /// The name of the type of the state.
    fn state(&self) -> &'static str;
    /// Builds the router; `None` where `state` is of another type.
    fn build(
        &self,
        mount: String,
        options: RouterOptions,
        state: &dyn Any,
    ) -> Option<Result<FsRouter, RouterError>>;
}

/// A tree with its state type.
#[derive(Debug)]
pub struct TypedTree<S> {
    routes: fn(FsRouterBuilder<S>) -> FsRouterBuilder<S>,
}

impl<S> TypedTree<S> {
    /// A tree whose routes `routes` adds.
    pub const fn new(routes: fn(FsRouterBuilder<S>) -> FsRouterBuilder<S>) -> Self {
        Self { routes }
    }
}

impl<S: Clone + Send + Sync + 'static> TreeSource for TypedTree<S> {
    fn state(&self) -> &'static str {
        type_name::<S>()
    }

    fn build(
        &self,
        mount: String,
        options: RouterOptions,
        state: &dyn Any,
    ) -> Option<Result<FsRouter, RouterError>> {
        let state = state.downcast_ref::<S>()?.clone();
        let builder = FsRouter::builder()
            .mount(mount)
            .options(options)
            .with_state(state);
        Some((self.routes)(builder).build())
    }
}

impl Routes {
    /// The routes of a directory of the crate `package`.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        directory: &'static str,
        package: &'static str,
        source: &'static dyn TreeSource,
    ) -> Self {
        Self {
            directory,
            package,
            source,
        }
    }

    /// The directory, as it was given to `build::compile`: `pages/api`.
    #[must_use]
    pub const fn directory(&self) -> &'static str {
        self.directory
    }

    /// The name of the package whose routes these are.
    #[must_use]
    pub const fn package(&self) -> &'static str {
        self.package
    }

    /// Where they are put by default: at what follows `pages` in the directory.
    pub(crate) fn default_mount(&self) -> String {
        mount_of(self.directory)
    }

    /// The routes of a directory, as it was given to `build::compile`.
    fn find(directory: &str) -> Result<Self, RouterError> {
        let wanted = normalize(directory);
        let mut found = inventory::iter::<Self>
            .into_iter()
            .filter(|routes| normalize(routes.directory) == wanted);
        match (found.next(), found.next()) {
            (Some(routes), None) => Ok(*routes),
            (Some(one), Some(other)) => Err(RouterError::new(
                RouterErrorKind::Ambiguous,
                format!(
                    "{wanted:?} was compiled in twice, by the crates `{one}` and `{other}`: say which is meant by the constant that `include_routes!` made there, `ApiRoutesLayer::new({other_crate}::{handle})`",
                    one = one.package,
                    other = other.package,
                    other_crate = other.package.replace('-', "_"),
                    handle = handle_name(wanted),
                ),
            )),
            (None, _) => Err(RouterError::new(RouterErrorKind::NotFound, missing(wanted))),
        }
    }

    pub(crate) fn build(
        &self,
        mount: String,
        options: RouterOptions,
        state: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<FsRouter, RouterError> {
        let wanted = self.source.state();
        let given: &dyn Any = match state {
            Some(state) => state,
            None => &(),
        };
        self.source.build(mount, options, given).unwrap_or_else(|| {
            let directory = self.directory;
            Err(RouterError::new(RouterErrorKind::State, if state.is_some() {
                format!(
                    "the routes of {directory:?} take a state of type `{wanted}`, as `include_routes!` says; `with_state` was given another type"
                )
            } else {
                format!(
                    "the routes of {directory:?} take a state of type `{wanted}`: write `ApiRoutesLayer::new({directory:?}).with_state(state)`"
                )
            }))
        })
    }
}

fn missing(directory: &str) -> String {
    let mut text = format!(
        "no routes of {directory:?} are compiled in: write `tower_api_routes::build::compile({directory:?});` in the `main` of build.rs and `tower_api_routes::include_routes!();` at the top of main.rs; if a library has both, it is not linked until it is used, so name its routes, `ApiRoutesLayer::new(library::{})`",
        handle_name(directory)
    );
    let mut known: Vec<_> = inventory::iter::<Routes>
        .into_iter()
        .map(|routes| format!("{:?}", routes.directory))
        .collect();
    known.sort();
    if !known.is_empty() {
        text.push_str(&format!(" (compiled in: {})", known.join(", ")));
    }
    text
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field("directory", &self.directory)
            .field("package", &self.package)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_tree_says_what_to_write() {
        let error = Routes::find("./pages/nothing/").unwrap_err().to_string();
        assert_eq!(
            error,
            "no routes of \"pages/nothing\" are compiled in: write `tower_api_routes::build::compile(\"pages/nothing\");` in the `main` of build.rs and `tower_api_routes::include_routes!();` at the top of main.rs; if a library has both, it is not linked until it is used, so name its routes, `ApiRoutesLayer::new(library::PAGES_NOTHING)`"
        );
    }
}
