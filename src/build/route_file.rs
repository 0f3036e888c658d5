//! [`RouteFile`] and [`ForeignRoute`]: what is known of a route before anything is compiled, for tools.

use super::{
    exports::Exports,
    source::Declared,
    tree::{Route, Tree},
};
use crate::routing::handle::mount_of;

/// A route as its files declare it; see [`Report::route_files`](super::Report::route_files).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFile {
    directory: String,
    pattern: String,
    file: String,
    functions: Vec<String>,
    layers: Vec<LayerFile>,
    configs: Vec<String>,
}

/// A `pub fn layer` around a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerFile {
    file: String,
    text: String,
    is_conditional: bool,
}

impl RouteFile {
    /// The tree that the route belongs to: `pages/api`.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// Where [`ApiRoutesLayer`](https://docs.rs/tower-api-routes/latest/tower_api_routes/struct.ApiRoutesLayer.html)
    /// mounts the tree, unless it is told otherwise: at what follows `pages` in the directory, `/api`.
    #[must_use]
    pub fn default_mount(&self) -> String {
        mount_of(&self.directory)
    }

    /// The route below the mount: `posts/[id]`.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The file as seen from the package: `pages/api/posts/[id].rs`.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The functions that answer, in the order of the file and each once: `handler`, `service`, or names of
    /// methods such as `get`. Those under `#[cfg(..)]` are among them.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(String::as_str)
    }

    /// The layers, the outermost first: those of the directories, then that of the file.
    #[must_use]
    pub fn layers(&self) -> &[LayerFile] {
        &self.layers
    }

    /// The value of `CONFIG` as it is written, on one line: `ApiConfig::new().body_limit("500kb")`. None without one,
    /// several where there are several under `#[cfg(..)]`, and the `use` of one that comes from elsewhere.
    pub fn configs(&self) -> impl Iterator<Item = &str> {
        self.configs.iter().map(String::as_str)
    }
}

impl LayerFile {
    /// The file that the layer stands in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The function as it is written, on one line: `layer() -> impl RouteLayer { auth() }`; or the `use` that it
    /// comes by.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the layer stands under `#[cfg(..)]`, so that there are builds without it.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.is_conditional
    }
}

/// A route that is left to another service; see [`Report::foreign_routes`](super::Report::foreign_routes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignRoute {
    directory: String,
    pattern: String,
    file: Option<String>,
    left_by: Option<String>,
}

impl ForeignRoute {
    /// The tree that the route belongs to, by its Rust files: `pages/api`.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// Where the tree is mounted, unless the application says otherwise: `/api`.
    #[must_use]
    pub fn default_mount(&self) -> String {
        mount_of(&self.directory)
    }

    /// The route below the mount: `posts/new`.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The file that it comes from, as seen from the package: `../web/pages/api/posts/new.js`. `None` for a
    /// route that `LEAVE` alone names.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The route file whose `LEAVE` names it, if there is one.
    #[must_use]
    pub fn left_by(&self) -> Option<&str> {
        self.left_by.as_deref()
    }
}

/// The routes of a tree that are left to another service, in its order.
pub(super) fn foreign_routes(tree: &Tree) -> Vec<ForeignRoute> {
    let foreign = tree.foreign.iter().map(|it| ForeignRoute {
        directory: tree.dir.clone(),
        pattern: it.pattern.to_string(),
        file: it.file.clone(),
        left_by: it.left_by.clone(),
    });
    foreign.collect()
}

/// The routes of a tree, in its order.
pub(super) fn route_files(tree: &Tree) -> Vec<RouteFile> {
    tree.routes.iter().map(|it| route_file(tree, it)).collect()
}

fn route_file(tree: &Tree, route: &Route) -> RouteFile {
    let directories = route.layers.iter().rev();
    let around = directories.filter_map(|index| tree.middleware.get(*index));
    let around = around.flat_map(|it| layer_files(&it.file, &it.exports));
    let mut functions: Vec<String> = Vec::new();
    for Declared { name, .. } in &route.exports.answers {
        if !functions.contains(name) {
            functions.push(name.clone());
        }
    }
    let configs = route.exports.config.iter();
    RouteFile {
        directory: tree.dir.clone(),
        pattern: route.pattern.to_string(),
        file: route.file.clone(),
        functions,
        layers: around
            .chain(layer_files(&route.file, &route.exports))
            .collect(),
        configs: configs.map(|it| it.text.clone()).collect(),
    }
}

fn layer_files<'t>(
    file: &'t str,
    exports: &'t Exports,
) -> impl Iterator<Item = LayerFile> + use<'t> {
    exports.layer.iter().map(move |layer| LayerFile {
        file: file.to_owned(),
        text: layer.text.clone(),
        is_conditional: !layer.cfg.is_empty() || !exports.cfg.is_empty(),
    })
}
