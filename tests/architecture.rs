//! The plan of the house, as ARCHITECTURE.md draws it, against the imports of `src/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, UseTree, Visibility};

const PLAN: &str = include_str!("../ARCHITECTURE.md");

/// `src/router/builder.rs` as its path of modules: `["router", "builder"]`.
type Module = Vec<String>;

struct Source {
    module: Module,
    /// What it imports, each a path from the root of the crate.
    imports: Vec<Module>,
    /// Names that it passes on from other files: `pub use builder::FsRouterBuilder`.
    passed_on: BTreeMap<String, Module>,
}

/// The floors of the house from the top, each with its rooms.
fn floors() -> Vec<Vec<&'static str>> {
    let (_, rest) = PLAN.split_once("```text\n").unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    let rooms = |line: &'static str| line.split("  ").next().unwrap_or_default();
    block
        .lines()
        .map(|line| rooms(line).split_whitespace().collect())
        .collect()
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let modules: Vec<Module> = files.iter().map(|file| module_of(&root, file)).collect();
    files
        .iter()
        .zip(&modules)
        .filter(|(_, module)| module.last().is_none_or(|name| name != "tests"))
        .map(|(file, module)| read(&fs::read_to_string(file).unwrap(), module, &modules))
        .collect()
}

fn files_below(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

fn module_of(root: &Path, file: &Path) -> Module {
    let below = file.strip_prefix(root).unwrap().with_extension("");
    let mut module: Module = below
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if matches!(module.last().unwrap().as_str(), "mod" | "lib") {
        module.pop();
    }
    module
}

/// The imports of a file, its unit tests left out.
fn read(text: &str, module: &Module, modules: &[Module]) -> Source {
    let mut source = Source {
        module: module.clone(),
        imports: Vec::new(),
        passed_on: BTreeMap::new(),
    };
    for item in syn::parse_file(text).unwrap().items {
        match item {
            Item::Use(item) => {
                let is_public = !matches!(item.vis, Visibility::Inherited);
                for path in expand(&item.tree) {
                    let Some(path) = absolute(path, module, modules) else {
                        continue;
                    };
                    if is_public {
                        let name = path.last().unwrap().clone();
                        source.passed_on.insert(name, path.clone());
                    }
                    source.imports.push(path);
                }
            }
            Item::Mod(item) if item.ident == "tests" => {}
            item => {
                // In a module within the file `super` is the file itself.
                let is_inline = matches!(item, Item::Mod(_));
                let mut paths = Vec::new();
                written_out(item.into_token_stream(), &mut paths);
                paths.retain(|path| !is_inline || path[0] == "crate");
                let paths = paths.into_iter();
                let found = paths.filter_map(|path| absolute(path, module, modules));
                source.imports.extend(found);
            }
        }
    }
    source
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expand(tree: &UseTree) -> Vec<Module> {
    match tree {
        UseTree::Path(path) => expand(&path.tree)
            .into_iter()
            .map(|rest| [vec![path.ident.to_string()], rest].concat())
            .collect(),
        UseTree::Group(group) => group.items.iter().flat_map(expand).collect(),
        UseTree::Name(name) if name.ident == "self" => vec![vec![]],
        UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        UseTree::Rename(rename) => vec![vec![rename.ident.to_string()]],
        _ => vec![vec![]],
    }
}

/// Paths that stand in the code, without a `use`: `crate::preview::PreviewKeys`, `super::finish::finish`.
fn written_out(tokens: TokenStream, paths: &mut Vec<Module>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => written_out(group.stream(), paths),
            TokenTree::Ident(ident) if ident == "crate" || ident == "super" => {
                // `$crate` of a macro means where the macro is called, and the `super` behind a `super::` has been read with it.
                let before: String = tokens[index.saturating_sub(2)..index]
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                let is_start = !before.ends_with('$') && before != "::";
                let path: Module = tokens[index..]
                    .iter()
                    .take_while(|it| it.to_string() == ":" || matches!(it, TokenTree::Ident(_)))
                    .filter(|it| matches!(it, TokenTree::Ident(_)))
                    .map(ToString::to_string)
                    .collect();
                if is_start && path.len() > 1 {
                    paths.push(path);
                }
            }
            _ => {}
        }
    }
}

/// The path from the root of the crate; `None` for other crates.
fn absolute(mut path: Module, module: &Module, modules: &[Module]) -> Option<Module> {
    let mut base = module.clone();
    match path.first()?.as_str() {
        "crate" => return Some(path.split_off(1)),
        "self" => path = path.split_off(1),
        "super" => {
            while path.first().is_some_and(|it| it == "super") {
                path.remove(0);
                base.pop();
            }
        }
        child => {
            let child = [base.clone(), vec![child.to_owned()]].concat();
            if !modules.contains(&child) {
                return None;
            }
        }
    }
    base.extend(path);
    Some(base)
}

/// The file that a path leads to, through what other files pass on.
fn file_of(path: &Module, sources: &[Source]) -> Option<Module> {
    let source = (0..=path.len())
        .rev()
        .find_map(|length| sources.iter().find(|it| it.module == path[..length]))?;
    let name = path.get(source.module.len());
    match name.and_then(|name| source.passed_on.get(name)) {
        Some(next) if next != path => file_of(next, sources),
        _ => Some(source.module.clone()),
    }
}

#[test]
fn no_room_uses_one_above_it() {
    let floors = floors();
    let floor_of = |room: &str| {
        let floor = floors.iter().position(|rooms| rooms.contains(&room));
        floor.unwrap_or_else(|| panic!("`{room}` stands on no floor of ARCHITECTURE.md"))
    };
    let sources = sources();
    for room in floors.iter().flatten() {
        let stands = sources
            .iter()
            .any(|it| it.module.first().is_some_and(|it| it == room));
        assert!(stands, "there is no room `{room}`");
    }
    let mut wrong = BTreeSet::new();
    for source in &sources {
        let Some(room) = source.module.first() else {
            continue;
        };
        for path in &source.imports {
            let Some(used) = path.first() else { continue };
            if used != room && floor_of(used) <= floor_of(room) {
                wrong.insert(format!(
                    "{} uses {}",
                    source.module.join("/"),
                    path.join("::")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "upward imports:\n{}", join(&wrong));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for source in &sources {
        let own = |path: &&Module| !source.passed_on.values().any(|it| it == *path);
        let files = source.imports.iter().filter(own);
        let files = files.filter_map(|path| file_of(path, &sources));
        let entry = uses.entry(source.module.clone()).or_default();
        entry.extend(files.filter(|file| *file != source.module && !file.is_empty()));
    }
    // Whoever uses only what is taken away already is taken away, until a circle is left or nothing.
    loop {
        let before = uses.len();
        let left: BTreeSet<Module> = uses.keys().cloned().collect();
        uses.retain(|_, used| used.iter().any(|file| left.contains(file)));
        if uses.len() == before {
            break;
        }
    }
    let circle: BTreeSet<String> = uses
        .iter()
        .map(|(file, used)| {
            let used: Vec<String> = used
                .iter()
                .filter(|file| uses.contains_key(*file))
                .map(|file| file.join("/"))
                .collect();
            format!("{} uses {}", file.join("/"), used.join(", "))
        })
        .collect();
    assert!(
        circle.is_empty(),
        "circles, or what stands above one:\n{}",
        join(&circle)
    );
}

#[test]
fn imports_name_the_module_and_not_what_the_root_passes_on() {
    let mut wrong = BTreeSet::new();
    for source in sources() {
        for path in source.imports {
            let name = path.first().map_or("", String::as_str);
            if !source.module.is_empty() && name.starts_with(char::is_uppercase) {
                wrong.insert(format!("{} uses crate::{name}", source.module.join("/")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", join(&wrong));
}

fn join(lines: &BTreeSet<String>) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

/// A clock that is set back or forth moves no deadline: those count monotonic time (`Instant`). The date is read where it is
/// part of what is read, and nowhere else: preview tokens expire at a date, and cookies in the client for tests.
#[test]
fn the_date_is_asked_for_where_something_expires_at_a_date_and_nowhere_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let asks = |file: &&PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        [
            "SystemTime::now",
            "now_utc",
            "now_local",
            "UtcDateTime::now",
        ]
        .iter()
        .any(|clock| source.contains(clock))
    };
    let found: BTreeSet<_> = files.iter().filter(asks).collect();
    let expected = ["preview/mod.rs", "test_client/cookie_store.rs"].map(|file| root.join(file));
    assert_eq!(found, expected.iter().collect());
}
