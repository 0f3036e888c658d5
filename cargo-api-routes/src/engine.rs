//! The router that the server would run, with the routes of a tree and none of its code.
//!
//! It is the crate's own `FsRouter`, so that what is said of a path here is what the server does with it.

use std::{collections::HashMap, convert::Infallible};

use http::{Method, Request, Response};
use tower::{ServiceExt, service_fn};
use tower_api_routes::{
    ApiRoutes, Body, FsRouter, MultiMap, Params, RouterOptions,
    build::{ForeignRoute, Report, RouteFile},
    router::MethodRouter,
};

use crate::{Failure, output::count};

/// The routes of one directory.
#[derive(Debug)]
pub(crate) struct Tree<'r> {
    pub(crate) directory: &'r str,
    pub(crate) mount: String,
    pub(crate) routes: Vec<Route<'r>>,
    by_path: HashMap<String, Route<'r>>,
}

/// A route of a tree, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Route<'r> {
    Here(&'r RouteFile),
    /// Left to the service behind.
    Foreign(&'r ForeignRoute),
}

impl<'r> Route<'r> {
    /// The route below the mount: `posts/[id]`.
    pub(crate) fn pattern(self) -> &'r str {
        match self {
            Self::Here(it) => it.pattern(),
            Self::Foreign(it) => it.pattern(),
        }
    }

    /// Where the route comes from: its file, or the `LEAVE` of another one.
    pub(crate) fn origin(self) -> String {
        match self {
            Self::Here(it) => it.file().to_owned(),
            Self::Foreign(it) => match (it.file(), it.left_by()) {
                (Some(file), _) => file.to_owned(),
                (None, by) => format!("LEAVE in {}", by.unwrap_or_default()),
            },
        }
    }

    pub(crate) fn file(self) -> Option<&'r RouteFile> {
        match self {
            Self::Here(it) => Some(it),
            Self::Foreign(_) => None,
        }
    }

    pub(crate) fn foreign(self) -> Option<&'r ForeignRoute> {
        match self {
            Self::Here(_) => None,
            Self::Foreign(it) => Some(it),
        }
    }

    fn directory(self) -> &'r str {
        match self {
            Self::Here(it) => it.directory(),
            Self::Foreign(it) => it.directory(),
        }
    }

    fn default_mount(self) -> String {
        match self {
            Self::Here(it) => it.default_mount(),
            Self::Foreign(it) => it.default_mount(),
        }
    }
}

/// `1 of 3 routes here, 2 foreign`, as the table of the running router ends; or `3 routes`, where none is foreign.
pub(crate) fn progress(here: usize, foreign: usize) -> String {
    match foreign {
        0 => count(here, "route"),
        foreign => format!(
            "{here} of {} here, {foreign} foreign",
            count(here + foreign, "route")
        ),
    }
}

/// In the extensions of an answer: a handler was reached, with these parameters.
#[derive(Debug, Clone)]
pub(crate) struct Reached(pub(crate) MultiMap);

/// In the extensions of an answer: the request was left to the service behind.
#[derive(Debug, Clone)]
pub(crate) struct Left;

/// What a server answers with this router: one that has nothing behind it, or one with `ApiRoutesLayer` in front of another service.
pub(crate) async fn ask(router: FsRouter, alone: bool, request: Request<Body>) -> Response<()> {
    let behind = service_fn(async |_| {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Left);
        Ok::<_, Infallible>(response)
    });
    match alone {
        true => {
            let Ok(response) = router.oneshot(request).await;
            response.map(drop)
        }
        false => {
            let Ok(response) = ApiRoutes::new(router, behind).oneshot(request).await;
            response.map(drop)
        }
    }
}

/// The routes, by directory.
pub(crate) fn trees<'r>(report: &'r Report, mount: Option<&str>) -> Vec<Tree<'r>> {
    let mut trees: Vec<Tree<'r>> = Vec::new();
    let foreign = report.foreign_routes().iter().map(Route::Foreign);
    for route in report.route_files().iter().map(Route::Here).chain(foreign) {
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
        let paths = tree.routes.iter().map(|it| (tree.path(*it), *it));
        tree.by_path = paths.collect();
    }
    trees
}

impl<'r> Tree<'r> {
    /// The router of these routes.
    pub(crate) fn router(&self, options: RouterOptions) -> Result<FsRouter, Failure> {
        let mut builder = FsRouter::builder().mount(&*self.mount).options(options);
        for route in &self.routes {
            builder = match route {
                Route::Here(it) => builder.route(it.pattern(), methods(it)?),
                Route::Foreign(it) => builder.foreign(it.pattern()),
            };
        }
        Ok(builder.build()?)
    }

    /// What a route of that router comes from.
    pub(crate) fn route(&self, pattern: &str) -> Option<Route<'r>> {
        self.by_path.get(pattern).copied()
    }

    /// The whole pattern of a route: `/api/posts/[id]`.
    pub(crate) fn path(&self, route: Route<'_>) -> String {
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
