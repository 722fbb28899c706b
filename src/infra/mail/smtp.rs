//! Mail by SMTP submission (RFC 6409), pooled.

use super::MailError;
use super::report::{class_in, means_nobody};
use crate::infra::config::{Mail, SmtpTls};
use crate::kernel::{Error, Result};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;
use std::sync::OnceLock;
use std::time::Duration;

/// Refusals of our sign-in (RFC 4954) and of ours as a client (RFC 7504): our settings are wrong, not the message.
const OUR_FAULT: [u16; 5] = [521, 530, 534, 535, 538];

/// A mail server that is connected to when there is a message.
pub(super) struct Smtp {
    builder: AsyncSmtpTransportBuilder,
    pool: OnceLock<Pool>,
    longest: Duration,
}

/// Open connections. The library keeps them by tasks of the runtime, also when they are made and dropped, so they are made
/// at the first send, and left to the end of the process when the runtime is gone before them.
struct Pool(Option<AsyncSmtpTransport<Tokio1Executor>>);

impl Drop for Pool {
    fn drop(&mut self) {
        if tokio::runtime::Handle::try_current().is_err() {
            std::mem::forget(self.0.take());
        }
    }
}

impl Smtp {
    pub(super) fn new(settings: &Mail) -> Result<Self> {
        let each = Duration::from_secs(settings.smtp_timeout_seconds);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.smtp_host.as_str())
            // Not the machine's own name, which is nobody's business and seldom one that the server could look up.
            .hello_name(ClientId::Domain(settings.sender().domain().to_owned()))
            .port(settings.smtp_port)
            .timeout(Some(each))
            .pool_config(PoolConfig::new().max_size(settings.smtp_connections).idle_timeout(Duration::from_secs(30)))
            .tls(match settings.smtp_tls {
                SmtpTls::None => Tls::None,
                SmtpTls::Starttls => Tls::Required(parameters(settings)?),
                SmtpTls::Tls => Tls::Wrapper(parameters(settings)?),
            });
        if let Some(password) = &settings.smtp_password {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(settings.smtp_username.clone(), password));
        }
        // A message takes a greeting, a handshake, a sign-in and four commands; each may take its time, but not all of it.
        Ok(Self { builder, pool: OnceLock::new(), longest: each * 3 })
    }

    fn transport(&self) -> Result<&AsyncSmtpTransport<Tokio1Executor>, MailError> {
        let pool = self.pool.get_or_init(|| Pool(Some(self.builder.clone().build())));
        pool.0.as_ref().ok_or_else(|| MailError::new(true, "the connections are closed"))
    }

    pub(super) async fn send(&self, mail: lettre::Message) -> Result<String, MailError> {
        match tokio::time::timeout(self.longest, self.transport()?.send(mail)).await {
            Ok(Ok(response)) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
            Ok(Err(error)) => {
                let failure = MailError::new(is_transient(&error), with_causes(&error));
                Err(MailError { nobody: !failure.transient && refuses_address(&error, &failure.detail), ..failure })
            }
            Err(_late) => Err(MailError::new(true, format!("no answer within {} seconds", self.longest.as_secs()))),
        }
    }

    pub(super) async fn close(&self) {
        if let Some(transport) = self.pool.get().and_then(|pool| pool.0.as_ref()) {
            transport.shutdown().await;
        }
    }
}

/// Only a refusal of this message or this recipient is final; whatever the server or the network will get over is not.
fn is_transient(error: &smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    !error.is_permanent() || code.is_some_and(|code| OUR_FAULT.contains(&code))
}

/// Servers that give no class of their own mean the address by these codes (RFC 5321, section 4.2.2).
fn refuses_address(error: &smtp::Error, detail: &str) -> bool {
    match class_in(detail) {
        Some(class) => means_nobody(class),
        None => error.status().map(u16::from).is_some_and(|code| matches!(code, 550 | 551 | 553)),
    }
}

fn with_causes(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

fn parameters(settings: &Mail) -> Result<TlsParameters> {
    let builder = TlsParameters::builder(settings.smtp_host.clone());
    let Some(path) = &settings.smtp_ca_file else {
        return builder.build().map_err(|e| Error::internal(format!("mail.smtp_tls: {e}")));
    };
    let wrong = |what: String| Error::internal(format!("mail.smtp_ca_file {}: {what}", path.display()));
    let pem = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
    // The library takes a file without any certificate for no authority at all.
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err(wrong("there is no certificate in PEM form in it".into()));
    }
    let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|e| wrong(e.to_string()))?;
    builder.add_root_certificate(certificate).build().map_err(|e| wrong(e.to_string()))
}
