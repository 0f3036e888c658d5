//! The router that the server would run, with the routes of a tree and none of its code.
//!
//! It is the crate's own `FsRouter`, so that what is said of a path here is what the server does with it.

use std::collections::HashMap;

use http::{Method, Response};
use tower_api_routes::{
    Body, FsRouter, MultiMap, Params, RouterOptions, build::RouteFile, router::MethodRouter,
};

use crate::Failure;

/// The routes of one directory.
#[derive(Debug)]
pub(crate) struct Tree<'r> {
    pub(crate) directory: &'r str,
    pub(crate) mount: String,
    pub(crate) routes: Vec<&'r RouteFile>,
    by_path: HashMap<String, &'r RouteFile>,
}

/// In the extensions of an answer: a handler was reached, with these parameters.
#[derive(Debug, Clone)]
pub(crate) struct Reached(pub(crate) MultiMap);

/// The routes, by directory.
pub(crate) fn trees<'r>(routes: &'r [RouteFile], mount: Option<&str>) -> Vec<Tree<'r>> {
    let mut trees: Vec<Tree<'r>> = Vec::new();
    for route in routes {
        match trees
            .iter_mut()
            .find(|it| it.directory == route.directory())
        {
            Some(tree) => tree.routes.push(route),
            None => trees.push(Tree {
                directory: route.directory(),
                mount: mount.map_or_else(|| route.default_mount(), str::to_owned),
                routes: vec![route],
                by_path: HashMap::new(),
            }),
        }
    }
    for tree in &mut trees {
        let paths = tree.routes.iter().map(|it| (tree.path(it), *it));
        tree.by_path = paths.collect();
    }
    trees
}

impl<'r> Tree<'r> {
    /// The router of these routes.
    pub(crate) fn router(&self, options: RouterOptions) -> Result<FsRouter, Failure> {
        let mut builder = FsRouter::builder().mount(&*self.mount).options(options);
        for route in &self.routes {
            builder = builder.route(route.pattern(), methods(route)?);
        }
        Ok(builder.build()?)
    }

    /// The file of a route of that router.
    pub(crate) fn file(&self, pattern: &str) -> Option<&'r RouteFile> {
        self.by_path.get(pattern).copied()
    }

    /// The whole pattern of a route: `/api/posts/[id]`.
    pub(crate) fn path(&self, route: &RouteFile) -> String {
        match (self.mount.trim_end_matches('/'), route.pattern()) {
            ("", "") => "/".to_owned(),
            (mount, "") => mount.to_owned(),
            (mount, pattern) => format!("{mount}/{pattern}"),
        }
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
