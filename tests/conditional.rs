//! Conditional requests: when a 304 is enough, and what it carries.

mod support;

use axum::{extract::Request, middleware::Next};
use support::{Answer, request, send};
use tower::ServiceBuilder;
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, FsRouter,
    router::{MethodRouter, any},
};
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};

type Make = fn(ApiResponse) -> ApiResponse;

/// A router with one route, `/x`.
fn router(route: MethodRouter) -> FsRouter {
    FsRouter::builder().route("x", route).build().unwrap()
}

fn route(make: Make) -> MethodRouter {
    any(move |_req: ApiRequest, res: ApiResponse| async move { make(res) })
}

/// The answer to a request with these conditions.
async fn conditional(router: &FsRouter, method: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = request(method, "/x");
    for (name, value) in headers {
        let name = http::HeaderName::try_from(*name).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    send(router, request).await
}

#[tokio::test]
async fn h68_if_none_match() {
    let router = router(route(|res| res.send(true)));
    let tag = r#""ywwejgvrps4""#;
    let weak = format!("W/{tag}");
    let list = format!("\"a\" ,,\t{tag},");
    let weak_list = format!("\"a\", {weak}");
    let long = format!("{}{tag}", "\"a\",".repeat(25_000));
    let long_miss = "\"a\",".repeat(25_000);
    for (field, fresh) in [
        (tag, true),
        (&weak, true),
        ("*", true),
        (" * ", true),
        (&list, true),
        (&weak_list, true),
        (&long, true),
        (&long_miss, false),
        ("", false),
        ("\"a\"", false),
        ("ywwejgvrps4", false),
        ("w/\"ywwejgvrps4\"", false),
        ("\"ywwejgvrps4", false),
        ("\"a\", *", false),
        ("\"YWWEJGVRPS4\"", false),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = conditional(&router, method, &[("if-none-match", field)]).await;
            let status = if fresh { 304 } else { 200 };
            assert_eq!(answer.status, status, "{method} {field:.60}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = conditional(&router, method, &[("if-none-match", field)]).await;
            assert_eq!(answer.status, 200, "{method} {field:.60}");
        }
    }
    let two = [("if-none-match", "\"a\""), ("if-none-match", tag)];
    assert_eq!(conditional(&router, "GET", &two).await.status, 304);
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("cache-control", "max-age=0, no-cache"),
        ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        let headers = [("if-none-match", tag), (name, value)];
        let answer = conditional(&router, "GET", &headers).await;
        assert_eq!(answer.status, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn h68_only_successful_answers_become_304() {
    for (status, expected) in [
        (200, 304),
        (201, 304),
        (299, 304),
        (302, 302),
        (404, 404),
        (500, 500),
    ] {
        let router = router(any(move |_req: ApiRequest, res: ApiResponse| async move {
            res.status(status).send(true)
        }));
        let answer = conditional(&router, "GET", &[("if-none-match", "*")]).await;
        assert_eq!(answer.status, expected, "{status}");
    }
    let router = router(any(async || {
        Err::<ApiResponse, _>(ApiError::bad_request("no"))
    }));
    let answer = conditional(&router, "GET", &[("if-none-match", "*")]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn h68_a_304_keeps_what_belongs_to_the_resource() {
    let make: Make = |res| {
        res.header("cache-control", "max-age=60")
            .header("vary", "accept")
            .header("content-length", "4")
            .set_cookie(("a", "1"))
            .send(true)
    };
    let answer = conditional(&router(route(make)), "GET", &[("if-none-match", "*")]).await;
    let lines = [
        "cache-control: max-age=60",
        "etag: \"ywwejgvrps4\"",
        "set-cookie: a=1",
        "vary: accept",
    ];
    assert_eq!(
        (answer.lines(), &*answer.body),
        (lines.map(str::to_owned).to_vec(), "")
    );
    // A tag that the handler has set itself, beside a body of its own, is its own affair.
    let make: Make = |res| res.header("etag", "\"a\"").body("text");
    let answer = conditional(&router(route(make)), "GET", &[("if-none-match", "*")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn h68_answers_of_axum_types_have_no_tag() {
    let router = router(any(async || axum::Json(1)));
    let answer = conditional(&router, "GET", &[("if-none-match", "*")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, None));
}

fn long() -> String {
    "hello ".repeat(100)
}

fn compressed(route: MethodRouter) -> MethodRouter {
    route.layer(CompressionLayer::new())
}

#[tokio::test]
async fn h68_a_tag_is_weak_where_a_layer_changed_the_coding() {
    let ours = || {
        any(async |_: ApiRequest, res: ApiResponse| {
            res.header("cache-control", "max-age=60").json(&long())
        })
    };
    // The tag of a handler, beside a body of its own.
    let own = || any(async || ([("etag", "\"own\"")], long()));
    let passes =
        || axum::middleware::from_fn(async |request: Request, next: Next| next.run(request).await);
    // A layer that answers by itself.
    let early = || {
        axum::middleware::from_fn(async |_: Request, _: Next| {
            ApiResponse::new()
                .header("cache-control", "max-age=60")
                .json(&long())
        })
    };
    let both = || {
        ServiceBuilder::new()
            .layer(CompressionLayer::new())
            .layer(early())
    };
    for (name, route, conditions) in [
        ("alone", compressed(ours()), true),
        ("outermost", compressed(ours().layer(passes())), true),
        ("innermost", compressed(ours()).layer(passes()), true),
        ("early", compressed(ours().layer(early())), true),
        ("early, in one layer", ours().layer(both()), true),
        ("own", compressed(own()), false),
    ] {
        let router = router(route);
        let plain = conditional(&router, "GET", &[]).await;
        let strong = plain.header("etag").unwrap();
        assert!(strong.starts_with('"'), "{name}: {strong}");
        let weak = format!("W/{strong}");
        let gzip = ("accept-encoding", "gzip");
        for method in ["GET", "HEAD"] {
            let answer = conditional(&router, method, &[gzip]).await;
            assert_eq!(answer.status, 200, "{name} {method}");
            assert_eq!(
                answer.header("content-encoding"),
                Some("gzip"),
                "{name} {method}"
            );
            assert_eq!(
                answer.header("vary"),
                Some("accept-encoding"),
                "{name} {method}"
            );
            assert_eq!(answer.header("etag"), Some(&*weak), "{name} {method}");
            if !conditions {
                continue;
            }
            for (accepts, expected) in [(gzip, &*weak), (("accept-encoding", "identity"), strong)] {
                for tag in [strong, &*weak] {
                    let answer =
                        conditional(&router, method, &[accepts, ("if-none-match", tag)]).await;
                    assert_eq!(answer.status, 304, "{name} {method} {tag}");
                    let lines = [
                        "cache-control: max-age=60".to_owned(),
                        "content-type: application/json; charset=utf-8".to_owned(),
                        format!("etag: {expected}"),
                        "vary: accept-encoding".to_owned(),
                    ];
                    assert_eq!(answer.lines(), lines, "{name} {method} {tag}");
                    assert_eq!(answer.body, "", "{name} {method} {tag}");
                }
            }
        }
    }
}

#[tokio::test]
async fn h68_a_tag_stays_as_it_is_where_no_layer_changed_the_coding() {
    // Compressed by the handler, weak already, or tagged again by a layer.
    let coded: Make = |res| {
        res.header("content-encoding", "gzip")
            .send(&b"\x1f\x8b"[..])
    };
    let weak: Make = |res| res.header("etag", "W/\"a\"").body("text ".repeat(100));
    let retagged = SetResponseHeaderLayer::overriding(
        http::header::ETAG,
        http::HeaderValue::from_static("\"of the coded bytes\""),
    );
    let long: Make = |res| res.send("text ".repeat(100));
    for (route, tag) in [
        (compressed(route(coded)), None),
        (compressed(route(weak)), Some("W/\"a\"")),
        (
            compressed(route(long)).layer(retagged),
            Some("\"of the coded bytes\""),
        ),
    ] {
        let answer = conditional(&router(route), "GET", &[("accept-encoding", "gzip")]).await;
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        let found = answer.header("etag").unwrap();
        match tag {
            Some(tag) => assert_eq!(found, tag),
            None => assert!(found.starts_with('"'), "{found}"),
        }
    }
}

#[tokio::test]
async fn h68_layers_see_the_whole_answer_before_it_becomes_a_304() {
    let make: Make = |res| res.send("text");
    let shouted = axum::middleware::from_fn(async |request: Request, next: Next| {
        let response = next.run(request).await;
        assert_eq!(response.status(), 200);
        let size = http_body::Body::size_hint(response.body()).exact();
        assert_eq!(size, Some(4));
        let mut response = response.map(|_| axum::body::Body::from("TEXT!"));
        response
            .headers_mut()
            .insert("x-layer", "1".parse().unwrap());
        response
    });
    let router = router(route(make).layer(shouted));
    for (method, length) in [("GET", None), ("HEAD", Some("5"))] {
        let answer = conditional(&router, method, &[]).await;
        assert_eq!(answer.header("x-layer"), Some("1"), "{method}");
        assert_eq!(answer.header("content-length"), length, "{method}");
        let answer = conditional(&router, method, &[("if-none-match", "*")]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("x-layer")),
            (304, Some("1"))
        );
    }
    // An answer that a layer has replaced is no longer the one that the client has.
    let replaced = axum::middleware::from_fn(async |request: Request, next: Next| {
        let _ = next.run(request).await;
        (http::StatusCode::OK, "another")
    });
    let router = self::router(route(make).layer(replaced));
    let answer = conditional(&router, "GET", &[("if-none-match", "*")]).await;
    assert_eq!((answer.status.as_u16(), &*answer.body), (200, "another"));
}
