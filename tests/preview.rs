//! Preview and draft mode: the cookies that a handler sets, reads and clears.
#![cfg(feature = "preview")]

mod support;

use std::time::Duration;

use serde_json::json;
use support::{Answer, get, request, send};
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
    let wrong = [
        format!("{BYPASS_COOKIE}=x"),
        format!("{BYPASS_COOKIE}={}", &id[1..]),
        data.to_owned(),
        format!("{bypass}; {DATA_COOKIE}=a.b.c"),
        format!("{bypass}; {DATA_COOKIE}={}", &token[..half]),
        format!(
            "{bypass}; {DATA_COOKIE}={}x{}",
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
