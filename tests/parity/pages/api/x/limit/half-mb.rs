//! At most half a MiB.

use tower_api_routes::ApiConfig;

pub(crate) use crate::pages_api::x::size::handler;

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("0.5mb");
