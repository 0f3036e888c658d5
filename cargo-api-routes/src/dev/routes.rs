//! Which routes came, went and changed between two builds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use tower_api_routes::build::{LayerFile, RouteFile};

use super::{say, say_route};
use crate::{engine::Tree, package::Package};

/// The routes at one time: path → what its files held.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<String, u64>);

impl Snapshot {
    /// The routes as they are now. A tree with errors has none: its build fails, and it is never served.
    pub(super) fn of(packages: &[Package]) -> Self {
        let mut routes = BTreeMap::new();
        for package in packages.iter().filter(|it| !it.dirs.is_empty()) {
            let Ok(reports) = package.reports() else {
                continue;
            };
            for tree in reports.iter().filter_map(|it| Tree::of(it, None)) {
                for route in &tree.routes {
                    let path = tree.path(route.pattern());
                    routes.insert(path, fingerprint(&package.root, route));
                }
            }
        }
        Self(routes)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Says what is different from an earlier time.
    pub(super) fn print_changes(&self, before: &Self) {
        let changes = self.changes(before);
        if changes.is_empty() {
            say("no route changed");
        }
        for (sign, path) in changes {
            say_route(sign, path);
        }
    }

    fn changes<'s>(&'s self, before: &'s Self) -> Vec<(char, &'s str)> {
        let paths: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        let sign = |path: &String| match (before.0.get(path), self.0.get(path)) {
            (None, _) => Some('+'),
            (_, None) => Some('-'),
            (one, other) => (one != other).then_some('~'),
        };
        paths
            .into_iter()
            .filter_map(|it| Some((sign(it)?, it.as_str())))
            .collect()
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
    fn routes_come_go_and_change() {
        let at = |routes: &[(&str, u64)]| {
            Snapshot(
                routes
                    .iter()
                    .map(|(path, hash)| ((*path).to_owned(), *hash))
                    .collect(),
            )
        };
        let before = at(&[("/a", 1), ("/b", 1), ("/c", 1)]);
        let now = at(&[("/a", 1), ("/c", 2), ("/d", 1)]);
        assert_eq!(
            now.changes(&before),
            [('-', "/b"), ('~', "/c"), ('+', "/d")]
        );
        assert_eq!(now.changes(&now), []);
    }
}
