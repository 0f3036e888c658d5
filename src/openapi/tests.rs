//! What each extractor and each result says of itself.

use std::collections::HashMap;

use axum_core::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode};
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::{
    answers::error_body,
    describe::{OperationInput, OperationOutput},
    gap::GapKind,
    operation::{Operation, Place, Rules},
    parameter::Parameter,
    schemas::Schemas,
};
use crate::{
    body::{Form, Json, ParsedBody},
    config::ApiConfig,
    cookies::Cookies,
    error::{ApiError, ErrorFormat},
    handler::State,
    multi_map::MultiMap,
    query::Query,
    request::ApiRequest,
    response::ApiResponse,
    route::Params,
    routing::Pattern,
};

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Id {
    id: u8,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
#[serde(tag = "kind")]
enum Tagged {
    Number { at: u8 },
    Text { text: Option<String> },
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Flat {
    q: String,
    #[serde(flatten)]
    tagged: Tagged,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Rest {
    q: String,
    #[serde(flatten)]
    rest: HashMap<String, u8>,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct OfQuery {
    query: String,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct NamedQuery {
    query: String,
    #[serde(flatten)]
    rest: HashMap<String, u8>,
}

#[derive(JsonSchema)]
struct Anything(#[allow(dead_code)] Value);

/// What another service sent, as it came.
#[derive(JsonSchema)]
struct Event(#[allow(dead_code)] Value);

/// A method of `/[id]/[...rest]` with the default configuration.
fn operation(method: Method, config: &ApiConfig) -> Operation {
    let place = Place {
        method,
        path: "/{id}/{rest}".to_owned(),
        file: None,
    };
    let rules = Rules {
        errors: Some(error_body(ErrorFormat::Text)),
        body_limit: config.max_body(),
        buffered_limit: config.max_buffered(),
        has_deadline: config.body_idle_timeout.is_some(),
    };
    let mut operation = Operation::new(place, rules, Schemas::default());
    let pattern = Pattern::parse("[id]/[...rest]").unwrap();
    let parameters = pattern.segments().iter().filter_map(Parameter::of_segment);
    operation.parameters = parameters.collect();
    operation
}

/// What was described, in short: `query page?; body application/json!; 200 text/plain; gap: body`.
fn short(operation: Operation) -> String {
    let (object, rest) = operation.into_object();
    let mut words = Vec::new();
    for it in object["parameters"].as_array().unwrap() {
        let (place, name) = (it["in"].as_str().unwrap(), it["name"].as_str().unwrap());
        let ty = it["schema"]["type"].as_str().unwrap_or("-");
        match (place, ty) {
            ("path", "string") => {}
            _ => words.push(format!("{place} {name}{}:{ty}", mark(&it["required"]))),
        }
    }
    if let Some(body) = object.get("requestBody") {
        let limit = body.get("x-body-limit").map(|it| format!(" up to {it}"));
        let types: Vec<_> = body["content"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        let limit = limit.unwrap_or_default();
        words.push(format!(
            "body {}{}{limit}",
            types.join(" "),
            mark(&body["required"])
        ));
    }
    for (status, response) in object["responses"].as_object().unwrap() {
        let content = response.get("content").and_then(|it| it.as_object());
        let types = content.into_iter().flatten().map(|(name, _)| name.as_str());
        words.push(
            [status.as_str()]
                .into_iter()
                .chain(types)
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    words.extend(rest.gaps.iter().map(|it| format!("gap: {}", it.kind())));
    words.sort();
    words.join("; ").replace(" text/plain", "")
}

fn mark(required: &serde_json::Value) -> &'static str {
    if *required == true { "!" } else { "" }
}

fn takes<T: OperationInput>(operation: Operation) -> Operation {
    T::describe(operation)
}

fn gives<T: OperationOutput>(operation: Operation) -> Operation {
    T::describe(operation)
}

fn input<T: OperationInput>() -> String {
    short(T::describe(operation(Method::POST, &ApiConfig::new())))
}

fn output<T: OperationOutput>() -> String {
    short(T::describe(operation(Method::GET, &ApiConfig::new())))
}

#[test]
fn the_rest_of_a_query_keeps_clear_of_the_parameters_of_other_extractors() {
    let expected = "400; query query!:string; query query2:object";
    let operation = || operation(Method::GET, &ApiConfig::new());
    let after = takes::<Query<MultiMap>>(takes::<Query<OfQuery>>(operation()));
    assert_eq!(short(after), expected);
    let before = takes::<Query<OfQuery>>(takes::<Query<MultiMap>>(operation()));
    assert_eq!(short(before), expected);
}

#[test]
fn extractors_say_what_they_take() {
    for (found, expected) in [
        (input::<Query<Id>>(), "400; query id!:integer"),
        (input::<Option<Query<Id>>>(), "400; query id:integer"),
        (input::<Query<MultiMap>>(), "400; query query:object"),
        (
            input::<Query<Vec<(String, String)>>>(),
            "400; query query:object",
        ),
        (input::<Query<()>>(), "400"),
        (input::<Query<u8>>(), "400; gap: parameters"),
        (
            input::<Query<Flat>>(),
            "400; query at:integer; query kind!:-; query q!:string; query text:string",
        ),
        (
            input::<Query<Rest>>(),
            "400; query q!:string; query query:object",
        ),
        (
            input::<Query<NamedQuery>>(),
            "400; query query!:string; query query2:object",
        ),
        (input::<Params<Id>>(), "400; path id!:integer"),
        (
            input::<Params<(bool, Vec<String>)>>(),
            "400; path id!:boolean",
        ),
        (
            input::<Params<HashMap<String, i8>>>(),
            "400; path id!:integer",
        ),
        (input::<Params<Vec<u8>>>(), "400; path id!:integer"),
        (input::<Params<MultiMap>>(), "400; path id!:-"),
        (
            input::<Json<Id>>(),
            "400; 408; 413; 415; body application/json! up to 1048576",
        ),
        (
            input::<Option<Json<Id>>>(),
            "400; 408; 413; 415; body application/json up to 1048576",
        ),
        (
            input::<Result<Json<Id>, u8>>(),
            // A body that is announced too large does not get as far as the handler.
            "413; body application/json up to 1048576",
        ),
        (input::<Result<Query<Id>, u8>>(), "query id:integer"),
        (
            input::<(Query<Id>, Result<Form<Id>, u8>)>(),
            "400; 413; body application/x-www-form-urlencoded up to 1048576; query id!:integer",
        ),
        (
            input::<Form<Id>>(),
            "400; 408; 413; 415; body application/x-www-form-urlencoded! up to 1048576",
        ),
        (
            input::<ParsedBody>(),
            "400; 408; 413; body */*! up to 1048576; gap: body",
        ),
        (input::<String>(), "400; 408; 413; body! up to 1048576"),
        (
            input::<Bytes>(),
            "400; 408; 413; body application/octet-stream! up to 1048576",
        ),
        // Their names are no types.
        (input::<Cookies>(), "431"),
        (input::<HeaderMap>(), ""),
        (input::<ApiRequest>(), "400; 408; 413; 431; gap: body"),
        (input::<Request>(), "400; 408; 413; gap: body"),
        (input::<(State<u8>, ApiResponse, Method, Cookies)>(), "431"),
    ] {
        assert_eq!(found, expected);
    }
}

#[cfg(feature = "multipart")]
#[test]
fn an_upload_has_the_limit_of_a_stream() {
    let upload = ApiConfig::new().body_parser(false);
    let multipart = |config: &ApiConfig| {
        short(crate::body::Multipart::describe(operation(
            Method::POST,
            config,
        )))
    };
    assert_eq!(
        multipart(&upload),
        "400; 408; 415; body multipart/form-data!; gap: body"
    );
    let upload = upload.body_limit("5mb");
    let expected = "400; 408; 413; 415; body multipart/form-data! up to 5242880; gap: body";
    assert_eq!(multipart(&upload), expected);
}

#[test]
fn a_stream_that_is_collected_after_all_has_the_default_limit() {
    let config = ApiConfig::new().body_parser(false).no_body_idle_timeout();
    let found = short(takes::<Json<Id>>(operation(Method::POST, &config)));
    assert_eq!(found, "400; 413; 415; body application/json! up to 1048576");
    let found = short(takes::<Json<Id>>(operation(
        Method::POST,
        &config.no_body_limit(),
    )));
    assert_eq!(found, "400; 415; body application/json!");
}

#[test]
fn a_type_that_may_be_any_json_is_a_gap_until_more_is_said() {
    let body = |schema: &str, operation: Operation| {
        let found = short(operation);
        assert_eq!(found.contains("gap: body"), schema == "silent", "{found}");
    };
    let new = || operation(Method::POST, &ApiConfig::new());
    body("silent", takes::<Json<Value>>(new()));
    body("silent", takes::<Option<Json<Value>>>(new()));
    body("silent", takes::<Result<Json<Value>, u8>>(new()));
    body("silent", takes::<Json<Option<Value>>>(new()));
    body("silent", takes::<Json<Map<String, Value>>>(new()));
    body("silent", takes::<Json<Anything>>(new()));
    body("silent", takes::<Form<HashMap<String, Value>>>(new()));
    body("said", takes::<Json<Event>>(new()));
    body("said", takes::<Json<Vec<Value>>>(new()));
    body("said", takes::<Json<HashMap<String, u8>>>(new()));
    body("said", takes::<Json<()>>(new()));
    body("said", takes::<Form<MultiMap>>(new()));
    body("said", takes::<Bytes>(new()));
    for answer in [
        gives::<Json<Value>>,
        gives::<ApiResponse<Value>>,
        gives::<Result<Json<Value>, ApiError>>,
        gives::<Result<String, Json<Value>>>,
        gives::<(StatusCode, Json<Map<String, Value>>)>,
    ] {
        let found = answer(new());
        assert!(short(found).contains("gap: answer"));
        let meant = answer(new()).covers(GapKind::Answer);
        assert!(!short(meant).contains("gap"));
    }
    assert_eq!(short(gives::<Json<Event>>(new())), "200 application/json");
    // Both the word that anything is meant and a better description are enough.
    body("said", takes::<Json<Value>>(new()).covers(GapKind::Body));
    body(
        "said",
        takes::<Json<Value>>(new()).request_body::<Id>("application/json"),
    );
}

#[test]
fn requests_without_a_body_most_often_have_no_gap_of_one() {
    let config = ApiConfig::new();
    for method in [Method::GET, Method::DELETE, Method::HEAD] {
        let found = short(takes::<ApiRequest>(operation(method.clone(), &config)));
        assert_eq!(found, "400; 431", "{method}");
    }
}

#[test]
fn results_say_what_they_answer() {
    type Headers = [(HeaderName, &'static str); 1];
    for (found, expected) in [
        (output::<()>(), "200"),
        (output::<&'static str>(), "200"),
        (output::<Json<Id>>(), "200 application/json"),
        (output::<ApiResponse<Id>>(), "2XX application/json"),
        (output::<ApiResponse>(), "gap: answer"),
        (output::<StatusCode>(), "2XX"),
        (output::<(StatusCode, Json<Id>)>(), "2XX application/json"),
        (
            output::<(StatusCode, HeaderMap, Headers, Json<Id>)>(),
            "2XX application/json",
        ),
        (
            output::<(Headers, Vec<u8>)>(),
            "200 application/octet-stream",
        ),
        (
            output::<Result<Json<Id>, ApiError>>(),
            "200 application/json; default",
        ),
        // A status that is not known is an error where an error stands.
        (
            output::<Result<String, (StatusCode, Json<Id>)>>(),
            "200; default application/json",
        ),
        (
            output::<Result<Json<Id>, Json<u8>>>(),
            "200 application/json",
        ),
        (output::<Result<(), std::convert::Infallible>>(), "200"),
        // What describes the error says nothing of the success.
        (
            output::<Result<ApiResponse, StatusCode>>(),
            "default; gap: answer",
        ),
        (
            output::<Result<ApiResponse, Json<u8>>>(),
            "200 application/json; gap: answer",
        ),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_said_later_counts_more() {
    let config = ApiConfig::new();
    let new = || operation(Method::POST, &config);
    for (found, expected) in [
        (
            takes::<Json<Id>>(new())
                .remove_response(415)
                .remove_response(408),
            "400; 413; body application/json! up to 1048576",
        ),
        (
            gives::<ApiResponse<Id>>(new()).status(201),
            "201 application/json",
        ),
        (new().status(204), "204"),
        (
            gives::<ApiResponse<Id>>(new()).status(201).status(201),
            "201 application/json",
        ),
        (
            gives::<ApiResponse<Id>>(new())
                .response_header::<String>(201, "location")
                .status(201),
            "201 application/json",
        ),
        (new().empty_response(204).status(201), "201"),
        (
            gives::<Json<Id>>(new()).empty_response(202).status(201),
            "201 application/json; 202",
        ),
        (
            new().empty_response(202).empty_response(204).status(201),
            "201; 202; 204",
        ),
        (gives::<Json<Id>>(new()).empty_response(200), "200"),
        (
            takes::<ApiRequest>(new()).request_body::<Id>("text/csv"),
            "400; 408; 413; 431; body text/csv! up to 1048576",
        ),
        (
            gives::<ApiResponse>(new()).response::<Id>("default", "application/json"),
            "default application/json",
        ),
        (
            gives::<ApiResponse>(new()).empty_response(StatusCode::ACCEPTED),
            "202",
        ),
        (
            gives::<ApiResponse>(new()).response::<Id>(401, "application/json"),
            "401 application/json; gap: answer",
        ),
        (
            gives::<ApiResponse>(new()).empty_response("5XX"),
            "5XX; gap: answer",
        ),
        (
            new()
                .query_parameter::<u8>("a", true)
                .query_parameter::<bool>("a", false),
            "query a:boolean",
        ),
        (
            new()
                .cookie_parameter::<u8>("a", true)
                .header_parameter::<u8>("a", true),
            "cookie a!:integer; header a!:integer",
        ),
        (
            new()
                .error(404, "None.")
                .error_body::<Id>("application/json"),
            "404 application/json",
        ),
        (
            new()
                .error_body::<Id>("application/json")
                .error(404, "None."),
            "404 application/json",
        ),
    ] {
        assert_eq!(short(found), expected);
    }
    let (object, _) = new()
        .error(404, "One.")
        .error(404, "Other.")
        .tag("a")
        .tag("b")
        .tag("a")
        .into_object();
    assert_eq!(object["responses"]["404"]["description"], "Other.");
    assert_eq!(object["tags"], serde_json::json!(["a", "b"]));
}

#[test]
fn a_status_keeps_what_is_said_of_it() {
    let config = ApiConfig::new();
    for has_header_first in [true, false] {
        let mut operation = gives::<ApiResponse<Id>>(operation(Method::POST, &config))
            .response_description("2XX", "Done.");
        if has_header_first {
            operation = operation
                .response_header::<String>(201, "location")
                .response_description(201, "It is there.");
        }
        let (object, _) = operation.status(201).into_object();
        let created = &object["responses"]["201"];
        let description = if has_header_first {
            "It is there."
        } else {
            "Done."
        };
        assert_eq!(created["description"], description);
        assert_eq!(created.get("headers").is_some(), has_header_first);
        assert!(created["content"]["application/json"].is_object());
    }
}

#[test]
fn a_response_of_what_is_no_status_is_a_gap() {
    let config = ApiConfig::new();
    for key in ["created", "2xx", "6XX", "20", "", "2000", "-10", "099"] {
        let found = operation(Method::POST, &config).response::<Id>(key, "application/json");
        assert_eq!(short(found), "gap: answer", "{key}");
    }
    assert_eq!(
        short(operation(Method::POST, &config).error(42, "No.")),
        "gap: answer"
    );
    let config = ApiConfig::new();
    for key in ["201", "2XX", "default", "599"] {
        let found = operation(Method::POST, &config).response::<Id>(key, "application/json");
        assert_eq!(short(found), format!("{key} application/json"));
    }
}
