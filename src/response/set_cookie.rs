//! `res.set_cookie` (feature `cookies`).

use cookie::Cookie;
use http::header::SET_COOKIE;

use super::api_response::ApiResponse;
use crate::cookies::set_cookie_value;

impl<T> ApiResponse<T> {
    /// Adds a `Set-Cookie` line, unless there is the same line already.
    ///
    /// The cookie is checked first: a name or an attribute that would inject another one, a
    /// `__Host-` cookie with a domain, `SameSite=None` without `Secure` and the like make the
    /// answer a 500.
    pub fn set_cookie<'c>(mut self, cookie: impl Into<Cookie<'c>>) -> Self {
        match set_cookie_value(&cookie.into()) {
            Ok(value) => {
                let headers = self.headers_mut();
                let mut lines = headers.get_all(SET_COOKIE).iter();
                if lines.all(|line| *line != value) {
                    headers.append(SET_COOKIE, value);
                }
                self
            }
            Err(error) => self.fail(error),
        }
    }
}
