//! Bodies over real connections: raw sockets, hyper and the body parser layer.

mod support;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum_core::{
    body::Body,
    extract::FromRequest,
    response::{IntoResponse, Response},
};
use http::Request;
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use support::wire::{Answer, Client, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_api_routes::{ApiConfig, ApiError, BodyParserLayer, Form, Json, ParsedBody};

const LIMIT: usize = 1024 * 1024;

/// A server with the body parser in front of a handler that shows the body as JSON.
struct Server {
    address: std::net::SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Server {
    async fn start(layer: BodyParserLayer) -> Self {
        Self::with_handler(layer, |request| async move { show(&request) }).await
    }

    async fn with_handler<H, F>(layer: BodyParserLayer, handler: H) -> Self
    where
        H: Fn(Request<Body>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = calls.clone();
        let service = layer.layer(service_fn(move |request| {
            counter.fetch_add(1, Ordering::SeqCst);
            let answer = handler(request);
            async move { Ok::<_, Infallible>(answer.await.into_response()) }
        }));
        let address = serve(service).await;
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// The answer to one POST with a `Content-Length`.
    async fn post(&self, headers: &str, body: impl AsRef<[u8]>) -> Answer {
        let mut client = self.connect().await;
        client.send(&post(headers, body)).await;
        client.answer().await
    }
}

fn post(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let mut request =
        format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n{headers}\r\n")
            .into_bytes();
    request.extend_from_slice(body);
    request
}

fn show(request: &Request<Body>) -> Result<Response, ApiError> {
    let body = request.extensions().get::<ParsedBody>().unwrap();
    body.value()?;
    Ok(serde_json::to_string(body)?.into_response())
}

const TEXT: &str = "Content-Type: text/plain\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

const LATIN1: &str = "Content-Type: text/plain; charset=latin1\r\n";

async fn default() -> Server {
    Server::start(BodyParserLayer::new()).await
}

async fn limited(limit: &'static str) -> Server {
    Server::start(BodyParserLayer::new().config(ApiConfig::new().body_limit(limit))).await
}

/// `request` in chunks of `size`.
fn chunked(headers: &str, body: &[u8], size: usize) -> Vec<u8> {
    let mut request =
        format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n{headers}\r\n")
            .into_bytes();
    for chunk in body.chunks(size) {
        request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        request.extend_from_slice(chunk);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    request
}

#[tokio::test]
async fn a_body_reaches_the_handler_as_value_and_as_bytes() {
    let server = Server::with_handler(BodyParserLayer::new(), |request| async move {
        let parsed = request.extensions().get::<ParsedBody>().unwrap().clone();
        let bytes = request.into_body().collect().await?.to_bytes();
        assert_eq!(parsed.raw(), &bytes);
        Ok(serde_json::to_string(parsed.value()?)?.into_response())
    })
    .await;
    let answer = server.post(JSON, "{\"a\": 1}").await;
    assert_eq!((answer.status(), answer.body.as_str()), (200, "{\"a\":1}"));
}

#[tokio::test]
async fn a_client_that_sends_on_still_gets_its_413() {
    let server = default().await;
    let body = vec![b'a'; 24 * LIMIT];
    for request in [post(TEXT, &body), chunked(TEXT, &body, 64 * 1024)] {
        let mut client = server.connect().await;
        // The server closes the connection before it has read all of it.
        let sent = client.stream.write_all(&request).await;
        assert!(sent.is_err(), "24 MB were read");
        assert_eq!(client.answer().await.reason(), "Body exceeded 1mb limit");
    }
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn h22_an_announced_body_over_the_limit_is_refused_unread() {
    let server = default().await;
    let mut client = server.connect().await;
    let length = LIMIT + 1;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    );
    client.send(head.as_bytes()).await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 413);
    assert_eq!(answer.reason(), "Body exceeded 1mb limit");
    assert_eq!(answer.body, "Body exceeded 1mb limit");
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(client.rest().await, "");
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_continue() {
    let server = default().await;
    let mut client = server.connect().await;
    client
        .send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status(), 100);
    client.send(b"ok").await;
    assert_eq!(client.answer().await.body, "\"ok\"");
}

#[tokio::test]
async fn h23_chunked_body_at_and_over_the_limit() {
    let server = default().await;
    let body = vec![b'a'; LIMIT + 1];
    for size in [LIMIT + 1, 4096] {
        let mut client = server.connect().await;
        client.send(&chunked(TEXT, &body[..LIMIT], size)).await;
        let answer = client.answer().await;
        assert_eq!((answer.status(), answer.body.len()), (200, LIMIT + 2));
        client.send(&chunked(TEXT, &body, size)).await;
        let answer = client.answer().await;
        assert_eq!(answer.reason(), "Body exceeded 1mb limit");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn h24_a_request_without_framing_has_no_body() {
    let server = default().await;
    for (headers, expected) in [(JSON, "{}"), (FORM, "{}"), (TEXT, "\"\""), ("", "\"\"")] {
        let mut client = server.connect().await;
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        client.send(request.as_bytes()).await;
        assert_eq!(client.answer().await.body, expected, "{headers}");
    }
}

#[tokio::test]
async fn h25_a_truncated_body_reaches_no_handler() {
    let server = default().await;
    let framings = [
        "Content-Length: 10\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ];
    for framing in framings {
        for reset in [false, true] {
            let mut client = server.connect().await;
            let request = format!("POST / HTTP/1.1\r\nHost: a\r\n{framing}");
            client.send(request.as_bytes()).await;
            if reset {
                client.reset();
            } else {
                client.stream.shutdown().await.unwrap();
                let rest = client.rest().await;
                assert!(
                    rest.is_empty() || rest.starts_with("HTTP/1.1 400 "),
                    "{rest}"
                );
            }
        }
    }
    // The server still answers, and nothing of the above was handled.
    assert_eq!(server.post(TEXT, "x").await.status(), 200);
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn h26_a_limit_of_zero_is_zero_bytes() {
    let server = limited("0b").await;
    assert_eq!(server.post(TEXT, "").await.status(), 200);
    assert_eq!(
        server.post(TEXT, "a").await.reason(),
        "Body exceeded 0b limit"
    );
    let mut client = server.connect().await;
    client.send(&chunked(TEXT, b"a", 1)).await;
    assert_eq!(client.answer().await.reason(), "Body exceeded 0b limit");
}

#[tokio::test]
async fn h27_a_compressed_body_is_refused() {
    let server = default().await;
    for coding in ["gzip", "br", "deflate", "gzip, gzip", "x"] {
        let answer = server
            .post(&format!("Content-Encoding: {coding}\r\n"), [0x1f, 0x8b])
            .await;
        assert_eq!(answer.status(), 415, "{coding}");
        assert_eq!(
            answer.body,
            "unsupported content-encoding, expected identity"
        );
        assert_eq!(answer.header("accept-encoding"), Some("identity"));
    }
    assert_eq!(server.calls(), 0);
    assert_eq!(
        server
            .post("Content-Encoding: identity\r\n", "a")
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn h28_deep_json_is_invalid() {
    let server = default().await;
    for body in ["[".repeat(100_000), "[".repeat(128) + &"]".repeat(128)] {
        let answer = server.post(JSON, body).await;
        assert_eq!((answer.status(), answer.reason()), (400, "Invalid JSON"));
        assert_eq!(answer.body, "Invalid JSON");
    }
}

#[tokio::test]
async fn h29_h30_few_bytes_do_not_become_many_values() {
    let server = default().await;
    let json = format!("[{}0]", "{\"\":0},".repeat(LIMIT / 7 - 1));
    let answer = server.post(JSON, json).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (413, "Body takes too much memory")
    );
    let form = "a&".repeat(LIMIT / 2);
    assert_eq!(
        server.post(FORM, form).await.reason(),
        "Body has too many fields"
    );
}

#[tokio::test]
async fn h32_h33_json_over_the_wire() {
    let server = default().await;
    let table: [(&[u8], &str); 9] = [
        (b"{}x", "Invalid JSON"),
        (b"NaN", "Invalid JSON"),
        (b"1e999999", "Invalid JSON"),
        (b"\"\\ud800\"", "Invalid JSON"),
        (b"  ", "Invalid JSON"),
        (b"", "{}"),
        (b"\xef\xbb\xbf{}", "{}"),
        (b"{\"a\":1,\"a\":2}", "{\"a\":2}"),
        (b"{\"__proto__\":1}", "{\"__proto__\":1}"),
    ];
    let mut client = server.connect().await;
    for (body, expected) in table {
        // The connection stays usable after each of them.
        client.send(&post(JSON, body)).await;
        assert_eq!(client.answer().await.body, expected);
    }
}

#[tokio::test]
async fn h34_the_parser_is_the_one_the_type_names() {
    let server = default().await;
    let json = "[1]";
    let table = [
        ("Content-Type: Application/JSON\r\n", json),
        ("Content-Type: application/vnd.api+json\r\n", json),
        ("Content-Type: application/json\t;x\r\n", "\"[1]\""),
        ("Content-Type: application/json , text/plain\r\n", "\"[1]\""),
        ("Content-Type: application/jsonx\r\n", "\"[1]\""),
        (
            "Content-Type: text/plain\r\nContent-Type: application/json\r\n",
            "\"[1]\"",
        ),
        (
            "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
            json,
        ),
    ];
    for (headers, expected) in table {
        assert_eq!(server.post(headers, json).await.body, expected, "{headers}");
    }
}

#[tokio::test]
async fn empty_parameters_keep_no_typed_way_from_a_body() {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Input {
        a: String,
    }
    async fn read(request: Request<Body>) -> Result<Response, ApiError> {
        let way = request.uri().path().to_owned();
        let answer = match way.as_str() {
            "/json" => Json::<Input>::from_request(request, &()).await?.0.a,
            "/form" => Form::<Input>::from_request(request, &()).await?.0.a,
            "/body/json" => {
                let body = ParsedBody::from_request(request, &()).await?;
                body.json::<Input>()?.a
            }
            "/body/form" => {
                let body = ParsedBody::from_request(request, &()).await?;
                body.form::<Input>()?.a
            }
            _ => {
                let body = ParsedBody::from_request(request, &()).await?;
                body.text()?.into_owned()
            }
        };
        Ok(answer.into_response())
    }
    let form = "application/x-www-form-urlencoded";
    for config in [ApiConfig::new(), ApiConfig::new().body_parser(false)] {
        let service = BodyParserLayer::new().config(config).layer(service_fn(
            |request: Request<Body>| async move {
                Ok::<_, Infallible>(read(request).await.into_response())
            },
        ));
        for tail in [";", " ; ", ";;", "; charset=utf-8;", ";\tcharset=utf-8"] {
            for (path, essence, body, expected) in [
                ("/json", "application/json", &b"{\"a\":\"1\"}"[..], "1"),
                ("/body/json", "application/ld+json", b"{\"a\":\"1\"}", "1"),
                ("/form", form, b"a=1", "1"),
                ("/body/form", form, b"a=1", "1"),
                ("/text", "text/plain", b"1", "1"),
                ("/text", "text/plain; charset=latin1", b"\xe9", "é"),
            ] {
                // Of two charsets the last counts.
                if essence.contains("latin1") && tail.contains("utf-8") {
                    continue;
                }
                let request = Request::post(path)
                    .header("content-type", format!("{essence}{tail}"))
                    .body(Body::from(body))
                    .unwrap();
                let response = service.clone().oneshot(request).await.unwrap();
                let status = response.status();
                let answer = response.into_body().collect().await.unwrap().to_bytes();
                let answer = String::from_utf8_lossy(&answer).into_owned();
                let seen = (status.as_u16(), answer.as_str());
                assert_eq!(seen, (200, expected), "{path} {essence}{tail:?}");
            }
        }
    }
}

#[tokio::test]
async fn h34_the_typed_extractors_refuse_other_types() {
    for layer in [
        BodyParserLayer::new(),
        BodyParserLayer::new().config(ApiConfig::new().body_parser(false)),
    ] {
        let server = Server::with_handler(layer, |request| async move {
            let Json(list) = Json::<Vec<u8>>::from_request(request, &()).await?;
            Ok(Json(list).into_response())
        })
        .await;
        let answer = server.post(JSON, " [1] ").await;
        assert_eq!(answer.body, "[1]");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        let refused = [
            (
                "Content-Type: application/json;x\r\n",
                "unsupported content-type, expected application/json",
            ),
            (TEXT, "unsupported content-type, expected application/json"),
            ("", "unsupported content-type, expected application/json"),
            (
                "Content-Type: application/json; charset=utf-16\r\n",
                "unsupported charset, expected utf-8",
            ),
        ];
        for (headers, message) in refused {
            let answer = server.post(headers, "[1]").await;
            assert_eq!(
                (answer.status(), answer.body.as_str()),
                (415, message),
                "{headers}"
            );
        }
        let answer = server.post(JSON, "[1, 300]").await;
        assert_eq!(
            answer.reason(),
            "invalid body: [1]: expected a whole number from 0 to 255"
        );
    }
}

#[tokio::test]
async fn h35_charsets_over_the_wire() {
    let server = default().await;
    let table: [(&str, &[u8], &str); 5] = [
        (LATIN1, b"\xe9\x80", "\"é\u{80}\""),
        (
            "Content-Type: text/plain; charset=us-ascii\r\n",
            b"a\xe9",
            "\"a\u{fffd}\"",
        ),
        (
            "Content-Type: application/json; charset=utf-16\r\n",
            b"[\x001\x00]\x00",
            "[1]",
        ),
        (
            "Content-Type: text/plain; charset=foo-1\r\n",
            b"a",
            "Invalid body",
        ),
        (JSON, b"\"\xff\"", "Invalid JSON"),
    ];
    for (headers, body, expected) in table {
        assert_eq!(server.post(headers, body).await.body, expected, "{headers}");
    }
}

/// Over a pipe and with a clock that runs ahead whenever everything waits.
#[tokio::test(start_paused = true)]
async fn h36_a_dribbling_client_is_sent_away() {
    let seconds = Duration::from_secs;
    // One byte, and then none until the idle deadline; bytes within it, until the deadline for the whole body.
    for (pause, deadline) in [(seconds(60), seconds(10)), (seconds(9), seconds(30))] {
        let service = BodyParserLayer::new().layer(service_fn(async |_: Request<Body>| {
            panic!("the handler ran") as Result<Response, Infallible>
        }));
        let (client, server) = tokio::io::duplex(1024);
        let service = TowerToHyperService::new(service);
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(server), service));

        let (mut read, mut write) = tokio::io::split(client);
        let begun = Instant::now();
        write
            .write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            .await
            .unwrap();
        let dribble = tokio::spawn(async move {
            while write.write_all(b"a").await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        });
        let mut answer = String::new();
        read.read_to_string(&mut answer).await.unwrap();
        // Timers go by milliseconds.
        let late = begun.elapsed().checked_sub(deadline).unwrap();
        assert!(late <= Duration::from_millis(5), "{late:?}");
        assert!(
            answer.starts_with("HTTP/1.1 408 body did not arrive in time\r\n"),
            "{answer}"
        );
        assert!(
            answer.to_ascii_lowercase().contains("connection: close"),
            "{answer}"
        );
        dribble.abort();
    }
}

#[tokio::test]
async fn h37_a_second_request_starts_after_the_body_of_the_first() {
    let server = default().await;
    for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
        let mut client = server.connect().await;
        let first = format!(
            "{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 18\r\n\r\nGET /x HTTP/1.1\r\n\n"
        );
        client.send(first.as_bytes()).await;
        client.send(&post(TEXT, "second")).await;
        let mut answer = client.answer_to(method).await;
        assert_eq!(answer.status(), 200, "{method}");
        answer = client.answer().await;
        assert_eq!(answer.body, "\"second\"", "{method}");
    }
}

#[tokio::test]
async fn h38_an_unread_body_is_never_taken_for_a_request() {
    let server = default().await;
    let smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for size in [64 * 1024, 4 * LIMIT] {
        for headers in ["Content-Encoding: gzip\r\n", TEXT] {
            let length = if headers == TEXT {
                size.max(LIMIT + 1)
            } else {
                size
            };
            let mut body = smuggled.repeat(length / smuggled.len());
            body.resize(length, b' ');
            let mut client = server.connect().await;
            // The server may close before all of it is sent.
            let _ = client.stream.write_all(&post(headers, body)).await;
            let status = client.answer().await.status();
            assert!(status == 413 || status == 415, "{status}");
            // The connection may close meanwhile; what counts is that nothing else is answered.
            let _ = client.stream.shutdown().await;
            assert_eq!(client.rest().await, "");
        }
    }
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn h40_without_the_parser_the_body_is_a_limited_stream() {
    let config = ApiConfig::new().body_parser(false).body_limit("10b");
    let server = Server::with_handler(
        BodyParserLayer::new().config(config),
        |request| async move {
            assert!(request.extensions().get::<ParsedBody>().is_none());
            let body = request.into_body().collect().await;
            let Ok(body) = body else {
                return Err(ApiError::bad_request("over the limit"));
            };
            let trailer = body
                .trailers()
                .and_then(|trailers| trailers.get("checksum"))
                .cloned();
            Ok(format!("{:?} {trailer:?}", body.to_bytes()).into_response())
        },
    )
    .await;
    let mut client = server.connect().await;
    client
        .send(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: checksum\r\n\r\n\
              3\r\nabc\r\n0\r\nchecksum: 1\r\n\r\n",
        )
        .await;
    assert_eq!(client.answer().await.body, "b\"abc\" Some(\"1\")");
    client.send(&chunked(TEXT, b"0123456789a", 4)).await;
    assert_eq!(client.answer().await.body, "over the limit");
    assert_eq!(
        server.post(TEXT, "0123456789a").await.reason(),
        "Body exceeded 10b limit"
    );
}

#[tokio::test]
async fn without_the_parser_an_extractor_still_stops_at_1mb() {
    let config = ApiConfig::new().body_parser(false);
    let server = Server::with_handler(
        BodyParserLayer::new().config(config),
        |request| async move {
            let body = ParsedBody::from_request(request, &()).await?;
            Ok(body.raw().len().to_string().into_response())
        },
    )
    .await;
    assert_eq!(server.post(TEXT, vec![b'a'; LIMIT]).await.body, "1048576");
    let answer = server.post(TEXT, vec![b'a'; LIMIT + 1]).await;
    assert_eq!(answer.reason(), "Body exceeded 1mb limit");
}

#[tokio::test]
async fn h81_a_second_layer_does_nothing() {
    let outer = BodyParserLayer::new().config(ApiConfig::new().body_limit("5b"));
    let inner = BodyParserLayer::new().config(ApiConfig::new().body_limit("1b"));
    for outer in [
        outer.clone(),
        outer.config(ApiConfig::new().body_parser(false)),
    ] {
        let service = outer.layer(inner.layer(service_fn(|request: Request<Body>| async move {
            let body = ParsedBody::from_request(request, &()).await;
            Ok::<_, Infallible>(
                body.map(|body| body.raw().len().to_string())
                    .into_response(),
            )
        })));
        let request = Request::new(Body::from("abc"));
        let response = service.oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "3");
    }
}

#[tokio::test]
async fn an_eager_layer_answers_for_the_handler() {
    let server = Server::with_handler(BodyParserLayer::new().eager(true), |_| async {
        Ok("not read".into_response())
    })
    .await;
    assert_eq!(server.post(JSON, "{").await.reason(), "Invalid JSON");
    assert_eq!(server.calls(), 0);
    assert_eq!(server.post(JSON, "{}").await.body, "not read");
}

#[tokio::test]
async fn h77_the_service_that_is_called_is_the_one_that_was_ready() {
    #[derive(Clone)]
    struct Once(bool);

    impl tower::Service<Request<Body>> for Once {
        type Response = Response;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            self.0 = true;
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            assert!(std::mem::take(&mut self.0), "called before it was ready");
            std::future::ready(Ok(Response::default()))
        }
    }

    let mut service = BodyParserLayer::new().layer(Once(false));
    for body in ["", "abc"] {
        let request = Request::new(Body::from(body));
        let ready = ServiceExt::<Request<Body>>::ready(&mut service)
            .await
            .unwrap();
        let response = ready.call(request).await.unwrap();
        assert_eq!(response.status(), 200);
    }
}

#[tokio::test]
async fn the_layer_wraps_an_axum_router() {
    async fn echo(body: ParsedBody) -> Result<String, ApiError> {
        Ok(serde_json::to_string(&body)?)
    }
    async fn form(Form(fields): Form<BTreeMap<String, String>>) -> String {
        format!("{fields:?}")
    }
    let app = axum::Router::new()
        .route("/", axum::routing::post(echo))
        .route("/form", axum::routing::post(form))
        .route(
            "/bytes",
            axum::routing::post(|body: bytes::Bytes| async move { body }),
        )
        .layer(BodyParserLayer::new().config(ApiConfig::new().body_limit("20b")));
    let table = [
        ("/", "application/json", "[1]", 200, "[1]"),
        (
            "/form",
            "application/x-www-form-urlencoded",
            "a=1",
            200,
            "{\"a\": \"1\"}",
        ),
        (
            "/form",
            "application/json",
            "{}",
            415,
            "unsupported content-type, expected application/x-www-form-urlencoded",
        ),
        ("/bytes", "text/plain", "abc", 200, "abc"),
        (
            "/",
            "text/plain",
            "012345678901234567890",
            413,
            "Body exceeded 20b limit",
        ),
    ];
    for (path, content_type, body, status, expected) in table {
        let request = Request::post(path)
            .header("content-type", content_type)
            .body(Body::from(body))
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path} {body}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, expected, "{path}");
    }
}
