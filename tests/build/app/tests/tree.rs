//! Every kind of file, asked.

use std::{error::Error, panic::AssertUnwindSafe, sync::atomic::Ordering};

use axum::{body::Body, http::Request};
use build_app::AppState;
use http_body_util::BodyExt;
use tower::{Layer, ServiceExt};
use tower_api_routes::{ApiRoutesLayer, FsRouter, cors::CorsError, router::RouterErrorKind};

fn router() -> FsRouter {
    router_with(AppState::new("the database"))
}

fn router_with(state: AppState) -> FsRouter {
    let layer = ApiRoutesLayer::new(build_app::PAGES_API).with_state(state);
    layer.router().unwrap()
}

struct Answer {
    status: u16,
    layers: Vec<String>,
    body: String,
}

async fn send(router: &FsRouter, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let layers = response.headers().get_all("x-layers").iter();
    Answer {
        status: response.status().as_u16(),
        layers: layers
            .map(|value| value.to_str().unwrap().to_owned())
            .collect(),
        body: String::from_utf8(
            response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .into(),
        )
        .unwrap(),
    }
}

async fn get(router: &FsRouter, path: &str) -> Answer {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_file_name_is_a_path() {
    let router = router();
    for (path, body) in [
        ("/api", "index"),
        ("/api/type/match", "type/match"),
        ("/api/a-b", "a-b"),
        ("/api/a_b", "a_b"),
        ("/api/file.json", "file.json"),
        ("/api/spa%20ce", "spa ce"),
        ("/api/caf%C3%A9", "café"),
        ("/api/index", "index/index"),
        ("/api/in-group", "in-group"),
        ("/api/beside", "beside"),
        ("/api/beside/below", "beside/below"),
        ("/api/with,comma", "with,comma"),
        ("/api/state", "the database"),
        ("/api/private", "from a private directory"),
        ("/api/posts/7", "7"),
        ("/api/all/a/b%2Fc", "a|b/c"),
        ("/api/opt", "{}"),
        ("/api/opt/a?slug=b", r#"{"slug":["a"]}"#),
        ("/api/service", "/api/service"),
        ("/api/cors", "cors"),
        ("/api/swapped", "GET swapped"),
        ("/api/.well-known/thing", "well known"),
    ] {
        let answer = get(&router, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{path}");
    }
    for path in [
        "/api/_db",
        "/api/_lib/deep/helper",
        "/api/ignored_test",
        "/api/notes",
        "/api/(group)/in-group",
        // The directory of RFC 8615 is no dot segment, and none comes before or after it.
        "/api/.well-known",
        "/api/%2Ewell-known/thing",
        "/api/.well-known/./thing",
        "/api/x/../.well-known/thing",
    ] {
        assert_eq!(get(&router, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn configuration_holds_for_its_file() {
    let router = router();
    let put = |path: &str, body: &'static str| Request::put(path).body(Body::from(body)).unwrap();
    assert_eq!(
        send(&router, put("/api/posts/1", "0123456789")).await.body,
        "0123456789"
    );
    let answer = send(&router, put("/api/posts/1", "0123456789x")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (413, "Body exceeded 10b limit")
    );
    // The layer of the file sees the refusal, too.
    assert_eq!(answer.layers, ["file"]);
}

#[tokio::test]
async fn layers_wrap_from_the_file_outwards() {
    let router = router();
    for (path, layers) in [
        ("/api", &[][..]),
        ("/api/posts/1", &["file"]),
        ("/api/wrapped", &["outer"]),
        ("/api/wrapped/inner/deep/route", &["inner", "outer"]),
        ("/api/wrapped/alone", &["alone"]),
    ] {
        assert_eq!(get(&router, path).await.layers, layers, "{path}");
    }
}

#[tokio::test]
async fn directory_middleware_can_refuse() {
    let router = router();
    assert_eq!(get(&router, "/api/guarded/me").await.status, 401);
    let request = Request::get("/api/guarded/me")
        .header("x-user", "ada")
        .body(Body::empty());
    assert_eq!(send(&router, request.unwrap()).await.body, "ada");
}

#[tokio::test]
async fn layers_and_services_take_parts_of_the_state() {
    for database in ["one", "another"] {
        let router = router_with(AppState::new(database));
        for (path, layers, body) in [
            ("/api/keyed", &[database][..], "keyed"),
            ("/api/keyed/service", &[], database),
            ("/api/keyed/again", &[database], database),
        ] {
            assert_eq!(get(&router, path).await.status, 401, "{path}");
            let request = Request::get(path).header("x-key", database);
            let answer = send(&router, request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, body), "{path}");
            assert_eq!(answer.layers, layers, "{path}");
        }
    }
}

#[test]
fn a_layer_is_made_once_for_a_router() {
    let state = AppState::new("the database");
    for times in 1..3 {
        router_with(state.clone());
        assert_eq!(state.layers.load(Ordering::Relaxed), times);
    }
}

#[test]
fn a_layer_that_cannot_be_made_is_an_error_of_its_file() {
    let routes = build_app::broken::PAGES_BROKEN;
    let error = ApiRoutesLayer::new(routes).router().unwrap_err();
    assert_eq!(error.kind(), RouterErrorKind::Layer);
    assert_eq!(error.file(), Some("pages/broken/_middleware.rs"));
    assert_eq!(
        error.to_string(),
        "pages/broken/_middleware.rs: the layer could not be made"
    );
    let source = error.source().unwrap();
    assert!(source.is::<CorsError>(), "{source:?}");
}

#[test]
fn a_panic_of_the_layer_names_the_line_that_makes_it() {
    let layer = ApiRoutesLayer::new(build_app::PAGES_API);
    let line = line!() - 1;
    let wrap = AssertUnwindSafe(|| layer.layer(()));
    let panic = std::panic::catch_unwind(wrap).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    let place = format!("(the layer is made at {}:{line}:17)", file!());
    assert!(message.ends_with(&place), "{message}");
}

#[test]
fn a_handle_knows_its_directory_and_package() {
    let routes = build_app::PAGES_API;
    assert_eq!(
        (routes.directory(), routes.package()),
        ("pages/api", "build-app")
    );
}

#[test]
fn the_table_names_files_and_layers() {
    let table = router().to_string();
    let rows: Vec<String> = table
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .collect();
    for row in [
        "PATH | METHODS | FILE | LAYERS",
        "/api/posts/[id] | GET HEAD PUT OPTIONS | pages/api/posts/[id].rs | pages/api/posts/[id].rs",
        "/api/opt/[[...slug]] | any | pages/api/opt/[[...slug]].rs | -",
        "/api/wrapped/inner/deep/route | GET HEAD OPTIONS | pages/api/wrapped/inner/deep/route.rs | pages/api/wrapped/_middleware.rs > pages/api/wrapped/inner/_middleware.rs",
    ] {
        assert!(rows.iter().any(|it| it == row), "{row}\n{table}");
    }
}

#[tokio::test]
async fn a_query_asks_with_a_body() {
    let router = router();
    let ask = |method: &str| {
        Request::builder()
            .method(method)
            .uri("/api/search")
            .header("content-type", "text/plain")
            .body(Body::from("crates"))
            .unwrap()
    };
    assert_eq!(send(&router, ask("QUERY")).await.body, "looked for crates");
    let refused = router.clone().oneshot(ask("POST")).await.unwrap();
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "QUERY, OPTIONS");
}

#[tokio::test]
async fn trees_have_mounts_of_their_own() {
    let admin = ApiRoutesLayer::new("pages/admin").router().unwrap();
    assert_eq!(get(&admin, "/admin/users").await.body, "admin users");
    let moved = ApiRoutesLayer::new("pages/admin")
        .mount("/v1/staff")
        .router()
        .unwrap();
    assert_eq!(get(&moved, "/v1/staff/users").await.body, "admin users");
    assert_eq!(get(&moved, "/admin/users").await.status, 404);
}

#[test]
fn a_missing_tree_or_state_says_what_to_write() {
    let error =
        |result: Result<FsRouter, tower_api_routes::RouterError>| result.unwrap_err().to_string();
    assert_eq!(
        ApiRoutesLayer::try_new("pages/other")
            .unwrap_err()
            .to_string(),
        "no routes of \"pages/other\" are compiled in: write `tower_api_routes::build::compile(\"pages/other\");` in the `main` of build.rs and `tower_api_routes::include_routes!();` at the top of main.rs; if a library has both, it is not linked until it is used, so name its routes, `ApiRoutesLayer::new(library::PAGES_OTHER)` (compiled in: \"pages/admin\", \"pages/api\", \"pages/broken\", \"pages/mismatch\")"
    );
    assert_eq!(
        error(ApiRoutesLayer::new("pages/api").router()),
        "the routes of \"pages/api\" take a state of type `build_app::AppState`: write `ApiRoutesLayer::new(\"pages/api\").with_state(state)`"
    );
    assert_eq!(
        error(ApiRoutesLayer::new("pages/api").with_state(7_u8).router()),
        "the routes of \"pages/api\" take a state of type `build_app::AppState`, as `include_routes!` says; `with_state` was given another type"
    );
    assert_eq!(
        error(ApiRoutesLayer::new("pages/admin").mount("v1").router()),
        "mount \"v1\": a mount begins with a slash"
    );
}

#[test]
fn parameters_that_the_file_name_does_not_have_are_found_at_start_up() {
    let error = ApiRoutesLayer::new("pages/mismatch").router().unwrap_err();
    assert_eq!(error.kind(), RouterErrorKind::Params);
    assert_eq!(error.file(), Some("pages/mismatch/[id].rs"));
    assert_eq!(
        error.to_string(),
        "pages/mismatch/[id].rs: `Params` of `get`: wants a parameter `slug`; the parameter of the path is `id`"
    );
}
