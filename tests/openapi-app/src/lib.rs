//! Routes of every kind, described by their types.

tower_api_routes::include_routes!("pages/api");

/// Routes of which one has the path of the other, and one has a tag of its own.
pub mod clashes {
    tower_api_routes::include_routes!("pages/clashes");
}

/// Routes that say too little.
pub mod gaps {
    tower_api_routes::include_routes!("pages/gaps");
}

/// Routes with ids of their own.
pub mod ids {
    tower_api_routes::include_routes!("pages/ids");
}

/// Parameters that a path does not have.
pub mod misfit {
    tower_api_routes::include_routes!("pages/misfit");
}

/// Routes whose errors the application writes itself.
pub mod own_errors {
    tower_api_routes::include_routes!("pages/own-errors");
}

/// Who sends a request, told by a token.
#[derive(Debug)]
pub struct Caller;

impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = tower_api_routes::ApiError;

    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl tower_api_routes::openapi::OperationInput for Caller {
    fn describe(
        operation: tower_api_routes::openapi::Operation,
    ) -> tower_api_routes::openapi::Operation {
        operation
            .header_parameter::<String>("x-caller", true)
            .error(401, "The caller is not known.")
    }
}
