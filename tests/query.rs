//! The query string through the layer and the extractor.

#![cfg(feature = "runtime")]

use std::{collections::BTreeMap, convert::Infallible};

use axum::{Router, body::Body, extract::Path, routing::get};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde::Deserialize;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, Form, FsRouter, MultiMap, Query, QueryLayer,
    query::{MAX_PAIRS, ParsedQuery, from_text},
    router,
};

#[derive(Deserialize)]
struct Person {
    name: String,
    age: Option<u8>,
    #[serde(default)]
    tag: Vec<String>,
}

fn app() -> Router {
    Router::new()
        .route(
            "/typed",
            get(async |Query(person): Query<Person>| {
                let Person { name, age, tag } = person;
                format!("{name:?} {age:?} {tag:?}")
            }),
        )
        .route("/all", get(async |Query(query): Query| json(&query)))
        .route(
            "/user/{id}",
            get(async |Path(id): Path<String>, Query(query): Query| {
                format!("{id} {}", json(&query))
            }),
        )
}

fn json(query: &MultiMap) -> String {
    serde_json::to_string(query).unwrap()
}

async fn send(app: Router, uri: &str) -> (StatusCode, String) {
    let request = Request::get(uri).body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn typed_and_untyped_with_and_without_the_layer() {
    for app in [app(), app().layer(QueryLayer::new())] {
        for (uri, status, body) in [
            (
                "/typed?name=J%C3%BCrgen+K&age=7&tag=a",
                200,
                r#""Jürgen K" Some(7) ["a"]"#,
            ),
            ("/typed?name=&age=", 200, r#""" None []"#),
            (
                "/typed?name=x&age=300",
                400,
                "invalid query: age: expected a whole number from 0 to 255",
            ),
            ("/typed", 400, "invalid query: name: missing"),
            (
                "/typed?name=a&name=b",
                400,
                "invalid query: name: expected a single value",
            ),
            ("/all", 200, "{}"),
            (
                "/all?b=1&2=x&1=y&b",
                200,
                r#"{"1":"y","2":"x","b":["1",""]}"#,
            ),
        ] {
            let answer = send(app.clone(), uri).await;
            assert_eq!(
                answer,
                (StatusCode::from_u16(status).unwrap(), body.to_owned()),
                "{uri}"
            );
        }
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is only shown")]
struct Near {
    lat: f64,
    lon: f64,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is only shown")]
struct Search<T> {
    q: String,
    #[serde(default)]
    open: bool,
    #[serde(flatten)]
    more: T,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is only shown")]
struct NearText {
    #[serde(deserialize_with = "from_text")]
    lat: f64,
    #[serde(deserialize_with = "from_text")]
    lon: f64,
}

/// As a query, and as a form.
async fn search<T: std::fmt::Debug>(Query(search): Query<Search<T>>) -> String {
    format!("{search:?}")
}

async fn form<T: std::fmt::Debug>(Form(search): Form<Search<T>>) -> String {
    format!("{search:?}")
}

#[tokio::test]
async fn flattened_values_arrive_or_are_refused() {
    const REMEDY: &str = "lat: expected a number, but serde has only text for fields inside flatten \
                          and enums: use deserialize_with = \"tower_api_routes::query::from_text\"";
    let near = "q=inn&lat=48.1&lon=11.5&open=on";
    let shown = r#"Search { q: "inn", open: true, more: "#;
    let app = Router::new()
        .route(
            "/near",
            get(search::<Option<Near>>).post(form::<Option<Near>>),
        )
        .route(
            "/text",
            get(search::<Option<NearText>>).post(form::<Option<NearText>>),
        )
        .route(
            "/map",
            get(search::<BTreeMap<String, String>>).post(form::<BTreeMap<String, String>>),
        );
    for (path, text, status, answer) in [
        ("/near", near, 400, REMEDY.to_owned()),
        ("/near", "q=inn&open=1", 200, format!("{shown}None }}")),
        (
            "/text",
            near,
            200,
            format!("{shown}Some(NearText {{ lat: 48.1, lon: 11.5 }}) }}"),
        ),
        (
            "/text",
            "q=inn&lat=x&lon=1",
            400,
            "lat: expected a number".to_owned(),
        ),
        (
            "/map",
            near,
            200,
            format!(r#"{shown}{{"lat": "48.1", "lon": "11.5"}} }}"#),
        ),
        (
            "/map",
            "q=&open=yes",
            400,
            "open: expected true or false".to_owned(),
        ),
    ] {
        let prefixed = |prefix: &str| match status {
            200 => answer.clone(),
            _ => format!("{prefix}{answer}"),
        };
        let query = send(app.clone(), &format!("{path}?{text}")).await;
        let expected = (
            StatusCode::from_u16(status).unwrap(),
            prefixed("invalid query: "),
        );
        assert_eq!(query, expected, "{path} {text}");
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(text))
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path} {text}");
        let body = axum::body::to_bytes(response.into_body(), 4096)
            .await
            .unwrap();
        assert_eq!(body, prefixed("invalid body: "), "{path} {text}");
    }
}

#[tokio::test]
async fn h12_route_parameters_and_the_query_stay_apart() {
    let (status, body) = send(app(), "/user/1?id=2&id=3").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, r#"1 {"id":["2","3"]}"#);
}

#[tokio::test]
async fn h13_a_fragment_is_not_part_of_the_query() {
    let (status, body) = send(app(), "/all?a=1#f?admin=1").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, r#"{"a":"1"}"#);
}

#[tokio::test]
async fn too_many_pairs_are_an_error_and_not_cut() {
    let uri = |count: usize| format!("/all?{}", "a&".repeat(count));
    for app in [app(), app().layer(QueryLayer::new())] {
        let (status, _) = send(app.clone(), &uri(MAX_PAIRS)).await;
        assert_eq!(status, StatusCode::OK);
        let (status, body) = send(app, &uri(MAX_PAIRS + 1)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body, "too many query parameters");
    }
}

#[tokio::test]
async fn the_layer_parses_once_and_keeps_body_and_error_types() {
    struct NotABody;

    let service = ServiceBuilder::new()
        .layer(QueryLayer::new())
        .service(service_fn(async |request: Request<NotABody>| {
            let query = request.extensions().get::<ParsedQuery>().unwrap();
            let (first, second) = (query.get().unwrap(), query.clone());
            assert!(std::ptr::eq(first, second.get().unwrap()));
            Ok::<_, Infallible>(Response::new(first.get("a").map(str::to_owned)))
        }));
    let request = Request::get("/?a=1").body(NotABody).unwrap();
    let Ok(response) = service.oneshot(request).await;
    assert_eq!(response.into_body().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_query_rewritten_behind_the_layer_is_read_again() {
    let rewritten = app().layer(ServiceBuilder::new().layer(QueryLayer::new()).map_request(
        |mut request: Request<Body>| {
            *request.uri_mut() = "/all?a=new".parse().unwrap();
            request
        },
    ));
    let (_, body) = send(rewritten, "/all?a=old").await;
    assert_eq!(body, r#"{"a":"new"}"#);
}

/// A query that needs no decoding is read as it stands in the URL, another by way of a map: nobody can tell.
#[tokio::test]
async fn a_query_is_read_alike_with_and_without_escapes() {
    async fn person(Query(person): Query<Person>) -> String {
        format!("{:?} {:?} {:?}", person.name, person.age, person.tag)
    }
    async fn person_of_req(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let person: Person = req.query_as()?;
        Ok(res.send(format!(
            "{:?} {:?} {:?}",
            person.name, person.age, person.tag
        )))
    }
    async fn list(Query(list): Query<Vec<(String, String)>>) -> String {
        format!("{list:?}")
    }
    async fn map(Query(map): Query<BTreeMap<String, Vec<String>>>) -> String {
        format!("{map:?}")
    }
    async fn borrowed(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let map: BTreeMap<&str, &str> = req.query_as()?;
        Ok(res.send(format!("{map:?}")))
    }
    let app = FsRouter::builder()
        .route("person", router::any(person))
        .route("person-of-req", router::any(person_of_req))
        .route("list", router::any(list))
        .route("map", router::any(map))
        .route("borrowed", router::any(borrowed))
        .build()
        .unwrap();
    let mut answers = Vec::new();
    for query in [
        "name=Ann&age=7",
        "name=Ann&age=",
        "name=Ann&age",
        "name=Ann&tag=x",
        "name=&tag=",
        "age=7",
        "name=Ann&age=seven",
        "name=Ann&age=300&other=1",
        "",
    ] {
        for route in ["person", "person-of-req", "list", "map", "borrowed"] {
            // The name of the last pair, escaped or not, is one that no field has.
            let ask = |last: &str| {
                let request = Request::get(format!("/{route}?{query}&{last}=1"));
                app.clone().oneshot(request.body(Body::empty()).unwrap())
            };
            let mut both = Vec::new();
            for last in ["zA", "%7A%41"] {
                let response = ask(last).await.unwrap();
                let status = response.status();
                let body = response.into_body().collect().await.unwrap().to_bytes();
                both.push(format!("{status} {}", str::from_utf8(&body).unwrap()));
            }
            assert_eq!(both[0], both[1], "{route} {query}");
            answers.extend(both.pop());
        }
    }
    assert_eq!(answers[0], r#"200 OK "Ann" Some(7) []"#);
    assert_eq!(
        answers[2],
        r#"200 OK [("name", "Ann"), ("age", "7"), ("zA", "1")]"#
    );
    assert_eq!(answers[5], r#"200 OK "Ann" None []"#);
}

#[tokio::test]
async fn route_parameters_lie_over_a_query_that_is_read_into_a_type() {
    async fn show(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let map: BTreeMap<String, Vec<String>> = req.query_as()?;
        Ok(res.send(format!("{map:?}")))
    }
    let app = FsRouter::builder()
        .route("users/[id]", router::any(show))
        .route("files/[[...path]]", router::any(show))
        .build()
        .unwrap();
    for (uri, expected) in [
        ("/users/1?id=2&a=3", r#"{"a": ["3"], "id": ["1"]}"#),
        ("/users/1", r#"{"id": ["1"]}"#),
        ("/files?path=a", r#"{"path": ["a"]}"#),
        ("/files/b/c?path=a", r#"{"path": ["b", "c"]}"#),
    ] {
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, expected, "{uri}");
    }
}

fn print(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        let escape =
            |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        text += &format!("{}={}&", escape(name), escape(value));
    }
    text
}

proptest! {
    #[test]
    fn what_was_printed_is_read_back(
        pairs in prop::collection::vec((".{0,8}", ".{0,8}"), 0..60)
    ) {
        let expected: MultiMap = pairs.iter().map(|(name, value)| (name, value)).collect();
        prop_assert_eq!(MultiMap::parse(print(&pairs), MAX_PAIRS).unwrap(), expected);
    }

    #[test]
    fn any_bytes_are_a_query_string(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let query = MultiMap::parse(&text, MAX_PAIRS).unwrap();
        prop_assert!(query.len() <= text.len());
        let _ = query.deserialize::<Person>();
        let printed = json(&query);
        prop_assert_eq!(serde_json::from_str::<MultiMap>(&printed).unwrap().len(), query.len());
    }

    #[test]
    fn any_text_around_separators_is_a_query_string(text in "[ab=&+%0-9\u{e9}]{0,40}") {
        let query = MultiMap::parse(&text, MAX_PAIRS).unwrap();
        let values: usize = query.iter().map(|(_, values)| values.len()).sum();
        prop_assert_eq!(values, text.split('&').filter(|pair| !pair.is_empty()).count());
    }
}
