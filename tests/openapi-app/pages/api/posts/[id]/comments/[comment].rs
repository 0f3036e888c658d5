use schemars::JsonSchema;
use serde::Deserialize;
use tower_api_routes::{Form, Params};

#[derive(Deserialize, JsonSchema)]
pub struct Place {
    id: u64,
    comment: Name,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("pattern" = "^[a-z]+$"))]
struct Name(String);

#[derive(Deserialize, JsonSchema)]
pub struct Text {
    text: String,
}

pub async fn post(Params(place): Params<Place>, form: Option<Form<Text>>) -> String {
    let text = form.map(|it| it.0.text).unwrap_or_default();
    format!("{} {} {text}", place.id, place.comment.0)
}
