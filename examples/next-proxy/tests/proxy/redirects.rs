//! Redirects to the upstream server itself, which clients cannot reach.

use crate::upstream::{Upstream, open};

#[test]
fn redirects_to_the_upstream_server_stay_at_the_proxy() {
    // `UPSTREAM` and `PORT` stand for what is known when it runs.
    for (location, expected) in [
        ("http://UPSTREAM/x?y=1#z", "/x?y=1#z"),
        ("http://UPSTREAM", "/"),
        ("http://UPSTREAM?y", "/?y"),
        // What Next.js calls itself, whatever its address.
        ("http://localhost:PORT/x", "/x"),
        ("https://localhost:PORT/x", "/x"),
        ("http://[::1]:PORT/x", "/x"),
        // Not to another host.
        ("http://UPSTREAM//evil.example/", "/.//evil.example/"),
        ("http://UPSTREAM/\\evil.example/", "/./\\evil.example/"),
        ("/x", "/x"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("http://example.com:PORT/x", "http://example.com:PORT/x"),
        ("http://UPSTREAM.example/x", "http://UPSTREAM.example/x"),
        ("http://UPSTREAM@example/x", "http://UPSTREAM@example/x"),
    ] {
        let upstream = Upstream::start(move |mut exchange| {
            let address = exchange.reader.get_ref().local_addr().unwrap();
            let location = named(location, address);
            exchange.write(format!(
                "HTTP/1.1 308 Permanent Redirect\r\nlocation: {location}\r\n\
                refresh: 0;url={location}\r\ncontent-length: 0\r\n\r\n"
            ));
        });
        let proxy = upstream.behind_proxy();
        let answer = open(&proxy, "GET / HTTP/1.1\r\nhost: example.com\r\n\r\n");
        let expected = named(expected, upstream.address);
        assert_eq!(answer.header("location"), Some(&*expected), "{location}");
        let refresh = format!("0;url={expected}");
        assert_eq!(answer.header("refresh"), Some(&*refresh), "{location}");
    }
}

fn named(text: &str, address: std::net::SocketAddr) -> String {
    text.replace("UPSTREAM", &address.to_string())
        .replace("PORT", &address.port().to_string())
}
