//! No CORS.

pub(crate) use crate::pages_api::_lib::hello as handler;
