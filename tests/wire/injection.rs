//! Values from a request on their way into headers of the answer.

use std::net::SocketAddr;

use tower_api_routes::{
    ApiRequest, ApiResponse, FsRouter,
    cookies::Cookie,
    router::{any, get},
};

use crate::support::wire::{Answer, exchange, serve};

async fn redirect(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-before", "1").redirect(to(&req))
}

async fn redirect_local(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.redirect_local(to(&req))
}

async fn see_other(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-before", "1")
        .redirect_local_with(303, to(&req))
}

async fn header(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-before", "1")
        .header("x-to", to(&req))
        .send("ok")
}

async fn set_cookie(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-before", "1")
        .set_cookie(("to", to(&req)))
        .send("ok")
}

async fn set_cookie_path(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.header("x-before", "1")
        .set_cookie(Cookie::build(("a", "b")).path(to(&req)))
        .send("ok")
}

async fn attachment(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.attachment(&to(&req)).send("ok")
}

fn to(req: &ApiRequest) -> String {
    req.query().get("to").unwrap_or_default().to_owned()
}

async fn server() -> SocketAddr {
    let router = FsRouter::builder()
        .route("redirect", any(redirect))
        .route("local", get(redirect_local))
        .route("see-other", get(see_other))
        .route("header", get(header))
        .route("cookie", get(set_cookie))
        .route("cookie-path", get(set_cookie_path))
        .route("attachment", get(attachment))
        .build()
        .unwrap();
    serve(router).await
}

async fn ask(address: SocketAddr, path: &str, to: &str) -> Answer {
    let request = format!("GET /{path}?to={to} HTTP/1.1\r\nHost: a\r\n\r\n");
    exchange(address, request).await
}

fn assert_is_plain_500(answer: &Answer, what: &str) {
    assert_is_plain(answer, 500, "Internal Server Error", what);
}

fn assert_is_plain(answer: &Answer, status: u16, body: &str, what: &str) {
    assert_eq!(answer.status(), status, "{what}");
    assert_eq!(answer.body, body, "{what}");
    assert_eq!(
        answer.names(),
        ["content-type", "x-content-type-options", "content-length"],
        "{what}"
    );
}

#[tokio::test]
async fn h64_h14_no_value_makes_a_header_line() {
    let address = server().await;
    for path in ["redirect", "header"] {
        for to in [
            "/a%0d%0aSet-Cookie:%20admin=1",
            "/a%0aSet-Cookie:%20admin=1",
            "/a%0d",
            "/a%00",
            "/a%7f",
        ] {
            let answer = ask(address, path, to).await;
            assert_is_plain_500(&answer, &format!("{path} {to}"));
        }
    }
    let answer = ask(address, "cookie", "a%0d%0aSet-Cookie:%20admin=1;%20Secure").await;
    let cookies: Vec<_> = answer.headers("set-cookie").collect();
    assert_eq!(cookies, ["to=a%0D%0ASet-Cookie%3A%20admin%3D1%3B%20Secure"]);
    let answer = ask(address, "cookie-path", "/%0d%0aSet-Cookie:%20admin=1").await;
    assert_is_plain_500(&answer, "cookie-path");
    let answer = ask(address, "attachment", "a%22%0d%0aSet-Cookie:%20admin=1").await;
    assert_eq!(
        answer.header("content-disposition"),
        Some(r#"attachment; filename="a___Set-Cookie: admin=1""#)
    );
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn h64_targets_are_percent_encoded() {
    let address = server().await;
    let answer = ask(address, "redirect", "/caf%C3%A9").await;
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.header("location"), Some("/caf%C3%A9"));
    assert_eq!(answer.header("x-before"), Some("1"));
    let long = format!("/{}", "a".repeat(60_000));
    let answer = ask(address, "redirect", &long).await;
    assert_eq!(answer.header("location"), Some(&*long));
}

#[tokio::test]
async fn h65_local_redirects_stay_local() {
    let address = server().await;
    for to in [
        "//evil",
        "/%5Cevil",
        "https:evil",
        "%09//evil",
        "/%09/evil",
        "javascript:x",
        "http://ok%5C@evil",
        "",
    ] {
        for path in ["local", "see-other"] {
            let refused = "the target of the redirect leaves the site";
            assert_is_plain(&ask(address, path, to).await, 400, refused, to);
        }
    }
    for (path, status) in [("local", 307), ("see-other", 303)] {
        let answer = ask(address, path, "/a?b=//c").await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.header("location"), Some("/a?b=//c"));
    }
    for to in ["javascript:x", "data:text/html,x", "%20JavaScript:x"] {
        assert_is_plain_500(&ask(address, "redirect", to).await, to);
    }
}

#[tokio::test]
async fn h66_the_body_of_a_redirect_is_no_page() {
    let answer = ask(server().await, "redirect", "/%3Cscript%3E").await;
    assert_eq!(answer.body, "/%3Cscript%3E");
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}
