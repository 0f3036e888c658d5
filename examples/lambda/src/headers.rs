//! Every value of every header.

use lambda_http::{LambdaEvent, request::LambdaRequest};

/// An event of a REST API has each header twice: all of its values, and the last one. lambda_http 1.3 puts the last one in the
/// place of all; without it, all stay.
pub(crate) fn keep_all_values(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV1(request) = &mut event.payload
        && !request.multi_value_headers.is_empty()
    {
        request.headers.clear();
    }
    event
}
