//! The router that the server would run, with the routes of a tree and none of its code.
//!
//! It is the crate's own `FsRouter`, so that what is said of a path here is what the server does with it.

use std::collections::HashMap;

use http::{Method, Response};
use tower_api_routes::{
    Body, FsRouter, MultiMap, Params, RouterOptions,
    build::{Report, RouteFile},
    router::MethodRouter,
    routing::{Pattern, RouteTree, path},
};

use crate::Failure;

/// The routes of one directory.
#[derive(Debug)]
pub(crate) struct Tree<'r> {
    pub(crate) mount: String,
    pub(crate) routes: Vec<&'r RouteFile>,
    /// Those that another service answers.
    pub(crate) foreign: Vec<Foreign<'r>>,
    by_path: HashMap<String, &'r RouteFile>,
}

/// A route that another service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign<'r> {
    pub(crate) pattern: &'r str,
    file: Option<&'r str>,
}

/// In the extensions of an answer: a handler was reached, with these parameters.
#[derive(Debug, Clone)]
pub(crate) struct Reached(pub(crate) MultiMap);

impl<'r> Tree<'r> {
    /// The routes of a directory; `None` where it has no route file.
    pub(crate) fn of(report: &'r Report, mount: Option<&str>) -> Option<Self> {
        let routes: Vec<_> = report.route_files().iter().collect();
        let of_directory = || routes.first().map(|it| it.default_mount());
        let foreign = report.foreign();
        let mut tree = Self {
            mount: mount.map(str::to_owned).or_else(of_directory)?,
            foreign: foreign
                .map(|(pattern, file)| Foreign { pattern, file })
                .collect(),
            by_path: HashMap::new(),
            routes,
        };
        let paths = tree.routes.iter().map(|it| (tree.path(it.pattern()), *it));
        tree.by_path = paths.collect();
        Some(tree)
    }

    /// The router of these routes.
    pub(crate) fn router(&self, options: RouterOptions) -> Result<FsRouter, Failure> {
        let mut builder = FsRouter::builder().mount(&*self.mount).options(options);
        for route in &self.routes {
            builder = builder.route(route.pattern(), methods(route)?);
        }
        for route in &self.foreign {
            builder = builder.foreign(route.pattern, None);
        }
        Ok(builder.build()?)
    }

    /// The file of a route of that router.
    pub(crate) fn file(&self, pattern: &str) -> Option<&'r RouteFile> {
        self.by_path.get(pattern).copied()
    }

    /// The foreign route of that router with this whole pattern.
    pub(crate) fn foreign(&self, pattern: &str) -> Option<Foreign<'r>> {
        let mut foreign = self.foreign.iter();
        foreign.find(|it| self.path(it.pattern) == pattern).copied()
    }

    /// The foreign route that a path belongs to, whatever its slashes.
    pub(crate) fn foreign_at(&self, uri_path: &str) -> Option<Foreign<'r>> {
        let below = self.below(uri_path)?;
        let mut all = RouteTree::new();
        let here = self.routes.iter().map(|it| (it.pattern(), None));
        let foreign = self.foreign.iter().map(|it| (it.pattern, Some(*it)));
        for (pattern, value) in here.chain(foreign) {
            // The build has found neither wrong names nor conflicts.
            drop(all.insert(Pattern::parse(pattern).ok()?, value));
        }
        *all.at(&below)?.value
    }

    /// The path below the mount, cleaned; `None` where it does not lie there.
    pub(crate) fn below(&self, uri_path: &str) -> Option<String> {
        let clean = path::collapse(uri_path).unwrap_or_else(|| uri_path.to_owned());
        let rest = clean.strip_prefix(self.mount.trim_end_matches('/'))?;
        let is_below = rest.is_empty() || rest.starts_with('/');
        is_below.then(|| rest.trim_matches('/').to_owned())
    }

    /// The whole pattern of a route: `/api/posts/[id]`.
    pub(crate) fn path(&self, pattern: &str) -> String {
        match (self.mount.trim_end_matches('/'), pattern) {
            ("", "") => "/".to_owned(),
            (mount, "") => mount.to_owned(),
            (mount, pattern) => format!("{mount}/{pattern}"),
        }
    }
}

impl<'r> Foreign<'r> {
    /// Where the route comes from, as it is shown.
    pub(crate) fn origin(&self) -> &'r str {
        self.file.unwrap_or("`LEAVE`")
    }

    pub(crate) fn file(&self) -> Option<&'r str> {
        self.file
    }
}

fn methods(route: &RouteFile) -> Result<MethodRouter, Failure> {
    let mut methods = MethodRouter::new();
    let mut is_any = false;
    for function in route.functions() {
        methods = match function {
            // Under two conditions a file may have both.
            "handler" | "service" if is_any => methods,
            "handler" | "service" => {
                is_any = true;
                methods.any(answer)
            }
            method => methods.on(
                &Method::from_bytes(method.to_uppercase().as_bytes())?,
                answer,
            ),
        };
    }
    Ok(methods)
}

async fn answer(Params(params): Params) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Reached(params));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_below_a_mount_whatever_its_slashes() {
        for (mount, path, found) in [
            ("/api", "/api", Some("")),
            ("/api", "/api/a/b/", Some("a/b")),
            ("/api", "//api//a", Some("a")),
            ("/api", "/apis", None),
            ("/", "/a", Some("a")),
        ] {
            let tree = Tree {
                mount: mount.to_owned(),
                routes: Vec::new(),
                foreign: Vec::new(),
                by_path: HashMap::new(),
            };
            assert_eq!(tree.below(path).as_deref(), found, "{path}");
        }
    }
}
