//! Whether the shop is open, for everybody.

use schemars::JsonSchema;
use serde::Serialize;
use tower_api_routes::Json;

#[derive(Serialize, JsonSchema)]
pub struct Status {
    users: usize,
    orders: usize,
}

/// Counts users and orders.
pub async fn get(shop: tower_api_routes::State<crate::shop::Shop>) -> Json<Status> {
    Json(Status {
        users: shop.0.users().len(),
        orders: shop.0.orders().len(),
    })
}
