//! The routes of a router as data and as a table.

use std::fmt;

use http::Method;

use super::fs_router::FsRouter;
use crate::{config::ApiConfig, route::Route};

/// One route of an [`FsRouter`], to look at.
#[derive(Clone, Copy)]
pub struct RouteInfo<'r> {
    pub(super) route: &'r Route,
}

impl FsRouter {
    /// The routes, in the order in which they are matched, those that another service answers
    /// ([`foreign`](super::FsRouterBuilder::foreign)) included.
    pub fn routes(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        self.inner.tree.iter().map(|(_, served)| RouteInfo {
            route: &served.route,
        })
    }
}

impl<'r> RouteInfo<'r> {
    /// The route with its mount: `/api/posts/[id]`.
    #[must_use]
    pub fn pattern(&self) -> &'r str {
        &self.route.pattern
    }

    /// Whether another service answers the route; see [`FsRouterBuilder::foreign`](super::FsRouterBuilder::foreign).
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.route.is_foreign
    }

    /// The methods that are answered; empty for a route that takes every method, and for a [foreign](Self::is_foreign) one,
    /// whose methods nobody knows here.
    #[must_use]
    pub fn methods(&self) -> &'r [Method] {
        &self.route.methods
    }

    /// The file that the route comes from, if it comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&'static str> {
        self.route.file
    }

    /// The layers around the handlers, the outermost first: the files that they stand in, or their
    /// types.
    pub fn layers(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.route.layers.iter().map(String::as_str)
    }

    /// The configuration of the route. It says nothing of a [foreign](Self::is_foreign) one.
    #[must_use]
    pub fn config(&self) -> &'r ApiConfig {
        &self.route.config
    }

    fn cells(&self) -> [String; 4] {
        let joined = |words: Vec<&str>, between, none: &str| match words.as_slice() {
            [] => none.to_owned(),
            words => words.join(between),
        };
        let methods = self.methods().iter().map(Method::as_str).collect();
        let all = if self.is_foreign() { "foreign" } else { "any" };
        [
            self.pattern().to_owned(),
            joined(methods, " ", all),
            self.file().unwrap_or("-").to_owned(),
            joined(self.layers().collect(), " > ", "-"),
        ]
    }
}

impl fmt::Debug for RouteInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteInfo")
            .field("pattern", &self.pattern())
            .field("methods", &self.methods())
            .field("file", &self.file())
            .finish_non_exhaustive()
    }
}

/// The routes as a table: path, methods, file and layers, in the order in which they are matched. Where
/// another service answers some of them, these have `foreign` in place of their methods, and a last line
/// says how many are left.
impl fmt::Display for FsRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["PATH", "METHODS", "FILE", "LAYERS"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head)
            .chain(self.routes().map(|route| route.cells()))
            .collect();
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let (path, methods, file) = (width(0), width(1), width(2));
        for [pattern, method, name, layers] in &rows {
            writeln!(
                f,
                "{pattern:path$}  {method:methods$}  {name:file$}  {layers}"
            )?;
        }
        let (all, foreign) = (
            self.routes().count(),
            self.routes().filter(RouteInfo::is_foreign).count(),
        );
        if foreign > 0 {
            writeln!(
                f,
                "{} of {all} routes here, {foreign} foreign",
                all - foreign
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for FsRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsRouter")
            .field("mount", &self.mount())
            .field("routes", &self.routes().count())
            .finish()
    }
}
