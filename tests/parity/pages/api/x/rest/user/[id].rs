//! One user, by GET and PUT.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::javascript::parse_int;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let id = parse_int(&req.param("id").unwrap_or_default());
    let name = id.map_or("User NaN".to_owned(), |id| format!("User {id}"));
    let given = req.query().get_all("name");
    match *req.method() {
        Method::GET => res.status(200).json(&json!({ "id": id, "name": name })),
        Method::PUT if given.clone().any(|name| !name.is_empty()) || given.is_list() => {
            res.status(200).json(&json!({ "id": id, "name": given }))
        }
        Method::PUT => res.status(200).json(&json!({ "id": id, "name": name })),
        ref method => res
            .append_header("allow", "GET")
            .append_header("allow", "PUT")
            .status(405)
            .body(format!("Method {method} Not Allowed")),
    }
}
