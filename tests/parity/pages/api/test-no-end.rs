//! A handler that never ends.

pub(crate) use crate::pages_api::_lib::never as handler;
