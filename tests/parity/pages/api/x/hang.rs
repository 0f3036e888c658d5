//! A handler that never answers.

pub(crate) use crate::pages_api::_lib::never as handler;
