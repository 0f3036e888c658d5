//! stub
use crate::ApiError;
#[derive(Debug, Clone, Default)]
pub struct Cookies;
impl Cookies {
    pub(crate) fn check_limits(_: &http::HeaderMap) -> Result<(), ApiError> {
        Ok(())
    }
    pub fn from_headers(_: &http::HeaderMap) -> Result<Self, ApiError> {
        Ok(Self)
    }
    pub fn get(&self, _: &str) -> Option<&str> {
        None
    }
}
pub(crate) fn encode_set_cookie(
    _: &cookie::Cookie<'_>,
) -> Result<http::HeaderValue, std::fmt::Error> {
    Err(std::fmt::Error)
}
