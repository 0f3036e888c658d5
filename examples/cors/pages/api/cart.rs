//! `/api/cart`: the pages of one other origin may use it, with the cookies of the user.

use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use tower_api_routes::{
    ApiError, ApiRequest, ApiResponse, CorsLayer,
    cookies::{Cookie, SameSite},
    cors::CorsError,
};

/// A wrong origin is an error at start-up.
pub fn layer() -> Result<CorsLayer, CorsError> {
    let origin = std::env::var("ALLOWED_ORIGIN");
    let origin = origin.as_deref().unwrap_or("http://127.0.0.1:4000");
    CorsLayer::new()
        .origin([origin])
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers(["Content-Type"])
        .max_age(Duration::from_secs(600))
        .build()
}

#[derive(Deserialize, Serialize)]
pub struct Cart {
    items: u32,
}

fn cookie(value: String) -> Cookie<'static> {
    Cookie::build(("items", value))
        .path("/api/cart")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

pub async fn get(req: ApiRequest, res: ApiResponse<Cart>) -> Result<ApiResponse<Cart>, ApiError> {
    let items = req.cookies().get("items");
    let items = items.ok_or_else(|| ApiError::not_found("no cart"))?;
    let items = items
        .parse()
        .map_err(|error| ApiError::bad_request("no cart").with_source(error))?;
    Ok(res.json(&Cart { items }))
}

pub async fn put(req: ApiRequest, res: ApiResponse<Cart>) -> Result<ApiResponse<Cart>, ApiError> {
    let cart: Cart = req.json().await?;
    Ok(res.set_cookie(cookie(cart.items.to_string())).json(&cart))
}

/// Not among the methods above: only pages of this origin may empty the cart.
pub async fn delete(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let mut cookie = cookie(String::new());
    cookie.make_removal();
    res.status(204).set_cookie(cookie).end()
}
