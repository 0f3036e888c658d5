//! Which changes of files there are, and which of them are not ours: what builds write, and what is hidden.

use std::{
    fs,
    path::{Component, Path, PathBuf},
    sync::mpsc::Sender,
};

use notify::{Event as Change, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use tower_api_routes::routing::is_hidden;

use super::Event;
use crate::Failure;

/// The packages, watched directory by directory at their top: a target directory has more in it than all else. And
/// the directories of foreign routes out of them.
#[derive(Debug)]
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    roots: Vec<PathBuf>,
    target: PathBuf,
}

impl Watch {
    pub(super) fn new(target: PathBuf, sender: Sender<Event>) -> Result<Self, Failure> {
        let watcher = notify::recommended_watcher(move |change: notify::Result<Change>| {
            if let Ok(change) = change {
                // Without the loop nobody waits for it.
                _ = sender.send(Event::Changed(change));
            }
        })?;
        Ok(Self {
            watcher,
            roots: Vec::new(),
            target,
        })
    }

    /// Watches a package.
    pub(super) fn package(&mut self, root: &Path) -> Result<(), Failure> {
        self.roots.push(root.to_owned());
        self.watcher.watch(root, RecursiveMode::NonRecursive)?;
        for entry in fs::read_dir(root)? {
            self.directory(&entry?.path())?;
        }
        Ok(())
    }

    /// Watches one more directory, unless it is watched already. One that is not there is the build's to complain of.
    pub(super) fn also(&mut self, root: PathBuf) {
        if self.roots.iter().any(|it| root.starts_with(it)) {
            return;
        }
        if self.watcher.watch(&root, RecursiveMode::Recursive).is_ok() {
            self.roots.push(root);
        }
    }

    /// Watches a directory at the top of a package, and all below it.
    fn directory(&mut self, path: &Path) -> Result<(), Failure> {
        if path.is_dir() && !self.is_ignored(path) {
            self.watcher.watch(path, RecursiveMode::Recursive)?;
        }
        Ok(())
    }

    /// The files of a change that may matter. A new directory at the top of a package is watched from here on.
    pub(super) fn relevant(&mut self, change: &Change) -> Vec<PathBuf> {
        if matches!(change.kind, EventKind::Access(_)) {
            return Vec::new();
        }
        let paths: Vec<_> = change
            .paths
            .iter()
            .filter(|it| !self.is_ignored(it))
            .cloned()
            .collect();
        for path in &paths {
            let is_top = path
                .parent()
                .is_some_and(|it| self.roots.iter().any(|root| root == it));
            if is_top && self.directory(path).is_err() {
                // It is gone again.
            }
        }
        paths
    }

    fn is_ignored(&self, path: &Path) -> bool {
        let root = self.roots.iter().filter(|root| path.starts_with(root));
        let Some(root) = root.max_by_key(|it| it.as_os_str().len()) else {
            return true;
        };
        let below = path.strip_prefix(root).unwrap_or(path);
        let is_hidden = |part: Component<'_>| {
            let name = part.as_os_str().to_string_lossy();
            is_hidden(&name) || name == "node_modules"
        };
        path.starts_with(&self.target)
            || below.starts_with("target")
            || below.components().any(is_hidden)
    }
}

/// Whether a path is a directory, or may have been one: what has come or gone with it is not always told.
pub(super) fn may_be_directory(path: &Path) -> bool {
    path.is_dir() || path.extension().is_none() && !path.exists()
}
