//! `list`: the routes as a table, as JSON or as a tree, and those that miss a layer.

use std::collections::BTreeMap;

use clap::Args;
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};
use tower_api_routes::{
    RouterOptions,
    build::{LayerFile, RouteDir, RouteFile},
};

use crate::{
    Failure, Verdict,
    engine::{Route, Tree, progress, trees},
    output::{self, DIM, styled},
    package::Location,
    settings::Limits,
};

/// List the routes: path, methods, file, layers (outermost first), body limit, deadlines of the body
///
/// Foreign routes, which are left to the service behind, are there with their files, and a last line says how many
/// of all routes are here.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// As JSON
    #[arg(long, conflicts_with = "tree")]
    json: bool,
    /// As a tree of directories
    #[arg(long)]
    tree: bool,
    /// Only the routes that do not pass the layer NAME; exit code 1 if there are any
    ///
    /// A route passes it where one of its layers stands in a file or directory of this name (`pages/api/_middleware.rs`,
    /// `pages/api/admin`), or has the name as an identifier in its `pub fn layer`: `require_user`, `AuthLayer`. A layer under
    /// `#[cfg(..)]` does not count, as there are builds without it.
    #[arg(long, value_name = "NAME")]
    unlayered: Option<String>,
    /// Where the routes are mounted [default: at what follows `pages` in the directory]
    #[arg(long, value_name = "PATH")]
    mount: Option<String>,
}

/// A route, ready to be shown.
struct Row<'r> {
    path: String,
    /// None for a route that takes every method.
    methods: Vec<String>,
    route: Route<'r>,
    /// None for a route that is left to another service.
    limits: Option<Limits>,
}

impl List {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let mut all = Vec::new();
        let packages = location.packages()?;
        let is_one = packages.len() == 1;
        let (mut missing, mut foreign_routes) = (0, 0);
        for package in packages {
            let report = package.sound_report()?;
            let mut rows = Vec::new();
            for tree in trees(&report, self.mount.as_deref()) {
                rows.extend(self.rows(&tree)?);
            }
            missing += rows.len();
            foreign_routes += report.foreign_routes().len();
            if self.json {
                all.extend(rows.iter().map(|row| row.json(&package.name)));
                continue;
            }
            if !is_one {
                anstream::println!("{}", styled(output::BOLD, format!("{}:", package.name)));
            }
            if rows.is_empty() && self.unlayered.is_none() {
                output::help(&"there are no routes yet; `cargo api-routes new hello` writes one");
                continue;
            }
            if self.tree {
                print_tree(&rows, &package.dirs);
            } else {
                print_table(&rows);
            }
            let foreign = rows.iter().filter(|it| it.limits.is_none()).count();
            if foreign > 0 {
                anstream::println!("{}", progress(rows.len() - foreign, foreign));
            }
        }
        if self.json {
            anstream::println!("{}", serde_json::to_string_pretty(&all)?);
        }
        let Some(layer) = &self.unlayered else {
            return Ok(Verdict::Good);
        };
        if foreign_routes > 0 {
            let foreign = output::count(foreign_routes, "foreign route");
            output::warning(&format!(
                "{foreign}, whose layers are not known here, were not looked at"
            ));
        }
        if missing > 0 {
            let missing = output::count(missing, "route");
            output::error(&format!("{missing} without the layer `{layer}`"));
            return Ok(Verdict::Bad);
        }
        Ok(Verdict::Good)
    }

    /// The routes of a tree in the order in which they are matched.
    fn rows<'r>(&self, tree: &Tree<'r>) -> Result<Vec<Row<'r>>, Failure> {
        let router = tree.router(RouterOptions::new())?;
        let infos = router
            .routes()
            .filter_map(|it| Some((it, tree.route(it.pattern())?)));
        let is_wanted = |route: Route<'_>| match (&self.unlayered, route) {
            (None, _) => true,
            (Some(name), Route::Here(it)) => !it.layers().iter().any(|it| is_named(it, name)),
            // It passes the layers of the service that answers it.
            (Some(_), Route::Foreign(_)) => false,
        };
        let rows = infos.filter(|(_, route)| is_wanted(*route));
        let rows = rows.map(|(info, route)| Row {
            path: info.pattern().to_owned(),
            methods: info.methods().iter().map(ToString::to_string).collect(),
            route,
            limits: route.file().map(Limits::of),
        });
        Ok(rows.collect())
    }
}

/// Whether this is the layer of that name, in every build.
fn is_named(layer: &LayerFile, name: &str) -> bool {
    let below = layer.file().strip_prefix(name.trim_end_matches('/'));
    let is_place = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // What is no Rust passes nothing.
    let code = || layer.text().parse::<TokenStream>().unwrap_or_default();
    !layer.is_conditional() && (is_place || uses(code(), name))
}

/// Whether the name is an identifier of the code: no word of a comment or a literal, no lifetime, and none of an attribute.
fn uses(code: TokenStream, name: &str) -> bool {
    let mut before = ' ';
    for token in code {
        let now = match token {
            TokenTree::Group(_) if before == '#' => ' ',
            TokenTree::Group(group) if uses(group.stream(), name) => return true,
            TokenTree::Ident(word)
                if before != '\'' && word.to_string().trim_start_matches("r#") == name =>
            {
                return true;
            }
            // `#![doc = ".."]`, as `//! ..` is read.
            TokenTree::Punct(punct) if before == '#' && punct.as_char() == '!' => '#',
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        before = now;
    }
    false
}

impl Row<'_> {
    fn methods(&self) -> String {
        match (self.route, self.methods.as_slice()) {
            (Route::Foreign(_), _) => "foreign".to_owned(),
            (_, []) => "any".to_owned(),
            (_, methods) => methods.join(" "),
        }
    }

    fn layers(&self) -> &[LayerFile] {
        self.route.file().map(RouteFile::layers).unwrap_or_default()
    }

    fn json(&self, package: &str) -> Value {
        let layers = self.layers().iter().map(|it| {
            json!({ "file": it.file(), "code": it.text(), "conditional": it.is_conditional() })
        });
        let (file, foreign) = (self.route.file(), self.route.foreign());
        let functions = file.map(|it| it.functions().collect::<Vec<_>>());
        let limits = self.limits.as_ref();
        json!({
            "package": package,
            "path": self.path,
            "foreign": foreign.is_some(),
            "methods": self.methods,
            "file": file.map(RouteFile::file).or(foreign.and_then(|it| it.file())),
            "leftBy": foreign.and_then(|it| it.left_by()),
            "functions": functions.unwrap_or_default(),
            "layers": layers.collect::<Vec<_>>(),
            "bodyLimit": limits.map(|it| it.body.as_str()),
            "bodyIdleTimeout": limits.map(|it| it.idle.as_str()),
            "bodyTotalTimeout": limits.map(|it| it.total.as_str()),
        })
    }
}

fn print_table(rows: &[Row<'_>]) {
    let head = [
        "PATH",
        "METHODS",
        "FILE",
        "LAYERS",
        "BODY LIMIT",
        "IDLE",
        "TOTAL",
    ];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let layers: Vec<_> = row.layers().iter().map(LayerFile::file).collect();
        let layers = match layers.as_slice() {
            [] => "-".to_owned(),
            layers => layers.join(" > "),
        };
        let limits = match &row.limits {
            Some(Limits { body, idle, total }) => [body, idle, total].map(String::clone),
            None => ["-"; 3].map(str::to_owned),
        };
        let mut line = vec![row.path.clone(), row.methods(), row.route.origin(), layers];
        line.extend(limits);
        cells.push(line);
    }
    output::table(&cells);
}

/// A directory: what lies in it by name, each with the route that a file is.
#[derive(Default)]
struct Directory<'r> {
    entries: BTreeMap<String, (Directory<'r>, Option<&'r Row<'r>>)>,
}

fn print_tree(rows: &[Row<'_>], dirs: &[RouteDir]) {
    let mut roots = BTreeMap::<&str, Directory<'_>>::new();
    for row in rows {
        let (root, mut parts) = place(row.route, dirs);
        let mut at = roots.entry(root).or_default();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            at = &mut at.entries.entry(part).or_default().0;
        }
        at.entries.entry(last).or_default().1 = Some(row);
    }
    for (name, directory) in &roots {
        anstream::println!("{name}");
        directory.print("");
    }
}

/// The directory that a route is drawn in, and the names from there to its file. What a `LEAVE` names stands
/// below the file with the `LEAVE`.
fn place<'d>(route: Route<'d>, dirs: &'d [RouteDir]) -> (&'d str, Vec<String>) {
    let own = dirs.iter().map(RouteDir::directory);
    let foreign = dirs.iter().flat_map(RouteDir::foreign_directories);
    let (file, left) = match route {
        Route::Here(it) => (it.file(), None),
        Route::Foreign(it) => match (it.file(), it.left_by()) {
            (Some(file), _) => (file, None),
            (None, by) => (
                by.unwrap_or_default(),
                Some(format!("LEAVE {}", it.pattern())),
            ),
        },
    };
    let below = |dir: &str| file.strip_prefix(dir)?.strip_prefix('/');
    let found = own
        .chain(foreign)
        .filter_map(|dir| Some((dir, below(dir)?)))
        .max_by_key(|(dir, _)| dir.len());
    let (root, below) = found.unwrap_or(("", file));
    let parts = below.split('/').map(str::to_owned).chain(left);
    (root, parts.collect())
}

impl Directory<'_> {
    fn print(&self, indent: &str) {
        let mut entries = self.entries.iter().peekable();
        while let Some((name, (directory, row))) = entries.next() {
            let is_last = entries.peek().is_none();
            let (branch, below) = if is_last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            let route = row.map_or_else(String::new, |row| {
                styled(DIM, format!("  {}  {}", row.path, row.methods()))
            });
            anstream::println!("{indent}{branch}{name}{route}");
            directory.print(&format!("{indent}{below}"));
        }
    }
}
