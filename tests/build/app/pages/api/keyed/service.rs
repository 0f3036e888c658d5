//! A service with a part of the state.

use std::convert::Infallible;

use axum::routing::{MethodRouter, any};

use crate::Db;

pub fn service(db: Db) -> MethodRouter<(), Infallible> {
    any(async move || db.0)
}
