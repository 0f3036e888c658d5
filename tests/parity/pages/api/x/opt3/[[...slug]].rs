//! Answers with the route and the query.

pub(crate) use crate::pages_api::_lib::route_and_query as handler;
