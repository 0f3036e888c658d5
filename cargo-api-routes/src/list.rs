//! `list`: the routes as a table, as JSON or as a tree, and those that miss a layer.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use tower_api_routes::{
    RouterOptions,
    build::{LayerFile, RouteDir, RouteFile},
};

use crate::{
    Failure, Verdict,
    engine::{Foreign, Tree},
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
    owner: Owner<'r>,
}

/// Who answers a route.
enum Owner<'r> {
    Here {
        /// Empty for a route that takes every method.
        methods: Vec<String>,
        route: &'r RouteFile,
        limits: Limits,
    },
    Foreign(Foreign<'r>),
}

impl List {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let mut all = Vec::new();
        let packages = location.packages()?;
        let is_one = packages.len() == 1;
        let mut missing = 0;
        for package in packages {
            let reports = package.sound_reports()?;
            let mut rows = Vec::new();
            for tree in reports
                .iter()
                .filter_map(|it| Tree::of(it, self.mount.as_deref()))
            {
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
                print_tree(&rows, &package.dirs);
            } else {
                print_table(&rows);
            }
            let foreign = rows.iter().filter(|row| row.here().is_none()).count();
            if foreign > 0 {
                let all = rows.len();
                anstream::println!("{} of {all} routes here, {foreign} foreign", all - foreign);
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

    /// The routes of a tree in the order in which they are matched. Foreign routes pass no layer of this
    /// application, and need none.
    fn rows<'r>(&self, tree: &Tree<'r>) -> Result<Vec<Row<'r>>, Failure> {
        let router = tree.router(RouterOptions::new())?;
        let mut rows = Vec::new();
        for info in router.routes() {
            let path = info.pattern().to_owned();
            let owner = match (tree.file(&path), tree.foreign(&path)) {
                (Some(route), _) if self.is_wanted(route) => Owner::Here {
                    methods: info.methods().iter().map(ToString::to_string).collect(),
                    limits: Limits::of(route),
                    route,
                },
                (None, Some(foreign)) if self.unlayered.is_none() => Owner::Foreign(foreign),
                _ => continue,
            };
            rows.push(Row { path, owner });
        }
        Ok(rows)
    }

    fn is_wanted(&self, route: &RouteFile) -> bool {
        match &self.unlayered {
            Some(name) => !route.layers().iter().any(|it| is_named(it, name)),
            None => true,
        }
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
    /// The file of a route of this application.
    fn here(&self) -> Option<&RouteFile> {
        match &self.owner {
            Owner::Here { route, .. } => Some(route),
            Owner::Foreign(_) => None,
        }
    }

    fn file(&self) -> Option<&str> {
        match &self.owner {
            Owner::Here { route, .. } => Some(route.file()),
            Owner::Foreign(foreign) => foreign.file(),
        }
    }

    fn methods(&self) -> String {
        match &self.owner {
            Owner::Here { methods, .. } if methods.is_empty() => "any".to_owned(),
            Owner::Here { methods, .. } => methods.join(" "),
            Owner::Foreign(_) => "foreign".to_owned(),
        }
    }

    fn json(&self, package: &str) -> Value {
        let (methods, route, limits) = match &self.owner {
            Owner::Here {
                methods,
                route,
                limits,
            } => (methods, route, limits),
            Owner::Foreign(foreign) => {
                return json!({
                    "package": package,
                    "path": self.path,
                    "file": foreign.file(),
                    "foreign": true,
                });
            }
        };
        let layers = route.layers().iter().map(|it| {
            json!({ "file": it.file(), "code": it.text(), "conditional": it.is_conditional() })
        });
        json!({
            "package": package,
            "path": self.path,
            "methods": methods,
            "file": route.file(),
            "foreign": false,
            "functions": route.functions().collect::<Vec<_>>(),
            "layers": layers.collect::<Vec<_>>(),
            "bodyLimit": limits.body,
            "bodyIdleTimeout": limits.idle,
            "bodyTotalTimeout": limits.total,
        })
    }

    /// What the table has in each column.
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.path.clone(), self.methods()];
        match &self.owner {
            Owner::Here { route, limits, .. } => {
                let layers: Vec<_> = route.layers().iter().map(LayerFile::file).collect();
                let layers = match layers.as_slice() {
                    [] => "-".to_owned(),
                    layers => layers.join(" > "),
                };
                let Limits { body, idle, total } = limits;
                let limits = [body, idle, total].map(Clone::clone);
                cells.extend([route.file().to_owned(), layers]);
                cells.extend(limits);
            }
            Owner::Foreign(foreign) => {
                cells.push(foreign.origin().to_owned());
                cells.extend(["-"; 4].map(str::to_owned));
            }
        }
        cells
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
    cells.extend(rows.iter().map(Row::cells));
    output::table(&cells);
}

/// A directory: what lies in it by name, each with the route that a file is.
#[derive(Default)]
struct Directory<'r> {
    entries: BTreeMap<&'r str, (Directory<'r>, Option<&'r Row<'r>>)>,
}

fn print_tree(rows: &[Row<'_>], dirs: &[RouteDir]) {
    let own = dirs.iter().map(RouteDir::directory);
    let foreign = dirs.iter().flat_map(RouteDir::foreign_directories);
    let dirs: Vec<_> = own.chain(foreign).collect();
    let mut roots = BTreeMap::<&str, Directory<'_>>::new();
    for row in rows {
        // What `LEAVE` names is no file.
        let file = row.file().unwrap_or_default();
        let below = dirs.iter().filter_map(|dir| {
            let below = file.strip_prefix(*dir)?.strip_prefix('/')?;
            Some((*dir, below))
        });
        let Some((root, below)) = below.max_by_key(|(dir, _)| dir.len()) else {
            continue;
        };
        let mut at = roots.entry(root).or_default();
        let mut parts = below.split('/').peekable();
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
