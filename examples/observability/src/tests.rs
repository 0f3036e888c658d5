//! Spans and metrics, without a socket.

use std::collections::BTreeMap;

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tower_api_routes::test_client::TestClient;

fn client() -> TestClient {
    TestClient::new(super::app().unwrap())
}

/// The spans of what is asked until the guard is dropped.
fn capture() -> (InMemorySpanExporter, tracing::subscriber::DefaultGuard) {
    let exporter = InMemorySpanExporter::default();
    let traces = SdkTracerProvider::builder().with_simple_exporter(exporter.clone());
    let subscriber = super::telemetry::subscriber(Some(&traces.build()));
    (exporter, tracing::subscriber::set_default(subscriber))
}

/// The attributes of a span, all values of each.
fn attributes(span: &SpanData) -> BTreeMap<&str, Vec<String>> {
    let mut attributes = BTreeMap::<_, Vec<_>>::new();
    for attribute in &span.attributes {
        let values = attributes.entry(attribute.key.as_str()).or_default();
        values.push(attribute.value.to_string());
    }
    attributes
}

#[tokio::test]
async fn a_span_has_the_route_and_the_names_of_opentelemetry() {
    let (exporter, _guard) = capture();
    let client = client();
    for (method, path, status, route) in [
        ("GET", "/api/posts/1", 200, Some("/api/posts/[id]")),
        ("DELETE", "/api/posts/1", 405, Some("/api/posts/[id]")),
        ("GET", "/api/posts/%zz", 400, Some("/api/posts/[id]")),
        ("GET", "/api/posts/1/", 308, Some("/api/posts/[id]")),
        ("POST", "/api/orders", 500, Some("/api/orders")),
        ("GET", "/api/nothing", 404, None),
    ] {
        let answer = client.request(method.parse().unwrap(), path).send().await;
        answer.assert_status(status);
        let spans = exporter.get_finished_spans().unwrap();
        exporter.reset();
        let [span] = &spans[..] else {
            panic!("{path}: {spans:?}");
        };
        let name = route.map_or(method.to_owned(), |route| format!("{method} {route}"));
        assert_eq!(span.name, name);
        assert_eq!(span.span_kind, SpanKind::Server);
        let attributes = attributes(span);
        let one = |key: &str| attributes.get(key).map(|values| values.join(", "));
        assert_eq!(one("http.route").as_deref(), route, "{path}");
        assert_eq!(one("http.request.method").as_deref(), Some(method));
        assert_eq!(one("url.path").as_deref(), Some(path));
        assert_eq!(one("http.response.status_code"), Some(status.to_string()));
        let id = answer.headers().get("x-request-id").unwrap();
        assert_eq!(one("request_id").as_deref(), id.to_str().ok());
        assert_eq!(span.status != Status::Unset, status >= 500, "{path}");
    }
}

#[tokio::test]
async fn a_span_belongs_to_the_trace_of_its_caller() {
    let (exporter, _guard) = capture();
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = client().get("/api/posts/1").header("traceparent", caller);
    request.send().await.assert_status(200);
    let spans = exporter.get_finished_spans().unwrap();
    let trace = spans[0].span_context.trace_id().to_string();
    assert_eq!(trace, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(spans[0].parent_span_id.to_string(), "00f067aa0ba902b7");
}

/// The counts of the series, each with its labels.
async fn series(client: &TestClient) -> Vec<String> {
    let answer = client.get("/metrics").send().await;
    answer.assert_status(200);
    answer.assert_header("content-type", super::metrics::CONTENT_TYPE);
    let lines = answer.text().lines().filter_map(|line| {
        line.strip_prefix("http_server_request_duration_seconds_count")
            .map(str::to_owned)
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_thousand_ids_are_one_series() {
    let client = client();
    for id in 0..1000 {
        let answer = client.get(&format!("/api/posts/{id}")).send().await;
        answer.assert_status(200);
    }
    assert_eq!(
        series(&client).await,
        [
            r#"{http_request_method="GET",http_route="/api/posts/[id]",http_response_status_code="200"} 1000"#
        ]
    );
}

#[tokio::test]
async fn what_clients_make_up_adds_no_series() {
    let client = client();
    for number in 0..50 {
        let method = format!("MADEUP{number}").parse().unwrap();
        let unknown = client.request(method, &format!("/api/x{number}")).send();
        unknown.await.assert_status(404);
        let malformed = client.get(&format!("/api/posts/%z{number}")).send();
        malformed.await.assert_status(400);
    }
    client.get("/").send().await.assert_status(200);
    assert_eq!(
        series(&client).await,
        [
            r#"{http_request_method="GET",http_route="/",http_response_status_code="200"} 1"#,
            r#"{http_request_method="GET",http_route="/api/posts/[id]",http_response_status_code="400"} 50"#,
            r#"{http_request_method="_OTHER",http_route="",http_response_status_code="404"} 50"#,
        ]
    );
}
