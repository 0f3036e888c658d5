//! The proxy in front of a real Next.js: `REQUIRE_NEXT=1 cargo test -p next-proxy`.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use example_tests::{
    Answer, Server,
    next::{App, free_address, is_required},
};

fn app(name: &str) -> App {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/next-app");
    App::new(env!("CARGO_TARGET_TMPDIR"), name).with_files_of(files)
}

fn proxy_to(upstream: std::net::SocketAddr) -> Server {
    let url = format!("http://{upstream}");
    Server::start_with(env!("CARGO_BIN_EXE_next-proxy"), &[("UPSTREAM", &url)])
}

#[test]
fn next_start_behind_the_proxy() {
    if !is_required() {
        return;
    }
    let app = app("next-start").build();
    let address = free_address();
    let next = app.serve("start", address);
    let proxy = proxy_to(address);

    pages_and_routes_come_from_both(&proxy);
    redirects_stay_at_the_proxy(&proxy);
    data_and_assets_arrive(&proxy, &app);
    images_are_made_smaller(&proxy);
    events_arrive_when_they_are_sent(&proxy);
    pages_are_streamed(&proxy);
    uploads_arrive_whole(&proxy);
    actions_of_the_same_origin_are_taken(&proxy);

    restarts_are_survived(&proxy, || {
        drop(next);
        app.serve("start", address)
    });
}

#[test]
fn next_dev_behind_the_proxy() {
    if !is_required() {
        return;
    }
    let app = app("next-dev");
    let address = free_address();
    let _next = app.serve("dev", address);
    let proxy = proxy_to(address);

    pages_and_routes_come_from_both(&proxy);
    redirects_stay_at_the_proxy(&proxy);
    events_arrive_when_they_are_sent(&proxy);
    pages_are_streamed(&proxy);
    uploads_arrive_whole(&proxy);
    actions_of_the_same_origin_are_taken(&proxy);
    changes_are_told_to_the_browser(&proxy, &app);
}

fn pages_and_routes_come_from_both(proxy: &Server) {
    let home = proxy.get("/?q=a%20b");
    assert_eq!(home.status, 200);
    let host = format!("host {}", proxy.address());
    assert!(home.text().contains(&host), "{}", home.text());
    assert!(home.text().contains("q a b"), "{}", home.text());
    assert_eq!(proxy.get("/nothing").status, 404);

    // A file on both sides, on one side, and on the other.
    assert_eq!(proxy.get("/api/hello").json()["from"], "Rust");
    assert_eq!(proxy.get("/api/posts/1").json()["from"], "Rust");
    let posts = proxy.get("/api/posts").json();
    let host = proxy.address().to_string();
    assert_eq!(posts["from"], "Next.js");
    assert_eq!(posts["host"], *host);
    assert_eq!(
        posts["forwarded"],
        serde_json::json!(["127.0.0.1", host, "http"])
    );

    let head = proxy.request("HEAD", "/", &[], "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    let etag = proxy.get("/picture").header("etag").map(ToOwned::to_owned);
    if let Some(etag) = etag {
        let headers = [("if-none-match", &*etag)];
        let known = proxy.request("GET", "/picture", &headers, "");
        assert_eq!(known.status, 304);
    }
}

fn redirects_stay_at_the_proxy(proxy: &Server) {
    let answer = proxy.get("/go");
    assert_eq!(answer.status, 307);
    assert_eq!(answer.header("location"), Some("/x?y=1"));

    let answer = proxy.get("/old");
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), Some("/new"));
    assert_eq!(answer.header("refresh"), Some("0;url=/new"));

    let answer = proxy.request("HEAD", "/old", &[], "");
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("content-length"), None);
}

fn data_and_assets_arrive(proxy: &Server, app: &App) {
    let build = fs::read_to_string(app.path(".next/BUILD_ID")).unwrap();
    let data = proxy.get(&format!("/_next/data/{build}/index.json?q=1"));
    assert_eq!(data.status, 200);
    let props = &data.json()["pageProps"];
    assert_eq!(props["host"], *proxy.address().to_string());
    assert_eq!(props["q"], "1");

    let home = proxy.get("/");
    let start = home.text().find("/_next/static/").expect("a script");
    let script = &home.text()[start..];
    let script = &script[..script.find('"').unwrap()];
    let answer = proxy.request("GET", script, &[("accept-encoding", "gzip")], "");
    assert_eq!(answer.status, 200, "{script}");
    let cached = answer.header("cache-control").unwrap_or_default();
    assert!(cached.contains("immutable"), "{cached}");
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert!(answer.body.starts_with(&[0x1f, 0x8b]), "gzip");
}

fn images_are_made_smaller(proxy: &Server) {
    let page = proxy.get("/picture");
    assert!(
        page.text().contains("/_next/image?url=%2Fpicture.png"),
        "{}",
        page.text()
    );
    let path = "/_next/image?url=%2Fpicture.png&w=64&q=75";
    let image = proxy.request("GET", path, &[("accept", "image/webp,*/*")], "");
    assert_eq!(image.status, 200);
    assert_eq!(image.header("content-type"), Some("image/webp"));
    assert!(image.body.starts_with(b"RIFF"));
    let etag = image.header("etag").expect("an entity tag");
    let headers = [("accept", "image/webp,*/*"), ("if-none-match", etag)];
    assert_eq!(proxy.request("GET", path, &headers, "").status, 304);
}

fn open(proxy: &Server, request: &str) -> TcpStream {
    let mut stream = proxy.connect();
    let host = proxy.address();
    write!(stream, "{request}\r\nhost: {host}\r\n\r\n").unwrap();
    stream
}

fn events_arrive_when_they_are_sent(proxy: &Server) {
    let stream = open(proxy, "GET /api/events HTTP/1.1\r\naccept-encoding: gzip");
    read_until(&stream, "data: start\n\n");
    // Sent after the last one has arrived, or it would never be sent.
    for data in ["1", "2", "end"] {
        let sent = proxy.request("POST", &format!("/api/events?data={data}"), &[], "");
        assert_eq!(sent.json()["listeners"], 1);
        read_until(&stream, &format!("data: {data}\n\n"));
    }

    // One that leaves is seen to leave.
    let stream = open(proxy, "GET /api/events HTTP/1.1");
    read_until(&stream, "data: start\n\n");
    drop(stream);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let sent = proxy.request("POST", "/api/events?data=1", &[], "");
        if sent.json()["listeners"] == 0 {
            break;
        }
        assert!(Instant::now() < end, "the listener stays");
        thread::sleep(Duration::from_millis(100));
    }
}

fn pages_are_streamed(proxy: &Server) {
    let stream = open(proxy, "GET /stream HTTP/1.1\r\nconnection: close");
    let early = read_until(&stream, "early part");
    assert!(!early.contains("late part"), "{early}");
    let end = Instant::now() + Duration::from_secs(30);
    // The part that is late may be waited for only now.
    while proxy.request("POST", "/stream/go", &[], "").status != 200 {
        assert!(Instant::now() < end, "no /stream/go");
    }
    read_until(&stream, "late part");
}

fn uploads_arrive_whole(proxy: &Server) {
    const SIZE: usize = 20 << 20;
    let body: Vec<u8> = (0..SIZE).map(|place| (place % 251) as u8).collect();
    let whole = proxy.request("POST", "/api/upload", &[], &body).json();
    assert_eq!(whole["length"], SIZE);

    let mut chunked = Vec::new();
    for chunk in body.chunks(100_000) {
        write!(chunked, "{:x}\r\n", chunk.len()).unwrap();
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let headers = [("transfer-encoding", "chunked")];
    let in_chunks = proxy.request("POST", "/api/upload", &headers, chunked);
    assert_eq!(in_chunks.json(), whole);

    let refused = proxy.request("POST", "/api/posts", &[], &body);
    assert_eq!(refused.status, 413);
    assert_eq!(refused.text(), "Body exceeded 1mb limit");
}

/// Next.js compares `Origin` with the host that the client named.
fn actions_of_the_same_origin_are_taken(proxy: &Server) {
    let page = proxy.get("/action");
    let start = page.text().find("$ACTION_ID_").expect("an action");
    let action = &page.text()[start..];
    let action = &action[..action.find('"').unwrap()];
    let body = format!(
        "--b\r\ncontent-disposition: form-data; name=\"{action}\"\r\n\r\n\r\n\
        --b\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nJo\r\n--b--\r\n"
    );
    let send = |origin: &str| {
        let headers = [
            ("content-type", "multipart/form-data; boundary=b"),
            ("origin", origin),
        ];
        proxy.request("POST", "/action", &headers, &body)
    };
    let taken = send(&proxy.url(""));
    assert_eq!(taken.status, 303, "{}", taken.text());
    assert_eq!(taken.header("location"), Some("/?q=Jo"));
    assert_eq!(send("http://evil.example").status, 500);
}

/// Whoever asks meanwhile gets an answer at once, and one that says when to come again.
fn restarts_are_survived<T>(proxy: &Server, restart: impl FnOnce() -> T) {
    let is_over = AtomicBool::new(false);
    // Of the whole test, should the server not come back.
    let end = Instant::now() + Duration::from_secs(150);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = Vec::new();
                    while !is_over.load(Ordering::Relaxed) && Instant::now() < end {
                        let start = Instant::now();
                        answers.push(proxy.get("/"));
                        assert!(start.elapsed() < Duration::from_secs(20));
                        assert_eq!(proxy.get("/api/hello").status, 200);
                        thread::sleep(Duration::from_millis(20));
                    }
                    answers
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        let next = restart();
        is_over.store(true, Ordering::Relaxed);
        let answers = clients.into_iter().flat_map(|it| it.join().unwrap());
        let answers = answers.collect();
        for _ in 0..20 {
            assert_eq!(proxy.get("/").status, 200, "all is well again");
        }
        drop(next);
        answers
    });
    let count = |status| answers.iter().filter(|it| it.status == status).count();
    let (fine, refused) = (count(200), count(502));
    println!("{fine} answers, {refused} refused");
    assert_eq!(fine + refused, answers.len());
    assert!(fine > 0 && refused > 0, "{fine} {refused}");
    for answer in answers.iter().filter(|it| it.status == 502) {
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

fn changes_are_told_to_the_browser(proxy: &Server, app: &App) {
    let page = app.path("pages/index.js");
    let text = fs::read_to_string(&page).unwrap();
    assert_eq!(proxy.get("/").status, 200);
    let origin = proxy.url("");
    let socket = open(
        proxy,
        &format!(
            "GET /_next/hmr?id=1 HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
            origin: {origin}\r\nsec-websocket-version: 13\r\n\
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
        ),
    );
    let head = read_until(&socket, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    fs::write(&page, text.replace("host ${host}", "new host ${host}")).unwrap();
    read_until(&socket, "building");
    let end = Instant::now() + Duration::from_secs(60);
    while !proxy.get("/").text().contains("new host 127") {
        assert!(Instant::now() < end, "the page stays as it was");
        thread::sleep(Duration::from_millis(100));
    }
    fs::write(&page, text).unwrap();
    let mut socket = socket;
    assert!(socket.read(&mut [0]).unwrap() > 0, "and goes on");
}

/// Reads until this text has come, and returns all that came.
fn read_until(mut from: impl Read, text: &str) -> String {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let all = String::from_utf8_lossy(&received);
        if all.contains(text) {
            return all.into_owned();
        }
        match from.read(&mut buffer) {
            Ok(length @ 1..) => received.extend_from_slice(&buffer[..length]),
            end => panic!("no {text:?} in {all:?}: {end:?}"),
        }
    }
}
