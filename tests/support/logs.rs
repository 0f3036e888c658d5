//! What is logged while a test runs.

use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock, Mutex},
};

use tracing::{
    Dispatch, Event, Level, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// The events of this crate, each as `LEVEL message field=value …`, from the thread of the test.
#[derive(Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<String>>>);

impl Logs {
    /// Logs until the guard is dropped.
    pub(crate) fn capture() -> (Self, DefaultGuard) {
        // tracing asks once, of all subscribers there are, whether anybody listens to an event, and
        // remembers a no. This one is always there, so that what a test of another thread logs in between,
        // without a subscriber, is no reason to say no.
        static LISTENER: LazyLock<Dispatch> =
            LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));
        LazyLock::force(&LISTENER);
        let logs = Self::default();
        let guard = tracing_subscriber::registry()
            .with(logs.clone())
            .set_default();
        (logs, guard)
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The lines of this level.
    pub(crate) fn of(&self, level: Level) -> Vec<String> {
        let prefix = format!("{level} ");
        let mut lines = self.lines();
        lines.retain(|line| line.starts_with(&prefix));
        lines
    }
}

impl<S: Subscriber> Layer<S> for Logs {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target().starts_with("tower_api_routes") {
            let mut line = Line {
                message: String::new(),
                fields: String::new(),
            };
            event.record(&mut line);
            let Line { message, fields } = line;
            let line = format!("{} {message}{fields}", metadata.level());
            self.0.lock().unwrap().push(line);
        }
    }
}

struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => write!(self.fields, " {name}={value:?}").unwrap(),
        }
    }
}
