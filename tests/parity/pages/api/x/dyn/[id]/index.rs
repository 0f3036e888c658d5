//! One parameter.

pub(crate) use crate::pages_api::_lib::query as handler;
