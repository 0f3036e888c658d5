//! Preview and draft mode: the cookies that a handler sets, reads and clears.
#![cfg(feature = "preview")]

mod support;

use std::{error::Error, fs, path::Path, time::Duration};

use serde_json::json;
use support::{Answer, get, logs::Logs, request, send};
use tower_api_routes::{
    ApiRequest, ApiResponse, FsRouter, RouterOptions,
    preview::{BYPASS_COOKIE, DATA_COOKIE, Preview, PreviewKeys, PreviewOptions},
    router::any,
};

fn assert_is_plain_500(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 500, "{what}");
    assert_eq!(answer.body, "Internal Server Error", "{what}");
    assert_eq!(cookies(answer), [""; 0], "{what}");
}

fn keys() -> PreviewKeys {
    let key = |digit: char| digit.to_string().repeat(64);
    PreviewKeys::new(&key('1')[..32], &key('2'), &key('3')).unwrap()
}

async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let options = PreviewOptions::new();
    match req.query().get("do") {
        Some("set") => res.set_preview_data(&json!({"a": 1}), &options).send("set"),
        Some("set-long") => {
            let options = options.max_age(Duration::from_secs(60)).path("/docs");
            res.set_preview_data(&7, &options).send("set")
        }
        Some("large") => res
            .set_cookie(("mine", "1"))
            .set_preview_data(&"a".repeat(2000), &options)
            .send("set"),
        Some("bad-path") => res
            .set_preview_data(&1, &options.path("/d\r\noc"))
            .send("set"),
        Some("clear") => res.clear_preview_data(None).send("clear"),
        Some("clear-twice") => res
            .clear_preview_data(None)
            .clear_preview_data(None)
            .send("clear"),
        Some("set-clear") => res
            .set_preview_data(&1, &options)
            .clear_preview_data(None)
            .send("both"),
        Some("draft") => res.set_draft_mode(true).send("draft"),
        Some("no-draft") => res.set_draft_mode(false).send("draft"),
        Some("keep") => res
            .append_header("set-cookie", "mine=1; Path=/")
            .set_draft_mode(true)
            .redirect("/posts/1"),
        Some("read") => {
            let data: Option<serde_json::Value> = req.preview_data();
            res.json(&(req.draft_mode(), data))
        }
        _ => res.send("untouched"),
    }
}

fn router() -> FsRouter {
    FsRouter::builder()
        .route("x", any(handler))
        .options(RouterOptions::new().preview(keys()))
        .build()
        .unwrap()
}

fn cookies(answer: &Answer) -> Vec<&str> {
    let lines = answer.headers.get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap()).collect()
}

/// `name=value` of a Set-Cookie line.
fn pair(line: &str) -> &str {
    line.split(';').next().unwrap()
}

async fn read(router: &FsRouter, cookies: &str) -> Answer {
    let mut request = request("GET", "/x?do=read");
    request
        .headers_mut()
        .insert("cookie", cookies.parse().unwrap());
    send(router, request).await
}

const ATTRIBUTES: &str = "; Path=/; HttpOnly; Secure; SameSite=None";
const EXPIRED: &str =
    "; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None";

#[tokio::test]
async fn preview_is_set_and_read() {
    let router = router();
    let answer = get(&router, "/x?do=set").await;
    let [bypass, data] = cookies(&answer)[..] else {
        panic!("{answer:?}")
    };
    assert!(
        bypass.starts_with(BYPASS_COOKIE) && bypass.ends_with(ATTRIBUTES),
        "{bypass}"
    );
    assert!(
        data.starts_with(DATA_COOKIE) && data.ends_with(ATTRIBUTES),
        "{data}"
    );
    let both = format!("{}; {}", pair(bypass), pair(data));
    let answer = read(&router, &both).await;
    assert_eq!(answer.body, r#"[true,{"a":1}]"#);
    assert_eq!(cookies(&answer), [""; 0]);
    assert_eq!(get(&router, "/x?do=read").await.body, "[false,null]");
    let answer = get(&router, "/x?do=set-long").await;
    for line in cookies(&answer) {
        let attributes = "; Max-Age=60; Path=/docs; HttpOnly; Secure; SameSite=None";
        assert!(line.ends_with(attributes), "{line}");
    }
}

#[tokio::test]
async fn h54_data_that_is_too_large_is_a_500() {
    let router = router();
    for kind in ["large", "bad-path"] {
        let answer = get(&router, &format!("/x?do={kind}")).await;
        assert_is_plain_500(&answer, kind);
    }
}

#[tokio::test]
async fn preview_is_cleared_once() {
    let router = router();
    let cleared = [
        format!("{BYPASS_COOKIE}={EXPIRED}"),
        format!("{DATA_COOKIE}={EXPIRED}"),
    ];
    for kind in ["clear", "clear-twice"] {
        let answer = get(&router, &format!("/x?do={kind}")).await;
        assert_eq!(cookies(&answer), cleared, "{kind}");
    }
    let answer = get(&router, "/x?do=set-clear").await;
    assert_eq!(cookies(&answer)[2..], cleared);
}

#[tokio::test]
async fn draft_mode_is_one_cookie() {
    let router = router();
    let answer = get(&router, "/x?do=draft").await;
    let [bypass] = cookies(&answer)[..] else {
        panic!("{answer:?}")
    };
    assert_eq!(read(&router, pair(bypass)).await.body, "[true,null]");
    let answer = get(&router, "/x?do=no-draft").await;
    assert_eq!(cookies(&answer), [format!("{}{EXPIRED}", pair(bypass))]);
    let answer = get(&router, "/x?do=keep").await;
    assert_eq!(answer.status, 307);
    assert_eq!(cookies(&answer), ["mine=1; Path=/", bypass]);
}

#[tokio::test]
async fn h50_wrong_cookies_are_no_preview_and_are_cleared_where_they_are_read() {
    let router = router();
    let answer = get(&router, "/x?do=set").await;
    let set = cookies(&answer);
    let (bypass, data) = (pair(set[0]), pair(set[1]));
    let id = bypass.split_once('=').unwrap().1;
    let token = data.split_once('=').unwrap().1;
    let half = token.len() / 2;
    let other = if token[half..].starts_with('x') {
        "y"
    } else {
        "x"
    };
    let wrong = [
        format!("{BYPASS_COOKIE}=x"),
        format!("{BYPASS_COOKIE}={}", &id[1..]),
        data.to_owned(),
        format!("{bypass}; {DATA_COOKIE}=a.b.c"),
        format!("{bypass}; {DATA_COOKIE}={}", &token[..half]),
        format!(
            "{bypass}; {DATA_COOKIE}={}{other}{}",
            &token[..half],
            &token[half + 1..]
        ),
        format!("{BYPASS_COOKIE}={token}; {DATA_COOKIE}={id}"),
        format!("{BYPASS_COOKIE}=x; {data}"),
    ];
    let cleared = [
        format!("{BYPASS_COOKIE}={EXPIRED}"),
        format!("{DATA_COOKIE}={EXPIRED}"),
    ];
    for cookie in wrong {
        let answer = read(&router, &cookie).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.body),
            (200, "[false,null]"),
            "{cookie}"
        );
        assert_eq!(cookies(&answer), cleared, "{cookie}");
        // A handler that does not look neither pays for them nor clears them.
        let mut request = request("GET", "/x");
        request
            .headers_mut()
            .insert("cookie", cookie.parse().unwrap());
        let answer = send(&router, request).await;
        assert_eq!((cookies(&answer), &*answer.body), (vec![], "untouched"));
    }
}

#[tokio::test]
async fn without_keys_there_is_no_preview() {
    async fn look(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        match req.preview() {
            Preview::None => res.send("none"),
            other => panic!("{other:?}"),
        }
    }
    let router = FsRouter::builder()
        .route("x", any(look))
        .route("draft", any(handler))
        .build()
        .unwrap();
    let answer = read(&router, &format!("{BYPASS_COOKIE}=x")).await;
    assert_eq!((&*answer.body, cookies(&answer)), ("none", vec![]));
    let answer = get(&router, "/draft?do=draft").await;
    assert_is_plain_500(&answer, "draft");
}

/// What Next.js 16.4.6 leaves in its `.next` directory, after `next build` and with a `next dev` running.
const NEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/next-16");

const BUILD_ID: &str = "740f139f4fc7dbb316e7294cef3db0b1";
const DEV_ID: &str = "84fcc8b2a167c48982069d45b8aac53b";

/// The data cookie that this `next dev` has set for `res.setPreviewData({ a: 1 })`.
const DEV_TOKEN: &str = include_str!("vectors/next-16/dev/preview-token.txt");

const MANIFEST: &str = "prerender-manifest.json";
const PROPS: &str = "server/preview-props.json";
const DEV_PROPS: &str = "dev/server/preview-props.json";
const DEV_MANIFEST: &str = "dev/prerender-manifest.json";
const ALL: [&str; 4] = [MANIFEST, PROPS, DEV_MANIFEST, DEV_PROPS];

const DEV_ATTRIBUTES: &str = "; Path=/; HttpOnly; SameSite=Lax";

/// A `.next` directory with copies of these files of [`NEXT`].
fn next_dir(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let text = fs::read_to_string(format!("{NEXT}/{file}")).unwrap();
        write(dir.path(), file, &text);
    }
    dir
}

fn write(dir: &Path, file: &str, text: &str) {
    let path = dir.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn the_keys_of_a_next_directory_are_those_of_the_build_or_of_the_development_server() {
    for (files, below, id, attributes) in [
        (&ALL[..], "", BUILD_ID, ATTRIBUTES),
        (&[MANIFEST], "", BUILD_ID, ATTRIBUTES),
        (&[PROPS], "", BUILD_ID, ATTRIBUTES),
        (&[PROPS, DEV_PROPS], "", BUILD_ID, ATTRIBUTES),
        (&[DEV_MANIFEST, DEV_PROPS], "", DEV_ID, DEV_ATTRIBUTES),
        (&ALL, "dev", DEV_ID, DEV_ATTRIBUTES),
        (&ALL, "dev/", DEV_ID, DEV_ATTRIBUTES),
    ] {
        let dir = next_dir(files);
        let keys = PreviewKeys::from_next_dir(dir.path().join(below)).unwrap();
        let expected = format!("{BYPASS_COOKIE}={id}{attributes}");
        assert_eq!(keys.draft(true).unwrap(), expected, "{files:?} {below}");
    }
    let chosen = PreviewKeys::from_next_dir(Path::new(NEXT).join("dev")).unwrap();
    let secure = chosen.secure(true).draft(true).unwrap();
    assert_eq!(secure, format!("{BYPASS_COOKIE}={DEV_ID}{ATTRIBUTES}"));
    let build = PreviewKeys::from_next_dir(NEXT).unwrap();
    let plain = build.secure(false).draft(true).unwrap();
    assert_eq!(plain, format!("{BYPASS_COOKIE}={BUILD_ID}{DEV_ATTRIBUTES}"));
}

/// `distDir: 'out/dev'` in `next.config.js`.
#[test]
fn a_build_in_a_directory_called_dev_has_secure_cookies() {
    let dir = next_dir(&[MANIFEST, PROPS]);
    let dev = dir.path().join("dev");
    for file in [MANIFEST, PROPS] {
        let text = fs::read_to_string(dir.path().join(file)).unwrap();
        write(&dev, file, &text);
    }
    let secure = format!("{BYPASS_COOKIE}={BUILD_ID}{ATTRIBUTES}");
    let cookie = || PreviewKeys::from_next_dir(&dev).unwrap().draft(true);
    assert_eq!(cookie().unwrap(), secure);
}

#[test]
fn a_manifest_without_keys_leaves_them_to_the_next_file() {
    let dir = next_dir(&[PROPS]);
    write(dir.path(), MANIFEST, r#"{ "version": 4, "preview": null }"#);
    let keys = PreviewKeys::from_next_dir(dir.path()).unwrap();
    let expected = format!("{BYPASS_COOKIE}={BUILD_ID}{ATTRIBUTES}");
    assert_eq!(keys.draft(true).unwrap(), expected);
}

#[test]
fn h53_a_next_directory_without_good_keys_is_an_error() {
    let refused = |files: &[&str], broken: &str, text: &str| {
        let dir = next_dir(files);
        if !broken.is_empty() {
            write(dir.path(), broken, text);
        }
        let error = PreviewKeys::from_next_dir(dir.path()).unwrap_err();
        let message = error.to_string();
        let place = dir.path().display().to_string();
        assert!(message.contains(&place), "{message}");
        (message.replace(&place, "."), error.source().is_some())
    };
    let no_keys = "no preview mode keys in .: it has no prerender-manifest.json, \
                   server/preview-props.json or dev/server/preview-props.json of a Next.js; \
                   run `next build` or `next dev` first";
    assert_eq!(refused(&[], "", ""), (no_keys.to_owned(), false));
    let without = refused(&[DEV_MANIFEST], MANIFEST, "{}");
    assert_eq!(without, (no_keys.to_owned(), false));
    // A file that is being written is not passed over for older keys.
    let half = refused(&[PROPS, DEV_PROPS], MANIFEST, "{\"version\":4,");
    let not_json = "./prerender-manifest.json: the preview mode keys are not JSON";
    assert_eq!(half, (not_json.to_owned(), true));
    let incomplete = refused(&[DEV_PROPS], PROPS, "{\"previewModeId\":\"a\"}");
    let no_key = "./server/preview-props.json: the preview mode keys have no text \
                  `previewModeSigningKey`";
    assert_eq!(incomplete, (no_key.to_owned(), false));
    let directory = refused(&[PROPS], &format!("{MANIFEST}/x"), "");
    let unread = "./prerender-manifest.json cannot be read";
    assert_eq!(directory, (unread.to_owned(), true));
}

fn router_of(keys: PreviewKeys) -> FsRouter {
    FsRouter::builder()
        .route("x", any(handler))
        .options(RouterOptions::new().preview(keys))
        .build()
        .unwrap()
}

/// The lines that this `next dev` has sent, for the same calls.
#[tokio::test]
async fn in_development_the_cookies_are_those_of_next_dev() {
    let router = router_of(PreviewKeys::from_next_dir(Path::new(NEXT).join("dev")).unwrap());
    let expired = "; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax";
    let bypass = format!("{BYPASS_COOKIE}={DEV_ID}");
    let cleared = [BYPASS_COOKIE, DATA_COOKIE].map(|name| format!("{name}={expired}"));
    for (what, lines) in [
        ("draft", vec![format!("{bypass}{DEV_ATTRIBUTES}")]),
        ("no-draft", vec![format!("{bypass}{expired}")]),
        ("clear", cleared.to_vec()),
    ] {
        let answer = get(&router, &format!("/x?do={what}")).await;
        assert_eq!(cookies(&answer), lines, "{what}");
    }
    let set = get(&router, "/x?do=set").await;
    assert_eq!(cookies(&set)[0], format!("{bypass}{DEV_ATTRIBUTES}"));
    assert!(cookies(&set)[1].ends_with(DEV_ATTRIBUTES));

    let sent = format!("{bypass}; {DATA_COOKIE}={}", DEV_TOKEN.trim_ascii());
    assert_eq!(read(&router, &sent).await.body, r#"[true,{"a":1}]"#);
}

#[tokio::test]
async fn cookies_of_another_build_are_one_warning() {
    let (logs, _guard) = Logs::capture();
    let warnings = || logs.of(tracing::Level::WARN);
    let keys = PreviewKeys::from_next_dir(NEXT).unwrap();
    let router = router_of(keys.clone());
    // Not of Next.js, or of this build: no reason to speak of another one.
    for sent in [
        format!("{BYPASS_COOKIE}=x"),
        format!("{BYPASS_COOKIE}={BUILD_ID}; {DATA_COOKIE}=a.b.c"),
        format!("{DATA_COOKIE}=a.b.c"),
    ] {
        assert_eq!(read(&router, &sent).await.body, "[false,null]");
        assert_eq!(warnings(), [""; 0], "{sent}");
    }
    for _ in 0..3 {
        let answer = read(&router, &format!("{BYPASS_COOKIE}={DEV_ID}")).await;
        assert_eq!(answer.body, "[false,null]");
        assert_eq!(cookies(&answer).len(), 2, "they are cleared each time");
    }
    assert!(!keys.read(Some(DEV_ID), None).is_on());
    let [warning] = &warnings()[..] else {
        panic!("{:?}", logs.lines())
    };
    assert!(
        warning.contains("preview cookies of another build"),
        "{warning}"
    );
    assert!(!warning.contains(DEV_ID), "{warning}");
}
