//! Which routes came, went and changed between two builds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use tower_api_routes::build::{LayerFile, RouteFile};

use super::{say, say_route};
use crate::{
    engine::{progress, trees},
    package::Package,
};

/// The routes at one time: path → what its files held, and nothing for a foreign route, whose file is no part of
/// the program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<String, Option<u64>>);

impl Snapshot {
    /// The routes as they are now. A tree with errors has none: its build fails, and it is never served.
    pub(super) fn of(packages: &[Package]) -> Self {
        let mut routes = BTreeMap::new();
        for package in packages.iter().filter(|it| !it.dirs.is_empty()) {
            let Ok(report) = package.report() else {
                continue;
            };
            for tree in trees(&report, None) {
                for route in &tree.routes {
                    let held = route.file().map(|it| fingerprint(&package.root, it));
                    routes.insert(tree.path(*route), held);
                }
            }
        }
        Self(routes)
    }

    /// Says how many routes there are.
    pub(super) fn print_count(&self) {
        let foreign = self.0.values().filter(|it| it.is_none()).count();
        say(&progress(self.0.len() - foreign, foreign));
    }

    /// Says what is different from an earlier time.
    pub(super) fn print_changes(&self, before: &Self) {
        let changes = self.changes(before);
        if changes.is_empty() {
            say("no route changed");
        }
        for (sign, route) in changes {
            say_route(sign, &route);
        }
        if self
            .0
            .values()
            .chain(before.0.values())
            .any(Option::is_none)
        {
            self.print_count();
        }
    }

    fn changes(&self, before: &Self) -> Vec<(char, String)> {
        let paths: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        let change = |path: &String| {
            let (sign, note) = match (before.0.get(path), self.0.get(path)) {
                (None, Some(None)) => ('+', " (foreign)"),
                (Some(None), None) => ('-', " (foreign)"),
                (None, _) => ('+', ""),
                (_, None) => ('-', ""),
                (Some(None), Some(Some(_))) => ('>', " moved here"),
                (Some(Some(_)), Some(None)) => ('<', " moved back: it is foreign again"),
                (one, other) if one != other => ('~', ""),
                _ => return None,
            };
            Some((sign, format!("{path}{note}")))
        };
        paths.into_iter().filter_map(change).collect()
    }
}

/// What stands in the file of a route and in those of its layers.
fn fingerprint(root: &Path, route: &RouteFile) -> u64 {
    let mut hasher = DefaultHasher::new();
    let files = route.layers().iter().map(LayerFile::file);
    for file in files.chain([route.file()]) {
        file.hash(&mut hasher);
        fs::read(root.join(file))
            .unwrap_or_default()
            .hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_come_go_change_and_move() {
        let at = |routes: &[(&str, Option<u64>)]| {
            let routes = routes
                .iter()
                .map(|(path, held)| ((*path).to_owned(), *held));
            Snapshot(routes.collect())
        };
        let before = at(&[
            ("/a", Some(1)),
            ("/b", Some(1)),
            ("/c", Some(1)),
            ("/f", None),
            ("/g", None),
            ("/h", None),
            ("/i", Some(1)),
        ]);
        let now = at(&[
            ("/a", Some(1)),
            ("/c", Some(2)),
            ("/d", Some(1)),
            ("/e", None),
            ("/g", None),
            ("/h", Some(1)),
            ("/i", None),
        ]);
        assert_eq!(
            now.changes(&before),
            [
                ('-', "/b"),
                ('~', "/c"),
                ('+', "/d"),
                ('+', "/e (foreign)"),
                ('-', "/f (foreign)"),
                ('>', "/h moved here"),
                ('<', "/i moved back: it is foreign again"),
            ]
            .map(|(sign, route)| (sign, route.to_owned()))
        );
        assert_eq!(now.changes(&now), []);
    }
}
