use tower_api_routes::openapi::Operation;

pub fn openapi(operation: Operation) -> Operation {
    operation.operation_id("mine")
}

pub async fn get() -> String {
    String::new()
}
