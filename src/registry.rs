//! The trees that `include_routes!` compiled in, found by their directory.

use std::{
    any::{Any, TypeId, type_name},
    fmt,
};

use crate::router::{FsRouter, FsRouterBuilder, RouterError, RouterErrorKind, RouterOptions};

/// Brings the routes that the build script compiled into the crate.
///
/// ```ignore
/// tower_api_routes::include_routes!();                 // every tree, handlers without state
/// tower_api_routes::include_routes!(AppState);         // every tree, `State<T>` from `AppState`
/// tower_api_routes::include_routes!("pages/admin");    // one tree of several
/// tower_api_routes::include_routes!("pages/admin", AdminState);
/// ```
///
/// It stands where items stand, usually at the top of `main.rs`, once for each tree. The routes
/// become a module named after the directory (`pages_api` for `pages/api`), so that `pages_api::_db`
/// is `pages/api/_db.rs`. Trees with different states go into modules of their own:
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
            ::core::env!("OUT_DIR"),
            "/tower_api_routes/",
            $directory,
            ".rs"
        ));
    };
    ($state:ty) => {
        #[doc(hidden)]
        type __TowerApiRoutesState = $state;
        ::core::include!(::core::concat!(
            ::core::env!("OUT_DIR"),
            "/tower_api_routes.rs"
        ));
    };
}

/// A tree that was compiled in.
pub struct CompiledTree {
    directory: &'static str,
    package: &'static str,
    source: &'static dyn TreeSource,
}

inventory::collect!(CompiledTree);

/// A tree whose state type is forgotten.
pub trait TreeSource: Sync {
    /// The type of the state and its name.
    fn state(&self) -> (TypeId, &'static str);
    /// Builds the router; `None` where `state` is of another type.
    fn build(
        &self,
        mount: String,
        options: RouterOptions,
        state: &dyn Any,
    ) -> Option<Result<FsRouter, RouterError>>;
}

/// A tree with its state type.
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
    fn state(&self) -> (TypeId, &'static str) {
        (TypeId::of::<S>(), type_name::<S>())
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

impl CompiledTree {
    /// A tree of the crate `package`.
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

    /// The tree of a directory, as it was given to `build::compile`.
    pub(crate) fn find(directory: &str) -> Result<&'static Self, RouterError> {
        let wanted = normalize(directory);
        let mut found = inventory::iter::<Self>
            .into_iter()
            .filter(|tree| normalize(tree.directory) == wanted);
        match (found.next(), found.next()) {
            (Some(tree), None) => Ok(tree),
            (Some(one), Some(other)) => Err(RouterError::new(
                RouterErrorKind::NotFound,
                format!(
                    "{wanted:?} was compiled in twice, by the crates `{}` and `{}`: call `include_routes!` once, and give the directories of different crates different names",
                    one.package, other.package
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
        let (_, wanted) = self.source.state();
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
        "no routes of {directory:?} are compiled in: write `tower_api_routes::build::compile({directory:?});` in the `main` of build.rs and `tower_api_routes::include_routes!();` at the top of main.rs"
    );
    let mut known: Vec<_> = inventory::iter::<CompiledTree>
        .into_iter()
        .map(|tree| format!("{:?}", tree.directory))
        .collect();
    known.sort();
    if !known.is_empty() {
        text.push_str(&format!(" (compiled in: {})", known.join(", ")));
    }
    text
}

/// `./pages/api/` is `pages/api`.
fn normalize(directory: &str) -> &str {
    directory
        .strip_prefix("./")
        .unwrap_or(directory)
        .trim_end_matches('/')
}

/// The mount of a directory: what follows `pages`, or else its last part.
pub(crate) fn mount_of(directory: &str) -> String {
    let parts: Vec<_> = normalize(directory).split('/').collect();
    let below = parts
        .iter()
        .rposition(|part| *part == "pages")
        .map_or(parts.len().saturating_sub(1), |pages| pages + 1);
    let below = parts.get(below..).unwrap_or_default();
    format!("/{}", below.join("/"))
}

impl fmt::Debug for CompiledTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledTree")
            .field("directory", &self.directory)
            .field("package", &self.package)
            .finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for TypedTree<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedTree").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_is_what_follows_pages() {
        for (directory, mount) in [
            ("pages/api", "/api"),
            ("./pages/api/", "/api"),
            ("src/pages/api/v2", "/api/v2"),
            ("pages", "/"),
            ("routes", "/routes"),
            ("src/routes", "/routes"),
        ] {
            assert_eq!(mount_of(directory), mount, "{directory}");
        }
    }

    #[test]
    fn missing_tree_says_what_to_write() {
        let error = CompiledTree::find("./pages/nothing/")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "no routes of \"pages/nothing\" are compiled in: write `tower_api_routes::build::compile(\"pages/nothing\");` in the `main` of build.rs and `tower_api_routes::include_routes!();` at the top of main.rs"
        );
    }
}
