//! The files of `docs/migrating.md`, run and asked: those in Rust always, and those in JavaScript with a real
//! Next.js where `REQUIRE_NEXT=1` says so. Both get the same requests.
#![cfg(not(miri))]

#[path = "support/package.rs"]
mod package;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::Command};

use example_tests::{
    Answer, Server,
    next::{App, Next, free_address, is_required},
};
use package::{Package, blocks};

const GUIDE: &str = include_str!("../docs/migrating.md");

const JSON: &str = "content-type: application/json";
const TEXT: &str = "content-type: text/plain";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const HOOK: &str = "x-signature: dff0353d3a8846047812ffb551654411d1132f478b2d9b89e09d4f826f586b0f";
const HOOK_AND_JSON: &str = "content-type: application/json\n\
    x-signature: dff0353d3a8846047812ffb551654411d1132f478b2d9b89e09d4f826f586b0f";
const ADA: &str = "authorization: Bearer token-of-ada";
const ORIGIN: &str = "origin: https://example.com";
const PREFLIGHT: &str = "origin: https://example.com\naccess-control-request-method: GET";

/// What is meant to differ: a name, and how the guide says it.
const DIFFERENCES: &[(&str, &str)] = &[
    ("405", "A method without a function is a 405"),
    ("checked", "What does not fit its type is a 400"),
    ("strict", "A whole number is one of digits"),
    ("twice", "A field that comes twice is refused"),
    ("message", "the text of the error is the reason phrase, too"),
    ("local", "a target on another site is a 400"),
    ("cors", "CORS headers go to the origin that is allowed"),
    ("date", "a day that the month does not have is an error"),
];

/// Requests to the routes of the guide: method, path, header, body; status and body of the answer in Rust;
/// the name of what differs in Next.js and the parts that do, in the order of their names, or `rust` where the guide has no JavaScript.
#[rustfmt::skip] // one line each
const REQUESTS: &[(&str, &str, &str, &str, u16, &str, &str)] = &[
    ("GET", "/api/user", "", "", 200, r#"{"name":"John Doe"}"#, ""),
    ("HEAD", "/api/user", "", "", 200, "", ""),
    ("POST", "/api/user", JSON, "{}", 200, r#"{"name":"John Doe"}"#, ""),
    ("GET", "/api/greeting", "", "", 200, "Hello", ""),
    ("GET", "/api/greeting", "dnt: 1", "", 200, "Hello", ""),
    ("GET", "/api/todos", "", "", 200, r#"{"todos":[]}"#, ""),
    ("POST", "/api/todos", JSON, r#"{"title":"a"}"#, 201, r#"{"todo":"a"}"#, ""),
    ("POST", "/api/todos", JSON, r#"{"title":"a","title":"b"}"#, 400, "", "twice body content-type etag reason status x-content-type-options"),
    ("POST", "/api/todos", JSON, "{", 400, "Invalid JSON", ""),
    ("POST", "/api/todos", JSON, "{}", 400, "", "checked body content-type etag reason status x-content-type-options"),
    ("PUT", "/api/todos", "", "", 405, "Method Not Allowed", "405 allow body"),
    ("OPTIONS", "/api/todos", "", "", 204, "", "405 allow body reason status"),
    ("GET", "/api/search?q=a&tag=x&tag=y", "", "", 200, r#"{"q":"a","page":1,"tags":["x","y"]}"#, ""),
    ("GET", "/api/search", "", "", 200, r#"{"page":1,"tags":[]}"#, ""),
    ("GET", "/api/search?q=&page=2&tag=x", "", "", 200, r#"{"q":"","page":2,"tags":["x"]}"#, ""),
    ("GET", "/api/search?page=x", "", "", 200, r#"{"page":null,"tags":[]}"#, ""),
    ("GET", "/api/search?page=", "", "", 200, r#"{"page":0,"tags":[]}"#, ""),
    ("GET", "/api/search?page=1e1", "", "", 200, r#"{"page":10,"tags":[]}"#, ""),
    ("GET", "/api/search?page=0x10", "", "", 200, r#"{"page":16,"tags":[]}"#, ""),
    ("GET", "/api/search?page=-1.50", "", "", 200, r#"{"page":-1.5,"tags":[]}"#, ""),
    ("GET", "/api/find?q=a&tag=x&page=2", "", "", 200, r#"{"q":"a","tag":["x"],"page":2}"#, "rust"),
    ("GET", "/api/find?page=2", "", "", 400, "invalid query: q: missing", "rust"),
    ("GET", "/api/find?q=a&page=1e1", "", "", 400, "", "rust"),
    ("GET", "/api/find?q=a&page=x", "", "", 400, "", "rust"),
    ("GET", "/api/find?q=a&page=", "", "", 200, r#"{"q":"a","tag":[],"page":null}"#, "rust"),
    ("GET", "/api/date?text=2024-02-30", "", "", 500, "Internal Server Error", "date body etag reason status"),
    ("GET", "/api/posts/7", "", "", 200, r#"{"id":7}"#, ""),
    ("GET", "/api/posts/x", "", "", 400, "invalid route parameter: id: expected a whole number from 0 to 4294967295", "checked body content-type etag reason x-content-type-options"),
    ("GET", "/api/posts/1e1", "", "", 400, "", "strict body content-type etag reason status x-content-type-options"),
    ("GET", "/api/posts/-1", "", "", 400, "", "strict body content-type etag reason status x-content-type-options"),
    ("GET", "/api/docs/a/b%20c", "", "", 200, r#"{"path":"a > b c"}"#, ""),
    ("GET", "/api/docs/a%2Fb/%E2%9C%93?slug=x", "", "", 200, r#"{"path":"a/b > ✓"}"#, ""),
    ("GET", "/api/theme", "", "", 200, r#"{"theme":"dark"}"#, ""),
    ("GET", "/api/theme", "cookie: theme=dark", "", 200, r#"{"theme":"light"}"#, ""),
    ("POST", "/api/orders", JSON, r#"{"item":"a","amount":2}"#, 201, r#"{"item":"a","amount":2}"#, ""),
    ("POST", "/api/orders", JSON, r#"{"item":"a","amount":2.0}"#, 400, "", "strict body content-type etag reason status x-content-type-options"),
    ("POST", "/api/orders", JSON, r#"{"item":"a","amount":"b"}"#, 400, "invalid body: amount: expected a whole number from 0 to 4294967295", "checked body content-type etag reason x-content-type-options"),
    ("POST", "/api/orders", JSON, r#"{"item":"a","item":"b","amount":2}"#, 400, "", "twice body content-type etag reason status x-content-type-options"),
    ("POST", "/api/orders", TEXT, r#"{"item":"a","amount":2}"#, 415, "", "checked body content-type etag reason status x-content-type-options"),
    ("POST", "/api/anything", JSON, r#"{"b":1.50,"a":[2.0,1e2,null,{}]}"#, 200, r#"{"body":{"b":1.5,"a":[2,100,null,{}]}}"#, ""),
    ("POST", "/api/anything", JSON, r#"{"b":1,"10":2,"2":3}"#, 200, r#"{"body":{"2":3,"10":2,"b":1}}"#, ""),
    ("POST", "/api/anything", JSON, r#"{"a":1,"b":2,"a":3}"#, 200, r#"{"body":{"a":3,"b":2}}"#, ""),
    ("POST", "/api/anything", JSON, "", 200, r#"{"body":{}}"#, ""),
    ("POST", "/api/anything", JSON, "\"a\"", 200, r#"{"body":"a"}"#, ""),
    ("POST", "/api/anything", JSON, "{a}", 400, "Invalid JSON", ""),
    ("POST", "/api/anything", FORM, "first=a&second=b&first=c", 200, r#"{"body":{"first":["a","c"],"second":"b"}}"#, ""),
    ("POST", "/api/anything", TEXT, "a\nb", 200, r#"{"body":"a\nb"}"#, ""),
    ("POST", "/api/anything", "", "a\nb", 200, r#"{"body":"a\nb"}"#, ""),
    ("POST", "/api/contact", FORM, "email=a&topic=b&topic=c", 200, r#"{"from":"a","topics":["b","c"]}"#, ""),
    ("POST", "/api/contact", FORM, "email=a", 200, r#"{"from":"a","topics":[]}"#, ""),
    ("POST", "/api/contact", FORM, "topic=b", 400, "invalid body: email: missing", "checked body content-type etag reason status x-content-type-options"),
    ("POST", "/api/shout", "", "hello", 200, "HELLO", ""),
    ("POST", "/api/shout", TEXT, "straße", 200, "STRASSE", ""),
    ("POST", "/api/shout", JSON, "\"hello\"", 200, "HELLO", ""),
    ("POST", "/api/shout", JSON, "7", 500, "Internal Server Error", ""),
    ("POST", "/api/shout", FORM, "a=b", 500, "Internal Server Error", ""),
    ("POST", "/api/webhook", JSON, r#"{"event":"a"}"#, 401, "wrong signature", "message reason"),
    ("POST", "/api/webhook", HOOK, r#"{"event":"b"}"#, 401, "wrong signature", "message reason"),
    ("POST", "/api/webhook", HOOK, r#"{"event":"a"}"#, 200, r#"{"event":"a"}"#, ""),
    ("POST", "/api/webhook", HOOK_AND_JSON, r#"{"event":"a"}"#, 200, r#"{"event":"a"}"#, ""),
    ("POST", "/api/upload", "", "uploaded", 201, "", ""),
    ("POST", "/api/notes/import", TEXT, "a\nb", 200, "2 lines", ""),
    ("GET", "/api/response/json", "", "", 201, r#"{"id":1}"#, ""),
    ("GET", "/api/response/text", "", "", 200, "text", ""),
    ("GET", "/api/response/html", "", "", 200, "<p>text</p>", ""),
    ("GET", "/api/response/bytes", "", "", 200, "\u{1}\u{2}\u{3}", ""),
    ("GET", "/api/response/lines", "", "", 200, "lines", ""),
    ("GET", "/api/response/cached", "", "", 200, r#"{"cached":true}"#, ""),
    ("GET", "/api/response/none", "", "", 204, "", ""),
    ("GET", "/api/login", "", "", 307, "/", ""),
    ("GET", "/api/login?next=", "", "", 307, "/", ""),
    ("GET", "/api/login?next=/account", "", "", 303, "/account", ""),
    ("GET", "/api/login?next=/other%3Fa=b", "", "", 303, "/other?a=b", ""),
    ("GET", "/api/login?next=//evil.example", "", "", 400, "the target of the redirect leaves the site", "local body location reason status"),
    ("GET", "/api/files?name=..", "", "", 400, "a name is needed", "message reason"),
    ("GET", "/api/files", "", "", 400, "a name is needed", "message reason"),
    ("GET", "/api/files?name=b", "", "", 404, "there is no such file", "message reason"),
    ("GET", "/api/files?name=a_1", "", "", 200, "a note\n", ""),
    ("GET", "/api/report", "", "", 200, "a,b\n", ""),
    ("GET", "/api/clock", "", "", 200, "data: {\"count\":0}\n\ndata: {\"count\":1}\n\ndata: {\"count\":2}\n\n", ""),
    ("GET", "/api/account", "", "", 401, "Unauthorized", ""),
    ("GET", "/api/account", ADA, "", 200, r#"{"name":"Ada"}"#, ""),
    ("GET", "/api/public", "", "", 200, r#"{"message":"Hello Everyone!"}"#, "cors access-control-allow-credentials access-control-allow-origin vary"),
    ("GET", "/api/public", ORIGIN, "", 200, r#"{"message":"Hello Everyone!"}"#, "cors vary"),
    ("OPTIONS", "/api/public", PREFLIGHT, "", 204, "", "cors access-control-allow-headers body content-type etag reason status vary"),
    ("GET", "/api/notes", "", "", 200, "[]", ""),
    ("POST", "/api/notes", JSON, r#"{"text":"first"}"#, 200, r#"["first"]"#, ""),
    ("GET", "/api/notes", "", "", 200, r#"["first"]"#, ""),
    ("POST", "/api/profile", JSON, r#"{"name":"Ada","age":36}"#, 200, r#"{"name":"Ada","age":37}"#, ""),
    ("GET", "/api/preview", "", "", 200, "{}", ""),
    ("POST", "/api/preview", "", "", 200, "", ""),
    ("DELETE", "/api/preview", "", "", 200, "", ""),
    ("GET", "/api/draft", "", "", 307, "/posts/1", ""),
    ("GET", "/api/draft?off=1", "", "", 200, "", ""),
];

/// The texts of the guide's table of numbers, with what both languages read out of them.
fn numbers() -> Vec<(String, [String; 4])> {
    rows("| text | `Number`", |cells| match cells {
        [text, rest @ ..] => (text.clone(), rest.to_vec().try_into().unwrap()),
        [] => unreachable!(),
    })
}

fn dates() -> Vec<(String, String)> {
    rows("| text | `new Date(text)", |cells| {
        (cells[0].clone(), cells[1].clone())
    })
}

fn rows<T>(header: &str, row: impl Fn(&[String]) -> T) -> Vec<T> {
    let (_, table) = GUIDE.split_once(header).expect("the table");
    let lines = table.lines().skip(2).take_while(|it| it.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim_start_matches("| ").trim_end_matches(" |");
        let cells = line.split(" | ").map(|it| it.trim_matches('`').to_owned());
        cells
            .map(|it| if it == "nothing" { String::new() } else { it })
            .collect()
    };
    lines.map(|line| row(&cells(line))).collect()
}

/// A value of a query string.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "%{byte:02x}").unwrap();
        all
    })
}

/// As `res.json` writes it.
fn json(number: &str) -> &str {
    match number {
        "NaN" | "Infinity" => "null",
        number => number,
    }
}

fn headers(lines: &str) -> Vec<(&str, &str)> {
    lines
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect()
}

fn rust_package() -> Package {
    for block in GUIDE.split("```rust\n").skip(1) {
        assert!(block.starts_with("// "), "no file is named for {block}");
    }
    Package::of_blocks(GUIDE)
}

/// What the routes find on the disk.
fn write_files(directory: &Path) {
    for (name, text) in [("notes/a_1.txt", "a note\n"), ("report.csv", "a,b\n")] {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn start(package: &Package, keys: &str) -> Server {
    let program = package.build("migrated");
    let directory = package.path("");
    write_files(&directory);
    let environment = [
        ("WEBHOOK_SECRET", "secret"),
        ("TMPDIR", directory.to_str().unwrap()),
        ("NEXT_DIR", keys),
    ];
    Server::start_in(&directory, &program, &environment)
}

#[test]
fn the_routes_of_the_guide_answer() {
    let package = rust_package();
    let without_keys = Command::new(package.build("migrated"))
        .current_dir(package.path(""))
        .output()
        .unwrap();
    assert!(!without_keys.status.success());
    let message = String::from_utf8_lossy(&without_keys.stderr);
    assert!(message.contains(".next"), "{message}");
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/next-16");
    let server = start(&package, keys);
    for (method, path, header, body, status, answered, _) in REQUESTS {
        let answer = server.request(method, path, &headers(header), body);
        let text = if answered.is_empty() && *status >= 400 {
            ""
        } else {
            answer.text()
        };
        assert_eq!((answer.status, text), (*status, *answered), "{path} {body}");
    }
    assert_eq!(fs::read(package.path("upload")).unwrap(), b"uploaded");

    let theme = server.get("/api/theme");
    let cookie = "theme=dark; Max-Age=3600; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT; \
        HttpOnly; SameSite=Lax";
    assert_eq!(theme.header("set-cookie"), Some(cookie));
    let lines = server.get("/api/response/lines");
    assert_eq!(lines.headers_of("x-line"), ["a", "b"]);
    let public = server.request("GET", "/api/public", &headers(ORIGIN), "");
    let allowed = public.header("access-control-allow-origin");
    assert_eq!(allowed, Some("https://example.com"));

    let draft = server.get("/api/draft");
    assert!(
        draft
            .header("set-cookie")
            .unwrap()
            .starts_with("__prerender_bypass=")
    );

    asks_for_numbers_and_dates(|path| server.get(path));
}

fn asks_for_numbers_and_dates(get: impl Fn(&str) -> Answer) {
    for (text, [number, float, ..]) in numbers() {
        let answer = get(&format!("/api/number?text={}", encode(&text)));
        let expected = format!("[{},{}]", json(&number), json(&float));
        assert_eq!(answer.text(), expected, "{text:?}");
    }
    for (text, iso) in dates() {
        let answer = get(&format!("/api/date?text={}", encode(&text)));
        match &*iso {
            "error" => assert_eq!(answer.status, 500, "{text:?}"),
            iso => assert_eq!((answer.status, answer.text()), (200, iso), "{text:?}"),
        }
    }
}

#[test]
fn the_table_of_numbers_says_what_parse_does() {
    assert!(numbers().len() >= 20 && dates().len() >= 8);
    fn shown<T: ToString, E>(parsed: Result<T, E>) -> String {
        parsed.map_or("error".to_owned(), |it| it.to_string())
    }
    for (text, [_, _, double, whole]) in numbers() {
        let parsed = shown(text.parse::<f64>()).replace("inf", "Infinity");
        assert_eq!(parsed, double, "{text:?}");
        assert_eq!(shown(text.parse::<u32>()), whole, "{text:?}");
    }
}

#[test]
fn the_guide_names_each_difference() {
    let guide: Vec<_> = GUIDE.split_whitespace().collect();
    let guide = guide.join(" ");
    let used: BTreeSet<_> = REQUESTS
        .iter()
        .filter_map(|it| it.6.split(' ').next())
        .collect();
    let named: BTreeSet<_> = DIFFERENCES
        .iter()
        .map(|it| it.0)
        .chain(["", "rust"])
        .collect();
    assert_eq!(used, named);
    for (_, words) in DIFFERENCES {
        assert!(guide.contains(words), "the guide does not say {words:?}");
    }
}

/// The guide's application of Next.js, built.
fn next_app() -> App {
    let app = App::new(env!("CARGO_TARGET_TMPDIR"), "migrating");
    for (path, text) in blocks(GUIDE) {
        let is_app = path.starts_with("pages/") || path.starts_with("lib/");
        if is_app && (path.ends_with(".js") || path.ends_with(".ts")) {
            app.write(path, &text);
        }
    }
    // Without what belongs to pages: compression, and the name of the server.
    let config = "module.exports = { compress: false, poweredByHeader: false }\n";
    app.write("next.config.js", config);
    write_files(&app.path(""));
    let directory = app.path("").to_str().unwrap().to_owned();
    app.env("WEBHOOK_SECRET", "secret")
        .env("TMPDIR", &directory)
        .env("REVALIDATE_TOKEN", "token")
        .build()
}

/// The parts of two answers that differ; the Rust one is the first.
fn differing(rust: &Answer, next: &Answer) -> BTreeSet<String> {
    /// What the server adds to every answer, and how it frames the body.
    const OF_THE_SERVER: [&str; 5] = [
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "transfer-encoding",
    ];
    let names = rust.headers.iter().chain(&next.headers).map(|it| &*it.0);
    let mut parts: BTreeSet<_> = names
        .filter(|name| !OF_THE_SERVER.contains(name))
        .filter(|name| values(rust, name) != values(next, name))
        .map(str::to_owned)
        .collect();
    let lengths = rust
        .header("content-length")
        .zip(next.header("content-length"));
    let mut add = |differs: bool, part: &str| {
        if differs {
            parts.insert(part.to_owned());
        }
    };
    add(rust.status != next.status, "status");
    add(rust.reason != next.reason, "reason");
    let is_other = rust.body != next.body;
    add(is_other, "body");
    add(
        !is_other && lengths.is_some_and(|(rust, next)| rust != next),
        "content-length",
    );
    // docs/differences.md: errors and redirects are marked as text, so that none is taken for HTML.
    if rust.status >= 300
        && next.header("content-type").is_none()
        && rust.header("content-type") == Some("text/plain; charset=utf-8")
        && rust.header("x-content-type-options") == Some("nosniff")
    {
        parts.remove("content-type");
        parts.remove("x-content-type-options");
    }
    parts
}

/// The values of a header; of a cookie that is encrypted anew each time, without what is.
fn values(answer: &Answer, name: &str) -> Vec<String> {
    let values = answer
        .headers_of(name)
        .into_iter()
        .map(|value| match value.split_once(';') {
            Some((cookie, rest)) if cookie.starts_with("__next_preview_data=e") => {
                format!("__next_preview_data=e…;{rest}")
            }
            _ => value.to_owned(),
        });
    values.collect()
}

#[test]
fn the_files_of_next_js_answer_alike() {
    if !is_required() {
        return;
    }
    let app = next_app();
    let keys = app.path(".next");
    let package = rust_package();
    let rust = start(&package, keys.to_str().unwrap());
    let next = app.serve("start", free_address());

    let mut faults = String::new();
    for (method, path, header, body, .., difference) in REQUESTS {
        if *difference == "rust" {
            continue;
        }
        let here = rust.request(method, path, &headers(header), body);
        let there = next.request(method, path, &headers(header), body);
        let parts = differing(&here, &there);
        let meant: BTreeSet<_> = difference.split(' ').skip(1).map(str::to_owned).collect();
        if parts != meant {
            let parts: Vec<_> = parts.into_iter().collect();
            let parts = parts.join(" ");
            writeln!(
                faults,
                "{method} {path} {header} {body}: {difference:?}, not {parts:?}\n  {here:?}\n  {there:?}"
            )
            .unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert_eq!(fs::read(app.path("upload")).unwrap(), b"uploaded");
    asks_for_numbers_and_dates(|path| next.request("GET", path, &[], ""));
    preview_goes_both_ways(&rust, &next);
    // This one stays in Next.js.
    let refused = next.request("GET", "/api/revalidate?path=/", &[], "");
    assert_eq!(refused.status, 401);
}

/// What one side sets, the other reads.
fn preview_goes_both_ways(rust: &Server, next: &Next) {
    let cookies = |answer: Answer| {
        let cookies = answer.headers_of("set-cookie").into_iter();
        let cookies: Vec<_> = cookies.filter_map(|it| it.split(';').next()).collect();
        cookies.join("; ")
    };
    let of_rust = cookies(rust.request("POST", "/api/preview", &[], ""));
    let of_next = cookies(next.request("POST", "/api/preview", &[], ""));
    let read = next.request("GET", "/api/preview", &[("cookie", &of_rust)], "");
    assert_eq!(read.text(), r#"{"post":7}"#);
    let read = rust.request("GET", "/api/preview", &[("cookie", &of_next)], "");
    assert_eq!(read.text(), r#"{"post":7}"#);
}
