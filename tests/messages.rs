//! What a mistake in a route file, or in setting the crate up, makes cargo print: each message is to name
//! the place and the remedy. One package for all, and one build for all mistakes of route files.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::fs;

use package::{Package, VERSION};

const BUILD: &str = "fn main() { tower_api_routes::build::compile(\"pages/api\"); }";

const MAIN: &str = "#[derive(Clone)]
pub struct AppState;

pub struct Missing;

tower_api_routes::include_routes!(AppState);

fn main() {
    let api = tower_api_routes::ApiRoutesLayer::new(\"pages/api\");
    tower_layer::Layer::layer(&api, ());
}
";

fn package() -> Package {
    let package = Package::new(&format!(
        r#"
        [package]
        name = "messages"
        version = "0.0.0"
        edition = "2024"
        [dependencies]
        tower-api-routes = "{VERSION}"
        tower-layer = "0.3"
        [build-dependencies]
        tower-api-routes = {{ version = "{VERSION}", default-features = false, features = ["build"] }}
        "#
    ));
    package.write("build.rs", BUILD);
    package.write("src/main.rs", MAIN);
    package.write("pages/api/index.rs", "pub async fn get() {}");
    package
}

/// A file with a mistake, and what one and the same message says of it.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "held.rs",
        "use std::rc::Rc;
pub async fn get() {
    let held = Rc::new(1);
    std::future::ready(()).await;
    drop(held);
}",
        &[
            "future cannot be sent between threads safely",
            "pages/api/held.rs: the future of `get`",
            "pages/api/held.rs:4:28",
            "await occurs here, with `held` maybe used later",
        ],
    ),
    (
        "early.rs",
        "use tower_api_routes::{Json, Params};
pub async fn put(_: Json<u8>, _: Params<u8>) {}",
        &[
            "Json<u8>` reads the body of the request, so it must be the last argument",
            "pages/api/early.rs: argument 1 of `put`",
        ],
    ),
    (
        "early_of_three.rs",
        "use tower_api_routes::{Form, Params};
pub async fn put(_: Form<u8>, _: Params<u8>, _: Params<u8>) {}",
        &[
            "Form<u8>` reads the body of the request, so it must be the last argument",
            "pages/api/early_of_three.rs: argument 1 of `put`",
        ],
    ),
    (
        "state.rs",
        "use tower_api_routes::{Params, State};
pub async fn get(_: State<crate::Missing>, _: Params<u8>) {}",
        &[
            "the trait bound `Missing: ",
            "FromRef<AppState>` is not satisfied",
            "pages/api/state.rs: argument 1 of `get`",
        ],
    ),
    (
        "last_state.rs",
        "use tower_api_routes::{Params, State};
pub async fn get(_: Params<u8>, _: State<crate::Missing>) {}",
        &[
            "the trait bound `Missing: ",
            "FromRef<AppState>` is not satisfied",
            "pages/api/last_state.rs: argument 2 of `get`",
        ],
    ),
    (
        "result.rs",
        "pub async fn delete() -> u8 { 1 }",
        &[
            "the trait bound `u8: ",
            "IntoResponse` is not satisfied",
            "pages/api/result.rs: the result of `delete`",
        ],
    ),
    (
        "failure.rs",
        "pub async fn delete() -> Result<(), u8> { Ok(()) }",
        &[
            "the trait bound `u8: ",
            "IntoResponse` is not satisfied",
            "pages/api/failure.rs: the result of `delete`",
        ],
    ),
    (
        "number.rs",
        "pub async fn get(_: u8) {}",
        &[
            "the trait bound `u8: ",
            "FromRequestParts<AppState>` is not satisfied",
            "pages/api/number.rs: argument 1 of `get`",
            "Function argument is not a valid axum extractor",
        ],
    ),
    (
        "unread.rs",
        "use tower_api_routes::Json;
pub async fn put(_: Json<crate::Missing>) {}",
        &[
            "the trait bound `Missing: ",
            "DeserializeOwned` is not satisfied",
            "pages/api/unread.rs: argument 1 of `put`",
        ],
    ),
    (
        "layer.rs",
        "pub async fn get() {}
pub fn layer() -> u8 { 1 }",
        &["`u8` cannot wrap a route", "\"pages/api/layer.rs\""],
    ),
    (
        "layer_state.rs",
        "pub async fn get() {}
pub fn layer(_: AppState, _: Missing) -> CorsLayer { CorsLayer::new() }
use crate::{AppState, Missing};
use tower_api_routes::CorsLayer;",
        &[
            "the trait bound `Missing: ",
            "FromRef<AppState>` is not satisfied",
            "pages/api/layer_state.rs: `layer`",
        ],
    ),
    (
        "layer_again.rs",
        "pub async fn get() {}
pub use super::layer_state::layer;",
        &[
            "are not parts of the state `AppState`",
            "pages/api/layer_again.rs: `layer`",
        ],
    ),
    (
        "service.rs",
        "pub fn service(_: crate::Missing) -> tower_api_routes::FsRouter { todo!() }",
        &[
            "the trait bound `Missing: ",
            "FromRef<AppState>` is not satisfied",
            "pages/api/service.rs: `service`",
        ],
    ),
    (
        "dir/_middleware.rs",
        "pub fn layer() -> u8 { 1 }",
        &[
            "`u8` cannot wrap a route",
            "\"pages/api/dir/_middleware.rs\"",
        ],
    ),
    ("dir/index.rs", "pub async fn get() {}", &[]),
];

/// Shapes of handlers and layers with which nothing is wrong.
const RIGHT: &[(&str, &str)] = &[
    (
        "next.rs",
        "use tower_api_routes::{ApiRequest, ApiResponse, response::Untyped};
pub async fn get(_: ApiRequest, res: ApiResponse) -> ApiResponse { res }
pub async fn put(_: tower_api_routes::Cookies, _: ApiRequest, res: ApiResponse<Untyped>) -> ApiResponse<Untyped> { res }",
    ),
    (
        "extractors.rs",
        "use tower_api_routes::{ApiRequest, Cookies, Json, Params, Query, State};
use crate::AppState;
pub async fn get() {}
pub async fn put(_: State<AppState>, _: Json<u8>) -> Result<String, tower_api_routes::ApiError> { Ok(String::new()) }
pub async fn post(_: Cookies, _: ApiRequest) {}
pub async fn delete(_: Cookies, _: Cookies, _: Cookies, _: Cookies, _: Query<Vec<u8>>, _: Params<u8>) {}",
    ),
    (
        "dir/_middleware.rs",
        "use tower_api_routes::router::RouteLayer;
pub fn layer() -> impl RouteLayer { tower_api_routes::CorsLayer::new() }",
    ),
    ("dir/index.rs", "pub async fn get() {}"),
];

#[test]
fn mistakes_name_the_place_and_the_remedy() {
    let package = package();
    in_route_files(&package);
    fs::remove_dir_all(package.path("pages/api")).unwrap();
    in_the_set_up(&package);
}

fn in_route_files(package: &Package) {
    for (file, text, _) in MISTAKES {
        package.write(&format!("pages/api/{file}"), text);
    }
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    let messages: Vec<_> = build.output.split("\nerror").collect();
    for (file, _, parts) in MISTAKES {
        let is_all = |message: &&str| parts.iter().all(|part| message.contains(part));
        assert!(messages.iter().any(is_all), "{file}\n{}", build.output);
    }
}

fn in_the_set_up(package: &Package) {
    // What the messages above and the build script advise.
    for (file, text) in RIGHT {
        package.write(&format!("pages/api/{file}"), text);
    }
    let run = package.cargo(&["run"]);
    assert!(!run.output.contains("error"), "{}", run.output);
    let forgotten = "the routes of \"pages/api\" take a state of type `messages::AppState`: write \
                     `ApiRoutesLayer::new(\"pages/api\").with_state(state)` (the layer is made at \
                     src/main.rs:9:15)";
    assert!(run.output.contains(forgotten), "{}", run.output);

    package.write("build.rs", "fn main() {}");
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    let message = "error: the build script of this package compiles no routes: write \
                   `tower_api_routes::build::compile(\"pages/api\");` in the `main` of build.rs";
    assert!(build.output.contains(message), "{}", build.output);

    fs::remove_file(package.path("build.rs")).unwrap();
    let build = package.cargo(&["build"]);
    assert!(!build.success);
    let message = "error: this package has no build script: write a file `build.rs` beside Cargo.toml \
                   with `fn main() { tower_api_routes::build::compile(\"pages/api\"); }`, and name \
                   tower-api-routes with the feature `build` in [build-dependencies]";
    assert!(build.output.contains(message), "{}", build.output);
}
