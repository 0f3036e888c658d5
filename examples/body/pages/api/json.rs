//! `/api/json`: JSON of one shape, and not much of it.

use serde::{Deserialize, Serialize};
use tower_api_routes::{ApiConfig, Json};

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("1kb");

#[derive(Deserialize)]
pub struct Order {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    price: u32,
    quantity: u16,
}

#[derive(Serialize)]
pub struct Total {
    total: u64,
}

pub async fn post(Json(order): Json<Order>) -> Json<Total> {
    let sum = |item: &Item| u64::from(item.price) * u64::from(item.quantity);
    Json(Total {
        total: order.items.iter().map(sum).sum(),
    })
}
