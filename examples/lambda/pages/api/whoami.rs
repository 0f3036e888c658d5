//! `/api/whoami`: what Lambda and API Gateway say beside the request; nothing on one's own machine.

use lambda_http::{RequestExt, request::RequestContext};
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let invocation = req.extensions().lambda_context_ref();
    let ip = match req.extensions().request_context_ref() {
        Some(RequestContext::ApiGatewayV2(gateway)) => gateway.http.source_ip.as_deref(),
        _ => None,
    };
    res.json(&json!({
        "invocation": invocation.map(|it| &it.request_id),
        "ip": ip,
    }))
}
