//! The page, in a real browser: from its own origin, from the one that is allowed, and from another.

use example_tests::{Browser, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors");

/// What the page shows when it comes from `page` and calls the API of `api`.
fn expect(browser: &Browser, page: &Server, api: &Server, rows: [(&str, &str); 8]) {
    let document = browser.open(&page.url(&format!("/?api={}", api.url(""))));
    for (id, text) in rows {
        assert_eq!(document.text_of(id), text, "{id}");
    }
}

#[test]
fn cors_decides_what_the_pages_of_other_origins_may_read() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let (allowed, other) = (Server::start(PROGRAM), Server::start(PROGRAM));
    let api = Server::start_with(PROGRAM, &[("ALLOWED_ORIGIN", &allowed.url(""))]);

    let hello = r#"200 {"message":"Hello Everyone!"}"#;
    let cart = r#"200 {"items":3}"#;
    let refused = "refused: Failed to fetch";
    expect(
        &browser,
        &api,
        &api,
        [
            ("hello", hello),
            ("hello-with-cookies", hello),
            ("put-cart", cart),
            ("cart", cart),
            ("cart-of-origin", cart),
            ("cart-without-cookies", "404 no cart"),
            ("delete-cart", "204"),
            ("private", r#"200 {"message":"between us"}"#),
        ],
    );
    expect(
        &browser,
        &allowed,
        &api,
        [
            ("hello", hello),
            // `*` is not enough for cookies.
            ("hello-with-cookies", refused),
            ("put-cart", cart),
            ("cart", cart),
            // The errors of an open route can be read, too.
            ("cart-of-origin", "404 no cart"),
            ("cart-without-cookies", "404 no cart"),
            ("delete-cart", refused),
            ("private", refused),
        ],
    );
    expect(
        &browser,
        &other,
        &api,
        [
            ("hello", hello),
            ("hello-with-cookies", refused),
            ("put-cart", refused),
            ("cart", refused),
            ("cart-of-origin", refused),
            ("cart-without-cookies", refused),
            ("delete-cart", refused),
            ("private", refused),
        ],
    );
}
