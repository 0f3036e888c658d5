//! `GovernorLayer` of tower_governor: each client has one request, then one in a minute.

use std::sync::Arc;

use tower_api_routes::router::RouteLayer;
use tower_governor::{
    GovernorLayer, governor::GovernorConfigBuilder, key_extractor::SmartIpKeyExtractor,
};

pub fn layer() -> impl RouteLayer {
    let mut config = GovernorConfigBuilder::default();
    let config = config.per_second(60).burst_size(1);
    let config = config.key_extractor(SmartIpKeyExtractor).finish();
    GovernorLayer::new(Arc::new(config.expect("neither is zero")))
}

pub async fn get() -> &'static str {
    "inside"
}
