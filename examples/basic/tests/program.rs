//! The program, over HTTP.

use example_tests::Server;

fn start() -> Server {
    Server::start(env!("CARGO_BIN_EXE_basic"))
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let server = start();
    for path in ["/api/user", "/api/posts", "/api/posts/1"] {
        let get = server.get(path);
        let head = server.request("HEAD", path, &[], "");
        let without_date = |headers: &[(String, String)]| {
            let mut headers = headers.to_vec();
            headers.retain(|(name, _)| name != "date");
            headers.sort();
            headers
        };
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(
            without_date(&head.headers),
            without_date(&get.headers),
            "{path}"
        );
        assert_eq!(head.body, b"", "{path}");
    }
}

#[test]
fn the_routes_are_listed_at_start() {
    let output = start().output();
    for (route, file) in [
        ("/api/posts/[id]", "pages/api/posts/[id].rs"),
        ("/api/user", "pages/api/user.rs"),
    ] {
        assert!(
            output
                .lines()
                .any(|line| line.starts_with(route) && line.contains(file)),
            "{output}"
        );
    }
}
