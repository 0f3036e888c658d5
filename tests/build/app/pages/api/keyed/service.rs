//! A service with a part of the state.

use std::convert::Infallible;

use axum::{
    extract::State,
    routing::{MethodRouter, any},
};

use crate::Db;

pub fn service(db: Db) -> MethodRouter<(), Infallible> {
    any(async |State(db): State<Db>| db.0).with_state(db)
}
