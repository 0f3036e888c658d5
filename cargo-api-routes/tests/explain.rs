//! `explain`: what becomes of a request.

mod support;

use serde_json::{Value, json};
use support::Place;

const GET: &str = "pub async fn get() {}";

fn shop() -> Place {
    Place::shop(&[
        ("_middleware.rs", "pub fn layer() -> L { L }"),
        ("posts/index.rs", GET),
        ("posts/new.rs", GET),
        (
            "posts/[id].rs",
            "pub async fn get() {} pub async fn put() {}",
        ),
        ("posts/[...rest].rs", "pub async fn handler() {}"),
        ("users/[[...path]].rs", GET),
    ])
}

fn explain(shop: &Place, arguments: &[&str]) -> Value {
    let done = shop.run(&[&["explain", "--json"], arguments].concat());
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
}

#[test]
fn a_route_is_told_with_its_parameters_its_layers_and_what_lost() {
    let shop = shop();
    assert_eq!(
        explain(&shop, &["GET", "/api/posts/a%2Fb?x=1"]),
        json!({
            "method": "GET",
            "target": "/api/posts/a%2Fb?x=1",
            "outcome": "handler",
            "status": null,
            "route": "/api/posts/[id]",
            "file": "pages/api/posts/[id].rs",
            "leftBy": null,
            "function": "get",
            "params": { "id": "a/b" },
            "layers": ["pages/api/_middleware.rs"],
            "allow": null,
            "location": null,
            "lost": [{
                "path": "/api/posts/[...rest]",
                "file": "pages/api/posts/[...rest].rs",
                "why": "`[id]`, a parameter, comes before `[...rest]`, a catch-all",
            }],
            "nearest": [],
        })
    );
    let told = shop.run(&["explain", "GET", "/api/posts/new"]);
    assert_eq!(told.code, 0);
    assert_eq!(
        told.stdout,
        "GET /api/posts/new\n  \
           reaches its handler\n  \
           route     /api/posts/new (pages/api/posts/new.rs)\n  \
           function  get\n  \
           layer     pages/api/_middleware.rs\n  \
           lost      /api/posts/[id] (pages/api/posts/[id].rs): `new`, a static name, comes before `[id]`, a parameter\n  \
           lost      /api/posts/[...rest] (pages/api/posts/[...rest].rs): `new`, a static name, comes before `[...rest]`, a catch-all\n  \
           mount     /api\n"
    );
}

#[test]
fn every_outcome_is_told() {
    let shop = shop();
    let deep = format!("/api/posts{}", "/a".repeat(200));
    for (request, key, value) in [
        (&["/api/posts/1"][..], "outcome", json!("handler")),
        (&["HEAD", "/api/posts/1"], "function", json!("get")),
        (&["OPTIONS", "/api/posts/1"], "outcome", json!("options")),
        (
            &["OPTIONS", "/api/posts/1"],
            "allow",
            json!("GET, HEAD, PUT, OPTIONS"),
        ),
        (
            &["PATCH", "/api/posts/1"],
            "outcome",
            json!("method not allowed"),
        ),
        (
            &["PATCH", "/api/posts/1"],
            "allow",
            json!("GET, HEAD, PUT, OPTIONS"),
        ),
        (&["/api/posts/1/2"], "params", json!({ "rest": ["1", "2"] })),
        (&["/api/users"], "params", json!({})),
        (
            &["/api/posts/?a=%20b"],
            "location",
            json!("/api/posts?a=%20b"),
        ),
        (&["/api//posts//1"], "outcome", json!("redirect")),
        (
            &["/api/posts/", "--trailing-slash", "strict"],
            "outcome",
            json!("elsewhere"),
        ),
        (
            &["/api/posts/", "--trailing-slash", "strict", "--claim-mount"],
            "outcome",
            json!("not found"),
        ),
        (
            &["/api/posts/", "--trailing-slash", "ignore"],
            "route",
            json!("/api/posts"),
        ),
        (
            &["/api/posts", "--trailing-slash", "require"],
            "location",
            json!("/api/posts/"),
        ),
        (
            &["/api/posts/1/", "--trailing-slash", "require"],
            "params",
            json!({ "id": "1" }),
        ),
        (&["/api/posts/%zz"], "status", json!(400)),
        (&[deep.as_str()], "status", json!(414)),
        (&["/api/post"], "outcome", json!("elsewhere")),
        (&["/api/post"], "status", Value::Null),
        (&["/api/post", "--claim-mount"], "status", json!(404)),
        (&["/api/post", "--alone"], "status", json!(404)),
        (
            &["/api/post"],
            "nearest",
            json!(["/api/posts", "/api/posts/[...rest]", "/api/posts/[id]"]),
        ),
        // Without the mount, and without the parameter.
        (
            &["/post"],
            "nearest",
            json!(["/api/posts", "/api/posts/[...rest]", "/api/posts/[id]"]),
        ),
        (&["/elsewhere"], "outcome", json!("elsewhere")),
        // What is no route's, with a slash too many or an escape that is none, is left as it comes.
        (&["/about/"], "outcome", json!("elsewhere")),
        (&["/about/", "--claim-mount"], "outcome", json!("elsewhere")),
        (&["/about/", "--alone"], "location", json!("/about")),
        (&["/api/nothing/"], "outcome", json!("elsewhere")),
        (
            &["/api/nothing/", "--claim-mount"],
            "location",
            json!("/api/nothing"),
        ),
        (&["/api/%zz/nothing"], "outcome", json!("elsewhere")),
        (
            &["/api/%zz/nothing", "--claim-mount"],
            "outcome",
            json!("malformed"),
        ),
        (&["/api/%zz/nothing", "--alone"], "status", json!(400)),
        (
            &["/v2/posts", "--mount", "/v2"],
            "route",
            json!("/v2/posts"),
        ),
        (
            &["https://example.com/api/posts"],
            "route",
            json!("/api/posts"),
        ),
    ] {
        assert_eq!(explain(&shop, request)[key], value, "{request:?}");
    }
}

#[test]
fn a_redirect_names_the_choice_behind_it() {
    let told = shop().run(&["explain", "/api/posts", "--trailing-slash", "require"]);
    assert!(
        told.stdout.contains("308: redirect to /api/posts/")
            && told.stdout.contains("slashes   TrailingSlash::Require: "),
        "{told:?}"
    );
}

#[test]
fn a_request_without_a_handler_is_exit_code_1_and_none_at_all_2() {
    let shop = shop();
    for (request, code) in [
        (&["/api/posts"][..], 0),
        (&["OPTIONS", "/api/posts"], 0),
        (&["/api/posts/"], 1),
        (&["/api/nothing"], 1),
        (&["POST", "/api/posts"], 1),
        (&["api/posts"], 2),
        (&["GET", "/api/a b"], 2),
    ] {
        let done = shop.run(&[&["explain"], request].concat());
        assert_eq!(done.code, code, "{request:?}: {done:?}");
    }
}
