//! State, and a private module.

use tower_api_routes::State;

use crate::Db;

pub async fn get(state: State<Db>) -> &'static str {
    super::_db::name(&state)
}
