use serde_json::json;
use tower_api_routes::openapi::Operation;

pub fn openapi(operation: Operation) -> Operation {
    operation
        .security_scheme("bearer", json!({ "type": "http", "scheme": "bearer" }))
        .security("bearer", [])
}
