//! [`Methods`]: the handlers of a route, by method.

use std::sync::Arc;

use http::{HeaderValue, Method, Response, StatusCode, header};

use crate::{
    error::ApiError,
    handler::Endpoint,
    response::{ResponseBody, handler_response::HandlerResponse},
    routing::methods::each_method,
};

/// The handler of each method that has one.
pub(super) type ByMethod = [Option<Arc<dyn Endpoint>>; METHODS.len()];

/// The handlers of a route by method, and the answer to any other.
pub(super) struct Methods {
    by_method: ByMethod,
    any: Option<Arc<dyn Endpoint>>,
    allow: HeaderValue,
}

impl Methods {
    pub(super) fn new(
        by_method: ByMethod,
        any: Option<Arc<dyn Endpoint>>,
        methods: &[Method],
    ) -> Self {
        let allow: Vec<_> = methods.iter().map(Method::as_str).collect();
        Self {
            by_method,
            any,
            // Method names are header values.
            allow: HeaderValue::try_from(allow.join(", "))
                .unwrap_or_else(|_| HeaderValue::from_static("")),
        }
    }

    /// The handler of `method`.
    pub(super) fn find(&self, method: &Method) -> Option<&Arc<dyn Endpoint>> {
        let own = match of_method(&self.by_method, method) {
            None if *method == Method::HEAD => of_method(&self.by_method, &Method::GET),
            own => own,
        };
        own.or(self.any.as_ref())
    }

    /// The answer to a method without a handler.
    pub(super) fn refuse(&self, method: &Method) -> HandlerResponse {
        if method == Method::OPTIONS {
            let mut response = Response::new(ResponseBody::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
                .headers_mut()
                .insert(header::ALLOW, self.allow.clone());
            return HandlerResponse::from_response(response);
        }
        HandlerResponse::from_rejection(
            ApiError::from_status(StatusCode::METHOD_NOT_ALLOWED)
                .with_header(header::ALLOW, self.allow.clone()),
        )
    }
}

/// The methods that a route answers, as `Allow` lists them; none where no method has a handler.
pub(super) fn allowed(by_method: &ByMethod) -> Vec<Method> {
    if by_method.iter().all(Option::is_none) {
        return Vec::new();
    }
    let answers_get = of_method(by_method, &Method::GET).is_some();
    METHODS
        .iter()
        .zip(by_method)
        .filter(|(name, endpoint)| match **name {
            "HEAD" => answers_get || endpoint.is_some(),
            "OPTIONS" => true,
            _ => endpoint.is_some(),
        })
        .filter_map(|(name, _)| name.parse().ok())
        .collect()
}

macro_rules! methods {
    ($($function:ident $name:literal),*) => {
        /// The methods that can have a handler of their own, in the order of `Allow`.
        pub(super) const METHODS: [&str; [$($name),*].len()] = [$($name),*];

        /// The handler of `method`. A match and not a search, as every request comes through here.
        fn of_method<'m>(
            [$($function),*]: &'m ByMethod,
            method: &Method,
        ) -> Option<&'m Arc<dyn Endpoint>> {
            match method.as_str() {
                $($name => $function.as_ref(),)*
                _ => None,
            }
        }
    };
}

each_method!(methods);
