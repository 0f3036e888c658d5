//! Answers with the route, the query and the URL.

pub(crate) use crate::pages_api::_lib::route_query_and_url as handler;
