//! Answers with the route parameters and the query.

pub(crate) use crate::pages_api::_lib::query as handler;
