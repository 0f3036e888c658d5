//! Where the layer stands in an application: each row of the table in its documentation, and the
//! router as a service of axum.

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{any, get},
};
// For its trees.
use build_app as _;
use http_body_util::BodyExt;
use tower::{Layer, Service, ServiceExt};
use tower_api_routes::{ApiRoutesLayer, FsRouter, RouterOptions, router::TrailingSlash};

/// One route: `/admin/users`.
fn api() -> ApiRoutesLayer {
    ApiRoutesLayer::new("pages/admin")
}

const ROUTE: (u16, &str) = (200, "admin users");
const HOME: (u16, &str) = (200, "home");
const NOBODY: (u16, &str) = (404, "");

async fn home() -> &'static str {
    "home"
}

async fn fallback() -> &'static str {
    "fallback"
}

fn app() -> Router {
    Router::new().route("/", get(home))
}

/// Asks for each path; compares status and body.
async fn expect<S, B>(app: S, cases: &[(&str, (u16, &str))])
where
    S: Service<Request, Response = Response<B>> + Clone,
    S::Error: std::fmt::Debug,
    B: axum::body::HttpBody,
    B::Error: std::fmt::Debug,
{
    for (path, expected) in cases {
        let request = Request::get(*path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body);
        assert_eq!((status, &*body), *expected, "{path}");
    }
}

#[tokio::test]
async fn a_layer_wraps_what_was_added_before() {
    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", NOBODY),
        ("/users", NOBODY),
    ];
    expect(app().layer(api()), &cases).await;

    // A later route does not change that.
    let later = Router::new().layer(api()).route("/", get(home));
    expect(later, &cases).await;
}

#[tokio::test]
async fn a_fallback_that_was_added_before_is_behind_the_layer() {
    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", (200, "fallback")),
    ];
    expect(app().fallback(fallback).layer(api()), &cases).await;
}

#[tokio::test]
async fn a_fallback_that_is_added_later_takes_the_paths_of_the_routes() {
    let cases = [("/", HOME), ("/admin/users", (200, "fallback"))];
    expect(app().layer(api()).fallback(fallback), &cases).await;
}

#[tokio::test]
async fn a_catch_all_that_is_added_later_takes_the_paths_of_the_routes() {
    let cases = [("/", HOME), ("/admin/users", (200, "fallback"))];
    let app = app().layer(api()).route("/{*p}", any(fallback));
    expect(app, &cases).await;
}

#[tokio::test]
async fn a_route_layer_is_not_asked_for_paths_without_a_route() {
    let cases = [("/", HOME), ("/admin/users", NOBODY)];
    expect(app().route_layer(api()), &cases).await;
}

#[tokio::test]
async fn below_nest_the_layer_sees_what_nest_sends_there_without_the_prefix() {
    // axum sends only the paths of its own routes into a nested router …
    let outer = Router::new().nest("/x", app().layer(api()));
    let cases = [
        ("/x", HOME),
        ("/x/admin/users", NOBODY),
        ("/admin/users", NOBODY),
    ];
    expect(outer, &cases).await;

    // … unless that has a fallback, or is nested as a service.
    let outer = Router::new().nest("/x", app().fallback(fallback).layer(api()));
    let cases = [
        ("/x", HOME),
        ("/x/admin/users", ROUTE),
        ("/x/admin/nobody", (200, "fallback")),
        ("/admin/users", NOBODY),
    ];
    expect(outer, &cases).await;

    let outer = Router::new().nest_service("/x", app().layer(api()));
    let cases = [("/x/admin/users", ROUTE), ("/admin/users", NOBODY)];
    expect(outer, &cases).await;
}

#[tokio::test]
async fn a_merged_router_brings_its_layer() {
    let merged = Router::new()
        .route("/other", get(home))
        .merge(app().layer(api()));
    let cases = [
        ("/", HOME),
        ("/other", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", NOBODY),
    ];
    expect(merged, &cases).await;
}

#[tokio::test]
async fn around_the_finished_application_the_layer_always_comes_first() {
    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", (200, "fallback")),
    ];
    let app = app().route("/admin/{*p}", any(fallback)).fallback(fallback);
    expect(api().layer(app), &cases).await;
}

#[tokio::test]
async fn layers_of_two_directories_or_mounts_stand_beside_each_other() {
    let app = app().layer(api()).layer(api().mount("/v1"));
    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/v1/users", ROUTE),
        ("/v1", NOBODY),
    ];
    expect(app, &cases).await;
}

#[tokio::test]
async fn the_router_is_a_service_of_axum() {
    let missing = (404, "Not Found");
    let router = || -> FsRouter { api().router().unwrap() };

    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", missing),
        ("/nobody", missing),
    ];
    expect(app().fallback_service(router()), &cases).await;

    let cases = [
        ("/", HOME),
        ("/admin/users", ROUTE),
        ("/admin/nobody", missing),
        ("/nobody", NOBODY),
    ];
    let routed = app().route_service("/admin/{*p}", router());
    expect(routed, &cases).await;

    // `nest_service` takes its prefix off.
    let cases = [
        ("/", HOME),
        ("/x/admin/users", ROUTE),
        ("/x/nobody", missing),
        ("/admin/users", NOBODY),
    ];
    expect(app().nest_service("/x", router()), &cases).await;

    let root = api().mount("/").router().unwrap();
    let cases = [("/admin/users", ROUTE), ("/users", NOBODY)];
    expect(app().nest_service("/admin", root), &cases).await;
}

#[tokio::test]
async fn a_layer_that_requires_slashes_redirects_its_routes_and_nothing_else() {
    let options = || RouterOptions::new().trailing_slash(TrailingSlash::Require);
    let app = app().route("/admin/plain", get(home));
    let cases = [
        ("/admin/users/", ROUTE),
        ("/admin/users", (308, "/admin/users/")),
        ("/admin/users?a=%20b", (308, "/admin/users/?a=%20b")),
        ("/admin/plain", HOME),
        ("/admin/nobody", NOBODY),
        ("/", HOME),
    ];
    expect(app.clone().layer(api().options(options())), &cases).await;
    let around = api().options(options()).layer(app);
    expect(around, &cases).await;
    let alone = api().options(options()).router().unwrap();
    expect(alone, &cases[..3]).await;
}

#[tokio::test]
async fn h08_a_redirect_does_not_know_the_prefix_of_nest() {
    let redirect = api().router().unwrap();
    let strict = api().options(RouterOptions::new().trailing_slash(TrailingSlash::Strict));
    let app = Router::new()
        .nest_service("/redirect", redirect)
        .nest_service("/strict", strict.router().unwrap());
    for (path, status, location) in [
        ("/redirect/admin/users/", 308, Some("/admin/users")),
        ("/strict/admin/users/", 404, None),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let found = response.headers().get("location");
        assert_eq!(found.map(|it| it.to_str().unwrap()), location, "{path}");
    }
}
