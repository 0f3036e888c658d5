//! A catch-all.

use tower_api_routes::Params;

pub async fn get(Params(rest): Params<Vec<String>>) -> String {
    rest.join("|")
}
