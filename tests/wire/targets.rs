//! Request targets as no well-meaning client sends them.

use tower_api_routes::{FsRouter, router::any};

use crate::{
    alone, echo, everywhere, in_front,
    support::wire::{Client, exchange, serve},
};

/// A line of a table: the target of a GET request, the answer of the router alone, and the answer
/// where it stands in front of an axum router (`""`: the same).
type Case = (&'static str, u16, &'static str, &'static str);

async fn expect(cases: &[Case]) {
    let (alone, in_front) = (alone().await, in_front().await);
    for &(target, status, body, inner) in cases {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = exchange(alone, &request).await;
        assert_eq!((answer.status(), &*answer.body), (status, body), "{target}");
        let expected = match inner {
            "" => (status, body),
            inner => (200, inner),
        };
        for in_front in in_front {
            let answer = exchange(in_front, &request).await;
            assert_eq!((answer.status(), &*answer.body), expected, "{target}");
        }
    }
}

#[tokio::test]
async fn h01_h02_h03_escapes_are_read_once_and_after_the_split() {
    expect(&[
        ("/api/%61dmin", 200, r#"["/api/[id]",{"id":"admin"}]"#, ""),
        ("/%61pi/admin", 404, "Not Found", "axum: GET /%61pi/admin"),
        (
            "/api/user%2Fadmin",
            200,
            r#"["/api/[id]",{"id":"user/admin"}]"#,
            "",
        ),
        (
            "/api/user%5Cadmin",
            200,
            r#"["/api/[id]",{"id":"user\\admin"}]"#,
            "",
        ),
        (
            "/api/files/a%2fb",
            200,
            r#"["/api/files/[...slug]",{"slug":["a/b"]}]"#,
            "",
        ),
        (
            "/api/files/%252e%252e/x",
            200,
            r#"["/api/files/[...slug]",{"slug":["%2e%2e","x"]}]"#,
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn h04_h05_malformed_escapes_are_400() {
    let cases = [
        "/api/x%",
        "/api/%zz",
        "/api/%2",
        "/api/%u0041",
        "/api/%ff",
        "/api/%c0%ae",
        "/api/%ed%a0%80",
        "/api/files/ok/%zz",
    ];
    expect(&cases.map(|target| (target, 400, "Bad Request", ""))).await;
}

#[tokio::test]
async fn h06_dot_segments_reach_no_route() {
    expect(&[
        ("/api/..", 404, "Not Found", "axum: GET /api/.."),
        (
            "/api/../secret",
            404,
            "Not Found",
            "axum: GET /api/../secret",
        ),
        (
            "/api/files/%2e%2e/secret",
            404,
            "Not Found",
            "axum: GET /api/files/%2e%2e/secret",
        ),
        ("/api/./admin", 404, "Not Found", "axum: GET /api/./admin"),
        ("/api/.%2e", 404, "Not Found", "axum: GET /api/.%2e"),
    ])
    .await;
}

#[tokio::test]
async fn h07_h08_h09_redirects_stay_on_the_host() {
    let (alone, in_front) = (alone().await, in_front().await);
    // Where a path has no route behind it, the inner service decides.
    for (target, location, is_route) in [
        ("/api/admin/", "/api/admin", true),
        ("/api/admin/?a=1&b=%20+#f", "/api/admin?a=1&b=%20+", true),
        ("/api//admin?next=//x", "/api/admin?next=//x", true),
        ("//api/admin", "/api/admin", true),
        ("/api\\admin", "/api/admin", true),
        ("\\api\\admin", "", false),
        ("/api/files/a//b", "/api/files/a/b", true),
        ("//evil.example/", "/evil.example/", false),
        ("/\\evil.example/", "/evil.example/", false),
        ("/\\/evil.example/..", "/evil.example/..", false),
        ("http://evil.example//api/admin", "/api/admin", true),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = exchange(alone, &request).await;
        if location.is_empty() {
            assert_eq!(answer.status(), 400, "{target}");
            continue;
        }
        assert_eq!(answer.status(), 308, "{target}");
        assert_eq!(answer.header("location"), Some(location), "{target}");
        assert_eq!(
            answer.header("refresh"),
            Some(&*format!("0;url={location}"))
        );
        let expected = if is_route { 308 } else { 200 };
        for in_front in in_front {
            let answer = exchange(in_front, &request).await;
            assert_eq!(answer.status(), expected, "{target}");
        }
    }
}

#[tokio::test]
async fn h10_h11_the_mount_is_whole_segments_as_they_were_sent() {
    expect(&[
        ("/apiary", 404, "Not Found", "axum: GET /apiary"),
        ("/api-public/x", 404, "Not Found", "axum: GET /api-public/x"),
        ("/a", 404, "Not Found", "axum: GET /a"),
        ("/API/admin", 404, "Not Found", "axum: GET /API/admin"),
        ("/ap\u{131}/x", 404, "Not Found", "axum: GET /ap\u{131}/x"),
        ("/api\u{e9}/x", 404, "Not Found", "axum: GET /api\u{e9}/x"),
        (
            "/api/\u{e9}",
            200,
            "[\"/api/[id]\",{\"id\":\"\u{e9}\"}]",
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn h11_a_mount_beyond_ascii_is_compared_as_it_was_sent() {
    let router = FsRouter::builder().mount("/caf%C3%A9");
    let router = router.route("[id]", any(echo)).build().unwrap();
    let address = serve(router).await;
    for (target, status) in [
        ("/caf%C3%A9/x", 200),
        ("/caf%C3%A9", 404),
        ("/caf%C3", 400),
        ("/caf%c3%a9/x", 404),
        ("/caf\u{e9}/x", 404),
        ("/cafe/x", 404),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(
            exchange(address, request).await.status(),
            status,
            "{target}"
        );
    }
}

#[tokio::test]
async fn h12_h13_queries_and_fragments_stay_what_they_are() {
    expect(&[
        (
            "/api/user/1?id=2&id=3",
            200,
            r#"["/api/user/[id]",{"id":"1"}]"#,
            "",
        ),
        (
            "/api/x?a=1#f?admin=1",
            200,
            r#"["/api/[id]",{"a":"1","id":"x"}]"#,
            "",
        ),
        ("/api/x#/../admin", 200, r#"["/api/[id]",{"id":"x"}]"#, ""),
        ("/api/x%23y", 200, r##"["/api/[id]",{"id":"x#y"}]"##, ""),
    ])
    .await;
}

#[tokio::test]
async fn h14_control_characters_are_data() {
    expect(&[
        (
            "/api/a%00b",
            200,
            "[\"/api/[id]\",{\"id\":\"a\\u0000b\"}]",
            "",
        ),
        (
            "/api/%0d%0aX:%201",
            200,
            r#"["/api/[id]",{"id":"\r\nX: 1"}]"#,
            "",
        ),
        (
            "/api/%1b[31m",
            200,
            "[\"/api/[id]\",{\"id\":\"\\u001b[31m\"}]",
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn h15_targets_that_are_no_paths() {
    let (alone, in_front) = (alone().await, in_front().await);
    for (line, status, inner) in [
        ("OPTIONS * HTTP/1.1", 404, 200),
        ("GET * HTTP/1.1", 404, 200),
        ("CONNECT a.example:443 HTTP/1.1", 404, 200),
        ("CONNECT /api/admin HTTP/1.1", 404, 200),
        ("GET http://evil.example HTTP/1.1", 404, 200),
        ("GET http://evil.example/nothing HTTP/1.1", 404, 200),
        ("GET http://evil.example/api/admin HTTP/1.1", 200, 200),
    ] {
        let request = format!("{line}\r\nHost: a\r\n\r\n");
        assert_eq!(exchange(alone, &request).await.status(), status, "{line}");
        for in_front in in_front {
            let answer = exchange(in_front, &request).await;
            assert_eq!(answer.status(), inner, "{line}");
        }
    }
    let request = "GET http://evil.example/api/x HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = exchange(alone, request).await;
    assert_eq!(answer.body, r#"["/api/[id]",{"id":"x"}]"#);
}

#[tokio::test]
async fn h15_bytes_that_are_no_target_are_400() {
    let targets = [
        "",
        "api/x",
        "/api/a b",
        "/api/\x01",
        "/api/\x7f",
        "http://",
        "http:///api/x",
    ];
    for address in everywhere().await {
        for target in targets {
            let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = exchange(address, &request).await;
            assert_eq!(answer.status(), 400, "{target:?}");
        }
        let answer = exchange(address, b"GET /api/\xff HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(answer.status(), 400);
    }
}

#[tokio::test]
async fn h17_h18_other_spellings_are_plain_text() {
    expect(&[
        ("/api/[id]", 200, r#"["/api/[id]",{"id":"[id]"}]"#, ""),
        (
            "/api/[...slug]",
            200,
            r#"["/api/[id]",{"id":"[...slug]"}]"#,
            "",
        ),
        (
            "/api/_middleware",
            200,
            r#"["/api/[id]",{"id":"_middleware"}]"#,
            "",
        ),
        (
            "/api/admin.rs",
            200,
            r#"["/api/[id]",{"id":"admin.rs"}]"#,
            "",
        ),
        ("/api/Admin", 200, r#"["/api/[id]",{"id":"Admin"}]"#, ""),
        (
            "/api/admin;v=1",
            200,
            r#"["/api/[id]",{"id":"admin;v=1"}]"#,
            "",
        ),
        ("/api/admin%20", 200, r#"["/api/[id]",{"id":"admin "}]"#, ""),
    ])
    .await;
}

#[tokio::test]
async fn h19_long_targets_are_answered() {
    let long = |length: usize| format!("/api/{}", "a".repeat(length - 5));
    let targets = [
        (long(65_534), 200),
        (long(65_535), 414),
        (long(70_000), 414),
        (long(300_000), 414),
        (format!("/api/files{}", "/a".repeat(30_000)), 414),
    ];
    for address in everywhere().await {
        for (target, status) in &targets {
            let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = exchange(address, &request).await;
            assert_eq!(answer.status(), *status, "{} bytes", target.len());
        }
    }
}

#[tokio::test]
async fn refused_targets_leave_the_connection_usable() {
    let mut client = Client::connect(alone().await).await;
    for (target, status) in [
        ("/api/%zz", 400),
        ("/nowhere", 404),
        ("/api/admin/", 308),
        ("/api/..", 404),
        ("/api/admin", 200),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        client.send(request).await;
        assert_eq!(client.answer().await.status(), status, "{target}");
    }
}
