//! Where logs and spans go.

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tower_api_routes::BoxError;
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, registry};

/// The export of spans, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to. The other variables of
/// OpenTelemetry hold, too: `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and so on.
pub(crate) fn traces() -> Result<Option<SdkTracerProvider>, BoxError> {
    if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_none() {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_http().build()?;
    let traces = SdkTracerProvider::builder().with_batch_exporter(exporter);
    Ok(Some(traces.build()))
}

/// Logs as JSON to standard output, one line for each event, and spans to `traces`.
pub(crate) fn subscriber(
    traces: Option<&SdkTracerProvider>,
) -> impl Subscriber + Send + Sync + use<> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false);
    let spans = traces.map(|traces| {
        let tracer = traces.tracer(env!("CARGO_PKG_NAME"));
        tracing_opentelemetry::layer().with_tracer(tracer)
    });
    registry().with(filter).with(logs).with(spans)
}
