//! What users order.

use schemars::JsonSchema;
use serde::Deserialize;
use tower_api_routes::{Json, Query, State};

use crate::{
    errors::OutOfRange,
    orders::{Order, OrderStatus},
    page::{Page, PageQuery},
    shop::Shop,
    users::UserId,
};

#[derive(Deserialize, JsonSchema)]
pub struct OrderQuery {
    #[serde(flatten)]
    page: PageQuery,
    /// Orders of this user.
    user: Option<UserId>,
    status: Option<OrderStatus>,
}

/// Lists orders.
pub async fn get(
    State(shop): State<Shop>,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<Order>>, OutOfRange> {
    let mut orders = shop.orders();
    orders.retain(|order| {
        query.user.is_none_or(|it| it == order.user)
            && query.status.is_none_or(|it| it == order.status)
    });
    query.page.cut(orders).map(Json)
}
