//! `ApiRequest::chunk`: a body, piece by piece.

mod support;

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::DefaultBodyLimit,
};
use futures_util::{StreamExt, stream};
use http::Request;
use support::{Answer, send};
use tower_api_routes::{
    ApiConfig, ApiError, ApiRequest, FsRouter,
    router::{MethodRouter, post},
};

type Piece = Result<&'static str, io::Error>;

async fn lengths(mut req: ApiRequest) -> Result<String, ApiError> {
    let mut lengths = Vec::new();
    while let Some(chunk) = req.chunk().await? {
        lengths.push(chunk.len());
    }
    assert_eq!(req.chunk().await?, None);
    Ok(format!("{lengths:?}"))
}

fn router(config: ApiConfig) -> FsRouter {
    let config = config.body_parser(false);
    FsRouter::builder()
        .route("upload", post(lengths).config(config.clone()))
        .route("late", post(too_late).config(config.clone()))
        .route("wrong", post(goes_on).config(config.clone()))
        .route("given-up", post(gives_up).config(config))
        .build()
        .unwrap()
}

fn upload(uri: &str, body: Body) -> Request<Body> {
    Request::post(uri).body(body).unwrap()
}

fn streamed(pieces: Vec<Piece>) -> Body {
    Body::from_stream(stream::iter(pieces))
}

async fn status_of(config: ApiConfig, uri: &str, body: Body) -> (u16, String) {
    let Answer { status, body, .. } = send(&router(config), upload(uri, body)).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn the_pieces_come_as_they_arrive() {
    for (pieces, answered) in [
        (vec![], "[]"),
        (vec!["", "ab", "", "c"], "[2, 1]"),
        (vec!["all of it"], "[9]"),
    ] {
        let body = streamed(pieces.into_iter().map(Ok).collect());
        let answer = status_of(ApiConfig::new(), "/upload", body).await;
        assert_eq!(answer, (200, answered.to_owned()));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let limited = ApiConfig::new().body_limit("3b");
    let pieces = || streamed(vec![Ok("ab"), Ok("cd")]);
    let answer = status_of(limited, "/upload", pieces()).await;
    assert_eq!(answer, (413, "Body exceeded 3b limit".to_owned()));
    let answer = status_of(ApiConfig::new(), "/upload", pieces()).await;
    assert_eq!(answer, (200, "[2, 2]".to_owned()));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_400() {
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = streamed(vec![Ok("ab"), Err(broken)]);
    let answer = status_of(ApiConfig::new(), "/upload", body).await;
    assert_eq!(answer, (400, "Invalid body".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_is_a_408() {
    let stops = stream::iter([Ok::<_, Infallible>("ab")]).chain(stream::pending());
    let answer = status_of(ApiConfig::new(), "/upload", Body::from_stream(stops)).await;
    assert_eq!(answer, (408, "body did not arrive in time".to_owned()));
}

/// Reads the rest of a body as if it were the whole.
async fn too_late(mut req: ApiRequest) -> Result<Bytes, ApiError> {
    req.chunk().await?;
    assert!(req.take_body().is_none());
    Ok(req.bytes().await?.clone())
}

/// Overlooks that the body is not complete.
async fn goes_on(mut req: ApiRequest) -> Result<String, ApiError> {
    while let Ok(Some(_)) = req.chunk().await {}
    match req.chunk().await? {
        Some(_) => Ok("more".to_owned()),
        None => Ok("complete".to_owned()),
    }
}

#[tokio::test]
async fn a_part_of_a_body_is_never_taken_for_the_whole() {
    let refused = (500, "Internal Server Error".to_owned());
    let pieces = streamed(vec![Ok("ab"), Ok("cd")]);
    let answer = status_of(ApiConfig::new(), "/late", pieces).await;
    assert_eq!(answer, refused);
    let limited = ApiConfig::new().body_limit("3b");
    let pieces = streamed(vec![Ok("ab"), Ok("cd")]);
    assert_eq!(status_of(limited, "/wrong", pieces).await, refused);
}

/// Gives up waiting for a piece, and waits for it again.
async fn gives_up(mut req: ApiRequest) -> Result<String, ApiError> {
    let waited = tokio::time::timeout(Duration::from_secs(1), req.chunk()).await;
    assert!(waited.is_err());
    let chunk = req.chunk().await?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&chunk).into_owned())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_the_handler_stops_waiting() {
    let late = stream::once(async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok::<_, Infallible>("late")
    });
    let answer = status_of(ApiConfig::new(), "/given-up", Body::from_stream(late)).await;
    assert_eq!(answer, (200, "late".to_owned()));
}

#[tokio::test]
async fn a_body_that_was_read_has_no_pieces() {
    async fn whole_first(mut req: ApiRequest) -> Result<String, ApiError> {
        req.bytes().await?;
        req.chunk().await?;
        Ok(String::new())
    }
    let router = FsRouter::builder()
        .route("", post(whole_first))
        .build()
        .unwrap();
    let answer = send(&router, upload("/", Body::from("ab"))).await;
    assert_eq!(answer.status, 500);
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_leaves_is_read_and_thrown_away() {
    async fn first_alone(mut req: ApiRequest) -> Result<Bytes, ApiError> {
        Ok(req.chunk().await?.unwrap_or_default())
    }
    let config = ApiConfig::new().body_parser(false);
    let router = FsRouter::builder()
        .route("", post(first_alone).config(config))
        .build()
        .unwrap();
    let (done, is_done) = tokio::sync::oneshot::channel();
    let last = stream::once(async move {
        done.send(()).unwrap();
        Ok::<_, Infallible>("last")
    });
    let body = stream::iter([Ok("first"), Ok("second")]).chain(last);
    let answer = send(&router, upload("/", Body::from_stream(body))).await;
    assert_eq!(answer.body, "first");
    is_done.await.unwrap();
}

async fn bytes_first(req: ApiRequest) -> Result<String, ApiError> {
    let bytes = req.bytes().await?.clone();
    assert_eq!(req.bytes().await?, &bytes);
    // What parses them refuses them still.
    assert_eq!(req.raw(), Some(&bytes));
    let status_of_text = req.text().await.err().map(|error| error.status().as_u16());
    Ok(format!("{} {status_of_text:?}", bytes.len()))
}

async fn text_first(req: ApiRequest) -> Result<String, ApiError> {
    Ok(req.text().await?.into_owned())
}

#[tokio::test]
async fn h27_a_compressed_body_is_bytes_where_nothing_parses_it() {
    let ask = async |config: ApiConfig, uri: &str, coding: &str, length: usize| {
        let router = FsRouter::builder()
            .route("bytes", post(bytes_first).config(config.clone()))
            .route("chunk", post(lengths).config(config.clone()))
            .route("text", post(text_first).config(config))
            .build()
            .unwrap();
        let body = Body::from(vec![b'x'; length]);
        let mut request = upload(uri, body);
        let headers = request.headers_mut();
        headers.insert("content-encoding", coding.parse().unwrap());
        let answer = send(&router, request).await;
        (answer.status.as_u16(), answer.body)
    };
    let off = || ApiConfig::new().body_parser(false);
    let refused = "unsupported content-encoding, expected identity";
    for coding in ["gzip", "br, gzip", "x"] {
        for (config, uri, status, body) in [
            (off(), "/bytes", 200, "3 Some(415)"),
            (off(), "/chunk", 200, "[3]"),
            (off(), "/text", 415, refused),
            (ApiConfig::new(), "/bytes", 415, refused),
            (ApiConfig::new(), "/chunk", 200, "[3]"),
            (ApiConfig::new(), "/text", 415, refused),
        ] {
            let answer = ask(config, uri, coding, 3).await;
            assert_eq!(answer, (status, body.to_owned()), "{uri} {coding}");
        }
    }
    assert_eq!(ask(off(), "/bytes", "identity", 3).await.1, "3 None");

    let mib = 1 << 20;
    for uri in ["/bytes", "/chunk"] {
        for (config, length, status) in [
            (off().body_limit("2mb"), 2 * mib, 200),
            (off().body_limit("2mb"), 2 * mib + 1, 413),
            (off().body_limit("3b"), 4, 413),
            (off().no_body_limit(), 5 * mib, 200),
        ] {
            let answer = ask(config, uri, "gzip", length).await;
            assert_eq!(answer.0, status, "{uri} {length}");
        }
    }
    // Where no limit is named, what is held in memory has one.
    assert_eq!(ask(off(), "/bytes", "gzip", mib + 1).await.0, 413);
    assert_eq!(ask(off(), "/chunk", "gzip", mib + 1).await.0, 200);
}

#[tokio::test]
async fn the_extractors_of_axum_stop_where_those_of_this_crate_do() {
    const MIB: usize = 1 << 20;
    let off = || ApiConfig::new().body_parser(false);
    let own = DefaultBodyLimit::max;
    for (config, layer, length, status) in [
        (ApiConfig::new(), None, MIB, 200),
        (ApiConfig::new(), None, MIB + 1, 413),
        (ApiConfig::new().body_limit("3mb"), None, 3 * MIB, 200),
        (ApiConfig::new().body_limit("3mb"), None, 3 * MIB + 1, 413),
        (ApiConfig::new().no_body_limit(), None, 5 * MIB, 200),
        (off(), None, MIB, 200),
        (off(), None, MIB + 1, 413),
        (off().body_limit("3mb"), None, 3 * MIB, 200),
        (off().body_limit("3mb"), None, 3 * MIB + 1, 413),
        (off().no_body_limit(), None, 5 * MIB, 200),
        // A layer around the handler has the last word.
        (off(), Some(own(3 * MIB)), 3 * MIB, 200),
        (off(), Some(own(3 * MIB)), 3 * MIB + 1, 413),
        (ApiConfig::new().body_limit("3mb"), Some(own(4)), 5, 413),
    ] {
        let route = post(async |bytes: Bytes| bytes.len().to_string());
        let text = post(async |text: String| text.len().to_string());
        let layered = |it: MethodRouter| match layer {
            Some(layer) => it.layer(layer),
            None => it,
        };
        let router = FsRouter::builder()
            .route("bytes", layered(route.config(config.clone())))
            .route("text", layered(text.config(config.clone())))
            .build()
            .unwrap();
        for uri in ["/bytes", "/text"] {
            // Without a length, as a client sends them that has no end in sight.
            let piece = vec![b'x'; length / 4];
            let left = vec![b'x'; length - 3 * piece.len()];
            let pieces = [piece.clone(), piece.clone(), piece, left].map(Ok::<_, Infallible>);
            let body = Body::from_stream(stream::iter(pieces));
            let answer = send(&router, upload(uri, body)).await;
            assert_eq!(answer.status, status, "{uri} {length} {config:?}");
        }
    }

    // A service without a configuration is what it is elsewhere, and so are its limits.
    let inside = axum::Router::new().fallback(async |bytes: Bytes| bytes.len().to_string());
    let router = FsRouter::builder()
        .route("[...path]", MethodRouter::new().service(inside))
        .build()
        .unwrap();
    for (length, status) in [(2 * MIB, 200), (2 * MIB + 1, 413)] {
        let body = Body::from_stream(stream::iter([Ok::<_, Infallible>(vec![b'x'; length])]));
        assert_eq!(send(&router, upload("/a", body)).await.status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_deadline_that_is_named_holds_for_pieces() {
    let dribble = || {
        let piece = |number: u32| async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            (number < 10).then_some((Ok::<_, Infallible>("a"), number + 1))
        };
        Body::from_stream(stream::unfold(0, piece))
    };
    let total = ApiConfig::new().body_total_timeout(Duration::from_secs(12));
    let answer = status_of(total, "/upload", dribble()).await;
    assert_eq!(answer, (408, "body did not arrive in time".to_owned()));
    let (status, _) = status_of(ApiConfig::new(), "/upload", dribble()).await;
    assert_eq!(status, 200);

    let brief = ApiConfig::new().body_idle_timeout(Duration::from_secs(4));
    assert_eq!(status_of(brief, "/upload", dribble()).await.0, 408);
}
