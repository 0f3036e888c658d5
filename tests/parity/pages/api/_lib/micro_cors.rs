//! CORS by headers that the handler sets, as the npm package `micro-cors` does it.
//!
//! `CorsLayer` refuses `*` together with credentials, which is what the package answers by default.

use axum::http::Method;
use tower_api_routes::{ApiRequest, ApiResponse};

const HEADERS: &str = "X-Requested-With,Access-Control-Allow-Origin,X-HTTP-Method-Override,\
                       Content-Type,Authorization,Accept";

#[derive(Debug, Clone, Copy)]
pub(crate) struct MicroCors {
    pub(crate) origin: &'static str,
    pub(crate) credentials: bool,
    pub(crate) methods: &'static str,
    pub(crate) headers: &'static str,
    pub(crate) expose: Option<&'static str>,
    pub(crate) max_age: u32,
}

pub(crate) const DEFAULT: MicroCors = MicroCors {
    origin: "*",
    credentials: true,
    methods: "POST,GET,PUT,PATCH,DELETE,OPTIONS",
    headers: HEADERS,
    expose: None,
    max_age: 86_400,
};

impl MicroCors {
    /// Sets the headers; the handler answers preflights too.
    pub(crate) fn apply(self, req: &ApiRequest, res: ApiResponse) -> ApiResponse {
        let mut res = res.header("access-control-allow-origin", self.origin);
        if self.credentials {
            res = res.header("access-control-allow-credentials", "true");
        }
        if let Some(names) = self.expose {
            res = res.header("access-control-expose-headers", names);
        }
        if req.method() != Method::OPTIONS {
            return res;
        }
        res.header("access-control-allow-methods", self.methods)
            .header("access-control-allow-headers", self.headers)
            .header("access-control-max-age", self.max_age)
    }
}
