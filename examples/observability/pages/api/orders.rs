//! /api/orders: a handler that fails. The client is told no more than 500; the log names the cause.

use std::io::{Error, ErrorKind};

use tower_api_routes::ApiError;

pub async fn post() -> Result<(), ApiError> {
    Err(Error::new(ErrorKind::ConnectionRefused, "no database"))?;
    Ok(())
}
