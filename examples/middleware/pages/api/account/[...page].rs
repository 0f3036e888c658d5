//! `/api/account/orders/7`: the same user, from `req`.

use serde_json::json;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::auth::User;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let user = req.extensions().get::<User>();
    let user =
        user.ok_or_else(|| ApiError::internal("the route stands outside of `require_user`"))?;
    let page = req.query().get_all("page").collect::<Vec<_>>();
    Ok(res.json(&json!({ "user": user, "page": page })))
}
