//! The traits of what can describe itself.

use super::operation::Operation;

/// An extractor that says what it takes from a request.
///
/// Implement it for an extractor of your own, so that the document knows of it. Without it the extractor
/// works as well, and [`OpenApi::gaps`](super::OpenApi::gaps) names it.
///
/// ```
/// use serde_json::json;
/// use tower_api_routes::openapi::{Operation, OperationInput};
///
/// /// Whoever a bearer token belongs to.
/// struct User;
///
/// impl OperationInput for User {
///     fn describe(operation: Operation) -> Operation {
///         operation
///             .security_scheme("bearer", json!({ "type": "http", "scheme": "bearer" }))
///             .security("bearer", [])
///             .error(401, "There is no token, or it is not valid.")
///     }
/// }
/// ```
pub trait OperationInput {
    /// Adds what the extractor takes, and how it may refuse a request.
    fn describe(operation: Operation) -> Operation;
}

/// The result of a handler, or the error in it, that says what it answers.
///
/// ```
/// use tower_api_routes::openapi::{Operation, OperationOutput};
///
/// /// Answered as an `ApiError` each.
/// enum PostError {
///     NotFound,
///     Conflict,
/// }
///
/// impl OperationOutput for PostError {
///     fn describe(operation: Operation) -> Operation {
///         operation.error(404, "There is no such post.").error(409, "The title is taken.")
///     }
/// }
/// ```
pub trait OperationOutput {
    /// Adds the answers.
    fn describe(operation: Operation) -> Operation;
}

/// The beginning of a tuple that is a result, `(StatusCode, [(HeaderName, HeaderValue); 1], Json<Post>)`: a
/// status or headers.
pub trait ResponsePart {
    /// Changes what the rest of the tuple has described. Nothing by default: headers that are not known.
    fn describe(operation: Operation) -> Operation {
        operation
    }
}
