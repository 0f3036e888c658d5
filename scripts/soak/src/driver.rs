//! A run: all traffic, its pauses, and the samples.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::{Request, header};
use http_body_util::Full;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    BoxError,
    client::Connection,
    ordinary::Exchange,
    samples::{Application, Phase, Sample, Samples},
    traffic::KINDS,
};

/// Between two samples.
const STEP: Duration = Duration::from_secs(10);
/// From one pause to the next, and how long a pause is: longer than any visit, and than tokio keeps a thread for files that
/// has nothing to do.
const UNTIL_REST: Duration = Duration::from_secs(300);
const REST: Duration = Duration::from_secs(30);
/// No more than this at the beginning, and than a tenth of the run, counts as warm-up.
const WARM_UP: Duration = Duration::from_secs(600);
/// Requests on one connection, and between two of them.
const SESSION: u64 = 200;
const PACE: Duration = Duration::from_millis(20);
/// Connections that are busy all the time, and for how long, where saturation is looked for.
const MOST_BUSY: u64 = 64;
const SATURATED: Duration = Duration::from_secs(30);
/// Wrong answers that are written down.
const MOST_LINES: u64 = 1000;

/// What came of the traffic so far.
#[derive(Debug)]
struct Record {
    exchanges: u64,
    ordinary: u64,
    wrong: u64,
    by_kind: BTreeMap<&'static str, u64>,
    /// Of ordinary requests since the last sample, in microseconds.
    times: Vec<u64>,
    log: File,
}

#[derive(Debug, Clone)]
struct Driver {
    application: Arc<Application>,
    record: Arc<Mutex<Record>>,
    /// Whether traffic flows.
    flows: watch::Receiver<bool>,
    tag: Arc<str>,
    begun: Instant,
}

pub(crate) fn run(time: Duration, directory: &Path, rate: f64) -> Result<(), BoxError> {
    std::fs::create_dir_all(directory)?;
    runtime()?.block_on(drive(time, directory, rate))
}

/// Ordinary requests that are answered a second, beside all other traffic, where each client sends its next request within
/// a millisecond, which is as good as tokio's timers are.
pub(crate) fn saturation(directory: &Path) -> Result<f64, BoxError> {
    std::fs::create_dir_all(directory)?;
    runtime()?.block_on(saturate(directory))
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

async fn saturate(directory: &Path) -> Result<f64, BoxError> {
    let (_flow, flows) = watch::channel(true);
    let driver = Driver::new(Application::start()?, directory, flows).await?;
    driver.visits();
    for client in 0..MOST_BUSY {
        let driver = driver.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let session = driver.clone();
                session
                    .session(client + n * MOST_BUSY, Duration::ZERO)
                    .await;
            }
        });
    }
    sleep(SATURATED / 3).await;
    let (before, since) = (driver.record().ordinary, Instant::now());
    sleep(SATURATED * 2 / 3).await;
    let record = driver.record();
    if record.wrong > 0 {
        return Err(format!("{} wrong answers, see wrong.log", record.wrong).into());
    }
    Ok((record.ordinary - before) as f64 / since.elapsed().as_secs_f64())
}

async fn drive(time: Duration, directory: &Path, rate: f64) -> Result<(), BoxError> {
    let application = Application::start()?;
    let mut samples = Samples::create(directory)?;
    // The first request of all opens what is opened once.
    application.sample(Phase::Before, 0.0).await?;
    sleep(Duration::from_secs(1)).await;
    let before = application.sample(Phase::Before, 0.0).await?;
    samples.write(&before)?;

    let (flow, flows) = watch::channel(true);
    let driver = Driver::new(application, directory, flows).await?;
    driver.start(rate);

    let warm_up = WARM_UP.min(time / 10);
    let mut rested = Instant::now();
    while driver.begun.elapsed() < time {
        sleep(STEP.min(time)).await;
        let is_warm = driver.begun.elapsed() > warm_up;
        let phase = if is_warm { Phase::Load } else { Phase::WarmUp };
        samples.write(&driver.sample(phase).await?)?;
        if rested.elapsed() > UNTIL_REST {
            flow.send_replace(false);
            sleep(REST).await;
            samples.write(&driver.sample(Phase::Rest).await?)?;
            flow.send_replace(true);
            rested = Instant::now();
        }
    }
    flow.send_replace(false);
    let ended = Instant::now();
    let after = loop {
        sleep(Duration::from_secs(1)).await;
        let after = driver.sample(Phase::After).await?;
        let held = |it: &Sample| [it.fds, it.tasks, it.threads];
        let is_back = held(&after)
            .iter()
            .zip(held(&before))
            .all(|(now, then)| *now <= then);
        if is_back || ended.elapsed() > REST {
            break after;
        }
    };
    samples.write(&after)?;
    let mut kinds = File::create(directory.join("kinds.csv"))?;
    writeln!(kinds, "kind,visits")?;
    for (kind, count) in &driver.record().by_kind {
        writeln!(kinds, "{kind},{count}")?;
    }
    Ok(())
}

/// The entity tag of `/api/text`.
async fn tag(application: &Application) -> Result<Arc<str>, BoxError> {
    let mut connection = Connection::http1(application.address).await?;
    let request = Request::get("/api/text").header("host", "a");
    let answer = connection.send(request.body(Full::default())?).await?;
    Ok(answer.header(header::ETAG).ok_or("no entity tag")?.into())
}

impl Driver {
    async fn new(
        application: Application,
        directory: &Path,
        flows: watch::Receiver<bool>,
    ) -> Result<Self, BoxError> {
        let record = Record {
            exchanges: 0,
            ordinary: 0,
            wrong: 0,
            by_kind: BTreeMap::new(),
            times: Vec::new(),
            log: File::create(directory.join("wrong.log"))?,
        };
        Ok(Self {
            tag: tag(&application).await?,
            application: Arc::new(application),
            record: Arc::new(Mutex::new(record)),
            flows,
            begun: Instant::now(),
        })
    }

    /// Starts what goes on until the end of the run.
    fn start(&self, rate: f64) {
        self.visits();
        let driver = self.clone();
        let period = Duration::from_secs_f64(SESSION as f64 / rate);
        tokio::spawn(
            self.clone()
                .every(period, move |n| driver.clone().session(n, PACE)),
        );
    }

    /// Starts all traffic but the ordinary requests.
    fn visits(&self) {
        for &(kind, per_minute, visit) in KINDS {
            let driver = self.clone();
            let period = Duration::from_secs(60) / per_minute;
            tokio::spawn(self.clone().every(period, move |n| {
                let driver = driver.clone();
                async move {
                    let outcome = visit(driver.application.address, n).await;
                    driver.note(kind, outcome, None);
                }
            }));
        }
    }

    async fn every<F>(self, period: Duration, visit: impl Fn(u64) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut ticks = interval(period);
        // What a busy machine had no time for is left out.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        for n in 0.. {
            ticks.tick().await;
            if *self.flows.borrow() {
                tokio::spawn(visit(n));
            }
        }
    }

    /// Ordinary requests on one connection, by turns over HTTP/1.1 and HTTP/2.
    async fn session(self, n: u64, pace: Duration) {
        let (kind, is_http2) = match n % 2 {
            0 => ("ordinary, HTTP/1.1", false),
            _ => ("ordinary, HTTP/2", true),
        };
        let mut connection = None;
        for n in n * SESSION..(n + 1) * SESSION {
            if !*self.flows.borrow() {
                return;
            }
            let mut open = match connection.take() {
                Some(open) => open,
                None => {
                    let opened = match is_http2 {
                        false => Connection::http1(self.application.address).await,
                        true => Connection::http2(self.application.address).await,
                    };
                    match opened {
                        Ok(opened) => opened,
                        Err(error) => return self.note(kind, Err(error), None),
                    }
                }
            };
            // The server closes a connection behind some errors.
            if !open.is_ready().await {
                continue;
            }
            let (outcome, took) = self.exchange(&mut open, n).await;
            let failed = outcome.is_err();
            self.note(kind, outcome, Some(took));
            if !failed {
                connection = Some(open);
            }
            sleep(pace).await;
        }
    }

    async fn exchange(&self, open: &mut Connection, n: u64) -> (Result<(), BoxError>, Duration) {
        let exchange = Exchange::number(n, &self.tag);
        let begun = Instant::now();
        let outcome = match exchange.request() {
            Ok(request) => open.send(request).await,
            Err(error) => Err(error),
        };
        let took = begun.elapsed();
        (outcome.and_then(|answer| exchange.check(&answer)), took)
    }

    fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, kind: &'static str, outcome: Result<(), BoxError>, took: Option<Duration>) {
        let seconds = self.begun.elapsed().as_secs();
        let mut record = self.record();
        record.exchanges += 1;
        record.ordinary += u64::from(took.is_some());
        *record.by_kind.entry(kind).or_default() += 1;
        let micros = took.and_then(|took| u64::try_from(took.as_micros()).ok());
        record.times.extend(micros);
        if let Err(error) = outcome {
            record.wrong += 1;
            if record.wrong <= MOST_LINES {
                let _ = writeln!(record.log, "{seconds} s: {kind}: {error}");
            }
        }
    }

    async fn sample(&self, phase: Phase) -> Result<Sample, BoxError> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let held = self.application.sample(phase, seconds).await?;
        let mut record = self.record();
        let mut times = std::mem::take(&mut record.times);
        times.sort_unstable();
        let at = |part: usize| {
            let index = times.len().saturating_sub(1) * part / 100;
            times.get(index).copied().unwrap_or_default()
        };
        Ok(Sample {
            exchanges: record.exchanges,
            wrong: record.wrong,
            p50_us: at(50),
            p99_us: at(99),
            max_us: at(100),
            ..held
        })
    }
}
