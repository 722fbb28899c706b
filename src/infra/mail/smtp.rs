//! Mail by SMTP submission (RFC 6409).

mod connection;

use super::MailError;
use super::report::{class_in, means_nobody};
use crate::infra::config::{Mail, SmtpTls};
use crate::kernel::{Error, Result};
use connection::Connections;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret as _;
use std::time::Duration;

/// Refusals of our sign-in (RFC 4954) and of ours as a client (RFC 7504): our settings are wrong, not the message.
const OUR_FAULT: [u16; 5] = [521, 530, 534, 535, 538];

/// A mail server that is connected to when there is a message.
pub(super) struct Smtp {
    connections: Connections,
    longest: Duration,
}

impl Smtp {
    pub(super) fn new(settings: &Mail) -> Result<Self> {
        let each = Duration::from_secs(settings.smtp_timeout_seconds);
        let sign_in = settings
            .smtp_password
            .as_ref()
            .map(|password| Credentials::new(settings.smtp_username.clone(), password.expose_secret().to_owned()));
        let connections = Connections {
            host: settings.smtp_host.clone(),
            port: settings.smtp_port,
            // Not the machine's own name, which is nobody's business and seldom one that the server could look up.
            hello: ClientId::Domain(settings.sender().domain().to_owned()),
            tls: match settings.smtp_tls {
                SmtpTls::None => Tls::None,
                SmtpTls::Starttls => Tls::Required(parameters(settings)?),
                SmtpTls::Tls => Tls::Wrapper(parameters(settings)?),
            },
            sign_in,
            timeout: each,
            most: usize::try_from(settings.smtp_connections).unwrap_or(usize::MAX),
            idle: std::sync::Arc::default(),
        };
        // A message takes a greeting, a handshake, a sign-in and four commands; each may take its time, but not all of it.
        Ok(Self { connections, longest: each * 3 })
    }

    /// Sends one message; `envelope_id` is what reports of its delivery call it by.
    pub(super) async fn send(&self, mail: &lettre::Message, envelope_id: &str) -> Result<String, MailError> {
        let source = mail.formatted();
        let sending = self.connections.send(mail.envelope(), &source, envelope_id);
        match tokio::time::timeout(self.longest, sending).await {
            Ok(Ok(response)) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
            Ok(Err(error)) => {
                let failure = MailError::new(is_transient(&error), with_causes(&error));
                Err(MailError { nobody: !failure.transient && refuses_address(&error, &failure.detail), ..failure })
            }
            Err(_late) => Err(MailError::new(true, format!("no answer within {} seconds", self.longest.as_secs()))),
        }
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
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
