//! Multipart bodies.

use axum::{body::Body, extract::FromRequest};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::StreamBody;
use tower_api_routes::body::Multipart;

use super::RUNTIME;

const BOUNDARY: &str = "X5kq";

/// Name, file name and content.
type Field = (Option<String>, Option<String>, Vec<u8>);

/// The fields, and the status of the error after them.
fn read(body: Body) -> (Vec<Field>, Option<StatusCode>) {
    let request = Request::post("/")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body)
        .unwrap();
    let mut fields = Vec::new();
    let fields_mut = &mut fields;
    let result = RUNTIME.block_on(async move {
        let mut upload = Multipart::from_request(request, &()).await?;
        while let Some(field) = upload.next_field().await? {
            let name = field.name().map(str::to_owned);
            let file_name = field.file_name().map(str::to_owned);
            let content = field.bytes().await?;
            fields_mut.push((name, file_name, content.to_vec()));
        }
        Ok::<_, tower_api_routes::ApiError>(())
    });
    (fields, result.err().map(|error| error.status()))
}

fn in_pieces(body: &[u8], size: usize) -> Body {
    let pieces: Vec<_> = body
        .chunks(size)
        .map(Bytes::copy_from_slice)
        .map(|piece| Ok::<_, std::io::Error>(http_body::Frame::data(piece)))
        .collect();
    Body::new(StreamBody::new(futures_util::stream::iter(pieces)))
}

/// A body, its first byte the size of the pieces in which it comes: it has the same fields, and the same fault, as in
/// one piece. And contents between `|` come out of a form as they were put into it.
pub(crate) fn multipart(bytes: &[u8]) {
    let Some((&size, body)) = bytes.split_first() else {
        return;
    };
    let size = usize::from(size).max(1);
    let whole = read(Body::from(body.to_vec()));
    assert_eq!(read(in_pieces(body, size)), whole);
    let expected = [None, Some(400), Some(413)];
    let status = whole.1.map(|status| status.as_u16());
    assert!(expected.contains(&status), "{status:?}");

    let delimiter = format!("--{BOUNDARY}");
    let has_delimiter = |content: &[u8]| {
        let mut windows = content.windows(delimiter.len());
        windows.any(|window| window == delimiter.as_bytes())
    };
    let contents: Vec<_> = body.split(|byte| *byte == b'|').take(20).collect();
    if contents.iter().any(|content| has_delimiter(content)) {
        return;
    }
    let mut form = Vec::new();
    for (number, content) in contents.iter().enumerate() {
        form.extend_from_slice(delimiter.as_bytes());
        let head = format!("\r\ncontent-disposition: form-data; name=\"f{number}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(delimiter.as_bytes());
    form.extend_from_slice(b"--\r\n");
    let (fields, error) = read(in_pieces(&form, size));
    assert_eq!(error, None);
    let named = contents.iter().enumerate();
    let named = named.map(|(number, content)| (Some(format!("f{number}")), None, content.to_vec()));
    assert_eq!(fields, named.collect::<Vec<_>>());
}
