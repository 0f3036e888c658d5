//! `/api/user/1`: one user. Changes need the entity tag of what they change, in `If-Match`.

use axum::http::{StatusCode, header};
use tower_api_routes::{ApiError, ApiResponse, Json, Params, State};

use crate::{
    db::Db,
    precondition::{IfMatch, changed, etag},
    user::{Changes, NewProfile, Profile, User},
};

pub async fn get(State(db): State<Db>, Params(id): Params<i64>) -> Result<ApiResponse, ApiError> {
    Ok(answer(&find(&db, id).await?))
}

pub async fn put(
    State(db): State<Db>,
    Params(id): Params<i64>,
    precondition: IfMatch,
    Json(profile): Json<NewProfile>,
) -> Result<ApiResponse, ApiError> {
    let profile = profile.check()?;
    let user = find(&db, id).await?;
    precondition.check(user.version)?;
    update(&db, id, user.version, &profile).await
}

pub async fn patch(
    State(db): State<Db>,
    Params(id): Params<i64>,
    precondition: IfMatch,
    Json(changes): Json<Changes>,
) -> Result<ApiResponse, ApiError> {
    let user = find(&db, id).await?;
    precondition.check(user.version)?;
    let profile = changes.apply(user.profile)?;
    update(&db, id, user.version, &profile).await
}

pub async fn delete(
    State(db): State<Db>,
    Params(id): Params<i64>,
    precondition: IfMatch,
) -> Result<StatusCode, ApiError> {
    let user = find(&db, id).await?;
    precondition.check(user.version)?;
    if db.delete(id, user.version).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(changed())
    }
}

async fn find(db: &Db, id: i64) -> Result<User, ApiError> {
    let user = db.user(id).await?;
    user.ok_or_else(|| ApiError::not_found("no such user"))
}

async fn update(
    db: &Db,
    id: i64,
    version: i64,
    profile: &Profile,
) -> Result<ApiResponse, ApiError> {
    match db.update(id, version, profile).await {
        Ok(Some(user)) => Ok(answer(&user)),
        Ok(None) => Err(changed()),
        Err(error) if error.is_taken() => {
            let message = "email: belongs to another user";
            Err(ApiError::new(StatusCode::CONFLICT, message))
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(user: &User) -> ApiResponse {
    ApiResponse::new()
        .json(user)
        .header(header::ETAG, etag(user.version))
}
