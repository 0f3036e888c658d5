//! What users order.

use tower_api_routes::{Json, Params, State};

use crate::{
    errors::Missing,
    orders::{Order, OrderId},
    shop::Shop,
};

/// Shows an order.
pub async fn get(
    State(shop): State<Shop>,
    Params(id): Params<OrderId>,
) -> Result<Json<Order>, Missing> {
    shop.order(id).map(Json)
}
