//! Names the modules that the generated code declares, one for each file, in a tree like that of
//! the files.
//!
//! Private files and directories keep their names, so that route files can say `super::_db`. All
//! others get the nearest identifier: `[id].rs` → `id`, `[...slug].rs` → `slug`, `a-b.rs` → `a_b`,
//! `type.rs` → `r#type`. Where two want one name, the second of them gets `_2`, the next `_3`:
//! first come the files whose name is an identifier as it stands, then the other files, then the
//! directories, each in the order of their names.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use super::{
    error::BuildError,
    names::{free_name, identifier, root_name, sanitized},
};

/// One module.
#[derive(Debug, PartialEq)]
pub(super) struct Module {
    pub(super) name: String,
    pub(super) content: Content,
}

/// What stands behind the name of a module.
#[derive(Debug, PartialEq)]
pub(super) enum Content {
    /// `#[path = ".."] mod name;`
    File(PathBuf),
    /// `mod name { .. }`
    Inline(Vec<Module>),
}

/// The modules of a tree, and the way to each of them from outside: `pages_api::posts::id`.
#[derive(Debug)]
pub(super) struct Modules {
    pub(super) root: Module,
    /// By the path of the file below the tree: `posts/[id].rs`.
    pub(super) paths: HashMap<String, String>,
}

/// Names the modules of the tree `dir`, whose files are given by their paths below it.
pub(super) fn modules<'f>(
    dir: &str,
    files: impl Iterator<Item = (&'f str, &'f Path)>,
) -> (Modules, Vec<BuildError>) {
    let mut root = Directory::default();
    for (relative, path) in files {
        root.add(relative, path);
    }
    let mut naming = Naming {
        dir,
        paths: HashMap::new(),
        errors: Vec::new(),
    };
    let name = root_name(dir);
    let content = Content::Inline(naming.children(&root, "", &name, false));
    let modules = Modules {
        root: Module { name, content },
        paths: naming.paths,
    };
    (modules, naming.errors)
}

/// The files below a directory.
#[derive(Default)]
struct Directory<'f> {
    files: BTreeMap<&'f str, &'f Path>,
    directories: BTreeMap<&'f str, Directory<'f>>,
}

impl<'f> Directory<'f> {
    fn add(&mut self, relative: &'f str, path: &'f Path) {
        let mut at = self;
        let mut rest = relative;
        while let Some((directory, below)) = rest.split_once('/') {
            at = at.directories.entry(directory).or_default();
            rest = below;
        }
        at.files.insert(rest, path);
    }
}

/// The walk through the directories, and what it has found so far.
struct Naming<'d> {
    dir: &'d str,
    paths: HashMap<String, String>,
    errors: Vec<BuildError>,
}

/// A file or directory on its way to a name.
struct Entry<'e, 'f> {
    rank: Rank,
    file_name: &'f str,
    base: String,
    source: Source<'e, 'f>,
}

/// The places in the queue for names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Private,
    PlainFile,
    File,
    Directory,
}

/// Where a module comes from.
#[derive(Clone, Copy)]
enum Source<'e, 'f> {
    File(&'f Path),
    Directory(&'e Directory<'f>),
}

impl Naming<'_> {
    /// The modules in one directory; `below` is its path in the tree, with a slash at the end.
    fn children(
        &mut self,
        directory: &Directory<'_>,
        below: &str,
        parent: &str,
        is_private: bool,
    ) -> Vec<Module> {
        let mut taken: HashMap<String, &str> = HashMap::new();
        let mut modules = Vec::new();
        for entry in queue(directory, is_private) {
            let mut name = identifier(&entry.base);
            if entry.rank > Rank::Private {
                name = free_name(&entry.base, |it| taken.contains_key(it));
            } else if let Some(other) = taken.get(&name) {
                self.errors.push(BuildError::new(
                    format!("{}/{below}{}", self.dir, entry.file_name),
                    format!(
                        "would be the module `{name}`, as is `{other}` beside it; \
                         rename one of them"
                    ),
                ));
                continue;
            }
            let relative = format!("{below}{}", entry.file_name);
            let path = format!("{parent}::{name}");
            let content = self.content(&entry, relative, path);
            taken.insert(name.clone(), entry.file_name);
            modules.push(Module { name, content });
        }
        modules
    }

    fn content(&mut self, entry: &Entry<'_, '_>, relative: String, path: String) -> Content {
        let is_private = entry.rank == Rank::Private;
        match entry.source {
            Source::File(file) => {
                self.paths.insert(relative, path);
                Content::File(file.to_owned())
            }
            Source::Directory(directory) => match directory.files.get("mod.rs") {
                Some(file) if is_private => Content::File((*file).to_owned()),
                _ => {
                    let below = format!("{relative}/");
                    Content::Inline(self.children(directory, &below, &path, is_private))
                }
            },
        }
    }
}

/// The entries of a directory in the order in which they choose their names.
fn queue<'e, 'f>(directory: &'e Directory<'f>, is_private: bool) -> Vec<Entry<'e, 'f>> {
    let entry = |file_name: &'f str, source| {
        let stem = file_name.strip_suffix(".rs").unwrap_or(file_name);
        let base = sanitized(stem);
        let rank = match source {
            _ if is_private || stem.starts_with('_') => Rank::Private,
            Source::File(_) if base == stem => Rank::PlainFile,
            Source::File(_) => Rank::File,
            Source::Directory(_) => Rank::Directory,
        };
        Entry {
            rank,
            file_name,
            base,
            source,
        }
    };
    let files = directory.files.iter();
    let files = files.map(|(name, path)| entry(name, Source::File(path)));
    let directories = directory.directories.iter();
    let directories = directories.map(|(name, inner)| entry(name, Source::Directory(inner)));
    let mut entries: Vec<_> = files.chain(directories).collect();
    entries.sort_by_key(|it| it.rank);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(files: &[&str]) -> Vec<(String, String)> {
        let files = files.iter().map(|it| (*it, Path::new("/x")));
        let (modules, errors) = modules("pages/api", files);
        assert!(errors.is_empty(), "{errors:?}");
        let mut paths: Vec<_> = modules.paths.into_iter().collect();
        paths.sort();
        paths
    }

    #[test]
    fn names_are_the_nearest_identifiers() {
        for (file, module) in [
            ("user.rs", "user"),
            ("[id].rs", "id"),
            ("[user-id].rs", "user_id"),
            ("[...slug].rs", "slug"),
            ("[[...slug]].rs", "slug"),
            ("a-b.rs", "a_b"),
            ("file.json.rs", "file_json"),
            ("type.rs", "r#type"),
            ("mod.rs", "r#mod"),
            ("gen.rs", "r#gen"),
            ("async.rs", "r#async"),
            ("union.rs", "union"),
            ("self.rs", "self_"),
            ("404.rs", "_404"),
            ("é.rs", "__"),
            ("-.rs", "__"),
            ("_db.rs", "_db"),
            ("_middleware.rs", "_middleware"),
            ("_my-db.rs", "_my_db"),
            ("(admin)/users.rs", "admin::users"),
            ("[org]/[repo].rs", "org::repo"),
            ("_lib/deep/type.rs", "_lib::deep::r#type"),
            ("mod/x.rs", "r#mod::x"),
        ] {
            let module = format!("pages_api::{module}");
            assert_eq!(paths(&[file]), [(file.to_owned(), module)]);
        }
    }

    #[test]
    fn the_second_of_a_name_gets_a_number() {
        for (files, modules) in [
            // A name that is an identifier as it stands goes first, whatever the order.
            (&["[id].rs", "id.rs"][..], &["id_2", "id"][..]),
            (&["a-b.rs", "a.b.rs", "a_b.rs"], &["a_b_2", "a_b_3", "a_b"]),
            (
                &["a-b.rs", "a_b.rs", "a_b_2.rs"],
                &["a_b_3", "a_b", "a_b_2"],
            ),
            (&["[type].rs", "type.rs"], &["type_2", "r#type"]),
            // A directory yields to a file.
            (&["posts.rs", "posts/[id].rs"], &["posts", "posts_2::id"]),
            (&["[id]/x.rs", "[id].rs"], &["id", "id_2::x"]),
            // A private file goes before all.
            (&["-db.rs", "_db.rs"], &["_db_2", "_db"]),
        ] {
            let found: Vec<_> = paths(files).into_iter().map(|it| it.1).collect();
            let mut wanted: Vec<_> = modules
                .iter()
                .map(|it| format!("pages_api::{it}"))
                .collect();
            let mut found = found;
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "{files:?}");
        }
    }

    #[test]
    fn a_private_directory_with_mod_rs_is_that_file() {
        let files = [
            ("_lib/mod.rs", "/m"),
            ("_lib/a.rs", "/a"),
            ("_bare/a.rs", "/b"),
        ];
        let files = files.iter().map(|it| (it.0, Path::new(it.1)));
        let (modules, errors) = modules("pages/api", files);
        assert!(errors.is_empty());
        let file = |name: &str, path: &str| Module {
            name: name.to_owned(),
            content: Content::File(path.into()),
        };
        let bare = Module {
            name: "_bare".to_owned(),
            content: Content::Inline(vec![file("a", "/b")]),
        };
        let content = Content::Inline(vec![bare, file("_lib", "/m")]);
        assert_eq!(modules.root.content, content);
    }

    #[test]
    fn private_names_are_never_changed() {
        let files = ["_db.rs", "_db/x.rs"];
        let (_, errors) = modules("pages/api", files.iter().map(|it| (*it, Path::new("/x"))));
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "pages/api/_db: would be the module `_db`, as is `_db.rs` beside it; \
              rename one of them"
            ]
        );
    }
}
