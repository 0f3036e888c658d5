//! `/api/form`: what an HTML form sends; checkboxes of one name are a list.

use serde::{Deserialize, Serialize};
use tower_api_routes::{Form, Json};

#[derive(Deserialize, Serialize)]
pub struct Subscription {
    email: String,
    #[serde(default)]
    topic: Vec<String>,
    age: Option<u8>,
}

pub async fn post(Form(subscription): Form<Subscription>) -> Json<Subscription> {
    Json(subscription)
}
