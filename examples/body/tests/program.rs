//! The program, over HTTP: its secret comes from the environment.

use example_tests::Server;

#[test]
fn a_webhook_is_checked_with_the_secret_of_the_environment() {
    let body = r#"{ "action": "opened" }"#;
    let signature = "sha256=d277b450e8f784e0bae45c7861c4753d40b99d04c9dc53e6766e262646c29a4e";
    let headers = [
        ("content-type", "application/json"),
        ("x-hub-signature-256", signature),
    ];
    for (secret, status) in [("It's a Secret to Everybody", 202), ("another", 401)] {
        let secret = ("WEBHOOK_SECRET", secret);
        let server = Server::start_with(env!("CARGO_BIN_EXE_body"), &[secret]);
        let answer = server.request("POST", "/api/webhook", &headers, body);
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}
