//! A list, filtered by name; the head and the body set by hand.

use serde_json::{Value, json};
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let name = req.query().get_all("name");
    let users: Vec<_> = ["Tim", "Jon"]
        .into_iter()
        .filter(|user| match name.clone().next() {
            None | Some("") => true,
            Some(name_of_one) => !name.is_list() && *user == name_of_one,
        })
        .map(|name| json!({ "name": name }))
        .collect();
    res.header("content-type", "application/json")
        .body(Value::from(users).to_string())
}
