//! Takes a parameter that its name does not have.

use axum::extract::State;
use tower_api_routes::Params;

#[derive(serde::Deserialize)]
pub(crate) struct Wanted {
    slug: String,
}

pub async fn get(State(()): State<()>, Params(wanted): Params<Wanted>) -> String {
    wanted.slug
}
