//! `dev`: builds and runs the application, and does both again when a file changes.
//!
//! One loop waits for events and does nothing else: files that changed, a build or a server that ended, Ctrl-C. The
//! socket is opened once, here, and handed to each server in turn (`listenfd`), so that who asks while
//! one server ends and the next one starts waits in its queue instead of being refused.

mod build;
mod process;
mod routes;
mod watch;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, IsTerminal},
    mem,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant, SystemTime},
};

use clap::Args;
use notify::Event as Change;

use crate::{
    Failure, Verdict,
    output::{DIM, GREEN, RED, YELLOW, styled},
    package::{Location, Package},
};
use process::Process;
use routes::Snapshot;
use watch::Watch;

/// Build and run the application, and again on every change; the port stays open between restarts
///
/// The application takes the open socket with the crate `listenfd`, as the one that `init --new` writes does. One that does not
/// depend on `listenfd`, and any on Windows, opens the port of the variable PORT itself, and is ended before the next one starts.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The port on 127.0.0.1 [default: the variable PORT, or else 3000]
    #[arg(long)]
    port: Option<u16>,
    /// The program of the package, if it has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// Features of the package, separated by commas
    #[arg(long, value_name = "FEATURES")]
    features: Option<String>,
    /// Build with optimisations
    #[arg(long)]
    release: bool,
    /// Arguments of the application
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// What the loop waits for. The numbers tell a build or a server from those before it.
#[derive(Debug)]
enum Event {
    Changed(Change),
    Built {
        number: u64,
        success: bool,
        program: Option<PathBuf>,
    },
    Exited {
        number: u64,
        how: String,
    },
    Stop,
}

/// Changes that come within this time of each other are one: an editor writes a file in several steps.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// However many changes follow each other, they are built after this time.
const DEBOUNCE_AT_MOST: Duration = Duration::from_secs(2);
/// A server that ends within this time may have failed to open its port.
const AT_ONCE: Duration = Duration::from_secs(2);
/// For a server to answer what it has begun, when it is asked to end.
const GRACE: Duration = Duration::from_secs(2);

impl Dev {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let packages = location.program()?;
        let (package, _) = packages.split_first().ok_or("there is no package")?;
        let bin = package.program(self.bin.as_deref())?;
        let port = match (self.port, std::env::var("PORT")) {
            (Some(port), _) => port,
            (None, Ok(port)) => port
                .parse()
                .map_err(|_| format!("PORT is no port: {port:?}"))?,
            (None, Err(_)) => 3000,
        };
        let features = self.features.as_deref().unwrap_or_default();
        let features: Vec<_> = features.split([',', ' ']).collect();
        let hands_on = cfg!(unix) && package.has_dependency("listenfd", &features);
        let (sender, events) = mpsc::channel();
        let stop = sender.clone();
        ctrlc::set_handler(move || _ = stop.send(Event::Stop))?;
        let listener = match hands_on {
            true => Some(
                TcpListener::bind(("127.0.0.1", port))
                    .map_err(|error| format!("port {port}: {error}"))?,
            ),
            false => None,
        };
        let port = match &listener {
            Some(listener) => listener.local_addr()?.port(),
            None => port,
        };
        let mut watch = Watch::new(package.target_directory.clone(), sender.clone())?;
        watch.package(&package.root)?;
        for dependency in packages.iter().skip(1) {
            if let Err(error) = watch.package(&dependency.root) {
                let name = &dependency.name;
                say(&format!("changes of `{name}` will not be seen: {error}"));
            }
        }
        match &listener {
            Some(_) => say(&format!(
                "http://127.0.0.1:{port}, open as long as this runs"
            )),
            None if cfg!(unix) => say(&format!(
                "port {port} closes between restarts, as `{}` is built without `listenfd`",
                package.name
            )),
            None => say(&format!("port {port} closes between restarts")),
        }
        for package in &packages {
            for unread in &package.unread {
                say(&format!(
                    "not all routes of `{}` will be named: in build.rs, {unread}",
                    package.name
                ));
            }
        }
        let mut session = Session {
            dev: self,
            package,
            packages: packages.clone(),
            bin,
            port,
            listener,
            watch,
            sender,
            events,
            pending: VecDeque::new(),
            number: 0,
            build: None,
            server: None,
            started: Instant::now(),
            has_failed: false,
            touched: HashSet::new(),
            seen: HashMap::new(),
            built: None,
            building: Snapshot::default(),
            served: None,
        };
        let result = session.run();
        session.end();
        result.map(|()| Verdict::Good)
    }
}

/// All that is known while `dev` runs.
struct Session<'d> {
    dev: &'d Dev,
    package: &'d Package,
    /// The package, and those that it depends on by path.
    packages: Vec<Package>,
    bin: String,
    port: u16,
    listener: Option<TcpListener>,
    watch: Watch,
    sender: Sender<Event>,
    events: Receiver<Event>,
    /// Events that came while another one was waited for.
    pending: VecDeque<Event>,
    /// That of the last build or server.
    number: u64,
    build: Option<(u64, Process)>,
    server: Option<(u64, Process)>,
    /// When the server was started.
    started: Instant,
    has_failed: bool,
    /// The files that were written since the last build began, whatever is in them.
    touched: HashSet<PathBuf>,
    /// What stood in the files that changed: a number, or nothing where there was no file.
    seen: HashMap<PathBuf, Option<u64>>,
    /// The program and when it was written.
    built: Option<(PathBuf, SystemTime)>,
    /// The routes when the build began, and those of the server.
    building: Snapshot,
    served: Option<Snapshot>,
}

impl Session<'_> {
    /// Until Ctrl-C.
    fn run(&mut self) -> Result<(), Failure> {
        self.start_build()?;
        loop {
            let event = match self.pending.pop_front() {
                Some(event) => event,
                None => self.events.recv()?,
            };
            match event {
                Event::Stop => return Ok(()),
                Event::Changed(change) => {
                    self.note(&change);
                    // A build goes on to its end: it may have made the change itself.
                    if self.build.is_none() && self.has_changed() {
                        self.start_build()?;
                    }
                }
                Event::Built {
                    number,
                    success,
                    program,
                } => {
                    if self
                        .build
                        .as_ref()
                        .is_some_and(|(current, _)| *current == number)
                    {
                        self.build = None;
                        self.built(success, program)?;
                        if self.has_changed() {
                            self.start_build()?;
                        }
                    }
                }
                Event::Exited { number, how } => {
                    if self
                        .server
                        .as_ref()
                        .is_some_and(|(current, _)| *current == number)
                    {
                        if let Some((_, server)) = self.server.take() {
                            server.kill();
                        }
                        say(&styled(
                            RED,
                            format!("the application ended ({how}); waiting for a change"),
                        ));
                        if self.listener.is_some() && self.started.elapsed() < AT_ONCE {
                            say(&format!(
                                "port {} is held open for it: where it says that the address is in use, it does not take the \
                                 socket with `listenfd`",
                                self.port
                            ));
                        }
                    }
                }
            }
        }
    }

    /// Notes the files of a change that may make a difference to the build.
    fn note(&mut self, change: &Change) {
        for path in self.watch.relevant(change) {
            // While nothing compiles, whatever changes may be the remedy.
            if self.has_failed || self.is_input(&path) {
                // The one that changes Cargo.lock while a build runs is cargo.
                let is_cargo = self.build.is_some() && path.ends_with("Cargo.lock");
                if !is_cargo {
                    self.touched.insert(path);
                }
            } else {
                self.seen.remove(&path);
            }
        }
    }

    /// Whether there is something else to build than there was, when nothing is written any more: a file that is being
    /// written may be empty for a moment.
    fn has_changed(&mut self) -> bool {
        if self.touched.is_empty() || !self.settle() {
            return false;
        }
        // What stands in each of them now is remembered.
        let touched = mem::take(&mut self.touched).into_iter();
        let new: Vec<_> = touched.filter(|path| self.is_new(path)).collect();
        !new.is_empty()
    }

    /// Whether something else stands in a file than when it changed before. A build writes again what it wrote.
    fn is_new(&mut self, path: &Path) -> bool {
        if path.is_dir() {
            self.seen.remove(path);
            return true;
        }
        let held = fs::read(path).ok().map(|bytes| {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            hasher.finish()
        });
        self.seen.insert(path.to_owned(), held) != Some(held)
    }

    fn is_input(&self, path: &Path) -> bool {
        let is_source = path
            .extension()
            .is_some_and(|it| it == "rs" || it == "toml" || it == "lock");
        let program = self.built.as_ref().map(|(program, _)| program.as_path());
        is_source
            || watch::may_be_directory(path)
            || program.is_some_and(|it| build::has_input(it, path))
            || self.is_foreign(path) && Snapshot::of(&self.packages) != *self.known()
    }

    /// Whether a foreign route may have come or gone with the file. What stands in it makes no difference here.
    fn is_foreign(&self, path: &Path) -> bool {
        let mut roots = self.packages.iter().flat_map(Package::foreign_roots);
        roots.any(|it| path.starts_with(it))
    }

    /// The routes of the last build.
    fn known(&self) -> &Snapshot {
        let served = self.served.as_ref().filter(|_| self.build.is_none());
        served.unwrap_or(&self.building)
    }

    /// Waits until nothing changes any more; false where Ctrl-C comes instead.
    fn settle(&mut self) -> bool {
        let end = Instant::now() + DEBOUNCE_AT_MOST;
        while Instant::now() < end {
            match self.events.recv_timeout(DEBOUNCE) {
                Ok(Event::Changed(change)) => self.note(&change),
                Ok(Event::Stop) => {
                    self.pending.push_front(Event::Stop);
                    return false;
                }
                Ok(other) => self.pending.push_back(other),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    fn start_build(&mut self) -> Result<(), Failure> {
        if self.has_failed && io::stderr().is_terminal() {
            // The errors of the last build are not those of this one.
            eprint!("\u{1b}[2J\u{1b}[H");
        }
        for package in &mut self.packages {
            package.read_script();
            package
                .foreign_roots()
                .into_iter()
                .for_each(|it| self.watch.also(it));
        }
        self.building = Snapshot::of(&self.packages);
        self.number += 1;
        let process = build::start(self.dev, self.package, &self.bin, self.number, &self.sender)?;
        self.build = Some((self.number, process));
        Ok(())
    }

    fn built(&mut self, success: bool, program: Option<PathBuf>) -> Result<(), Failure> {
        let Some(program) = program.filter(|_| success) else {
            self.has_failed = true;
            let server = match self.server {
                Some(_) => "the last version goes on serving",
                None => "nothing is served",
            };
            say(&styled(
                RED,
                format!("the build failed; {server}, and the next change is built"),
            ));
            return Ok(());
        };
        if std::mem::take(&mut self.has_failed) {
            say(&styled(GREEN, "the errors are gone"));
        }
        let written = program.metadata()?.modified()?;
        let built = Some((program, written));
        if self.server.is_some() && self.built == built {
            return Ok(());
        }
        self.built = built;
        let building = std::mem::take(&mut self.building);
        match &self.served {
            Some(served) => building.print_changes(served),
            None => building.print_count(),
        }
        self.served = Some(building);
        self.stop_server();
        self.start_server()
    }

    fn start_server(&mut self) -> Result<(), Failure> {
        let Some((program, _)) = &self.built else {
            return Ok(());
        };
        let mut command = Command::new(program);
        command
            .args(&self.dev.arguments)
            .current_dir(&self.package.root)
            .env("PORT", self.port.to_string())
            .env("CARGO_MANIFEST_DIR", &self.package.root);
        if let Some(listener) = &self.listener {
            process::hand_on(&mut command, listener)?;
        }
        self.number += 1;
        let (number, sender) = (self.number, self.sender.clone());
        let server = Process::start(&mut command, move |status| {
            let how = status.map_or_else(|error| error.to_string(), |it| it.to_string());
            _ = sender.send(Event::Exited { number, how });
        });
        match server {
            Ok(server) => {
                self.server = Some((number, server));
                self.started = Instant::now();
            }
            Err(error) => say(&styled(RED, format!("{}: {error}", program.display()))),
        }
        Ok(())
    }

    /// Asks the server to end, gives it time for what it has begun, and ends all that is left of it.
    fn stop_server(&mut self) {
        let Some((current, server)) = self.server.take() else {
            return;
        };
        server.interrupt();
        let end = Instant::now() + GRACE;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match self.events.recv_timeout(left) {
                Ok(Event::Exited { number, .. }) if number == current => break,
                Ok(Event::Stop) => {
                    self.pending.push_front(Event::Stop);
                    break;
                }
                Ok(other) => self.pending.push_back(other),
                Err(_) => break,
            }
        }
        server.end();
    }

    /// Ends everything that was started.
    fn end(&mut self) {
        if let Some((_, build)) = self.build.take() {
            build.terminate();
            build.end();
        }
        self.stop_server();
    }
}

/// A line of `dev` itself, between those of cargo and of the application.
fn say(text: &str) {
    anstream::eprintln!("{} {text}", styled(DIM, "dev:"));
}

/// `+ /api/posts`, `- /api/users`, `~ /api/user`, `> /api/posts/[id] moved here`.
fn say_route(sign: char, route: &str) {
    let style = match sign {
        '+' | '>' => GREEN,
        '-' => RED,
        _ => YELLOW,
    };
    say(&format!("{} {route}", styled(style, sign)));
}
