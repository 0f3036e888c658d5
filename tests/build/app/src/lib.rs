//! Three trees in one crate, the first with a state, the last with a mistake that start-up finds.

use axum::extract::FromRef;

/// The state of `pages/api`.
#[derive(Debug, Clone)]
pub struct AppState {
    /// A part of the state.
    pub db: Db,
}

/// What route files ask for as `State<Db>`.
#[derive(Debug, Clone)]
pub struct Db(pub &'static str);

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

tower_api_routes::include_routes!("pages/api", AppState);

mod mismatch {
    tower_api_routes::include_routes!("pages/mismatch");
}

mod admin {
    tower_api_routes::include_routes!("pages/admin");
}
