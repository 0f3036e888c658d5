//! What a client may send in more ways than one: a name twice, a header that is not ASCII.

mod support;

use axum::body::Body;
use http::{HeaderValue, Request};
use support::{Answer, request, send};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, BodyValue, FsRouter, MultiMap,
    router::{any, post},
};

/// A login with a double-submitted token: the field has to be the cookie. `pick` is how a value is read.
async fn login(req: &ApiRequest, pick: Pick) -> Result<bool, ApiError> {
    let BodyValue::Form(form) = req.body().await?.value()? else {
        return Err(ApiError::bad_request("a form is expected"));
    };
    let token = pick(form, "csrf")?;
    Ok(token.is_some() && token.as_deref() == req.cookies().single("csrf")?)
}

type Pick = fn(&MultiMap, &'static str) -> Result<Option<String>, ApiError>;

fn router() -> FsRouter {
    let single: Pick = |form, name| Ok(form.single(name)?.map(str::to_owned));
    let first: Pick = |form, name| Ok(form.get(name).map(str::to_owned));
    let answer = |pick: Pick| {
        post(move |req: ApiRequest, res: ApiResponse| async move {
            match login(&req, pick).await? {
                true => Ok::<_, ApiError>(res.send("welcome")),
                false => Err(ApiError::new(http::StatusCode::FORBIDDEN, "wrong token")),
            }
        })
    };
    let query = any(async |req: ApiRequest, res: ApiResponse| {
        let page = req.query().single("page")?;
        Ok::<_, ApiError>(res.json(&page))
    });
    FsRouter::builder()
        .route("login", answer(single))
        .route("careless", answer(first))
        .route("query", query)
        .build()
        .unwrap()
}

async fn log_in(uri: &str, cookie: &str, form: &'static str) -> (u16, String) {
    let request = Request::post(uri)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let Answer { status, body, .. } = send(&router(), request).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_token_that_is_sent_twice_passes_no_login() {
    for (cookie, form, status, body) in [
        ("csrf=abc", "user=ann&csrf=abc", 200, "welcome"),
        (
            "csrf=abc",
            "csrf=abc&csrf=evil",
            400,
            "csrf: sent more than once",
        ),
        (
            "csrf=abc",
            "csrf=abc&user=ann&csrf=abc",
            400,
            "csrf: sent more than once",
        ),
        (
            "csrf=abc; csrf=evil",
            "csrf=abc",
            400,
            "csrf: sent more than once",
        ),
        ("csrf=abc", "csrf=evil", 403, "wrong token"),
        ("csrf=abc", "csrf=", 403, "wrong token"),
        ("csrf=abc", "user=ann", 403, "wrong token"),
        ("user=ann", "user=ann", 403, "wrong token"),
    ] {
        let answer = log_in("/login", cookie, form).await;
        assert_eq!(answer, (status, body.to_owned()), "{cookie} {form}");
    }
    // What it is for:
    let passed = log_in("/careless", "csrf=abc", "csrf=abc&csrf=evil").await;
    assert_eq!(passed.0, 200);
}

#[tokio::test]
async fn a_parameter_may_be_required_to_be_one() {
    for (query, status, body) in [
        ("", 200, "null"),
        ("?page=", 200, "\"\""),
        ("?page=2&tag=a&tag=b", 200, "\"2\""),
        ("?page=2&page=2", 400, "page: sent more than once"),
        ("?page=&p%61ge", 400, "page: sent more than once"),
    ] {
        let answer = send(&router(), request("GET", &format!("/query{query}"))).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.body),
            (status, body),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_header_is_latin_1_as_in_node() {
    let router = FsRouter::builder()
        .route(
            "x",
            any(async |req: ApiRequest, res: ApiResponse| {
                res.json(&(req.header("x-name"), req.header_latin1("x-name")))
            }),
        )
        .build()
        .unwrap();
    // What `Buffer.from(bytes).toString('latin1')` gives.
    for (bytes, expected) in [
        (&b"plain"[..], r#"["plain","plain"]"#),
        (b"Fran\xe7ois", "[null,\"Fran\u{e7}ois\"]"),
        ("é".as_bytes(), "[null,\"\u{c3}\u{a9}\"]"),
        (b"\x80\x9f\xa0\xff", "[null,\"\u{80}\u{9f}\u{a0}\u{ff}\"]"),
        (b"", r#"["",""]"#),
    ] {
        let mut request = request("GET", "/x");
        let value = HeaderValue::from_bytes(bytes).unwrap();
        request.headers_mut().insert("x-name", value);
        let answer = send(&router, request).await;
        assert_eq!(answer.body, expected, "{bytes:?}");
    }
    let answer = send(&router, request("GET", "/x")).await;
    assert_eq!(answer.body, "[null,null]");
}
