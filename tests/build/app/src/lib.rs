//! Four trees in one crate, the first with a state, the last two with mistakes that start-up finds.

// What the build script generates gives no lint a reason.
#![warn(clippy::pedantic, clippy::nursery)]
#![warn(
    single_use_lifetimes,
    trivial_casts,
    unused_lifetimes,
    unused_qualifications
)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::extract::FromRef;

/// The state of `pages/api`.
#[derive(Debug, Clone)]
pub struct AppState {
    /// A part of the state.
    pub db: Db,
    /// How often a layer was made with this state.
    pub layers: Arc<AtomicUsize>,
}

impl AppState {
    /// The state with this database.
    #[must_use]
    pub fn new(db: &'static str) -> Self {
        Self {
            db: Db(db),
            layers: Arc::default(),
        }
    }

    pub(crate) fn count_layer(&self) {
        self.layers.fetch_add(1, Ordering::Relaxed);
    }
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

pub use admin::pages_admin::urls as admin_urls;
pub use pages_api::urls;

mod mismatch {
    tower_api_routes::include_routes!("pages/mismatch");
}

mod admin {
    tower_api_routes::include_routes!("pages/admin");
}

/// Routes that cannot be served.
pub mod broken {
    tower_api_routes::include_routes!("pages/broken");
}
