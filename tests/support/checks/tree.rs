//! The build script over a tree of files.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use tower_api_routes::{FsRouter, build::Builder, router::any};

/// Names and contents in turn, between NULs: a tree that the build accepts is one that a router accepts and whose code
/// is Rust, and one that it refuses has an error that names a file of it.
pub(crate) fn tree(bytes: &[u8]) {
    let package = tempfile::tempdir_in(scratch()).unwrap();
    let root = package.path().join("pages/api");
    fs::create_dir_all(&root).unwrap();
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == 0).take(24).collect();
    for pair in parts.chunks(2) {
        let Some(name) = file_name(pair[0]) else {
            continue;
        };
        let path = root.join(name);
        // A name may be a directory's already, or too long.
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(path, pair.get(1).copied().unwrap_or_default());
    }

    let out = package.path().join("out");
    let builder = Builder::new("pages/api")
        .manifest_dir(package.path())
        .out_dir(&out);
    match builder.try_compile() {
        Ok(report) => {
            assert_eq!(report.written().len(), 2);
            let again = builder.try_compile().unwrap();
            assert!(again.written().is_empty());
            assert_eq!(again.route_files(), report.route_files());
            for file in report.written() {
                let code = fs::read_to_string(file).unwrap();
                syn::parse_file(&code).unwrap_or_else(|error| panic!("{error}: {code}"));
            }
            let mut router = FsRouter::builder();
            for (route, file) in report.routes() {
                assert!(package.path().join(file).is_file(), "{file}");
                router = router.route(route, any(async || ()));
            }
            router.build().unwrap();
            let rewrites = report.rewrites("pages/api", "/api", "http://127.0.0.1:4000");
            assert!(!rewrites.to_module().is_empty());
        }
        Err(errors) => {
            assert!(errors.iter().next().is_some());
            for error in &errors {
                assert!(error.path().starts_with("pages/api"), "{error}");
                assert!(!error.message().is_empty());
            }
            assert!(!out.exists(), "nothing is written");
        }
    }
    let top: BTreeSet<_> = fs::read_dir(package.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(top.iter().all(|it| it == "pages" || it == "out"));
}

/// In memory, where there is such a place.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// A path that stays below the directory.
fn file_name(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    let path = {
        use std::os::unix::ffi::OsStrExt;

        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    };
    #[cfg(not(unix))]
    let path = PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
    let stays = |part| matches!(part, Component::Normal(_));
    (!bytes.is_empty() && bytes.len() < 256 && path.components().all(stays)).then_some(path)
}
