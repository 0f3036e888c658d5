//! `/api/cookies`: counts the visits of a browser in a cookie.

use serde_json::json;
use tower_api_routes::{
    ApiRequest, ApiResponse,
    cookies::{Cookie, SameSite},
};

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let visits = req.cookies().get("visits").unwrap_or_default();
    let visits = visits.parse::<u32>().unwrap_or(0).saturating_add(1);
    let cookie = Cookie::build(("visits", visits.to_string()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax);
    res.set_cookie(cookie).json(&json!({ "visits": visits }))
}
