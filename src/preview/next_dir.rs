//! The files in which Next.js leaves the keys of preview mode.
//!
//! | file | written by | |
//! | --- | --- | --- |
//! | `.next/prerender-manifest.json` | `next build` | the keys are in `preview` |
//! | `.next/server/preview-props.json` | `next build` of Next.js 16 | the keys are all there is |
//! | `.next/dev/server/preview-props.json` | `next dev` of Next.js 16, at each start | the same |
//!
//! `.next/dev/prerender-manifest.json` has no keys.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::error::PreviewKeyError;

/// Where keys are looked for, the first before the second. The build wins over a development server, which may
/// have left its file on the machine where the site was built.
const FILES: [&str; 3] = ["prerender-manifest.json", PROPS, DEV_PROPS];
const PROPS: &str = "server/preview-props.json";
const DEV_PROPS: &str = "dev/server/preview-props.json";

/// The file of `dir` that has keys, its value, and whether a development server has written it.
pub(super) fn find(dir: &Path) -> Result<(PathBuf, Value, bool), PreviewKeyError> {
    for name in FILES {
        let path = dir.join(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let message = format!("{} cannot be read", path.display());
                return Err(PreviewKeyError::new(message).with_source(error));
            }
        };
        let value = parse(&text).map_err(|error| error.of_file(&path))?;
        if preview(&value).is_some() {
            // Of `next dev` is the file below `dev`, or the one of a `.next/dev` that was named itself. The
            // manifest of a directory that is called so is one of `next build`.
            let is_dev = name == DEV_PROPS || name == PROPS && dir.ends_with("dev");
            return Ok((path, value, is_dev));
        }
    }
    Err(PreviewKeyError::new(format!(
        "no preview mode keys in {}: it has no prerender-manifest.json, server/preview-props.json or \
         dev/server/preview-props.json of a Next.js; run `next build` or `next dev` first",
        dir.display()
    )))
}

/// The value of a file.
pub(super) fn parse(text: &str) -> Result<Value, PreviewKeyError> {
    serde_json::from_str(text).map_err(|error| {
        PreviewKeyError::new("the preview mode keys are not JSON").with_source(error)
    })
}

/// The object with the keys, which is `preview` in a manifest and the whole of a `preview-props.json`.
pub(super) fn preview(file: &Value) -> Option<&Value> {
    file.get("preview")
        .filter(|it| it.is_object())
        .or_else(|| file.get("previewModeId").map(|_| file))
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use serde_json::json;

    use super::*;

    const MANIFEST: &str = FILES[0];

    fn props(id: &str) -> Value {
        json!({ "previewModeId": id })
    }

    fn manifest(id: &str) -> Value {
        json!({ "version": 4, "preview": props(id) })
    }

    /// A directory called `name` with these files.
    fn next_dir(name: &str, files: &[(&str, String)]) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join(name);
        for (file, text) in files {
            let path = dir.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (root, dir)
    }

    #[test]
    fn the_first_file_with_keys_counts() {
        let build = (MANIFEST, manifest("build").to_string());
        let empty = (MANIFEST, json!({ "preview": null }).to_string());
        let props_of_build = (PROPS, props("props").to_string());
        let dev = (DEV_PROPS, props("dev").to_string());
        for (name, files, file, is_dev) in [
            (
                ".next",
                &[&build, &props_of_build, &dev][..],
                MANIFEST,
                false,
            ),
            (".next", &[&props_of_build, &dev], PROPS, false),
            (".next", &[&empty, &props_of_build], PROPS, false),
            (".next", &[&dev], DEV_PROPS, true),
            (".next", &[&empty, &dev], DEV_PROPS, true),
            // A `.next/dev` that was named itself.
            ("dev", &[&props_of_build], PROPS, true),
            ("dev", &[&empty, &props_of_build], PROPS, true),
            // `distDir: 'dev'` has a manifest with keys.
            ("dev", &[&build, &props_of_build], MANIFEST, false),
            ("predev", &[&props_of_build], PROPS, false),
        ] {
            let files: Vec<_> = files.iter().copied().cloned().collect();
            let (_root, dir) = next_dir(name, &files);
            let (path, value, found_dev) = find(&dir).unwrap();
            assert_eq!(path, dir.join(file), "{name} {files:?}");
            let (_, text) = files.iter().find(|(it, _)| *it == file).unwrap();
            assert_eq!(value.to_string(), *text, "{name} {files:?}");
            assert_eq!(found_dev, is_dev, "{name} {files:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_and_not_passed_over() {
        let dev = (DEV_PROPS, props("dev").to_string());
        let broken = (PROPS, "{".to_owned());
        let (_root, dir) = next_dir(".next", &[dev.clone(), broken]);
        let error = find(&dir).unwrap_err();
        let path = dir.join(PROPS);
        let expected = format!("{}: the preview mode keys are not JSON", path.display());
        assert_eq!(error.to_string(), expected);
        assert!(error.source().unwrap().is::<serde_json::Error>());

        // A directory where a file should be.
        let (_root, dir) = next_dir(
            ".next",
            &[dev, ("prerender-manifest.json/x", String::new())],
        );
        let error = find(&dir).unwrap_err();
        let expected = format!("{} cannot be read", dir.join(MANIFEST).display());
        assert_eq!(error.to_string(), expected);
        assert!(error.source().unwrap().is::<io::Error>());
    }

    #[test]
    fn a_directory_without_keys_is_named() {
        for files in [&[][..], &[(MANIFEST, "{}".to_owned())]] {
            let (_root, dir) = next_dir(".next", files);
            let error = find(&dir).unwrap_err();
            let expected = format!("no preview mode keys in {}: it has no ", dir.display());
            assert!(error.to_string().starts_with(&expected), "{error}");
            assert!(error.source().is_none());
        }
    }

    #[test]
    fn keys_are_the_preview_of_a_manifest_or_all_of_the_props() {
        let keys = props("a");
        for (file, expected) in [
            (json!({ "preview": keys }), Some(&keys)),
            (keys.clone(), Some(&keys)),
            (json!({ "preview": {} }), Some(&json!({}))),
            (json!({ "preview": null }), None),
            (json!({ "preview": "a" }), None),
            (json!({ "version": 4 }), None),
            (json!([]), None),
        ] {
            assert_eq!(preview(&file), expected, "{file}");
        }
    }
}
