//! No configuration at all.

pub(crate) use crate::pages_api::x::size::handler;
