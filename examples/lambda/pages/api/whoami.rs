//! `/api/whoami`: what Lambda and what stands in front of it say beside the request; nothing on one's own machine.

use lambda_http::{RequestExt, request::RequestContext};
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let invocation = req.extensions().lambda_context_ref();
    let ip = match req.extensions().request_context_ref() {
        Some(RequestContext::ApiGatewayV2(gateway)) => gateway.http.source_ip.as_deref(),
        Some(RequestContext::ApiGatewayV1(gateway)) => gateway.identity.source_ip.as_deref(),
        // The load balancer adds the address to what the client says.
        Some(RequestContext::Alb(_)) => {
            let forwarded = req.headers().get("x-forwarded-for");
            let addresses = forwarded.and_then(|value| value.to_str().ok());
            addresses.and_then(|it| it.rsplit(',').next().map(str::trim))
        }
        _ => None,
    };
    res.json(&json!({
        "invocation": invocation.map(|it| &it.request_id),
        "ip": ip,
    }))
}
