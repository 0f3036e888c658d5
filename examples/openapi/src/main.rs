//! A shop that describes itself: an OpenAPI document that follows from the route files, and a page to try it.

use axum::{
    Json, Router, extract::FromRef, http::header::CONTENT_TYPE, response::Html, routing::get,
};
use tower_api_routes::{ApiRoutesLayer, BoxError, ErrorFormat, RouterOptions, openapi::OpenApi};

mod auth;
mod errors;
mod links;
mod orders;
mod page;
mod shop;
#[cfg(test)]
mod tests;
mod users;

tower_api_routes::include_routes!(App);

/// What the routes share.
#[derive(Debug, Clone, FromRef)]
pub(crate) struct App {
    shop: shop::Shop,
    token: auth::Token,
}

fn api(token: &str) -> ApiRoutesLayer {
    ApiRoutesLayer::new(PAGES_API)
        .with_state(App {
            shop: shop::Shop::default(),
            token: auth::Token::new(token),
        })
        .options(RouterOptions::new().error_format(ErrorFormat::Problem))
}

/// What follows from the routes, and what only we know.
fn document(api: &ApiRoutesLayer) -> Result<OpenApi, BoxError> {
    let mut document = api
        .openapi()?
        .title("Shop")
        .version("1.0.0")
        .description("Users and their orders.");
    links::add_links(document.as_value_mut());
    Ok(document)
}

/// What the program serves and the tests ask.
fn app(token: &str) -> Result<Router, BoxError> {
    let api = api(token);
    print!("{}", api.router()?);
    let document = Json(document(&api)?);
    let script = ([(CONTENT_TYPE, "text/javascript")], SCRIPT);
    let styles = ([(CONTENT_TYPE, "text/css")], STYLES);
    Ok(Router::new()
        .route("/", get(Html(PAGE)))
        .route("/swagger-ui.js", get(script))
        .route("/swagger-ui.css", get(styles))
        .route("/api/openapi.json", get(async move || document))
        .layer(api))
}

const PAGE: &str = include_str!("../swagger-ui/index.html");
const SCRIPT: &str = include_str!("../swagger-ui/swagger-ui-bundle.js");
const STYLES: &str = include_str!("../swagger-ui/swagger-ui.css");

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let token = std::env::var("TOKEN").unwrap_or_else(|_| "let-me-in".to_owned());
    let app = app(&token)?;

    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse::<u16>())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
