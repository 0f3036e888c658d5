//! Cookies, and what the layers do, over HTTP.

use example_tests::Server;
use serde_json::json;

const ADA: (&str, &str) = ("authorization", "Bearer token-of-ada");

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_middleware"))
}

#[test]
fn cookies_are_read_and_set() {
    let server = start();
    for (sent, visits) in [
        ("", 1),
        ("visits=1", 2),
        ("a=b; visits=41", 42),
        ("visits=x", 1),
    ] {
        let answer = server.request("GET", "/api/cookies", &[("cookie", sent)], "");
        assert_eq!(answer.json(), json!({ "visits": visits }), "{sent}");
        let cookie = format!("visits={visits}; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(answer.headers_of("set-cookie"), [cookie], "{sent}");
    }
}

#[test]
fn a_layer_wraps_the_route_of_its_file_alone() {
    let server = start();
    let cache_control = |path| server.get(path).header("cache-control").map(str::to_owned);
    assert_eq!(
        cache_control("/api/quotes").as_deref(),
        Some("public, max-age=60")
    );
    assert_eq!(cache_control("/api/cookies"), None);
}

#[test]
fn a_directory_is_closed_without_a_token() {
    let server = start();
    for path in ["/api/account", "/api/account/orders/7"] {
        for headers in [
            &[][..],
            &[("authorization", "Bearer wrong")],
            &[("authorization", "Basic token-of-ada")],
        ] {
            let answer = server.request("GET", path, headers, "");
            assert_eq!((answer.status, answer.text()), (401, "Unauthorized"));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        // Nor does anybody learn which methods there are.
        assert_eq!(server.request("DELETE", path, &[], "").status, 401);
    }
    assert_eq!(server.get("/api/cookies").status, 200);
}

#[test]
fn the_user_is_handed_on_to_the_handler() {
    let server = start();
    let answer = server.request("GET", "/api/account", &[ADA], "");
    assert_eq!((answer.status, answer.text()), (200, r#"{"name":"Ada"}"#));

    let grace = ("authorization", "Bearer token-of-grace");
    let answer = server.request("GET", "/api/account/orders/7", &[grace], "");
    let expected = json!({ "user": { "name": "Grace" }, "page": ["orders", "7"] });
    assert_eq!((answer.status, answer.json()), (200, expected));

    let answer = server.request("DELETE", "/api/account", &[ADA], "");
    assert_eq!(answer.status, 405);
}

#[test]
fn every_answer_and_its_line_in_the_log_carry_the_id_of_the_request() {
    let server = start();
    for (path, status) in [("/api/quotes", 200), ("/api/account", 401)] {
        let answer = server.get(path);
        assert_eq!(answer.status, status);
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id.len(), 36, "{id}");
        let line = server.wait_for_output(id);
        for part in [
            "method=GET".to_owned(),
            format!("route=\"{path}\""),
            format!("status={status}"),
        ] {
            assert!(line.contains(&part), "{line}");
        }
    }
    let headers = [("x-request-id", "from-a-proxy")];
    let answer = server.request("GET", "/api/quotes", &headers, "");
    assert_eq!(answer.header("x-request-id"), Some("from-a-proxy"));
}

#[test]
fn answers_are_compressed_for_those_who_ask() {
    let server = start();
    let plain = server.get("/api/quotes");
    assert_eq!(plain.header("content-encoding"), None);
    let accept = [("accept-encoding", "gzip")];
    let compressed = server.request("GET", "/api/quotes", &accept, "");
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert_eq!(compressed.header("vary"), Some("accept-encoding"));
    assert!(compressed.body.starts_with(&[0x1f, 0x8b]), "no gzip");
    assert!(compressed.body.len() < plain.body.len() / 2);
}

#[test]
fn a_handler_that_takes_too_long_is_given_up() {
    let answer = start().get("/api/slow");
    assert_eq!(answer.status, 504);
    assert!(answer.header("x-request-id").is_some());
}

#[test]
fn a_directory_can_leave_the_layers_further_up_out() {
    let server = start();
    let answer = server.get("/api/health");
    assert_eq!((answer.status, answer.text()), (200, "ok"));
    assert_eq!(answer.header("x-request-id"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // After a line that must be there, none of the other route is.
    let id = server.get("/api/quotes");
    server.wait_for_output(id.header("x-request-id").unwrap());
    assert!(!server.output().contains("route=\"/api/health\""));
}

#[test]
fn without_a_cors_layer_no_answer_carries_a_cors_header() {
    let server = start();
    let origin = ("origin", "https://other.example");
    let asks = ("access-control-request-method", "PUT");
    for path in ["/api/account", "/api/cookies", "/api/health", "/api/x"] {
        for method in ["GET", "OPTIONS", "PUT"] {
            let answer = server.request(method, path, &[origin, asks], "");
            assert!(answer.cors_headers().is_empty(), "{method} {path}");
        }
    }
}
