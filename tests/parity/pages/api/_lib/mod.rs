//! What several routes share.

pub(crate) mod cookies;
pub(crate) mod javascript;
pub(crate) mod micro_cors;
pub(crate) mod myself;

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

/// A failure that a route meets on purpose.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) &'static str);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {}

/// The file of the route below `directory`, without its extension.
fn file_below(req: &ApiRequest, directory: &str) -> String {
    let file = req.route().file().unwrap_or_default();
    let file = file.strip_prefix(directory).unwrap_or(file);
    file.strip_suffix(".rs").unwrap_or(file).to_owned()
}

/// Answers with what stands in `req.query`.
pub(crate) async fn query(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(req.query())
}

/// Answers with the name of the route and `req.query`.
pub(crate) async fn route_and_query(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let route = file_below(&req, "pages/api/x/");
    res.status(200)
        .json(&json!({ "route": route, "query": req.query() }))
}

/// Answers with the name of the route, `req.query` and `req.url`.
pub(crate) async fn route_query_and_url(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let route = file_below(&req, "pages/api/x/");
    let route = route.strip_prefix("dyn/").unwrap_or(&route);
    res.status(200)
        .json(&json!({ "route": route, "query": req.query(), "url": req.url() }))
}

/// What the routes behind CORS answer, with the `Vary` that the query asks for.
pub(crate) async fn hello(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = match req.query().get("vary") {
        Some(vary) => res.header("vary", vary),
        None => res,
    };
    res.json(&json!({ "message": "Hello Everyone!" }))
}

/// A handler that never answers.
pub(crate) async fn never() -> ApiResponse {
    std::future::pending().await
}
