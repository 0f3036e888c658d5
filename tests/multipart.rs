//! Multipart bodies as a stream of fields.
#![cfg(feature = "multipart")]

use axum_core::{
    body::Body,
    extract::FromRequest,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::Request;
use http_body_util::{
    BodyExt,
    channel::{Channel, Sender},
};
use tower::{Layer, ServiceExt, service_fn};
use tower_api_routes::{ApiConfig, ApiError, BodyParserLayer, BoxError, body::Multipart};

const TYPE: &str = "multipart/form-data; boundary=X";

/// What a handler sees: names, file names, types and contents.
async fn show(request: Request<Body>) -> Result<String, ApiError> {
    let mut upload = Multipart::from_request(request, &()).await?;
    let mut shown = String::new();
    while let Some(field) = upload.next_field().await? {
        let label = format!(
            "{:?} {:?} {:?}",
            field.name(),
            field.file_name(),
            field.content_type()
        );
        shown += &format!("{label} {:?}\n", field.text().await?);
    }
    Ok(shown)
}

/// Only counts, without reading a field to its end.
async fn count(request: Request<Body>) -> Result<String, ApiError> {
    let mut upload = Multipart::from_request(request, &()).await?;
    let mut fields = 0;
    while let Some(mut field) = upload.next_field().await? {
        field.chunk().await?;
        fields += 1;
    }
    Ok(fields.to_string())
}

async fn answer(
    config: ApiConfig,
    handler: impl AsyncFn(Request<Body>) -> Result<String, ApiError>,
    content_type: &str,
    body: Body,
) -> (u16, String) {
    let request = Request::post("/")
        .header("content-type", content_type)
        .body(body)
        .unwrap();
    let handler = &handler;
    let service = BodyParserLayer::new()
        .config(config)
        .layer(service_fn(async |request| {
            Ok::<Response, std::convert::Infallible>(handler(request).await.into_response())
        }));
    let response = service.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

const STREAM: ApiConfig = ApiConfig::new().body_parser(false);

const FORM: &str = "preamble\r\n--X\r\n\
    Content-Disposition: form-data; name=\"title\"\r\n\r\n\
    Hello\r\n--X\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"../a.txt\"\r\n\
    Content-Type: text/plain\r\n\r\n\
    line\r\n--Y\r\n--X--\r\n";

fn field(name: &str, content: &str) -> String {
    format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
}

/// A body that arrives in pieces of `size` bytes.
fn pieces(text: &str, size: usize) -> Body {
    let pieces: Vec<_> = text.as_bytes().chunks(size).collect();
    let (mut sender, body): (Sender<Bytes, BoxError>, _) = Channel::new(pieces.len().max(1));
    for piece in pieces {
        sender
            .try_send(http_body::Frame::data(Bytes::copy_from_slice(piece)))
            .unwrap();
    }
    Body::new(body)
}

#[tokio::test]
async fn fields_are_read_however_they_arrive() {
    let expected = "Some(\"title\") None None \"Hello\"\n\
        Some(\"file\") Some(\"../a.txt\") Some(\"text/plain\") \"line\\r\\n--Y\"\n";
    for size in [1, 2, 7, 1000] {
        for config in [STREAM, ApiConfig::new()] {
            let (status, body) = answer(config, show, TYPE, pieces(FORM, size)).await;
            assert_eq!((status, body.as_str()), (200, expected), "{size}");
        }
    }
    assert_eq!(answer(STREAM, count, TYPE, pieces(FORM, 1)).await.1, "2");
}

#[tokio::test]
async fn empty_parameters_are_passed_over() {
    for content_type in [
        "multipart/form-data; boundary=X;",
        "multipart/form-data;; boundary=\"X\" ; ",
        "multipart/form-data;\tboundary=X",
    ] {
        let answer = answer(STREAM, count, content_type, Body::from(FORM)).await;
        assert_eq!(answer, (200, "2".to_owned()), "{content_type}");
    }
}

#[tokio::test]
async fn other_types_are_refused() {
    let unsupported = "unsupported content-type, expected multipart/form-data";
    let no_boundary = "content-type without a multipart boundary";
    let long = format!("multipart/form-data; boundary={}", "a".repeat(71));
    let table = [
        ("text/plain", 415, unsupported),
        ("multipart/form-data;x", 415, unsupported),
        ("multipart/mixed; boundary=X", 415, unsupported),
        ("multipart/form-data", 400, no_boundary),
        ("multipart/form-data;", 400, no_boundary),
        ("multipart/form-data; boundary=\"\"", 400, no_boundary),
        (long.as_str(), 400, no_boundary),
    ];
    for (content_type, status, message) in table {
        let answer = answer(STREAM, show, content_type, Body::from(FORM)).await;
        assert_eq!(answer, (status, message.to_owned()), "{content_type}");
    }
}

#[tokio::test]
async fn h25_a_truncated_upload_is_an_error() {
    for end in [0, 5, 20, 60, 100, FORM.len() - 7] {
        let answer = answer(STREAM, show, TYPE, pieces(&FORM[..end], 10)).await;
        assert_eq!(answer, (400, "Invalid body".to_owned()), "{end}");
    }
}

#[tokio::test]
async fn h40_the_limit_holds_for_the_upload() {
    let upload = field("a", &"a".repeat(5000)) + "--X--\r\n";
    let refused = (413, "Body exceeded 4kb limit".to_owned());
    let config = STREAM.body_limit("4kb");
    assert_eq!(
        answer(config.clone(), count, TYPE, pieces(&upload, 100)).await,
        refused
    );
    assert_eq!(
        answer(config.clone(), count, TYPE, Body::from(upload.clone())).await,
        refused
    );
    assert_eq!(
        answer(STREAM, count, TYPE, pieces(&upload, 100)).await.1,
        "1"
    );
}

#[tokio::test]
async fn a_field_read_into_memory_stops_at_1mb() {
    let upload = field("a", &"a".repeat(1024 * 1024 + 1)) + "--X--\r\n";
    let refused = (413, "Body exceeded 1mb limit".to_owned());
    assert_eq!(
        answer(STREAM, show, TYPE, Body::from(upload.clone())).await,
        refused
    );
    assert_eq!(
        answer(STREAM.no_body_limit(), show, TYPE, Body::from(upload))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn too_many_fields_are_refused() {
    let config = STREAM.max_form_fields(10);
    let upload = |fields| Body::from(field("a", "").repeat(fields) + "--X--\r\n");
    assert_eq!(
        answer(config.clone(), count, TYPE, upload(10)).await.1,
        "10"
    );
    let refused = (413, "Body has too many fields".to_owned());
    assert_eq!(answer(config, count, TYPE, upload(11)).await, refused);
}

#[tokio::test]
async fn endless_headers_are_refused_without_a_limit() {
    let endless = format!("--X\r\nX: {}", "a".repeat(300_000));
    let preamble = "a".repeat(300_000);
    for body in [endless, preamble] {
        let (mut sender, channel): (Sender<Bytes, BoxError>, _) = Channel::new(1);
        let feed = async move {
            let mut sent = 0;
            while sender
                .send_data(Bytes::copy_from_slice(&body.as_bytes()[sent..][..1000]))
                .await
                .is_ok()
            {
                sent += 1000;
            }
            sent
        };
        let (answer, sent) = tokio::join!(answer(STREAM, show, TYPE, Body::new(channel)), feed);
        assert_eq!(answer, (400, "Invalid body".to_owned()));
        // 64 KiB that lead to nothing, and 128 KiB that are read on after the refusal.
        assert!(sent < 64 * 1024 + 128 * 1024 + 5_000, "{sent}");
    }
}

#[tokio::test]
async fn an_upload_is_not_read_ahead_of_the_handler() {
    let (mut sender, channel): (Sender<Bytes, BoxError>, _) = Channel::new(100);
    sender.send_data(field("a", "").into()).await.unwrap();
    for _ in 0..99 {
        sender
            .send_data(Bytes::from_static(&[b'a'; 1000]))
            .await
            .unwrap();
    }
    let request = Request::post("/")
        .header("content-type", TYPE)
        .body(Body::new(channel))
        .unwrap();
    let mut upload = Multipart::from_request(request, &()).await.unwrap();
    let mut field = upload.next_field().await.unwrap().unwrap();
    for _ in 0..3 {
        assert!(field.chunk().await.unwrap().unwrap().len() <= 5000);
    }
    assert!(sender.capacity() < 10, "{}", sender.capacity());
}
