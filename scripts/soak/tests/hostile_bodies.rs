//! What 64 clients take at once that each send the worst that the default limits admit, while the handlers hold what
//! was made of it: resident memory of the process, as the kernel sees it.
#![cfg(target_os = "linux")]

mod program;

use std::thread;

use program::Program;

const CLIENTS: usize = 64;
/// The body limit by default.
const LIMIT: usize = 1024 * 1024;
/// Above what the process has before the first request, in KiB: 200 MB.
const MOST: u64 = 200_000_000 / 1024;

/// A request, and the count that is answered.
struct Case {
    name: &'static str,
    request: Vec<u8>,
    count: usize,
}

fn post(name: &'static str, path: &str, kind: &str, body: &str, count: usize) -> Case {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    Case {
        name,
        request: (head + body).into_bytes(),
        count,
    }
}

fn get(name: &'static str, target: &str, headers: &str, count: usize) -> Case {
    let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n");
    Case {
        name,
        request: head.into_bytes(),
        count,
    }
}

fn json(name: &'static str, path: &str, value: &str, count: usize) -> Case {
    let mut body = format!("[{}]", vec![value; count].join(","));
    // Blanks cost memory and no value.
    body.extend(std::iter::repeat_n(' ', LIMIT - body.len()));
    post(
        name,
        &format!("{path}/body"),
        "application/json",
        &body,
        count,
    )
}

/// Untyped JSON, nearly as much as the memory of so many kibibytes admits (docs/security.md has the formula).
fn jsons(path: &str, kibibytes: usize) -> Vec<Case> {
    // 32 bytes, or more where another crate has switched on `preserve_order` of serde_json.
    let value = size_of::<serde_json::Value>();
    let parts = |cost: usize| {
        let room = |count: usize| count * cost + count.next_power_of_two() * value + 16;
        (1..)
            .take_while(|&count| room(count) <= kibibytes * 1024)
            .last()
            .unwrap()
    };
    vec![
        json("objects", path, r#"{"":0}"#, parts(640)),
        json("lists", path, "[0]", parts(4 * value + 16)),
        json("numbers", path, "0", parts(0).min(100_000)),
    ]
}

/// Everything that is not JSON.
fn others(path: &str) -> Vec<Case> {
    let field = |n: usize| format!("{n:04}={}", "v".repeat(LIMIT / 1000 - 6));
    let form: Vec<_> = (0..1000).map(field).collect();
    let pair = |n: usize| format!("{n:04}={}", "v".repeat(50));
    let pairs: Vec<_> = (0..1000).map(pair).collect();
    let cookie = |n: usize| format!("{n:03}={}", "v".repeat(26));
    let cookies: Vec<_> = (0..512).map(cookie).collect();
    let part = |n: usize| {
        let head = format!("--b\r\ncontent-disposition: form-data; name=\"{n:04}\"\r\n\r\n");
        let content = "v".repeat(LIMIT / 1000 - head.len() - 3);
        format!("{head}{content}\r\n")
    };
    let parts: String = (0..1000).map(part).collect();
    let (body, uploads) = (format!("{path}/body"), format!("{path}/parts"));
    let form_type = "application/x-www-form-urlencoded";
    let query = format!("{path}/query?{}", pairs.join("&"));
    let cookies = format!("cookie: {}\r\n", cookies.join("; "));
    vec![
        post("text", &body, "text/plain", &"v".repeat(LIMIT), LIMIT),
        post("1,000 fields", &body, form_type, &form.join("&"), 1000),
        post(
            "1,000 parts",
            &uploads,
            "multipart/form-data; boundary=b",
            &(parts + "--b--\r\n"),
            1000,
        ),
        // And the parameter of the path.
        get("1,000 pairs", &query, "", 1001),
        get("512 cookies", &format!("{path}/cookies"), &cookies, 512),
    ]
}

/// The most memory of a new process above its idle one while 64 clients send the request, in KiB.
fn peak(case: &Case) -> u64 {
    let program = Program::start();
    let idle = program.memory("VmRSS:");
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| program.exchange(&case.request)))
            .collect();
        for client in clients {
            let answer = client.join().unwrap();
            let body = format!("\r\n\r\n{}", case.count);
            assert!(
                answer.starts_with("HTTP/1.1 200 "),
                "{}: {answer}",
                case.name
            );
            assert!(answer.ends_with(&body), "{}: {answer}", case.name);
        }
    });
    let more = program.memory("VmHWM:") - idle;
    println!("{}: {} MiB above idle", case.name, more / 1024);
    more
}

#[test]
fn sixty_four_requests_that_are_answered_at_once_take_200_mb_at_most() {
    for case in jsons("/api/made", 8 * 1024)
        .iter()
        .chain(&others("/api/made"))
    {
        let peak = peak(case);
        assert!(peak <= MOST, "{}: {peak} KiB", case.name);
    }
}

#[test]
fn sixty_four_requests_that_are_held_take_200_mb_at_most_but_for_untyped_json() {
    for case in others("/api/held") {
        let peak = peak(&case);
        assert!(peak <= MOST, "{}: {peak} KiB", case.name);
    }
    // 64 times the body and eight times as much, and a little for each connection.
    for case in jsons("/api/held", 8 * 1024) {
        let peak = peak(&case);
        assert!(peak <= (9 * 1024 + 512) * 64, "{}: {peak} KiB", case.name);
    }
}

#[test]
fn a_lower_limit_of_memory_keeps_untyped_json_that_is_held_below_200_mb() {
    for case in jsons("/api/frugal", 1024) {
        let peak = peak(&case);
        assert!(peak <= MOST, "{}: {peak} KiB", case.name);
    }
}
