//! What users order.

use tower_api_routes::{Json, Params, State};

use crate::{
    errors::Missing,
    orders::{Order, OrderId},
    shop::Shop,
};

/// Cancels an order, which stays in the list.
pub async fn post(
    State(shop): State<Shop>,
    Params(id): Params<OrderId>,
) -> Result<Json<Order>, Missing> {
    shop.cancel_order(id).map(Json)
}
