//! What users order.

use axum::http::{HeaderName, Method, StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;
use tower_api_routes::{Json, Query, RouteUrl, State, openapi::Operation};

use crate::{
    errors::{OutOfRange, Refused},
    orders::{NewOrder, Order, OrderStatus},
    page::{Page, PageQuery},
    pages_api::urls,
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

/// Places an order.
pub async fn post(
    State(shop): State<Shop>,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, [(HeaderName, RouteUrl); 1], Json<Order>), Refused> {
    let order = shop.add_order(new)?;
    let location = urls::orders::id(order.id.0)?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(order),
    ))
}

/// What the signatures do not say.
pub fn openapi(operation: Operation) -> Operation {
    match *operation.method() {
        Method::POST => operation
            .status(201)
            .response_header::<String>(201, "location")
            .remove_response(404),
        _ => operation,
    }
}
