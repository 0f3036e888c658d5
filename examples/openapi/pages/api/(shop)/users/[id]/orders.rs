//! Users of the shop.

use axum::http::{HeaderName, StatusCode, header};
use tower_api_routes::{Json, Params, RouteUrl, State, openapi::Operation};

use crate::{
    errors::Refused,
    orders::{NewOrder, Order},
    pages_api::urls,
    shop::Shop,
    users::UserId,
};

/// Places an order.
pub async fn post(
    State(shop): State<Shop>,
    Params(id): Params<UserId>,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, [(HeaderName, RouteUrl); 1], Json<Order>), Refused> {
    let order = shop.add_order(id, new)?;
    let location = urls::orders::id(order.id.0)?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(order),
    ))
}

/// What the signature does not say.
pub fn openapi(operation: Operation) -> Operation {
    operation
        .status(201)
        .response_header::<String>(201, "location")
        .remove_response(409)
}
