//! Mail by SMTP submission (RFC 6409), pooled.

use super::MailError;
use crate::infra::config::{Mail, SmtpTls};
use crate::kernel::{Error, Result};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;
use std::time::Duration;

/// Refusals of our sign-in (RFC 4954) and of ours as a client (RFC 7504): our settings are wrong, not the message.
const OUR_FAULT: [u16; 5] = [521, 530, 534, 535, 538];

#[derive(Clone)]
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    longest: Duration,
}

impl Smtp {
    pub(super) fn new(settings: &Mail) -> Result<Self> {
        let each = Duration::from_secs(settings.smtp_timeout_seconds);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.smtp_host.as_str())
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
        Ok(Self { transport: builder.build(), longest: each * 3 })
    }

    pub(super) async fn send(&self, mail: lettre::Message) -> Result<String, MailError> {
        match tokio::time::timeout(self.longest, self.transport.send(mail)).await {
            Ok(Ok(response)) => {
                Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")))
            }
            Ok(Err(error)) => Err(MailError::new(is_transient(&error), with_causes(&error))),
            Err(_late) => Err(MailError::new(true, format!("no answer within {} seconds", self.longest.as_secs()))),
        }
    }

    pub(super) async fn close(&self) {
        self.transport.shutdown().await;
    }
}

/// Only a refusal of this message or this recipient is final; whatever the server or the network will get over is not.
fn is_transient(error: &smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    !error.is_permanent() || code.is_some_and(|code| OUR_FAULT.contains(&code))
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
    let mut builder = TlsParameters::builder(settings.smtp_host.clone());
    if let Some(path) = &settings.smtp_ca_file {
        let named = |what: String| Error::internal(format!("mail.smtp_ca_file {}: {what}", path.display()));
        let pem = std::fs::read(path).map_err(|e| named(e.to_string()))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| named(e.to_string()))?);
    }
    builder.build().map_err(|e| Error::internal(format!("mail.smtp_tls: {e}")))
}
