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
