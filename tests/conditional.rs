//! Conditional requests: when a 304 is enough, and what it carries.

mod support;

use support::{Answer, request, send};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, FsRouter,
    router::{MethodRouter, any},
};

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
