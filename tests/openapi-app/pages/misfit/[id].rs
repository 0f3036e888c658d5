use schemars::JsonSchema;
use serde::Deserialize;
use tower_api_routes::Params;

#[derive(Deserialize, JsonSchema)]
pub struct Slug {
    slug: String,
}

pub async fn get(Params(it): Params<Slug>) -> String {
    it.slug
}
