use tower_api_routes::openapi::Operation;

pub fn openapi(operation: Operation) -> Operation {
    operation.operation_id("getAutomatic")
}

pub async fn get() -> String {
    String::new()
}
