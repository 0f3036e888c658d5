//! The page, in a real browser.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

use example_tests::Browser;

use super::server;

/// Opens the page in a frame and does what a person would: unfolds an operation, tries it, logs in, tries again.
const PERSON: &str = include_str!("person.html");

/// Serves `PERSON` at `/person`, and everything else from the server: a script reaches into a frame of its own
/// origin alone. Returns the address.
fn beside(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || answer(connection, server));
        }
    });
    address
}

fn answer(mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    let length = client.read(&mut buffer)?;
    if buffer.starts_with(b"GET /person ") {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
        let length = PERSON.len();
        return write!(client, "{head}content-length: {length}\r\n\r\n{PERSON}");
    }
    let mut upstream = TcpStream::connect(server)?;
    upstream.write_all(&buffer[..length])?;
    let (mut from, mut to) = (upstream.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    std::io::copy(&mut client, &mut upstream)?;
    upstream.shutdown(Shutdown::Both)
}

#[test]
fn an_operation_is_tried_on_the_page() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let server = server();
    let address = beside(server.address());
    let document = browser.open(&format!("http://{address}/person"));
    assert_eq!(document.text_of("title"), "Shop");
    assert_eq!(document.text_of("without-token"), "401");
    assert_eq!(document.text_of("with-token"), "200");
    assert_eq!(
        document.text_of("body"),
        r#"{"items":[],"page":1,"per_page":20,"total":0}"#
    );
}
