//! A whole body, read into memory.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, Version, header, request::Parts};
use http_body::{Body as _, SizeHint};
use http_body_util::BodyExt;

use super::{
    discard::{discard, discard_rest},
    fault::{read_error, too_large},
};
use crate::{byte_size::ByteSize, config::ApiConfig, error::ApiError, headers::members};

/// Reads a [guarded](super::guard()) body to its end.
///
/// # Errors
///
/// 413 if it is over the limit, 408 if the client is too slow, 415 if it is compressed, 400 if it
/// breaks off. Part of a body is never returned.
pub(crate) async fn read_bytes(
    body: Body,
    parts: &Parts,
    config: &ApiConfig,
) -> Result<Bytes, ApiError> {
    if let Err(error) = refuse_encoded(&parts.headers) {
        discard(parts, body);
        return Err(error);
    }
    read_any_bytes(body, parts, config).await
}

/// The same, for bytes that nothing parses: they may be compressed.
pub(crate) async fn read_any_bytes(
    body: Body,
    parts: &Parts,
    config: &ApiConfig,
) -> Result<Bytes, ApiError> {
    Collect::new(parts.version, body, config).await
}

/// The next data of a [guarded](super::guard()) body, as it comes. An error takes the body away;
/// without a body there is `None`.
///
/// # Errors
///
/// 413 if it is over the limit, 408 if the client is too slow, 400 if it breaks off.
pub(crate) async fn next_chunk(
    version: Version,
    unread: &mut Option<Body>,
    config: &ApiConfig,
) -> Option<Result<Option<Bytes>, ApiError>> {
    loop {
        let error = match unread.as_mut()?.frame().await {
            None => return Some(Ok(None)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Some(Ok(Some(data))),
                _ => continue,
            },
            Some(Err(error)) => read_error(error, config.max_body()),
        };
        let body = unread.take()?;
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            discard_rest(version, body);
        }
        return Some(Err(error));
    }
}

/// 415 unless the body is sent as it is (RFC 9110, section 15.5.16).
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<(), ApiError> {
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(members)
        .all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity"));
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

/// Collects the data of a body. A single frame is taken as it is.
#[derive(Debug)]
pub(super) struct Collect {
    version: Version,
    body: Body,
    /// The most that is held in memory.
    limit: Option<ByteSize>,
    /// The stream has the same limit.
    is_limited: bool,
    first: Bytes,
    /// Everything, once there is more than one frame.
    all: Vec<u8>,
}

impl Collect {
    pub(super) fn new(version: Version, body: Body, config: &ApiConfig) -> Self {
        Self {
            version,
            body,
            limit: config.max_buffered(),
            is_limited: config.max_body().is_some(),
            first: Bytes::new(),
            all: Vec::new(),
        }
    }

    fn push(&mut self, data: Bytes) -> Result<(), ApiError> {
        let length = self.first.len() + self.all.len() + data.len();
        let limit = self.limit;
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
/// An announcement is believed up to sixteen times what has arrived; without one there is room for a
/// quarter more, so that the copy never costs much more memory than the body.
fn room(length: usize, rest: SizeHint) -> usize {
    let more = match rest.exact() {
        Some(exact) => usize::try_from(exact)
            .unwrap_or(usize::MAX)
            .min(length.saturating_mul(15)),
        None => (length / 4).max(8 * 1024),
    };
    length.saturating_add(more)
}

impl Future for Collect {
    type Output = Result<Bytes, ApiError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let failed = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.push(data).err(),
                    Err(_trailers) => None,
                },
                Some(Err(error)) => {
                    let limit = self.limit.filter(|_| self.is_limited);
                    Some(read_error(error, limit))
                }
                None => return Poll::Ready(Ok(self.take())),
            };
            if let Some(error) = failed {
                if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    discard_rest(self.version, std::mem::take(&mut self.body));
                }
                return Poll::Ready(Err(error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(config: &ApiConfig) -> Collect {
        Collect::new(Version::HTTP_11, Body::empty(), config)
    }

    #[test]
    fn a_single_frame_is_not_copied() {
        let frame = Bytes::from(vec![b'a'; 1000]);
        let mut collect = collect(&ApiConfig::new());
        collect.push(Bytes::new()).unwrap();
        collect.push(frame.clone()).unwrap();
        assert_eq!(collect.take().as_ptr(), frame.as_ptr());
    }

    #[test]
    fn frames_are_joined_in_order() {
        let mut collect = collect(&ApiConfig::new());
        for frame in ["ab", "", "c", "def"] {
            collect.push(frame.into()).unwrap();
        }
        assert_eq!(collect.take(), "abcdef");
    }

    #[test]
    fn h23_memory_stays_near_the_size_of_the_body() {
        let mut collect = collect(&ApiConfig::new());
        for sent in 1..=1024 {
            collect.push(vec![b'a'; 1024].into()).unwrap();
            let length = sent * 1024;
            let held = collect.first.len() + collect.all.capacity();
            assert!(
                held <= length + length / 4 + 64 * 1024,
                "{held} for {length}"
            );
        }
        assert_eq!(collect.take().len(), 1024 * 1024);
    }

    #[test]
    fn h23_what_is_collected_stops_at_the_limit() {
        let table = [
            (
                ApiConfig::new().body_limit("10b"),
                10,
                "413: Body exceeded 10b limit",
            ),
            (
                ApiConfig::new().body_parser(false),
                1024 * 1024,
                "413: Body exceeded 1mb limit",
            ),
        ];
        for (config, limit, message) in table {
            let mut collect = collect(&config);
            collect.push(vec![b'a'; limit].into()).unwrap();
            let error = collect.push("a".into()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn an_announcement_is_believed_in_proportion_to_what_has_come() {
        let table = [
            (1000, Some(0), 1000),
            (1000, Some(500), 1500),
            (1000, Some(u64::MAX), 16_000),
            (1000, None, 1000 + 8 * 1024),
            (100_000, None, 125_000),
            (usize::MAX, Some(9), usize::MAX),
        ];
        for (length, rest, expected) in table {
            let rest = rest.map_or_else(SizeHint::default, SizeHint::with_exact);
            assert_eq!(room(length, rest), expected);
        }
    }

    #[test]
    fn h27_only_plain_bodies_are_read() {
        let table: [(&[&str], bool); 10] = [
            (&[], true),
            (&["identity"], true),
            (&["Identity, identity"], true),
            (&[""], true),
            (&["gzip"], false),
            (&["br"], false),
            (&["deflate"], false),
            (&["gzip, gzip"], false),
            (&["identity", "gzip"], false),
            (&["identity;q=0"], false),
        ];
        for (lines, plain) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(line));
            }
            let error = refuse_encoded(&headers).err();
            assert_eq!(error.is_none(), plain, "{lines:?}");
            if let Some(error) = error {
                assert_eq!(error.status(), 415);
                assert_eq!(error.headers()[header::ACCEPT_ENCODING], "identity");
            }
        }
    }
}
