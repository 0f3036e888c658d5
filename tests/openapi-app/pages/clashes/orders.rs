//! Orders, which have a tag of their own.

use tower_api_routes::openapi::Operation;

pub async fn get() -> &'static str {
    "orders"
}

pub fn openapi(operation: Operation) -> Operation {
    operation.tag("Sales")
}
