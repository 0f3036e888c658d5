//! The page, in a real browser: its own origin may read the API, another one may not.

use example_tests::{Browser, Page, Server};

#[test]
fn the_page_shows_what_the_api_answers() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let server = Server::start(env!("CARGO_BIN_EXE_basic"));
    let document = browser.open(&server.url("/"));
    assert_eq!(document.text_of("answer"), "Hello, John Doe");
}

#[test]
fn the_browser_keeps_the_answer_from_a_page_of_another_origin() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let server = Server::start(env!("CARGO_BIN_EXE_basic"));
    let html = include_str!("../public/index.html");
    let elsewhere = html.replace("/api/user", &server.url("/api/user"));
    assert_ne!(elsewhere, html);

    let document = browser.open(&Page::serve(elsewhere).url("/"));
    assert_eq!(document.text_of("answer"), "failed: Failed to fetch");
}
