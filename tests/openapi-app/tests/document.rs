//! The documents of this package's trees.

use std::{env, fs, path::Path};

use serde_json::{Value, json};
use tower_api_routes::{
    ApiRoutesLayer, ErrorFormat, FsRouter, RouterOptions,
    openapi::{Gap, GapKind, OpenApi},
    router::{RouterErrorKind, TrailingSlash, any, get},
};

fn document() -> OpenApi {
    ApiRoutesLayer::new(openapi_app::PAGES_API)
        .openapi()
        .unwrap()
}

/// An operation of the document.
fn operation(path: &str, method: &str) -> Value {
    document().as_value()["paths"][path][method].clone()
}

fn parameters(path: &str, method: &str) -> Vec<String> {
    let operation = operation(path, method);
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let line = |it: &Value| {
        let required = if it["required"] == true { "!" } else { "" };
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        format!(
            "{} {}{required}: {}",
            text("in"),
            text("name"),
            it["schema"]
        )
    };
    parameters.iter().map(line).collect()
}

fn gaps(document: &OpenApi) -> Vec<String> {
    document.gaps().iter().map(ToString::to_string).collect()
}

/// `UPDATE_OPENAPI=1 cargo test -p openapi-app` writes the document anew.
#[test]
fn the_document_is_the_one_that_is_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = document().version("1.2.3").to_string();
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        text,
        fs::read_to_string(&path).unwrap(),
        "see UPDATE_OPENAPI in this file"
    );
}

#[test]
fn nothing_is_left_open_where_types_describe_themselves() {
    assert_eq!(gaps(&document()), [""; 0]);
}

#[test]
fn what_is_missing_is_listed_with_its_reason() {
    let document = ApiRoutesLayer::new(openapi_app::gaps::PAGES_GAPS)
        .openapi()
        .unwrap();
    let none = "does not describe itself: it is no `OperationInput`, or holds a type that is no `JsonSchema`";
    let nothing = "does not describe itself: it is no `OperationOutput`, holds a type that is no `JsonSchema`, or stands behind `impl IntoResponse`";
    let foreign = "in pages/gaps/foreign.rs";
    let module = "openapi_app::gaps::pages_gaps::foreign";
    let unread = "cannot read the signature of";
    let expected = [
        format!(
            "GET /gaps/foreign {foreign}: parameters: argument 1 of `get` (`{module}::Foreign`) {none}"
        ),
        format!(
            "GET /gaps/foreign {foreign}: parameters: `uint8` is no object, whose properties could be parameters"
        ),
        format!("GET /gaps/foreign {foreign}: answer: the result of `get` (`&str`) {nothing}"),
        format!(
            "POST /gaps/foreign {foreign}: body: argument 1 of `post` (`tower_api_routes::body::extract::Json<{module}::Plain>`) {none}"
        ),
        format!(
            "POST /gaps/foreign {foreign}: answer: the result of `post` (`tower_api_routes::body::extract::Json<{module}::Plain>`) {nothing}"
        ),
        format!(
            "PUT /gaps/foreign {foreign}: body: `req` reads the body, and the signature does not say as what"
        ),
        format!(
            "PUT /gaps/foreign {foreign}: answer: `ApiResponse` says nothing of its data: write `ApiResponse<T>`"
        ),
        format!("PATCH /gaps/foreign {foreign}: answer: `{module}::Foreign` {nothing}"),
        format!(
            "DELETE /gaps/foreign {foreign}: answer: `tower_api_routes::body::extract::Json<{module}::Plain>` {nothing}"
        ),
        format!("QUERY /gaps/foreign {foreign}: operation: OpenAPI 3.1 has no such method"),
        "any method of /gaps/service in pages/gaps/service.rs: operation: a `service` answers every method, and says nothing of what it answers".to_owned(),
        format!(
            "GET /gaps/unread in pages/gaps/unread.rs: operation: the build script {unread} `get`: it is a `pub use`, or has generics or an attribute that may change it"
        ),
        format!(
            "PUT /gaps/unread in pages/gaps/unread.rs: operation: the build script {unread} `put`: it is a `pub use`, or has generics or an attribute that may change it"
        ),
    ];
    let anything = "in pages/gaps/anything.rs";
    let any_json = "`serde_json::value::Value` may be any JSON";
    let expected = [
        &expected[..],
        &[
            format!("GET /gaps/anything {anything}: answer: {any_json}"),
            format!("PUT /gaps/anything {anything}: body: a form of any fields"),
            format!("POST /gaps/anything {anything}: body: {any_json}"),
        ],
    ]
    .concat();
    // `handler` stands for five methods, of which three have a body most often.
    let req = "body: `req` reads the body, and the signature does not say as what";
    let legacy = ["PATCH", "POST", "PUT"]
        .map(|it| format!("{it} /gaps/legacy in pages/gaps/legacy.rs: {req}"));
    let expected = [&expected[..], &legacy].concat();
    let mut found = gaps(&document);
    let mut expected = expected;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let paths = &document.as_value()["paths"];
    // What is known is there all the same.
    assert_eq!(paths["/gaps/service"], json!({}));
    let methods: Vec<_> = paths["/gaps/legacy"].as_object().unwrap().keys().collect();
    assert_eq!(methods, ["delete", "get", "patch", "post", "put"]);
    let answer = &paths["/gaps/legacy"]["put"]["responses"]["2XX"]["content"]["application/json"];
    assert_eq!(answer["schema"]["$ref"], "#/components/schemas/Hello");
    assert_eq!(paths["/gaps/unread"]["get"]["operationId"], "getUnread");
    assert!(paths["/gaps/foreign"].get("query").is_none());
    let default = &paths["/gaps/foreign"]["delete"]["responses"]["default"];
    assert_eq!(default["description"], "An error.");
    assert!(paths["/gaps/foreign"]["patch"]["responses"]["200"].is_object());
}

#[test]
fn a_query_is_taken_apart_into_parameters() {
    assert_eq!(
        parameters("/api/posts", "get"),
        [
            r#"query page: {"format":"uint32","minimum":0,"type":"integer"}"#,
            r#"query since: {"format":"uint16","maximum":65535,"minimum":0,"type":"integer"}"#,
            r##"query sortBy!: {"$ref":"#/components/schemas/Order"}"##,
            r#"query tag: {"default":[],"items":{"type":"string"},"type":"array"}"#,
        ]
    );
    let page = &operation("/api/posts", "get")["parameters"][0];
    assert_eq!(page["description"], "The page, from 1.");
    let tag = &operation("/api/posts", "get")["parameters"][3];
    assert_eq!(
        (&tag["style"], &tag["explode"]),
        (&json!("form"), &json!(true))
    );
    assert_eq!(
        parameters("/api/axum", "get"),
        [
            r#"query deep: {"type":"boolean"}"#,
            r#"query q!: {"type":"string"}"#
        ]
    );
}

#[test]
fn parameters_of_the_path_have_the_types_of_params() {
    let id = r#"path id!: {"format":"uint64","minimum":0,"type":"integer"}"#;
    for method in ["get", "delete"] {
        assert_eq!(parameters("/api/posts/{id}", method), [id], "{method}");
    }
    // `req` may read them, and says nothing of their types.
    assert_eq!(
        parameters("/api/posts/{id}", "put"),
        [r#"path id!: {"type":"string"}"#]
    );
    let comment = r##"path comment!: {"$ref":"#/components/schemas/Name"}"##;
    assert_eq!(
        parameters("/api/posts/{id}/comments/{comment}", "post"),
        [id, comment]
    );
}

#[test]
fn an_optional_catch_all_is_two_paths() {
    let document = document();
    let paths = &document.as_value()["paths"];
    assert!(paths["/api/docs"]["get"].get("parameters").is_none());
    let slug = &paths["/api/docs/{slug}"]["get"]["parameters"][0];
    assert_eq!(
        (&slug["x-catch-all"], &slug["schema"]),
        (&json!(true), &json!({"type": "string"}))
    );
    let responses = |path: &str| {
        paths[path]["get"]["responses"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(responses("/api/docs"), ["200", "400", "500"]);
    assert_eq!(responses("/api/docs/{slug}"), ["200", "400", "414", "500"]);
    // Hidden by `openapi`, with its gaps.
    assert!(paths["/api/docs"].get("post").is_none());
}

#[test]
fn a_body_has_its_content_type_its_limit_and_its_errors() {
    let post = operation("/api/posts", "post");
    let body = &post["requestBody"];
    assert_eq!(body["required"], true);
    assert_eq!(body["x-body-limit"], 16 * 1024);
    let schema = &body["content"]["application/json"]["schema"]["$ref"];
    let responses = &post["responses"];
    let given = &responses["201"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(schema, "#/components/schemas/Post_indexInput");
    assert_eq!(given, "#/components/schemas/Post_index");
    assert_eq!(
        responses["413"]["description"],
        "The body is larger than 16kb."
    );
    let keys: Vec<_> = responses.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["201", "400", "401", "408", "413", "415", "500", "default"]
    );
    assert!(responses["201"]["headers"]["location"].is_object());
    let form = &operation("/api/posts/{id}/comments/{comment}", "post")["requestBody"];
    assert_eq!(form["required"], false);
    assert!(form["content"]["application/x-www-form-urlencoded"].is_object());
}

#[test]
fn directories_and_files_change_their_operations_from_the_outside_in() {
    assert_eq!(
        operation("/api/posts", "post")["security"],
        json!([{"bearer": []}])
    );
    assert_eq!(operation("/api/posts", "get")["security"], json!([]));
    let document = document();
    let schemes = &document.as_value()["components"]["securitySchemes"];
    assert_eq!(
        *schemes,
        json!({"bearer": {"type": "http", "scheme": "bearer"}})
    );
}

#[test]
fn comments_describe_operations_and_tags() {
    let get = operation("/api/posts", "get");
    assert_eq!(get["summary"], "Lists posts.");
    assert_eq!(
        get["description"],
        "The newest come first,\nunless `sortBy` says otherwise."
    );
    assert_eq!(get["tags"], json!(["posts"]));
    let document = document();
    let tags = &document.as_value()["tags"];
    let text = "Posts and their drafts.\n\nA post belongs to one author.";
    assert_eq!(*tags, json!([{"name": "posts", "description": text}]));
    assert_eq!(
        document.as_value()["paths"]["/api/posts/{id}"]["description"],
        "One post."
    );
    assert_eq!(operation("/api/posts/{id}", "put")["deprecated"], true);
}

#[test]
fn answers_are_those_of_the_result() {
    let content = |path: &str, method: &str, status: &str| {
        let response = operation(path, method)["responses"][status].clone();
        let content = response["content"].as_object().cloned().unwrap_or_default();
        content.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    for (path, method, status, types) in [
        ("/api/posts", "get", "200", "application/json"),
        ("/api/posts", "get", "default", "text/plain"),
        ("/api/posts/{id}", "put", "2XX", "application/json"),
        ("/api/posts/{id}", "get", "404", "text/plain"),
        ("/api/posts/{id}", "delete", "204", ""),
        ("/api/docs", "get", "200", "text/html"),
        ("/api/docs", "head", "200", ""),
        ("/api/axum", "get", "200", "application/json"),
        ("/api/axum", "get", "3XX", ""),
        ("/api/axum", "post", "200", "application/octet-stream"),
        ("/api/axum", "post", "422", "text/plain"),
        ("/api/axum", "put", "default", "text/plain"),
        ("/api/axum", "patch", "200", "text/event-stream"),
    ] {
        assert_eq!(
            content(path, method, status),
            types,
            "{method} {path} {status}"
        );
        let described = &operation(path, method)["responses"][status]["description"];
        assert!(described.is_string(), "{method} {path} {status}");
    }
}

#[test]
fn errors_have_the_form_that_the_router_writes() {
    for (format, content_type, schema) in [
        (ErrorFormat::Text, "text/plain", None),
        (ErrorFormat::NextJs, "*/*", None),
        (ErrorFormat::Json, "application/json", Some("ApiError")),
        (
            ErrorFormat::Problem,
            "application/problem+json",
            Some("ProblemDetails"),
        ),
    ] {
        let options = RouterOptions::new().error_format(format);
        let api = ApiRoutesLayer::new(openapi_app::PAGES_API).options(options);
        let document = api.openapi().unwrap();
        let value = document.as_value();
        let content = &value["paths"]["/api/posts"]["get"]["responses"]["500"]["content"];
        let reference = &content[content_type]["schema"]["$ref"];
        assert!(content[content_type].is_object(), "{format:?}");
        let expected = schema.map(|it| format!("#/components/schemas/{it}"));
        assert_eq!(reference.as_str(), expected.as_deref(), "{format:?}");
        if let Some(schema) = schema {
            assert!(
                value["components"]["schemas"][schema].is_object(),
                "{format:?}"
            );
        }
    }
    let options = RouterOptions::new().on_error(|_, _| "mine");
    let api = ApiRoutesLayer::new(openapi_app::PAGES_API).options(options);
    let document = api.openapi().unwrap();
    let response = &document.as_value()["paths"]["/api/posts"]["get"]["responses"]["500"];
    assert!(response.get("content").is_none() && response["description"].is_string());
    assert!(
        document
            .gaps()
            .iter()
            .all(|it| it.kind() == GapKind::Errors)
    );
    assert!(!document.gaps().is_empty());
}

#[test]
fn errors_that_the_application_writes_are_described_by_a_directory() {
    let options = RouterOptions::new().on_error(|_, _| "mine");
    let api = ApiRoutesLayer::new(openapi_app::own_errors::PAGES_OWN_ERRORS);
    for api in [api.clone().options(options), api] {
        let document = api.openapi().unwrap();
        assert_eq!(gaps(&document), [""; 0]);
        let responses = &document.as_value()["paths"]["/own-errors"]["get"]["responses"];
        for status in ["400", "500", "default"] {
            let content = &responses[status]["content"];
            let reference = "#/components/schemas/Mine";
            assert_eq!(
                *content,
                json!({"application/json": {"schema": {"$ref": reference}}}),
                "{status}"
            );
        }
        assert!(responses["200"]["content"]["text/plain"].is_object());
    }
}

#[test]
fn the_mount_is_part_of_the_paths_and_not_of_the_ids() {
    let document = ApiRoutesLayer::new(openapi_app::PAGES_API)
        .mount("/v1")
        .openapi()
        .unwrap();
    let get = &document.as_value()["paths"]["/v1/posts/{id}"]["get"];
    assert_eq!(get["operationId"], "getPostsById");
    assert_eq!(document.as_value()["info"]["title"], "openapi-app");
}

#[test]
fn parameters_that_the_path_does_not_have_are_an_error_of_the_router() {
    let error = ApiRoutesLayer::new(openapi_app::misfit::PAGES_MISFIT)
        .openapi()
        .unwrap_err();
    assert_eq!(error.kind(), RouterErrorKind::Params);
    assert!(
        error.to_string().contains("pages/misfit/[id].rs"),
        "{error}"
    );
}

#[test]
fn routes_by_hand_are_there_with_their_paths_and_are_gaps() {
    let router = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(async || "a post").put(async || "put"))
        .route("any", any(async || "anything"))
        .build()
        .unwrap();
    let document = router.openapi();
    let paths = &document.as_value()["paths"];
    let methods: Vec<_> = paths["/api/posts/{id}"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(methods, ["get", "put"]);
    assert_eq!(paths["/api/any"], json!({}));
    let kinds: Vec<_> = document
        .gaps()
        .iter()
        .map(|it| (it.path(), it.kind()))
        .collect();
    let kind = GapKind::Operation;
    assert_eq!(
        kinds,
        [
            ("/api/any", kind),
            ("/api/posts/{id}", kind),
            ("/api/posts/{id}", kind)
        ]
    );
}

#[test]
fn routes_of_another_service_are_not_described() {
    let router = FsRouter::builder()
        .mount("/api")
        .route("posts/[id]", get(async || "a post"))
        .foreign_file("posts/new", Some("pages/api/posts/new.js"))
        .foreign("docs/[...slug]")
        .build()
        .unwrap();
    let document = router.openapi();
    let paths = document.as_value()["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/api/posts/{id}"]);
    let gaps: Vec<_> = document.gaps().iter().map(Gap::path).collect();
    assert_eq!(gaps, ["/api/posts/{id}"]);
}

#[test]
fn no_two_paths_differ_in_names_of_parameters_alone() {
    let document = ApiRoutesLayer::new(openapi_app::clashes::PAGES_CLASHES)
        .openapi()
        .unwrap();
    let value = document.as_value();
    let paths = value["paths"].as_object().unwrap();
    assert_eq!(
        paths.keys().collect::<Vec<_>>(),
        ["/clashes/orders", "/clashes/posts/{id}"]
    );
    // The one that answers.
    let item = &paths["/clashes/posts/{id}"];
    assert_eq!(item["get"]["operationId"], "getPostsById");
    assert_eq!(item["description"], "A post.");
    assert!(item.get("delete").is_none());
    let gaps: Vec<_> = document.gaps().iter().map(ToString::to_string).collect();
    let of = |method| {
        format!(
            "{method} /clashes/posts/{{slug}} in pages/clashes/posts/[...slug].rs: operation: the route \
             `/clashes/posts/[id]` has this path in the document, where a parameter is one segment of any name"
        )
    };
    assert_eq!(gaps, [of("GET"), of("DELETE")]);

    // The names may be the same, and the second path of an optional catch-all counts.
    let document = FsRouter::builder()
        .route("[...id]", get(async || "more"))
        .route("[id]", get(async || "one"))
        .route("a/[x]", get(async || "one"))
        .route("a/[[...y]]", get(async || "more"))
        .build()
        .unwrap()
        .openapi();
    let paths = document.as_value()["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/a", "/a/{x}", "/{id}"]);
}

#[test]
fn a_tag_that_no_operation_has_is_not_listed() {
    let document = ApiRoutesLayer::new(openapi_app::clashes::PAGES_CLASHES)
        .openapi()
        .unwrap();
    let tags = document.as_value()["tags"].as_array().unwrap();
    let names: Vec<_> = tags.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["posts"]);
}

#[test]
fn no_two_operations_have_one_id() {
    let router = FsRouter::builder()
        .route("a-b", get(async || ""))
        .route("a_b", get(async || ""))
        .route("aB", get(async || ""))
        .build()
        .unwrap();
    let document = router.openapi();
    let ids = document.as_value()["paths"].as_object().unwrap().values();
    let mut ids: Vec<_> = ids
        .map(|it| it["get"]["operationId"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["getAB", "getAB2", "getAB3"]);
    let of_ids = |it: &&Gap| it.kind() == GapKind::Id;
    let found: Vec<_> = document.gaps().iter().filter(of_ids).collect();
    let reasons: Vec<_> = found.iter().map(|it| (it.path(), it.reason())).collect();
    let of = |other: &str| {
        format!(
            "`getAB` is the id of {other}, and a number behind it may change with the paths that there are: \
             set `operation_id` for one of them"
        )
    };
    let (first, second) = (of("GET /a-b"), of("GET /a-b"));
    assert_eq!(reasons, [("/aB", &*first), ("/a_b", &*second)]);
}

#[test]
fn an_id_that_is_set_is_the_one_that_counts() {
    let document = ApiRoutesLayer::new(openapi_app::ids::PAGES_IDS)
        .openapi()
        .unwrap();
    let paths = document.as_value()["paths"].as_object().unwrap();
    let ids: Vec<_> = paths
        .iter()
        .map(|(path, it)| (path.as_str(), it["get"]["operationId"].as_str().unwrap()))
        .collect();
    // `by-hand` is set to the id that `automatic` would have; `twice` to one that `set` has.
    assert_eq!(
        ids,
        [
            ("/ids/automatic", "getAutomatic2"),
            ("/ids/by-hand", "getAutomatic"),
            ("/ids/set", "mine"),
            ("/ids/twice", "getTwice"),
        ]
    );
    assert_eq!(
        gaps(&document),
        [
            "GET /ids/twice in pages/ids/twice.rs: id: `mine` is the id of GET /ids/set",
            "GET /ids/automatic in pages/ids/automatic.rs: id: `getAutomatic` is the id of GET /ids/by-hand, and a number behind it may change with the paths that there are: set `operation_id` for one of them",
        ]
    );
}

#[test]
fn a_prefix_outside_of_the_router_is_the_server() {
    let options = RouterOptions::new().outer_prefix("/shop");
    let api = ApiRoutesLayer::new(openapi_app::PAGES_API).options(options);
    let document = api.openapi().unwrap();
    assert_eq!(document.as_value()["servers"], json!([{"url": "/shop"}]));
    // One that is named takes its place.
    let document = document.server("https://a.example/shop").server("/shop");
    assert_eq!(
        document.as_value()["servers"],
        json!([{"url": "https://a.example/shop"}, {"url": "/shop"}])
    );
    assert!(self::document().as_value().get("servers").is_none());
}

#[test]
fn paths_have_the_slash_that_the_router_requires() {
    let router = FsRouter::builder()
        .mount("/api")
        .options(RouterOptions::new().trailing_slash(TrailingSlash::Require))
        .route("", get(async || ""))
        .route("posts/[id]", get(async || ""))
        .route("hello.json", get(async || ""))
        .route("docs/[[...slug]]", get(async || ""))
        .build()
        .unwrap();
    let document = router.openapi();
    let paths = document.as_value()["paths"].as_object().unwrap();
    assert_eq!(
        paths.keys().collect::<Vec<_>>(),
        [
            "/api/",
            "/api/docs/",
            "/api/docs/{slug}/",
            "/api/hello.json",
            "/api/posts/{id}/"
        ]
    );
    let found: Vec<_> = document.gaps().iter().map(Gap::path).collect();
    assert!(found.contains(&"/api/posts/{id}/"), "{found:?}");
}

#[test]
fn a_document_can_be_changed() {
    let mut document = document()
        .title("Shop")
        .description("All of it.")
        .server("https://example.com")
        .security_scheme(
            "key",
            json!({"type": "apiKey", "in": "header", "name": "x-key"}),
        )
        .security("key", [])
        .tag("posts", "Other words.");
    document.as_value_mut()["x-own"] = json!(1);
    let value = Value::from(document);
    assert_eq!(
        value["info"],
        json!({"title": "Shop", "version": "0.0.0", "description": "All of it."})
    );
    assert_eq!(value["servers"], json!([{"url": "https://example.com"}]));
    assert_eq!(value["security"], json!([{"key": []}]));
    assert_eq!(
        value["tags"],
        json!([{"name": "posts", "description": "Other words."}])
    );
    assert_eq!(value["x-own"], 1);
    let schemes = value["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["bearer", "key"]);
}
