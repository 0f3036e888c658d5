//! Private: a module, not a route.

use tower_api_routes::State;

use crate::Db;

pub(crate) const fn name(State(db): &State<Db>) -> &'static str {
    db.0
}
