//! Users of the shop.

use axum::http::{HeaderName, Method, StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;
use tower_api_routes::{Json, Query, RouteUrl, State, openapi::Operation};

use crate::{
    errors::{OutOfRange, Refused},
    page::{Page, PageQuery},
    pages_api::urls,
    shop::Shop,
    users::{NewUser, Role, User},
};

#[derive(Deserialize, JsonSchema)]
pub struct UserQuery {
    #[serde(flatten)]
    page: PageQuery,
    /// Users of one of these roles; of all, if there is none.
    #[serde(default)]
    role: Vec<Role>,
    #[serde(default)]
    sort: Sort,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    #[default]
    Id,
    Name,
}

/// Lists users.
pub async fn get(
    State(shop): State<Shop>,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>, OutOfRange> {
    let mut users = shop.users();
    users.retain(|user| query.role.is_empty() || query.role.contains(&user.role));
    match query.sort {
        Sort::Id => {}
        Sort::Name => users.sort_by(|one, other| one.name.cmp(&other.name)),
    }
    query.page.cut(users).map(Json)
}

/// Adds a user.
///
/// The address in `email` must be nobody else's.
pub async fn post(
    State(shop): State<Shop>,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, [(HeaderName, RouteUrl); 1], Json<User>), Refused> {
    let user = shop.add_user(new)?;
    let location = urls::users::id(user.id.0)?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(user),
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
