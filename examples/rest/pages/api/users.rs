//! `/api/users`: lists the users, page by page, and adds new ones.

use axum::http::{StatusCode, header};
use tower_api_routes::{ApiError, ApiResponse, Json, Query, State};

use crate::{db::Db, page::PageQuery, pages_api::urls, precondition::etag, user::NewProfile};

pub async fn get(
    State(db): State<Db>,
    Query(query): Query<PageQuery>,
) -> Result<ApiResponse, ApiError> {
    let page = query.check()?;
    let (users, total) = db.users(page).await?;
    Ok(ApiResponse::new()
        .header(header::LINK, page.links(urls::users().as_str(), total))
        .header("x-total-count", total)
        .json(&users))
}

pub async fn post(
    State(db): State<Db>,
    Json(profile): Json<NewProfile>,
) -> Result<ApiResponse, ApiError> {
    let profile = profile.check()?;
    match db.insert(&profile).await {
        Ok(user) => Ok(ApiResponse::new()
            .status(201)
            .header(header::LOCATION, urls::user::id(user.id)?)
            .json(&user)
            .header(header::ETAG, etag(user.version))),
        Err(error) if error.is_taken() => {
            let message = "email: belongs to another user";
            Err(ApiError::new(StatusCode::CONFLICT, message))
        }
        Err(error) => Err(error.into()),
    }
}
