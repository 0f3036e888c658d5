//! The default.

use tower_api_routes::ApiConfig;

pub(crate) use crate::pages_api::x::size::handler;

pub const CONFIG: ApiConfig = ApiConfig::new();
