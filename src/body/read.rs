//! A whole body, read into memory.

use std::{
    error::Error as StdError,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::{Body as _, SizeHint};
use http_body_util::LengthLimitError;

use super::guard::{BodyTimeout, closing, too_large};
use crate::{config::ApiConfig, error::ApiError};

/// Reads a [guarded](super::guard()) body to its end.
///
/// # Errors
///
/// 413 if it is over the limit, 408 if the client is too slow, 415 if it is compressed, 400 if it
/// breaks off. Part of a body is never returned.
pub(crate) async fn read_bytes(
    body: Body,
    headers: &HeaderMap,
    config: &ApiConfig,
) -> Result<Bytes, ApiError> {
    refuse_encoded(headers)?;
    Collect::new(body, *config).await
}

/// 415 unless the body is sent as it is (RFC 9110, section 15.5.16).
pub(super) fn refuse_encoded(headers: &HeaderMap) -> Result<(), ApiError> {
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| {
            value.as_bytes().split(|byte| *byte == b',').all(|coding| {
                let coding = coding.trim_ascii();
                coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
            })
        });
    if plain {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported content-encoding, expected identity",
    )
    .with_header(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    ))
}

/// What the client hears of a body that could not be read.
pub(super) fn read_error(error: axum_core::Error, config: &ApiConfig) -> ApiError {
    if caused_by::<LengthLimitError>(&error) {
        return too_large(config.max_body());
    }
    if caused_by::<BodyTimeout>(&error) {
        return closing(
            StatusCode::REQUEST_TIMEOUT,
            "body did not arrive in time".into(),
        );
    }
    closing(StatusCode::BAD_REQUEST, "Invalid body".into()).with_source(error)
}

fn caused_by<E: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(caused_by::<E>)
}

/// Collects the data of a body. A single frame is taken as it is.
#[derive(Debug)]
pub(super) struct Collect {
    body: Body,
    config: ApiConfig,
    first: Bytes,
    /// Everything, once there is more than one frame.
    all: Vec<u8>,
}

impl Collect {
    pub(super) fn new(body: Body, config: ApiConfig) -> Self {
        Self {
            body,
            config,
            first: Bytes::new(),
            all: Vec::new(),
        }
    }

    fn push(&mut self, data: Bytes) -> Result<(), ApiError> {
        let length = self.first.len() + self.all.len() + data.len();
        let limit = self.config.max_buffered();
        if limit.is_some_and(|limit| length as u64 > limit.as_bytes()) {
            return Err(too_large(limit));
        }
        if length == data.len() {
            self.first = data;
            return Ok(());
        }
        if self.all.capacity() < length {
            let room = room(length, self.body.size_hint());
            self.all.reserve_exact(room - self.all.len());
        }
        self.all.extend_from_slice(&std::mem::take(&mut self.first));
        self.all.extend_from_slice(&data);
        Ok(())
    }

    fn take(&mut self) -> Bytes {
        if self.all.is_empty() {
            return std::mem::take(&mut self.first);
        }
        std::mem::take(&mut self.all).into()
    }
}

/// The capacity to hold `length` bytes and what the body announces to follow.
///
/// An announcement is believed up to eight times what has arrived; without one there is room for a
/// quarter more, so that the copy never costs much more memory than the body.
fn room(length: usize, rest: SizeHint) -> usize {
    let more = match rest.exact() {
        Some(exact) => usize::try_from(exact)
            .unwrap_or(usize::MAX)
            .min(length.saturating_mul(7)),
        None => (length / 4).max(8 * 1024),
    };
    length.saturating_add(more)
}

impl Future for Collect {
    type Output = Result<Bytes, ApiError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.push(data)?;
                    }
                }
                Some(Err(error)) => return Poll::Ready(Err(read_error(error, &self.config))),
                None => return Poll::Ready(Ok(self.take())),
            }
        }
    }
}
