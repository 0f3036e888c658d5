//! Every layer that fits, around a file and around a directory: a request through each shows that it
//! acts.

use axum::http::header;
use axum_app_api::{AppState, PAGES_LAYERS};
use futures_util::future::join_all;
use tokio::time::{Duration, Instant};
use tower_api_routes::{
    ApiRoutesLayer, FsRouter,
    test_client::{TestClient, TestResponse},
};

/// The two places of a layer.
const PLACES: [&str; 2] = ["file", "directory"];

fn state() -> AppState {
    let state = AppState::default();
    state.users.add("Ada", "secret");
    state
}

fn client() -> TestClient {
    TestClient::new(router())
}

fn router() -> FsRouter {
    let api = ApiRoutesLayer::new(PAGES_LAYERS).with_state(state());
    api.router().unwrap()
}

/// Calls `test` with a client and with the paths of a layer's routes.
async fn in_each_place(layer: &str, test: impl AsyncFn(TestClient, &str)) {
    for place in PLACES {
        let path = format!("/layers/{place}/{layer}");
        test(client(), &path).await;
    }
}

async fn get(client: &TestClient, path: &str) -> TestResponse {
    client.get(path).send().await
}

#[tokio::test]
async fn from_fn() {
    in_each_place("from_fn", async |client, path| {
        let response = get(&client, path).await;
        response.assert_status(200).assert_text("inside");
        response.assert_header("x-layer", "from_fn");
    })
    .await;
}

#[tokio::test]
async fn from_fn_with_state() {
    in_each_place("from_fn_with_state", async |client, path| {
        get(&client, path).await.assert_status(403);
        let known = client.get(path).header("x-name", "Ada").send().await;
        known.assert_status(200).assert_text("inside");
        let broken = client.get(path).header("x-name", "broken").send().await;
        broken.assert_status(500);
    })
    .await;
}

#[tokio::test]
async fn map_request() {
    in_each_place("map_request", async |client, path| {
        get(&client, path).await.assert_text("map_request");
    })
    .await;
}

#[tokio::test]
async fn map_response() {
    in_each_place("map_response", async |client, path| {
        let response = get(&client, path).await;
        response.assert_status(418).assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn from_extractor() {
    in_each_place("from_extractor", async |client, path| {
        get(&client, path).await.assert_status(401);
        let known = client.get(path).header("authorization", "x").send().await;
        known.assert_status(200).assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn extension() {
    in_each_place("extension", async |client, path| {
        get(&client, path).await.assert_text("from the layer");
    })
    .await;
}

#[tokio::test]
async fn governor() {
    in_each_place("governor", async |client, path| {
        for (address, status) in [("1.1.1.1", 200), ("1.1.1.1", 429), ("2.2.2.2", 200)] {
            let request = client.get(path).header("x-forwarded-for", address);
            request.send().await.assert_status(status);
        }
    })
    .await;
}

#[tokio::test]
async fn trace() {
    // For all tests of this program, as spans are switched off and on for a whole program.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    in_each_place("trace", async |client, path| {
        get(&client, path).await.assert_text("around_a_route");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn timeout() {
    in_each_place("timeout", async |client, path| {
        get(&client, path).await.assert_status(504);
    })
    .await;
}

#[tokio::test]
async fn compression() {
    in_each_place("compression", async |client, path| {
        let plain = get(&client, path).await;
        plain.assert_no_header("content-encoding");
        let request = client.get(path).header("accept-encoding", "gzip");
        let response = request.send().await;
        response.assert_header("content-encoding", "gzip");
        assert_eq!(unzip(response.bytes()), plain.text());
    })
    .await;
}

fn unzip(bytes: &[u8]) -> String {
    std::io::read_to_string(flate2::read::GzDecoder::new(bytes)).unwrap()
}

fn zip(text: &str) -> Vec<u8> {
    let mut zipped = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast());
    std::io::copy(&mut encoder, &mut zipped).unwrap();
    zipped
}

#[tokio::test]
async fn decompression() {
    in_each_place("decompression", async |client, path| {
        let request = client.post(path).header("content-type", "text/plain");
        let request = request.header("content-encoding", "gzip");
        let response = request.body(zip("squeezed")).send().await;
        response.assert_status(200).assert_text("squeezed");
    })
    .await;
}

#[tokio::test]
async fn decompression_of_responses() {
    in_each_place("response_decompression", async |client, path| {
        let response = get(&client, path).await;
        response.assert_no_header("content-encoding");
        response.assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn body_limit() {
    in_each_place("body_limit", async |client, path| {
        client
            .post(path)
            .text("1234")
            .send()
            .await
            .assert_text("1234");
        client
            .post(path)
            .text("12345")
            .send()
            .await
            .assert_status(413);
    })
    .await;
}

#[tokio::test]
async fn cors() {
    in_each_place("cors", async |client, path| {
        let request = client.get(path).header("origin", "https://example.com");
        let response = request.send().await;
        response.assert_header("access-control-allow-origin", "https://example.com");
    })
    .await;
}

#[tokio::test]
async fn validate_request() {
    in_each_place("validate_request", async |client, path| {
        let html = client.get(path).header("accept", "text/html").send().await;
        html.assert_status(406);
        let json = client.get(path).header("accept", "application/json");
        json.send().await.assert_status(200).assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn auth() {
    in_each_place("auth", async |client, path| {
        get(&client, path).await.assert_status(401);
        let request = client
            .get(path)
            .header("authorization", "Bearer open sesame");
        request
            .send()
            .await
            .assert_status(200)
            .assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn request_id() {
    in_each_place("request_id", async |client, path| {
        let response = get(&client, path).await;
        let id = response.header("x-request-id").unwrap();
        assert_eq!(id.len(), 36, "a UUID");
        response.assert_text(id);
        assert_ne!(get(&client, path).await.text(), id);
    })
    .await;
}

#[tokio::test]
async fn catch_panic() {
    in_each_place("catch_panic", async |client, path| {
        get(&client, path).await.assert_status(200);
        let response = client.get(path).header("x-panic", "1").send().await;
        response
            .assert_status(502)
            .assert_text("caught by the layer");
    })
    .await;
}

#[tokio::test]
async fn set_header() {
    in_each_place("set_header", async |client, path| {
        let response = get(&client, path).await;
        response.assert_text("on the request");
        response.assert_header("x-layer", "on the response");
    })
    .await;
}

#[tokio::test]
async fn sensitive_headers() {
    in_each_place("sensitive_headers", async |client, path| {
        let request = client.get(path).header("authorization", "secret");
        request.send().await.assert_text("Some(Sensitive)");
    })
    .await;
}

#[tokio::test]
async fn option_layer() {
    in_each_place("option_layer", async |client, path| {
        let response = get(&client, path).await;
        response.assert_header("x-layer", "option_layer");
        response.assert_no_header("x-absent");
    })
    .await;
}

#[tokio::test]
async fn concurrency_limit() {
    in_each_place("concurrency_limit", async |client, path| {
        let responses = join_all([(); 3].map(|()| get(&client, path))).await;
        for response in responses {
            response.assert_status(200).assert_text("1");
        }
    })
    .await;
}

#[tokio::test]
async fn global_concurrency_limit() {
    in_each_place("global_concurrency_limit", async |client, path| {
        let responses = join_all([(); 3].map(|()| get(&client, path))).await;
        for response in responses {
            response.assert_status(200).assert_text("1");
        }
    })
    .await;
    // The routes of a directory share it.
    let client = client();
    let path = "/layers/directory/global_concurrency_limit";
    let other = format!("{path}/other");
    let responses = join_all([path, &other].map(|path| get(&client, path))).await;
    for response in responses {
        response.assert_status(200).assert_text("1");
    }
}

#[tokio::test]
async fn load_shed() {
    in_each_place("load_shed", async |client, path| {
        let responses = join_all([(); 3].map(|()| get(&client, path))).await;
        let statuses: Vec<_> = responses.iter().map(|it| it.status().as_u16()).collect();
        assert_eq!(statuses, [200, 503, 503]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn tower_timeout() {
    in_each_place("tower_timeout", async |client, path| {
        let start = Instant::now();
        get(&client, path).await.assert_status(500);
        assert!(start.elapsed() < Duration::from_secs(2));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn buffer_with_rate_limit() {
    in_each_place("buffer", async |client, path| {
        let start = Instant::now();
        for seconds in 0..3 {
            get(&client, path).await.assert_text("inside");
            assert_eq!(start.elapsed().as_secs(), seconds);
        }
    })
    .await;
}

#[tokio::test]
async fn service_builder() {
    in_each_place("stack", async |client, path| {
        let request = client.post(path).header("accept-encoding", "gzip");
        let request = request.header("authorization", "secret").text("abc");
        let response = request.send().await;
        response.assert_header("content-encoding", "gzip");
        let text = unzip(response.bytes());
        assert_eq!(text, format!("Some(Sensitive) {}", "abc".repeat(100)));
        // Inner layers are the first to see the answer.
        let marks = response.headers().get_all("x-layer").iter();
        assert!(marks.eq(["inner", "outer"]), "{:?}", response.headers());
        client
            .post(path)
            .text("abcde")
            .send()
            .await
            .assert_status(413);
    })
    .await;
}

#[tokio::test]
async fn tuples() {
    in_each_place("tuple", async |client, path| {
        // The inner layer writes last.
        get(&client, path).await.assert_text("inner");
    })
    .await;
}

#[tokio::test]
async fn boxes() {
    in_each_place("boxed", async |client, path| {
        let response = get(&client, path).await;
        response.assert_status(202).assert_text("inside");
    })
    .await;
}

#[tokio::test]
async fn sessions() {
    in_each_place("sessions", async |client, path| {
        for count in ["1", "2", "3"] {
            get(&client, path).await.assert_text(count);
        }
    })
    .await;
}

#[tokio::test]
async fn each_client_has_a_session_of_its_own() {
    let router = router();
    for _ in 0..2 {
        let client = TestClient::new(router.clone());
        for count in ["1", "2"] {
            get(&client, "/layers/file/sessions")
                .await
                .assert_text(count);
        }
    }
}

#[tokio::test]
async fn axum_login() {
    in_each_place("login", async |client, path| {
        get(&client, path).await.assert_status(401);
        client
            .post(path)
            .text("nobody")
            .send()
            .await
            .assert_status(403);
        let response = client.post(path).text("Ada").send().await;
        assert!(response.header(header::SET_COOKIE.as_str()).is_some());
        get(&client, path)
            .await
            .assert_status(200)
            .assert_text("Ada");
    })
    .await;
}

/// Each file of the list has a directory beside it, and a test here.
#[test]
fn every_layer_is_around_a_file_and_around_a_directory() {
    let names = |place: &str| {
        let directory = format!("{}/pages/layers/{place}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(directory).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.map(|it| it.replace(".rs", "")).collect();
        names.sort();
        names
    };
    assert_eq!(names("file"), names("directory"));
    for name in names("file") {
        let call = format!("in_each_place(\"{name}\"");
        assert!(include_str!("layers.rs").contains(&call), "{name}");
    }
}
