//! Logs and metrics.

use crate::infra::config::{Log, LogFormat};
use crate::kernel::{Email, Error, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::fmt;
use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Sends the process's log to standard error, as the settings say. Fails when it goes somewhere already.
pub fn init_log(settings: &Log) -> Result<()> {
    let colors = settings.format == LogFormat::Text && std::io::stderr().is_terminal();
    subscriber(settings, std::io::stderr, colors)?.try_init().map_err(Error::internal)
}

fn subscriber<W>(settings: &Log, writer: W, colors: bool) -> Result<impl Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.filter).map_err(Error::internal)?;
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colors);
    let layer = match settings.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    Ok(tracing_subscriber::registry().with(filter).with(layer))
}

/// A personal thing as logs may show it.
#[derive(Clone, Copy)]
pub struct Masked<T>(pub T);

impl fmt::Display for Masked<&Email> {
    /// The first letter and the domain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.masked())
    }
}

impl fmt::Display for Masked<IpAddr> {
    /// The network without the host: the first 24 bits of IPv4, the first 48 of IPv6.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                write!(f, "{}/24", Ipv4Addr::new(a, b, c, 0))
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                write!(f, "{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
            }
        }
    }
}

impl<T> fmt::Debug for Masked<T>
where
    Self: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads the process's metrics.
#[derive(Clone)]
pub struct MetricsHandle(PrometheusHandle);

impl MetricsHandle {
    /// All metrics in Prometheus' text format (version 0.0.4).
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Puts measured times into their buckets; to be called every few seconds, else they pile up until somebody asks.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

impl fmt::Debug for MetricsHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsHandle")
    }
}

/// Upper bounds in seconds of the buckets of every metric whose name ends in `_seconds`.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Starts to collect metrics, once a process; later calls give the same handle.
pub fn install_metrics() -> Result<MetricsHandle> {
    static INSTALLED: Mutex<Option<MetricsHandle>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(Error::internal)?;
    Ok(installed.insert(MetricsHandle(handle)).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str, work: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let settings = Log { format, filter: filter.into() };
        let subscriber = subscriber(&settings, move || writer.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, work);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_logs_are_one_object_a_line_with_their_fields_at_the_top() {
        let text = logged(LogFormat::Json, "info", || {
            let _within = tracing::info_span!("request", request_id = "r-1").entered();
            tracing::info!(status = 200, "line one\nline two");
            tracing::debug!("not this");
        });
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!((&lines[0]["message"], &lines[0]["status"]), (&"line one\nline two".into(), &200.into()));
        assert_eq!(lines[0]["span"]["request_id"], "r-1");
    }

    #[test]
    fn text_logs_are_for_people_and_levels_go_by_target() {
        let text = logged(LogFormat::Text, "warn,mainstay::infra=info", || {
            tracing::info!(answer = 42, "heard");
            tracing::info!(target: "other", "not heard");
            tracing::warn!(target: "other", "heard as well");
        });
        assert!(text.contains("INFO") && text.contains("heard answer=42") && text.contains("heard as well"), "{text}");
        assert!(!text.contains("not heard") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn a_wrong_filter_is_refused() {
        let settings = Log { format: LogFormat::Text, filter: "=,=".into() };
        assert!(subscriber(&settings, std::io::sink, false).is_err());
    }

    #[test]
    fn what_is_masked_shows_no_person() {
        let email = Email::parse("ada.lovelace@example.org").unwrap();
        assert_eq!(format!("{} {:?}", Masked(&email), Masked(&email)), "a***@example.org a***@example.org");
        for (address, masked) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:aa:bb:cc:dd:ee:ff", "2001:db8:aa::/48"),
            ("::1", "::/48"),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Masked(address).to_string(), masked);
        }
    }

    #[test]
    fn metrics_are_rendered_for_prometheus_with_buckets_for_times() {
        let handle = install_metrics().unwrap();
        metrics::counter!("mainstay_test_total", "kind" => "a").increment(3);
        metrics::histogram!("mainstay_test_seconds").record(0.02);
        handle.upkeep();
        let text = install_metrics().unwrap().render();
        for line in [
            "# TYPE mainstay_test_total counter",
            "mainstay_test_total{kind=\"a\"} 3",
            "mainstay_test_seconds_bucket{le=\"0.01\"} 0",
            "mainstay_test_seconds_bucket{le=\"0.025\"} 1",
            "mainstay_test_seconds_bucket{le=\"+Inf\"} 1",
            "mainstay_test_seconds_count 1",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
        }
    }
}
