//! At most 1000 bytes, as a number.

use tower_api_routes::ApiConfig;

pub(crate) use crate::pages_api::x::size::handler;

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit_bytes(1000);
