//! `Json<T>` of a handler with extractors against `res.json(&value)`: the same answers.

mod support;

use axum::{
    body::Body,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing,
};
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use support::{
    Answer, request, send,
    wire::{Client, serve_everywhere},
};
use tower::ServiceExt;
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, EtagAlgorithm, FsRouter, Json, RouterOptions,
    router::{MethodRouter, any},
};
use tower_http::compression::CompressionLayer;

/// With what a port might write otherwise: floats, text that is not ASCII, keys that are numbers.
#[derive(Debug, Serialize)]
struct Post {
    id: u64,
    price: f64,
    tiny: f64,
    title: &'static str,
    list: Vec<Option<f32>>,
    map: serde_json::Value,
}

fn post() -> Post {
    Post {
        id: 1,
        price: 20.0,
        tiny: 1e-7,
        title: "Café ☕ <b>",
        list: vec![None, Some(0.1), Some(f32::NAN)],
        map: serde_json::json!({ "10": "z".repeat(300), "b": 1e21, "2": -0.0 }),
    }
}

/// An error whose text is JSON.
struct Teapot;

impl IntoResponse for Teapot {
    fn into_response(self) -> Response {
        (StatusCode::IM_A_TEAPOT, Json(post())).into_response()
    }
}

/// The same answer in both styles: `res.json` and `Json<T>`.
fn pairs() -> Vec<(&'static str, MethodRouter, MethodRouter)> {
    type Res = ApiResponse;
    let untyped = |make: fn(Res) -> Res| {
        any(move |_req: ApiRequest, res: ApiResponse| async move { make(res) })
    };
    let json = || untyped(|res| res.json(&post()));
    let created = || untyped(|res| res.status(201).header("x-a", "1").json(&post()));
    vec![
        ("plain", json(), any(async || Json(post()))),
        ("ok", json(), any(async || Ok::<_, ApiError>(Json(post())))),
        (
            "failed",
            any(async || Err::<ApiResponse, _>(ApiError::not_found("no post"))),
            any(async || Err::<Json<Post>, _>(ApiError::not_found("no post"))),
        ),
        (
            "teapot",
            untyped(|res| res.status(418).json(&post())),
            any(async || Err::<Json<Post>, _>(Teapot)),
        ),
        (
            "created",
            created(),
            any(async || (StatusCode::CREATED, [("x-a", "1")], Json(post()))),
        ),
        (
            "response",
            created(),
            any(async || {
                tokio::task::yield_now().await;
                (StatusCode::CREATED, [("x-a", "1")], Json(post())).into_response()
            }),
        ),
        (
            "impl",
            json(),
            any(async || -> Result<Response, ApiError> { Ok(Json(post()).into_response()) }),
        ),
        (
            "not-found",
            untyped(|res| res.status(404).json(&post())),
            any(async || (StatusCode::NOT_FOUND, Json(post()))),
        ),
        (
            "no-content",
            untyped(|res| res.status(204).json(&post())),
            any(async || (StatusCode::NO_CONTENT, Json(post()))),
        ),
        (
            "tagged",
            untyped(|res| res.json(&post()).header("etag", "\"mine\"")),
            any(async || ([(header::ETAG, "\"mine\"")], Json(post()))),
        ),
        (
            "other-type",
            untyped(|res| {
                res.json(&post())
                    .header("content-type", "application/vnd.api+json")
            }),
            any(async || {
                let kind = [(header::CONTENT_TYPE, "application/vnd.api+json")];
                (kind, Json(post()))
            }),
        ),
        (
            "no-json",
            untyped(|res| res.json(&std::collections::HashMap::from([(vec![1], 1)]))),
            any(async || Json(std::collections::HashMap::from([(vec![1], 1)]))),
        ),
    ]
}

fn router(options: RouterOptions, wrap: fn(MethodRouter) -> MethodRouter) -> FsRouter {
    let mut builder = FsRouter::builder().options(options);
    for (name, untyped, typed) in pairs() {
        builder = builder
            .route(format!("untyped/{name}"), wrap(untyped))
            .route(format!("typed/{name}"), wrap(typed));
    }
    builder.build().unwrap()
}

fn ask(method: &str, uri: &str, tag: Option<&str>) -> http::Request<Body> {
    let mut request = request(method, uri);
    let headers = request.headers_mut();
    headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
    if let Some(tag) = tag {
        headers.insert("if-none-match", tag.parse().unwrap());
    }
    request
}

fn whole(answer: &Answer) -> (StatusCode, Vec<String>, &str) {
    (answer.status, answer.lines(), &answer.body)
}

/// Asks both styles for all pairs, and gives the tag of `plain`.
async fn compare(router: &FsRouter) -> Option<String> {
    let mut plain = None;
    for (name, ..) in pairs() {
        let [untyped, typed] = ["untyped", "typed"].map(|style| format!("/{style}/{name}"));
        let first = send(router, ask("GET", &untyped, None)).await;
        let tag = first.header("etag").map(str::to_owned);
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
            for tag in [None, Some("*"), Some("\"other\""), tag.as_deref()] {
                let untyped = send(router, ask(method, &untyped, tag)).await;
                let typed = send(router, ask(method, &typed, tag)).await;
                assert_eq!(whole(&untyped), whole(&typed), "{method} {name} {tag:?}");
            }
        }
        if name == "plain" {
            let again = send(router, ask("GET", &typed, tag.as_deref())).await;
            assert_eq!(again.status == 304, tag.is_some());
            plain = tag;
        }
    }
    plain
}

#[tokio::test]
async fn json_answers_like_res_json() {
    let tag = compare(&router(RouterOptions::new(), |route| route)).await;
    assert!(tag.is_some_and(|tag| tag.len() > 4));
}

#[tokio::test]
async fn json_answers_like_res_json_behind_layers() {
    async fn pass(request: Request, next: Next) -> Response {
        next.run(request).await
    }
    let plain = compare(&router(RouterOptions::new(), |route| {
        route.layer(from_fn(pass))
    }))
    .await;
    assert!(plain.is_some_and(|tag| tag.starts_with('"')));
    let wrap = |route: MethodRouter| route.layer(CompressionLayer::new()).layer(from_fn(pass));
    let packed = compare(&router(RouterOptions::new(), wrap)).await;
    assert!(packed.is_some_and(|tag| tag.starts_with("W/")));
}

#[tokio::test]
async fn json_is_tagged_by_the_option_that_tags_res_json() {
    let off = RouterOptions::new().etag(EtagAlgorithm::Off);
    assert_eq!(compare(&router(off, |route| route)).await, None);
}

#[tokio::test]
#[cfg(feature = "strong-etag")]
async fn json_is_tagged_by_sha_256_where_res_json_is() {
    let tag_of = async |options| compare(&router(options, |route| route)).await;
    let strong = RouterOptions::new().etag(EtagAlgorithm::Strong);
    assert_ne!(
        tag_of(strong).await.unwrap(),
        tag_of(RouterOptions::new()).await.unwrap()
    );
}

#[tokio::test]
async fn json_of_a_layer_is_tagged_too() {
    async fn answer(_: Request, _: Next) -> Json<Post> {
        Json(post())
    }
    let router = router(RouterOptions::new(), |route| route.layer(from_fn(answer)));
    let tag = compare(&router).await;
    assert!(tag.is_some());
}

/// What comes after the text is not lost: the body is no text alone, and stays as it is.
#[tokio::test]
async fn json_with_trailers_keeps_them() {
    let handler = any(async || {
        let trailers = async {
            let sum = HeaderValue::from_static("1");
            Some(Ok(http::HeaderMap::from_iter([(
                http::HeaderName::from_static("x-sum"),
                sum,
            )])))
        };
        Json("abc").into_response().map(|body| {
            let body = body.with_trailers(trailers);
            Body::new(body)
        })
    });
    let router = FsRouter::builder().route("x", handler).build().unwrap();
    let Ok(response) = router.oneshot(request("GET", "/x")).await;
    assert!(!response.headers().contains_key(header::ETAG));
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(body.trailers().unwrap()["x-sum"], "1");
    assert_eq!(body.to_bytes(), "\"abc\"");
}

/// A handler that makes another body of it: the tag names what is sent.
#[tokio::test]
async fn a_body_that_took_the_place_of_the_json_is_tagged_as_it_is() {
    let upper = any(async || {
        let response = Json("abc").into_response();
        response.map(|_| Body::from("\"ABC\""))
    });
    let stream = any(async || {
        let response = Json("abc").into_response();
        let pieces = ["\"A", "BC\""].map(Ok::<_, std::convert::Infallible>);
        response.map(|_| Body::from_stream(futures_util::stream::iter(pieces)))
    });
    let json = any(async || Json("ABC"));
    let router = FsRouter::builder()
        .route("upper", upper)
        .route("stream", stream)
        .route("json", json)
        .build()
        .unwrap();
    let json = send(&router, request("GET", "/json")).await;
    let upper = send(&router, request("GET", "/upper")).await;
    assert_eq!(whole(&upper), whole(&json));
    let stream = send(&router, request("GET", "/stream")).await;
    assert_eq!((stream.header("etag"), &*stream.body), (None, "\"ABC\""));
}

#[tokio::test]
async fn json_outside_of_a_route_stays_plain() {
    let app = axum::Router::new().route("/x", routing::get(async || Json(post())));
    let answer = send(&app, ask("GET", "/x", Some("*"))).await;
    assert_eq!(answer.status, 200);
    let type_and_length: Vec<_> = answer
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert_eq!(type_and_length, ["content-type", "content-length"]);
}

#[tokio::test]
async fn json_answers_like_res_json_on_the_wire() {
    for address in serve_everywhere(router(RouterOptions::new(), |route| route)).await {
        for (name, ..) in pairs() {
            for (method, tag) in [("GET", "\"a\""), ("GET", "*"), ("HEAD", "*"), ("POST", "*")] {
                let ask = async |style: &str| {
                    let head = format!("{method} /{style}/{name} HTTP/1.1\r\nhost: a\r\n");
                    let head = format!("{head}if-none-match: {tag}\r\ncontent-length: 0\r\n\r\n");
                    let mut connection = Client::connect(address).await;
                    connection.send(head).await;
                    let answer = connection.answer_to(method).await;
                    let mut names = answer.names();
                    names.sort();
                    (
                        answer.status(),
                        names,
                        answer.header("etag").map(str::to_owned),
                        answer.body,
                    )
                };
                let (untyped, typed) = (ask("untyped").await, ask("typed").await);
                if (name, method, tag) == ("plain", "HEAD", "*") {
                    assert_eq!(typed.0, 304);
                }
                assert_eq!(untyped, typed, "{method} {name} {tag}");
            }
        }
    }
}

#[tokio::test]
async fn a_text_alone_answers_like_one_with_a_status() {
    const OK: StatusCode = StatusCode::OK;
    for wrap in [
        |it| it,
        |it: MethodRouter| it.layer(CompressionLayer::new()),
    ] {
        let cases = [
            (any(async || "é\n".to_owned()), any(async || (OK, "é\n"))),
            (
                any(async || String::new()),
                any(async || (OK, String::new())),
            ),
            (any(async || "a"), any(async || (OK, "a"))),
            (any(async || ""), any(async || (OK, ""))),
            (
                any(async || Ok::<_, ApiError>("a".to_owned())),
                any(async || (OK, "a")),
            ),
            (
                any(async || Ok::<_, ApiError>("a")),
                any(async || (OK, "a")),
            ),
            (
                any(async || Err::<String, _>(ApiError::not_found("no text"))),
                any(async || Err::<(StatusCode, String), _>(ApiError::not_found("no text"))),
            ),
        ];
        for (at, (alone, with_status)) in cases.into_iter().enumerate() {
            let router = FsRouter::builder()
                .route("alone", wrap(alone))
                .route("with-status", wrap(with_status))
                .build()
                .unwrap();
            for method in ["GET", "HEAD", "POST"] {
                let alone = send(&router, ask(method, "/alone", None)).await;
                let with_status = send(&router, ask(method, "/with-status", None)).await;
                assert_eq!(whole(&alone), whole(&with_status), "{method} {at}");
            }
        }
    }
}
