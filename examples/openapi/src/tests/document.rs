//! The document: complete, valid, and the one that is committed.

use std::{env, fs};

use serde_json::{Value, json};

use crate::{api, document};

fn generated() -> tower_api_routes::openapi::OpenApi {
    document(&api("secret")).unwrap()
}

#[test]
fn everything_is_described() {
    assert_eq!(generated().gaps(), []);
}

/// Clients are made from the file; who reviews a change sees in it what changes for them.
#[test]
fn the_document_is_the_one_that_is_committed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let now = generated().to_string();
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(path, &now).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    let difference = committed
        .lines()
        .zip(now.lines())
        .zip(1..)
        .find(|((old, new), _)| old != new);
    assert!(
        committed == now,
        "the API is not the one of openapi.json, first at {difference:?}: if that is meant, \
         `UPDATE_OPENAPI=1 cargo test -p openapi` writes the file"
    );
}

/// What the official schema of OpenAPI 3.1 says against a document.
fn complaints(document: &Value) -> Vec<String> {
    let schema = include_str!("../../tests/oas-3.1/schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = validator.iter_errors(document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Adds every Schema Object of a document, with the ones in them.
fn schemas<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "schema" => found.push(value),
                    "schemas" => found.extend(value.as_object().unwrap().values()),
                    _ => schemas(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|it| schemas(it, found)),
        _ => {}
    }
}

#[test]
fn the_document_is_valid() {
    assert_is_valid(generated().as_value());
}

/// That of an application with routes of every kind.
#[test]
fn the_document_of_another_application_is_valid() {
    let committed = include_str!("../../../../tests/openapi-app/openapi.json");
    assert_is_valid(&serde_json::from_str(committed).unwrap());
}

fn assert_is_valid(document: &Value) {
    assert_eq!(complaints(document), [""; 0]);
    let mut all = Vec::new();
    schemas(document, &mut all);
    assert!(all.len() > 20, "{}", all.len());
    for schema in all {
        let result = jsonschema::draft202012::meta::validate(schema);
        assert!(result.is_ok(), "{schema}: {result:?}");
    }
}

#[test]
fn an_invalid_document_is_found() {
    for (pointer, value) in [
        ("/openapi", json!("3.0.0")),
        ("/info", json!({ "title": "no version" })),
        ("/paths/~1api~1users/get/parameters/0/in", json!("body")),
        ("/paths/~1api~1users/get/responses", json!({ "OK": {} })),
        ("/components", json!({ "schemas": [] })),
    ] {
        let mut document = generated().as_value().clone();
        let place = document.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
        assert!(!complaints(&document).is_empty(), "{pointer}");
    }
}
