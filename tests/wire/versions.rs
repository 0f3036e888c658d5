//! A request means the same over HTTP/1.1 and HTTP/2: paths, methods, refusals, headers.

use std::collections::BTreeMap;

use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_api_routes::{
    ApiRequest, ApiResponse, CorsLayer, FsRouter,
    router::{any, get, post},
};

use crate::{
    echo,
    fronts::{Front, everywhere, within},
    text,
};

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
];

const TARGETS: [&str; 32] = [
    "/api",
    "/api?x=1&x=2&y=%zz",
    "/api/x",
    "/api/%61dmin",
    "/api/user%2Fadmin",
    "/api/user%5Cadmin",
    "/api/%252e%252e/x",
    "/api/%",
    "/api/%2",
    "/api/%zz",
    "/api/%ff",
    "/api/%c0%ae",
    "/api/..",
    "/api/./x",
    "/api/%2e%2e",
    "/api//admin",
    "//api/admin",
    "/api/admin/",
    "/api/admin/?x=1",
    "//evil.example/",
    "/apiary",
    "/api/user/1?id=2",
    "/api/user/admin",
    "/api/%00",
    "/api/%0d%0ax:%20y",
    "/API/Admin",
    "/api/admin;v=1",
    "/api/files/a/b/c",
    "/api/text",
    "/api/body",
    "/api/moved",
    "/api/cors",
];

fn routes() -> FsRouter {
    let moved = async |_: ApiRequest, res: ApiResponse| res.redirect("/a b\u{e4}");
    FsRouter::builder()
        .mount("/api")
        .route("", any(echo))
        .route("[id]", any(echo))
        .route("admin", any(echo))
        .route("body", post(crate::body))
        .route("text", get(text))
        .route("moved", any(moved))
        .route(
            "cors",
            get(text).layer(CorsLayer::new().allow_methods([http::Method::GET])),
        )
        .route("user/[id]", any(echo))
        .route("user/admin", any(echo))
        .route("files/[...slug]", any(echo))
        .build()
        .unwrap()
}

/// What a request is answered with: the status, the headers that do not belong to the version or the time, and the body.
type Answer = (u16, BTreeMap<String, String>, String);

const HEADERS: [(&str, &str); 4] = [
    ("origin", "https://b.example"),
    ("access-control-request-method", "GET"),
    ("if-none-match", "\"x\", W/\"y\""),
    ("cookie", "a=1; b=2"),
];

fn answer(status: u16, headers: impl Iterator<Item = (String, String)>, body: String) -> Answer {
    let of_the_version = ["connection", "date", "transfer-encoding"];
    let headers = headers.filter(|(name, _)| !of_the_version.contains(&&**name));
    (status, headers.collect(), body)
}

async fn over_http1(front: &Front, method: &str, target: &str) -> Answer {
    let (mut stream, _) = front.open(&["http/1.1"]).await;
    let lines = HEADERS.map(|(name, value)| format!("{name}: {value}\r\n"));
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}\r\n",
        lines.concat()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A TLS connection may end without a word.
    let _ = within(stream.read_to_end(&mut bytes)).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let headers = head.lines().skip(1).map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_owned(), value.to_owned())
    });
    answer(head[9..12].parse().unwrap(), headers, body.to_owned())
}

async fn over_http2(client: &mut SendRequest<Bytes>, method: &str, target: &str) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://localhost{target}"));
    for (name, value) in HEADERS {
        request = request.header(name, value);
    }
    let mut client = within(client.clone().ready()).await.unwrap();
    let (response, _) = client
        .send_request(request.body(()).unwrap(), true)
        .unwrap();
    let (parts, mut body) = within(response).await.unwrap().into_parts();
    let mut bytes = Vec::new();
    while let Some(data) = within(body.data()).await {
        bytes.extend_from_slice(&data.unwrap());
    }
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    answer(
        parts.status.as_u16(),
        headers,
        String::from_utf8(bytes).unwrap(),
    )
}

#[tokio::test]
async fn a_request_is_answered_alike_over_both_versions() {
    let [_, both, tls] = everywhere(routes()).await;
    let mut statuses = BTreeMap::<u16, usize>::new();
    for front in [both, tls] {
        let mut client = front.connect().await;
        for target in TARGETS {
            for method in METHODS {
                let what = format!("{method} {target}, {}", front.name);
                let over_http1 = over_http1(&front, method, target).await;
                let over_http2 = over_http2(&mut client, method, target).await;
                assert_eq!(over_http2, over_http1, "{what}");
                *statuses.entry(over_http1.0).or_default() += 1;
            }
        }
    }
    // It is no comparison of one refusal with itself.
    for status in [200, 204, 307, 308, 400, 404, 405] {
        assert!(statuses.contains_key(&status), "{statuses:?}");
    }
}
