use schemars::JsonSchema;
use tower_api_routes::openapi::Operation;

/// What `on_error` writes.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is looked at")]
pub struct Mine {
    code: u16,
}

pub fn openapi(operation: Operation) -> Operation {
    operation.error_body::<Mine>("application/json")
}
