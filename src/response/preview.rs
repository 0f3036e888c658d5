//! Preview and draft mode: what a handler sets, and what becomes of cookies that are wrong.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use http::{HeaderValue, Response, header};
use serde::Serialize;

use super::{api_response::ApiResponse, body::ResponseBody};
use crate::{
    preview::{PreviewKeys, PreviewOptions},
    route::Route,
};

impl<T> ApiResponse<T> {
    /// Switches preview mode on and hands `data` to the pages of a Next.js front end that has the
    /// same keys: the two cookies of `res.setPreviewData(data, options)`.
    ///
    /// Data that does not serialize, or that makes a token of more than 2048 bytes, makes the answer
    /// a 500; so does a router without keys ([`RouterOptions::preview`](crate::RouterOptions::preview)).
    pub fn set_preview_data<D: Serialize + ?Sized>(
        self,
        data: &D,
        options: &PreviewOptions,
    ) -> Self {
        self.add_cookies(|keys| keys.seal(data, options))
    }

    /// Switches preview mode off, as `res.clearPreviewData()` does, for cookies that were set with
    /// this path; `None` is `/`. A second call changes nothing.
    pub fn clear_preview_data(mut self, path: Option<&str>) -> Self {
        if self.preview_cleared {
            return self;
        }
        self.preview_cleared = true;
        self.add_cookies(|keys| keys.clear(path))
    }

    /// Switches draft mode on or off, as `res.setDraftMode({ enable })` does.
    pub fn set_draft_mode(self, enable: bool) -> Self {
        self.add_cookies(|keys| keys.draft(enable).map(|cookie| [cookie]))
    }

    fn add_cookies<const N: usize, E>(
        mut self,
        make: impl FnOnce(&PreviewKeys) -> Result<[HeaderValue; N], E>,
    ) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let Some(keys) = &self.preview else {
            let error =
                "preview mode has no keys: give them to the router with `RouterOptions::preview`";
            return self.fail(error);
        };
        match make(keys) {
            Ok(cookies) => {
                for cookie in cookies {
                    self.headers_mut().append(header::SET_COOKIE, cookie);
                }
                self
            }
            Err(error) => self.fail(error),
        }
    }
}

/// Whether a handler has seen preview cookies that are wrong. Shared by the request and its answer,
/// which then clears them.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrongCookies(Arc<AtomicBool>);

impl WrongCookies {
    pub(crate) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn clear(&self, response: &mut Response<ResponseBody>, route: &Route) {
        if !self.0.load(Ordering::Relaxed) {
            return;
        }
        let keys = route.settings.preview.as_deref();
        for cookie in keys
            .and_then(|keys| keys.clear(None).ok())
            .into_iter()
            .flatten()
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}
