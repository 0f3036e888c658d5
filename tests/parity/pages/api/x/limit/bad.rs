//! No limit: what Next.js makes of a size that is none.

use tower_api_routes::ApiConfig;

pub(crate) use crate::pages_api::x::size::handler;

pub const CONFIG: ApiConfig = ApiConfig::new().no_body_limit();
