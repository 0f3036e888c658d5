//! `dev`: a server that follows every change, asked by a client while it does.
#![cfg(unix)]

mod support;

use std::{
    fs,
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use example_tests::Answer;
use support::{Place, repository};

/// For a build on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(300);

/// `cargo api-routes dev`, with what it and all that it runs print.
struct Dev {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    port: u16,
}

impl Dev {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().unwrap());
        for output in [stdout, stderr] {
            let lines = Arc::clone(&lines);
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    lines.lock().unwrap().push(line);
                }
            });
        }
        let mut dev = Self {
            child,
            lines,
            port: 0,
        };
        let line = dev.wait_for("dev: http://127.0.0.1:", 0);
        let (_, port) = line.split_once("127.0.0.1:").unwrap();
        dev.port = port.split(',').next().unwrap().parse().unwrap();
        dev
    }

    /// How many lines there are.
    fn now(&self) -> usize {
        self.lines.lock().unwrap().len()
    }

    /// Waits for a line with this text after the first `from` lines.
    fn wait_for(&self, text: &str, from: usize) -> String {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let lines = self.lines.lock().unwrap();
            if let Some(line) = lines.iter().skip(from).find(|it| it.contains(text)) {
                return line.clone();
            }
            drop(lines);
            thread::sleep(Duration::from_millis(100));
        }
        panic!("no {text:?} in:\n{}", self.lines.lock().unwrap().join("\n"));
    }

    fn get(&self, path: &str) -> (u16, String) {
        get(self.port, path).unwrap()
    }

    fn interrupt(&self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // A test that failed leaves no process either.
        if self.child.try_wait().is_ok_and(|it| it.is_none()) {
            self.interrupt();
            self.child.wait().unwrap();
        }
    }
}

/// Asks once more where the server closes a connection without an answer, as every client does that got a
/// connection just before the server ends (RFC 9110, section 9.2.2). A refused connection is an error.
fn get(port: u16, path: &str) -> io::Result<(u16, String)> {
    let mut answer = Vec::new();
    for _ in 0..2 {
        let mut connection = TcpStream::connect(("127.0.0.1", port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        match ask(&mut connection, path, &mut answer) {
            Ok(()) if !answer.is_empty() => break,
            Err(error)
                if !matches!(
                    error.kind(),
                    ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
                ) =>
            {
                return Err(error);
            }
            _ => answer.clear(),
        }
    }
    if answer.is_empty() {
        return Err(ErrorKind::ConnectionReset.into());
    }
    let answer = Answer::parse("GET", &answer);
    Ok((answer.status, answer.text().to_owned()))
}

fn ask(connection: &mut TcpStream, path: &str, answer: &mut Vec<u8>) -> io::Result<()> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    connection.read_to_end(answer)?;
    Ok(())
}

/// A new application, with a route that tells its process.
fn application(place: &Place, name: &str) -> Command {
    let source = repository().to_str().unwrap();
    let init = place.run(&["init", "--new", name, "--path", source]);
    assert_eq!(init.code, 0, "{init:?}");
    fs::copy(
        repository().join("Cargo.lock"),
        place.path(name).join("Cargo.lock"),
    )
    .unwrap();
    let pid = "pub async fn get() -> String {\n    std::process::id().to_string()\n}\n";
    place.write(&format!("{name}/pages/api/pid.rs"), pid);
    let manifest = format!("{name}/Cargo.toml");
    place.command(&["dev", "--port", "0", "--manifest-path", &manifest])
}

fn answering(text: &str) -> String {
    format!("pub async fn get() -> &'static str {{\n    \"{text}\"\n}}\n")
}

/// User and system time of a process, in clock ticks (proc(5)).
#[cfg(target_os = "linux")]
fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let field = |index: usize| {
        fields
            .split(' ')
            .nth(index)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    field(11) + field(12)
}

#[test]
fn a_client_is_answered_through_every_edit() {
    let place = Place::empty();
    let mut dev = Dev::start(application(&place, "dev-edits"));
    let hello = "dev-edits/pages/api/hello.rs";

    // The first request comes before there is a program, and waits for it.
    assert_eq!(
        dev.get("/api/hello"),
        (200, r#"{"hello":"world"}"#.to_owned())
    );
    let first = dev.get("/api/pid").1;
    dev.wait_for("dev: 2 routes", 0);

    let (stop, port) = (Arc::new(AtomicBool::new(false)), dev.port);
    let stopped = Arc::clone(&stop);
    let client = thread::spawn(move || {
        let mut answered = 0;
        while !stopped.load(Ordering::Relaxed) {
            let (status, text) = get(port, "/api/hello").expect("every request is answered");
            assert_eq!(status, 200, "{text}");
            answered += 1;
            thread::sleep(Duration::from_millis(100));
        }
        answered
    });

    let from = dev.now();
    place.write(hello, &answering("edited"));
    place.write("dev-edits/pages/api/a/new/route.rs", &answering("new"));
    dev.wait_for("dev: + /api/a/new/route", from);
    dev.wait_for("dev: ~ /api/hello", from);
    dev.wait_for("listening on", from);
    assert_eq!(dev.get("/api/hello"), (200, "edited".to_owned()));
    assert_eq!(dev.get("/api/a/new/route"), (200, "new".to_owned()));
    assert_ne!(dev.get("/api/pid").1, first);

    let from = dev.now();
    place.write(hello, "pub async fn get() -> &'static str { 1 }\n");
    dev.wait_for("error[E0308]: mismatched types", from);
    dev.wait_for(
        "dev: the build failed; the last version goes on serving",
        from,
    );
    assert_eq!(dev.get("/api/hello"), (200, "edited".to_owned()));

    let from = dev.now();
    place.write(hello, &answering("mended"));
    fs::remove_dir_all(place.path("dev-edits/pages/api/a")).unwrap();
    dev.wait_for("dev: the errors are gone", from);
    dev.wait_for("dev: - /api/a/new/route", from);
    dev.wait_for("listening on", from);
    assert_eq!(dev.get("/api/hello"), (200, "mended".to_owned()));
    assert_eq!(dev.get("/api/a/new/route").0, 404);

    stop.store(true, Ordering::Relaxed);
    assert!(client.join().unwrap() > 10);

    // What is no part of the program starts no build, and without a change nothing runs.
    let from = dev.now();
    place.write("dev-edits/notes.txt", "nothing");
    #[cfg(target_os = "linux")]
    {
        thread::sleep(Duration::from_secs(1));
        let before = ticks(dev.child.id());
        thread::sleep(Duration::from_secs(2));
        assert_eq!(ticks(dev.child.id()), before);
    }
    assert_eq!(dev.now(), from, "{:?}", dev.lines.lock().unwrap());

    let last = dev.get("/api/pid").1;
    dev.interrupt();
    assert!(dev.child.wait().unwrap().success());
    assert_eq!(
        get(dev.port, "/api/hello").unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    let alive = Command::new("kill")
        .args(["-0", &last])
        .stderr(Stdio::null())
        .status();
    assert!(!alive.unwrap().success());
}

#[test]
fn an_application_that_crashes_or_hangs_is_replaced() {
    let place = Place::empty();
    let command = application(&place, "dev-rude");
    let main = place.read("dev-rude/src/main.rs");
    // Neither listens to Ctrl-C: the one ends at once, the other never.
    let crash = main.replace("async fn main() -> Result<(), BoxError> {", "async fn main() -> Result<(), BoxError> {\n    return Err(\"no database\".into());\n    #[allow(unreachable_code)]");
    let deaf = main.replace("at_signal.begin();", "std::future::pending::<()>().await;");
    assert!(crash != main && deaf != main);
    place.write("dev-rude/src/main.rs", &crash);
    let mut dev = Dev::start(command);
    dev.wait_for(
        "dev: the application ended (exit status: 1); waiting for a change",
        0,
    );

    let from = dev.now();
    place.write("dev-rude/src/main.rs", &deaf);
    dev.wait_for("listening on", from);
    let old = dev.get("/api/pid").1;

    let from = dev.now();
    place.write("dev-rude/pages/api/hello.rs", &answering("next"));
    dev.wait_for("listening on", from);
    assert_eq!(dev.get("/api/hello").1, "next");
    let last = dev.get("/api/pid").1;
    assert_ne!(old, last);

    dev.interrupt();
    assert!(dev.child.wait().unwrap().success());
    for process in [old, last] {
        let alive = Command::new("kill")
            .args(["-0", &process])
            .stderr(Stdio::null())
            .status();
        assert!(!alive.unwrap().success(), "{process}");
    }
}

#[test]
fn routes_that_move_are_told() {
    let place = Place::empty();
    let command = application(&place, "dev-moves");
    let build = "use tower_api_routes::build::{RouteDir, compile};\n\nfn main() {\n    \
                 compile(RouteDir::new(\"pages/api\").foreign().foreign_pages(\"../web/pages/api\"));\n}\n";
    place.write("dev-moves/build.rs", build);
    place.write("dev-moves/pages/api/old.js", "");
    place.write("web/pages/api/far.js", "");
    let dev = Dev::start(command);
    dev.wait_for("dev: 2 of 4 routes here, 2 foreign", 0);
    dev.wait_for("listening on", 0);
    assert_eq!(dev.get("/api/old").0, 404);

    // What stands in a foreign file is no part of the program.
    let from = dev.now();
    place.write("dev-moves/pages/api/old.js", "export default 1");
    place.write("web/pages/api/far.js", "export default 1");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(dev.now(), from, "{:?}", dev.lines.lock().unwrap());

    place.write("dev-moves/pages/api/old.rs", &answering("moved"));
    dev.wait_for("the route has moved, or it has not", from);
    dev.wait_for(
        "dev: the build failed; the last version goes on serving",
        from,
    );
    let from = dev.now();
    fs::remove_file(place.path("dev-moves/pages/api/old.js")).unwrap();
    dev.wait_for("dev: > /api/old moved here", from);
    dev.wait_for("dev: 3 of 4 routes here, 1 foreign", from);
    dev.wait_for("listening on", from);
    assert_eq!(dev.get("/api/old"), (200, "moved".to_owned()));

    let from = dev.now();
    place.write("web/pages/api/new/[id].js", "");
    dev.wait_for("dev: + /api/new/[id] (foreign)", from);
    dev.wait_for("listening on", from);

    // One word of the build script, read again.
    let from = dev.now();
    let without = build.replace(".foreign_pages(\"../web/pages/api\")", "");
    place.write("dev-moves/build.rs", &without);
    dev.wait_for("dev: - /api/far (foreign)", from);
}

#[test]
fn the_two_commands_of_the_readme_lead_to_an_answer() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme
        .split_once("```console\ncargo api-routes init")
        .unwrap();
    let (first, rest) = rest.split_once("\ncargo api-routes ").unwrap();
    let (second, rest) = rest.split_once("\n```").unwrap();
    assert!(rest.contains("http://127.0.0.1:3000/api/hello"));

    let place = Place::empty();
    // The README names the checkout by its place beside the new package.
    let (first, checkout) = first.split_once("--path ").unwrap();
    assert_eq!(checkout, "tower-api-routes");
    let path = repository().to_str().unwrap();
    let first = format!("init{first}--path {path}");
    let init = place.run(&first.split(' ').collect::<Vec<_>>());
    assert_eq!(init.code, 0, "{init:?}");
    fs::copy(
        repository().join("Cargo.lock"),
        place.path("hello-api/Cargo.lock"),
    )
    .unwrap();
    let mut dev = place.command(&second.split(' ').collect::<Vec<_>>());
    dev.env("PORT", "0");
    let dev = Dev::start(dev);
    assert_eq!(
        dev.get("/api/hello"),
        (200, r#"{"hello":"world"}"#.to_owned())
    );
}

/// A package whose build script and program do as they are told, without a dependency.
fn plain(place: &Place, name: &str, dependencies: &str, build: &str, main: &str) -> Command {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n[workspace]\n"
    );
    place.write(&format!("{name}/Cargo.toml"), &manifest);
    place.write(&format!("{name}/build.rs"), build);
    place.write(&format!("{name}/src/main.rs"), main);
    place.command(&[
        "dev",
        "--port",
        "0",
        "--manifest-path",
        &format!("{name}/Cargo.toml"),
    ])
}

/// A package `listenfd` that does nothing.
fn listenfd(place: &Place) {
    let manifest =
        "[package]\nname = \"listenfd\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    place.write("listenfd/Cargo.toml", manifest);
    place.write("listenfd/src/lib.rs", "");
}

const SLEEP: &str = "fn main() { println!(\"started\"); loop { std::thread::park() } }";

#[test]
fn a_build_is_not_ended_by_what_it_writes() {
    let place = Place::empty();
    listenfd(&place);
    let build = "fn main() {\n    \
                 std::fs::write(\"src/generated.rs\", \"pub const A: u8 = 1;\").unwrap();\n    \
                 std::thread::sleep(std::time::Duration::from_secs(2));\n    \
                 let log = std::fs::OpenOptions::new().create(true).append(true).open(\"../log\");\n    \
                 std::io::Write::write_all(&mut log.unwrap(), b\"x\").unwrap();\n}\n";
    let main = format!("mod generated;\n{SLEEP}");
    let dependencies = "[dependencies]\nlistenfd = { path = \"../listenfd\" }\n";
    let dev = Dev::start(plain(&place, "dev-generates", dependencies, build, &main));
    dev.wait_for("started", 0);
    // Every build came to its end, and they come to an end themselves.
    thread::sleep(Duration::from_secs(8));
    let builds = place.read("log").len();
    assert!((1..=3).contains(&builds), "{builds}");
    let lines = dev.now();
    thread::sleep(Duration::from_secs(4));
    assert_eq!(dev.now(), lines, "{:?}", dev.lines.lock().unwrap());
}

#[test]
fn a_dependency_out_of_the_workspace_is_watched() {
    let place = Place::empty();
    listenfd(&place);
    for (name, dependencies) in [
        ("near", "[dependencies]\nfar = { path = \"../far\" }\n"),
        ("far", ""),
    ] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}"
        );
        place.write(&format!("{name}/Cargo.toml"), &manifest);
    }
    place.write("near/src/lib.rs", "pub use far::A;\n");
    place.write("far/src/lib.rs", "pub const A: &str = \"first\";\n");
    let main = "fn main() { println!(\"it is {}\", near::A); loop { std::thread::park() } }";
    let dependencies =
        "[dependencies]\nlistenfd = { path = \"../listenfd\" }\nnear = { path = \"../near\" }\n";
    let dev = Dev::start(plain(
        &place,
        "dev-depends",
        dependencies,
        "fn main() {}\n",
        main,
    ));
    dev.wait_for("it is first", 0);
    place.write("far/src/lib.rs", "pub const A: &str = \"second\";\n");
    dev.wait_for("it is second", 0);
}

#[test]
fn the_port_is_held_for_a_program_that_is_built_with_listenfd() {
    let place = Place::empty();
    listenfd(&place);
    let optional = "[dependencies]\nlistenfd = { path = \"../listenfd\", optional = true }\n\n[features]\nfd = [\"dep:listenfd\"]\n";
    let renamed = optional
        .replace("listenfd = {", "sockets = { package = \"listenfd\",")
        .replace("dep:listenfd", "dep:sockets");
    for (dependencies, features, is_held) in [
        (
            "[dependencies]\nlistenfd = { path = \"../listenfd\" }\n",
            "",
            true,
        ),
        (
            "[dev-dependencies]\nlistenfd = { path = \"../listenfd\" }\n",
            "",
            false,
        ),
        (
            "[build-dependencies]\nlistenfd = { path = \"../listenfd\" }\n",
            "",
            false,
        ),
        (optional, "", false),
        (optional, "fd", true),
        (&format!("{optional}default = [\"fd\"]\n"), "", true),
        (&renamed, "fd", true),
    ] {
        let mut command = plain(
            &place,
            "dev-holds",
            dependencies,
            "fn main() {}\n",
            "fn main() {}\n",
        );
        command.args(["--features", features]);
        let mut dev = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stderr = BufReader::new(dev.stderr.take().unwrap());
        stderr.read_line(&mut line).unwrap();
        let said = if is_held {
            "open as long as this runs"
        } else {
            "is built without `listenfd`"
        };
        assert!(line.contains(said), "{dependencies} {features}: {line}");
        if is_held {
            let mut lines = stderr.lines().map_while(Result::ok);
            assert!(lines.any(|it| it.contains("is held open for it")));
        }
        let id = dev.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        dev.wait().unwrap();
    }
}
