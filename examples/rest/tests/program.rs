//! The program, over HTTP.

use example_tests::Server;

#[test]
fn users_outlive_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rest.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let start = || Server::start_with(env!("CARGO_BIN_EXE_rest"), &[("DATABASE_URL", &url)]);
    let json = [("content-type", "application/json")];
    let ada = r#"{"name":"Ada","email":"ada@example.com"}"#;
    assert_eq!(
        start().request("POST", "/api/users", &json, ada).status,
        201
    );
    assert_eq!(start().get("/api/users").json()[0]["name"], "Ada");
}
