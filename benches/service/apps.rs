//! The same endpoints three times.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query as AxumQuery},
    middleware::{Next, from_fn},
    routing::{get as axum_get, post as axum_post},
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::{Layer, service_fn};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, ApiRoutes, CorsLayer, EtagAlgorithm, FsRouter, Json, Params,
    Query, RouterOptions,
    router::{MethodRouter, any, get, post},
};
use tower_http::{
    compression::CompressionLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use super::visitor::Visitor;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

#[derive(Serialize, Deserialize)]
struct User {
    name: String,
}

#[derive(Serialize)]
struct Hello {
    name: &'static str,
}

const HELLO: Hello = Hello { name: "John Doe" };

#[derive(Deserialize)]
struct Search {
    a: String,
    b: u32,
    c: Option<String>,
    d: bool,
}

#[derive(Serialize, Deserialize)]
struct Order {
    id: u64,
    customer: String,
    note: String,
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    sku: String,
    amount: u32,
    price: f64,
}

/// About 1 KB of JSON.
fn order() -> Bytes {
    let item = |n: u32| Item {
        sku: format!("sku-{n:08}"),
        amount: n,
        price: f64::from(n) * 1.25,
    };
    let order = Order {
        id: 42,
        customer: "Jane Doe".to_owned(),
        note: "leave it at the door".to_owned(),
        items: (0..20).map(item).collect(),
    };
    Bytes::from(serde_json::to_vec(&order).unwrap())
}

fn request(method: Method, uri: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(uri)
        .header(header::HOST, "localhost")
        .header(header::USER_AGENT, "bench")
        .header(header::ACCEPT, "*/*")
}

fn empty(uri: &str) -> Request<Body> {
    request(Method::GET, uri).body(Body::empty()).unwrap()
}

fn json_body() -> Request<Body> {
    static ORDER: std::sync::LazyLock<Bytes> = std::sync::LazyLock::new(order);
    request(Method::POST, "/api/orders")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(ORDER.clone()))
        .unwrap()
}

fn json<T: Serialize>(value: &T) -> Response<Full<Bytes>> {
    let body = Full::new(Bytes::from(serde_json::to_vec(value).unwrap()));
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// The other routes of the application.
fn others() -> impl Iterator<Item = String> {
    (0..100).map(|n| format!("resource{n}/items"))
}

async fn nothing() {}

/// Our router with one more route; entity tags off, as in the others.
fn ours(pattern: &str, route: MethodRouter, etag: EtagAlgorithm) -> FsRouter {
    let mut builder = FsRouter::builder()
        .mount("/api")
        .options(RouterOptions::new().etag(etag));
    for other in others() {
        builder = builder.route(other, get(nothing));
    }
    builder.route(pattern, route).build().unwrap()
}

/// axum's router with one more route.
fn axum(path: &str, route: axum::routing::MethodRouter) -> Router {
    let mut router = Router::new();
    for other in others() {
        router = router.route(&format!("/api/{other}"), axum_get(nothing));
    }
    router.route(path, route)
}

/// Shows `visitor` every case.
pub(super) fn all(visitor: &mut impl Visitor) {
    static_get(visitor);
    dynamic_get(visitor);
    query(visitor);
    cookies(visitor);
    typed_post(visitor);
    untyped_post(visitor);
    cors(visitor);
    from_function(visitor);
    stack(visitor);
    nested(visitor);
    not_found(visitor);
    pass_through(visitor);
}

fn static_get(visitor: &mut impl Visitor) {
    let make = || empty("/api/user");
    let bare = service_fn(async |_: Request<Body>| Ok::<_, Infallible>(json(&HELLO)));
    visitor.visit("static GET", "bare", bare, make);
    let app = axum("/api/user", axum_get(async || axum::Json(HELLO)));
    visitor.visit("static GET", "axum", app, make);
    async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.json(&HELLO)
    }
    visitor.visit(
        "static GET",
        "ours",
        ours("user", any(handler), EtagAlgorithm::Off),
        make,
    );
    visitor.visit(
        "static GET",
        "ours+etag",
        ours("user", any(handler), EtagAlgorithm::Next),
        make,
    );
    visitor.visit(
        "static GET",
        "ours Json",
        ours("user", get(async || Json(HELLO)), EtagAlgorithm::Off),
        make,
    );
    async fn typed(_req: ApiRequest, res: ApiResponse<Hello>) -> ApiResponse<Hello> {
        res.json(&HELLO)
    }
    visitor.visit(
        "static GET",
        "ours typed",
        ours("user", any(typed), EtagAlgorithm::Off),
        make,
    );
    async fn fallible(
        _req: ApiRequest,
        res: ApiResponse<Hello>,
    ) -> Result<ApiResponse<Hello>, ApiError> {
        Ok(res.json(&HELLO))
    }
    visitor.visit(
        "static GET",
        "ours typed?",
        ours("user", any(fallible), EtagAlgorithm::Off),
        make,
    );
}

fn dynamic_get(visitor: &mut impl Visitor) {
    let make = || empty("/api/users/42");
    let bare = service_fn(async |request: Request<Body>| {
        let id = request.uri().path().rsplit('/').next().unwrap_or_default();
        Ok::<_, Infallible>(json(&User {
            name: id.to_owned(),
        }))
    });
    visitor.visit("dynamic GET", "bare", bare, make);
    let app = axum(
        "/api/users/{id}",
        axum_get(async |Path(name): Path<String>| axum::Json(User { name })),
    );
    visitor.visit("dynamic GET", "axum", app, make);
    async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        let name = req.param("id").unwrap_or_default().into_owned();
        res.json(&User { name })
    }
    visitor.visit(
        "dynamic GET",
        "ours",
        ours("users/[id]", any(handler), EtagAlgorithm::Off),
        make,
    );
    visitor.visit(
        "dynamic GET",
        "ours+etag",
        ours("users/[id]", any(handler), EtagAlgorithm::Next),
        make,
    );
    visitor.visit(
        "dynamic GET",
        "ours Params",
        ours(
            "users/[id]",
            get(async |Params(name): Params<String>| Json(User { name })),
            EtagAlgorithm::Off,
        ),
        make,
    );
}

fn query(visitor: &mut impl Visitor) {
    let make = || empty("/api/search?a=hello&b=42&c=world&d=true");
    fn show(search: &Search) -> String {
        format!(
            "{} {} {} {}",
            search.a,
            search.b,
            search.d,
            search.c.is_some()
        )
    }
    let bare = service_fn(async |request: Request<Body>| {
        let query = request.uri().query().unwrap_or_default();
        let search: Search = serde_urlencoded::from_str(query).unwrap();
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(show(&search)))))
    });
    visitor.visit("GET, 4 query pairs", "bare", bare, make);
    let app = axum(
        "/api/search",
        axum_get(async |AxumQuery(search): AxumQuery<Search>| show(&search)),
    );
    visitor.visit("GET, 4 query pairs", "axum", app, make);
    let route = get(async |Query(search): Query<Search>| show(&search));
    visitor.visit(
        "GET, 4 query pairs",
        "ours",
        ours("search", route, EtagAlgorithm::Off),
        make,
    );
    async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let search: Search = req.query_as()?;
        Ok(res.send(show(&search)))
    }
    visitor.visit(
        "GET, 4 query pairs",
        "ours req",
        ours("search", any(handler), EtagAlgorithm::Off),
        make,
    );
}

fn cookies(visitor: &mut impl Visitor) {
    let make = || {
        let mut request = empty("/api/me");
        let value =
            HeaderValue::from_static("a=1; theme=dark; session=0123456789abcdef; lang=en; b=2");
        request.headers_mut().insert(header::COOKIE, value);
        request
    };
    let bare = service_fn(async |request: Request<Body>| {
        let cookies = request
            .headers()
            .get(header::COOKIE)
            .and_then(|it| it.to_str().ok());
        let session = cookie::Cookie::split_parse(cookies.unwrap_or_default().to_owned())
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == "session");
        let session = session
            .map(|cookie| cookie.value().to_owned())
            .unwrap_or_default();
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(session))))
    });
    visitor.visit("GET, 5 cookies", "bare", bare, make);
    let app = axum(
        "/api/me",
        axum_get(async |jar: axum_extra::extract::CookieJar| {
            jar.get("session")
                .map(|cookie| cookie.value().to_owned())
                .unwrap_or_default()
        }),
    );
    visitor.visit("GET, 5 cookies", "axum", app, make);
    async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.send(req.cookies().get("session").unwrap_or_default().to_owned())
    }
    visitor.visit(
        "GET, 5 cookies",
        "ours",
        ours("me", any(handler), EtagAlgorithm::Off),
        make,
    );
}

fn typed_post(visitor: &mut impl Visitor) {
    let bare = service_fn(async |request: Request<Body>| {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let order: Order = serde_json::from_slice(&body).unwrap();
        Ok::<_, Infallible>(json(&order))
    });
    visitor.visit("POST 1 KB, typed", "bare", bare, json_body);
    let app = axum(
        "/api/orders",
        axum_post(async |axum::Json(order): axum::Json<Order>| axum::Json(order)),
    );
    visitor.visit("POST 1 KB, typed", "axum", app, json_body);
    async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        let order: Order = req.json().await?;
        Ok(res.json(&order))
    }
    visitor.visit(
        "POST 1 KB, typed",
        "ours",
        ours("orders", any(handler), EtagAlgorithm::Off),
        json_body,
    );
    let route = post(async |Json(order): Json<Order>| Json(order));
    visitor.visit(
        "POST 1 KB, typed",
        "ours Json",
        ours("orders", route, EtagAlgorithm::Off),
        json_body,
    );
    visitor.visit(
        "POST 1 KB, typed",
        "ours+etag",
        ours("orders", any(handler), EtagAlgorithm::Next),
        json_body,
    );
    let route = post(async |Json(order): Json<Order>| Json(order));
    visitor.visit(
        "POST 1 KB, typed",
        "Json+etag",
        ours("orders", route, EtagAlgorithm::Next),
        json_body,
    );
}

fn untyped_post(visitor: &mut impl Visitor) {
    let bare = service_fn(async |request: Request<Body>| {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let value: Value = serde_json::from_slice(&body).unwrap();
        Ok::<_, Infallible>(json(&value))
    });
    visitor.visit("POST 1 KB, untyped", "bare", bare, json_body);
    let app = axum(
        "/api/orders",
        axum_post(async |axum::Json(value): axum::Json<Value>| axum::Json(value)),
    );
    visitor.visit("POST 1 KB, untyped", "axum", app, json_body);
    async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
        Ok(res.json(req.body().await?))
    }
    visitor.visit(
        "POST 1 KB, untyped",
        "ours",
        ours("orders", any(handler), EtagAlgorithm::Off),
        json_body,
    );
}

fn cors(visitor: &mut impl Visitor) {
    let make = || {
        let mut request = empty("/api/user");
        let origin = HeaderValue::from_static("https://example.com");
        request.headers_mut().insert(header::ORIGIN, origin);
        request
    };
    let layer = tower_http::cors::CorsLayer::new()
        .allow_origin([HeaderValue::from_static("https://example.com")]);
    let app = axum(
        "/api/user",
        axum_get(async || axum::Json(HELLO)).layer(layer),
    );
    visitor.visit("GET, CORS", "axum", app, make);
    async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
        res.json(&HELLO)
    }
    let layer = CorsLayer::new()
        .origin(["https://example.com"])
        .build()
        .unwrap();
    let route = any(handler).layer(layer);
    visitor.visit(
        "GET, CORS",
        "ours",
        ours("user", route, EtagAlgorithm::Off),
        make,
    );
}

fn from_function(visitor: &mut impl Visitor) {
    async fn pass(request: axum::extract::Request, next: Next) -> axum::response::Response {
        next.run(request).await
    }
    let make = || empty("/api/user");
    let route = axum_get(async || axum::Json(HELLO)).layer(from_fn(pass));
    visitor.visit("GET, from_fn", "axum", axum("/api/user", route), make);
    let route = get(async || Json(HELLO)).layer(from_fn(pass));
    let app = ours("user", route, EtagAlgorithm::Off);
    visitor.visit("GET, from_fn", "ours", app, make);
}

fn set_header() -> SetResponseHeaderLayer<HeaderValue> {
    let value = HeaderValue::from_static("nosniff");
    SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, value)
}

/// Five layers of tower-http as one: the types are known to each other.
fn stack(visitor: &mut impl Visitor) {
    let make = || empty("/api/user");
    let layers = || {
        tower::ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(tower_http::cors::CorsLayer::permissive())
            .layer(CompressionLayer::new())
            .layer(set_header())
            .layer(RequestBodyLimitLayer::new(1000))
            .into_inner()
    };
    let route = axum_get(async || axum::Json(HELLO)).layer(layers());
    visitor.visit(
        "GET, stack of 5 layers",
        "axum",
        axum("/api/user", route),
        make,
    );
    let route = get(async || Json(HELLO)).layer(layers());
    let app = ours("user", route, EtagAlgorithm::Off);
    visitor.visit("GET, stack of 5 layers", "ours", app, make);
}

/// The same five, each by itself, as in five directories.
fn nested(visitor: &mut impl Visitor) {
    let make = || empty("/api/user");
    let route = axum_get(async || axum::Json(HELLO))
        .layer::<_, Infallible>(RequestBodyLimitLayer::new(1000))
        .layer::<_, Infallible>(set_header())
        .layer::<_, Infallible>(CompressionLayer::new())
        .layer::<_, Infallible>(tower_http::cors::CorsLayer::permissive())
        .layer::<_, Infallible>(TraceLayer::new_for_http());
    visitor.visit(
        "GET, 5 nested layers",
        "axum",
        axum("/api/user", route),
        make,
    );
    let route = get(async || Json(HELLO))
        .layer(RequestBodyLimitLayer::new(1000))
        .layer(set_header())
        .layer(CompressionLayer::new())
        .layer(tower_http::cors::CorsLayer::permissive())
        .layer(TraceLayer::new_for_http());
    let app = ours("user", route, EtagAlgorithm::Off);
    visitor.visit("GET, 5 nested layers", "ours", app, make);
}

fn not_found(visitor: &mut impl Visitor) {
    let make = || empty("/api/nothing/here/at/all");
    let bare = service_fn(async |_: Request<Body>| {
        let mut response = Response::new(Full::new(Bytes::from_static(b"Not Found")));
        *response.status_mut() = StatusCode::NOT_FOUND;
        Ok::<_, Infallible>(response)
    });
    visitor.visit("404", "bare", bare, make);
    let app = axum("/api/user", axum_get(nothing));
    visitor.visit("404", "axum", app, make);
    visitor.visit(
        "404",
        "ours",
        ours("user", any(nothing), EtagAlgorithm::Off),
        make,
    );
}

fn pass_through(visitor: &mut impl Visitor) {
    let make = || empty("/somewhere/else");
    let inner = service_fn(async |_: Request<Body>| Ok::<_, Infallible>(json(&HELLO)));
    visitor.visit("pass-through", "bare", inner, make);
    let router = ours("user", any(nothing), EtagAlgorithm::Off);
    visitor.visit(
        "pass-through",
        "ours",
        ApiRoutes::new(router.clone(), inner),
        make,
    );
    let app = Router::new().route("/somewhere/else", axum_get(async || axum::Json(HELLO)));
    visitor.visit("pass-through", "axum", app.clone(), make);
    let outside = tower::layer::layer_fn(move |inner| ApiRoutes::new(router.clone(), inner));
    visitor.visit("pass-through", "ours+axum", outside.layer(app), make);
}
