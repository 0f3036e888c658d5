//! `list`: the routes as a table, as JSON or as a tree, and those that miss a layer.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use tower_api_routes::{
    RouterOptions,
    build::{LayerFile, RouteFile},
};

use crate::{
    Failure, Verdict,
    engine::{Tree, trees},
    output::{self, DIM, styled},
    package::Location,
    settings::Limits,
};

/// List the routes: path, methods, file, layers (outermost first), body limit, deadlines of the body
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
    /// `pages/api/admin`), or has the name as a word in its `pub fn layer`: `require_user`, `AuthLayer`. A layer under
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
    route: &'r RouteFile,
    limits: Limits,
}

impl List {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let mut all = Vec::new();
        let packages = location.packages()?;
        let is_one = packages.len() == 1;
        let mut missing = 0;
        for package in packages {
            let report = package.sound_report()?;
            let mut rows = Vec::new();
            for tree in trees(report.route_files(), self.mount.as_deref()) {
                rows.extend(self.rows(&tree)?);
            }
            missing += rows.len();
            if self.json {
                all.extend(rows.iter().map(|row| row.json(&package.name)));
                continue;
            }
            if !is_one {
                anstream::println!("{}", styled(output::BOLD, format!("{}:", package.name)));
            }
            if self.tree {
                print_tree(&rows);
            } else {
                print_table(&rows);
            }
        }
        if self.json {
            anstream::println!("{}", serde_json::to_string_pretty(&all)?);
        }
        let Some(layer) = &self.unlayered else {
            return Ok(Verdict::Good);
        };
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
            .filter_map(|it| Some((it, tree.file(it.pattern())?)));
        let is_wanted = |route: &RouteFile| match &self.unlayered {
            Some(name) => !route.layers().iter().any(|it| is_named(it, name)),
            None => true,
        };
        let rows = infos.filter(|(_, route)| is_wanted(route));
        let rows = rows.map(|(info, route)| Row {
            path: info.pattern().to_owned(),
            methods: info.methods().iter().map(ToString::to_string).collect(),
            route,
            limits: Limits::of(route),
        });
        Ok(rows.collect())
    }
}

/// Whether this is the layer of that name, in every build.
fn is_named(layer: &LayerFile, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let below = layer.file().strip_prefix(name.trim_end_matches('/'));
    let is_place = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let mut words = layer.text().split(|it| !is_part(it));
    !layer.is_conditional() && (is_place || words.any(|word| word == name))
}

impl Row<'_> {
    fn methods(&self) -> String {
        match self.methods.as_slice() {
            [] => "any".to_owned(),
            methods => methods.join(" "),
        }
    }

    fn layers(&self) -> Vec<&str> {
        self.route.layers().iter().map(LayerFile::file).collect()
    }

    fn json(&self, package: &str) -> Value {
        let layers = self.route.layers().iter().map(|it| {
            json!({ "file": it.file(), "code": it.text(), "conditional": it.is_conditional() })
        });
        json!({
            "package": package,
            "path": self.path,
            "methods": self.methods,
            "file": self.route.file(),
            "functions": self.route.functions().collect::<Vec<_>>(),
            "layers": layers.collect::<Vec<_>>(),
            "bodyLimit": self.limits.body,
            "bodyIdleTimeout": self.limits.idle,
            "bodyTotalTimeout": self.limits.total,
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
        let Limits { body, idle, total } = &row.limits;
        let layers = match row.layers().as_slice() {
            [] => "-".to_owned(),
            layers => layers.join(" > "),
        };
        cells.push(vec![
            row.path.clone(),
            row.methods(),
            row.route.file().to_owned(),
            layers,
            body.clone(),
            idle.clone(),
            total.clone(),
        ]);
    }
    output::table(&cells);
}

/// A directory: what lies in it by name, each with the route that a file is.
#[derive(Default)]
struct Directory<'r> {
    entries: BTreeMap<&'r str, (Directory<'r>, Option<&'r Row<'r>>)>,
}

fn print_tree(rows: &[Row<'_>]) {
    let mut roots = BTreeMap::<&str, Directory<'_>>::new();
    for row in rows {
        let below = row.route.file().strip_prefix(row.route.directory());
        let mut at = roots.entry(row.route.directory()).or_default();
        let mut parts = below.unwrap_or_default().split('/').skip(1).peekable();
        while let Some(part) = parts.next() {
            let entry = at.entries.entry(part).or_default();
            if parts.peek().is_none() {
                entry.1 = Some(row);
            }
            at = &mut entry.0;
        }
    }
    for (name, directory) in &roots {
        anstream::println!("{name}");
        directory.print("");
    }
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
