//! One person.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use super::_data::PEOPLE;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let id = req.param("id").unwrap_or_default();
    match PEOPLE.iter().find(|person| person.id == id) {
        Some(person) => res.status(200).json(person),
        None => res
            .status(404)
            .json(&json!({ "message": format!("User with id: {id} not found.") })),
    }
}
