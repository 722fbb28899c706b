//! Connections to the mail server, kept for the next message. They are our own because the library's hide what a server
//! announces beyond the extensions that it knows: whether it takes requests for delivery reports (RFC 3461).

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, MailParameter, RcptParameter};
use lettre::transport::smtp::response::Response;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a connection waits for its next message.
const IDLE: Duration = Duration::from_secs(30);
/// How a server says that it does not know a parameter, or not its value.
const UNKNOWN_PARAMETER: [u16; 3] = [501, 504, 555];

/// How to connect, and the connections that wait.
pub(super) struct Connections {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) hello: ClientId,
    pub(super) tls: Tls,
    pub(super) sign_in: Option<Credentials>,
    /// For connecting.
    pub(super) timeout: Duration,
    /// How many may wait.
    pub(super) most: usize,
    pub(super) idle: Arc<Mutex<Vec<Idle>>>,
}

/// A connection that waits.
pub(super) struct Idle {
    connection: Connection,
    since: Instant,
}

struct Connection {
    inner: AsyncSmtpConnection,
    /// Whether the server announces DSN.
    reports: bool,
}

fn lock(idle: &Mutex<Vec<Idle>>) -> MutexGuard<'_, Vec<Idle>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connections {
    pub(super) async fn send(&self, envelope: &Envelope, mail: &[u8], envelope_id: &str) -> Result<Response, Error> {
        let mut connection = match self.take().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        match connection.send(envelope, mail, envelope_id).await {
            Ok(response) => {
                self.keep(connection).await;
                Ok(response)
            }
            Err(error) => {
                connection.inner.abort().await;
                Err(error)
            }
        }
    }

    pub(super) async fn close(&self) {
        let waiting = std::mem::take(&mut *lock(&self.idle));
        for mut idle in waiting {
            idle.connection.inner.abort().await;
        }
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let (wrapped, upgraded) = match &self.tls {
            Tls::Wrapper(parameters) => (Some(parameters.clone()), None),
            Tls::Required(parameters) | Tls::Opportunistic(parameters) => (None, Some(parameters.clone())),
            Tls::None => (None, None),
        };
        let (server, timeout) = ((self.host.as_str(), self.port), Some(self.timeout));
        let mut inner = AsyncSmtpConnection::connect_tokio1(server, timeout, &self.hello, wrapped, None).await?;
        if let Some(parameters) = upgraded {
            inner.starttls(parameters, &self.hello).await?;
        }
        if let Some(sign_in) = &self.sign_in {
            inner.auth(DEFAULT_MECHANISMS, sign_in).await?;
        }
        // Asked once more for all that the server announces. One that does not like it is sent mail as ever.
        let announced = inner.command(Ehlo::new(self.hello.clone())).await;
        let reports = announced.is_ok_and(|answer| {
            let mut lines = answer.message().skip(1);
            lines.any(|line| line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("DSN")))
        });
        Ok(Connection { inner, reports })
    }

    /// One that waits, if the server still listens.
    async fn take(&self) -> Option<Connection> {
        loop {
            let mut connection = lock(&self.idle).pop()?.connection;
            if connection.inner.test_connected().await {
                return Some(connection);
            }
            connection.inner.abort().await;
        }
    }

    async fn keep(&self, mut connection: Connection) {
        if lock(&self.idle).len() >= self.most {
            connection.inner.abort().await;
            return;
        }
        lock(&self.idle).push(Idle { connection, since: Instant::now() });
        let idle = Arc::clone(&self.idle);
        tokio::spawn(async move {
            tokio::time::sleep(IDLE).await;
            let tired: Vec<Idle> = lock(&idle).extract_if(.., |idle| idle.since.elapsed() >= IDLE).collect();
            for mut idle in tired {
                idle.connection.inner.abort().await;
            }
        });
    }
}

impl Connection {
    async fn send(&mut self, envelope: &Envelope, mail: &[u8], envelope_id: &str) -> Result<Response, Error> {
        let addresses = || envelope.from().into_iter().chain(envelope.to());
        // Other letters are another extension (RFC 6531), with another form of address in reports.
        if self.reports && mail.is_ascii() && addresses().all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
            match self.ask_for_reports(envelope, envelope_id).await {
                Ok(()) => {
                    self.inner.command(Data).await?;
                    return self.inner.message(mail).await;
                }
                // Announced, and still not known: rather no report than no mail.
                Err(error) if error.status().is_some_and(|code| UNKNOWN_PARAMETER.contains(&code.into())) => {
                    self.reports = false;
                    self.inner.command(Rset).await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.inner.send(envelope, mail).await
    }

    /// The envelope, with the wish to be told of failure and delay, by a report with the message's head.
    async fn ask_for_reports(&mut self, envelope: &Envelope, envelope_id: &str) -> Result<(), Error> {
        let of_mail = |keyword: &str, value: &str| MailParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value.to_owned()),
        };
        let wishes = vec![of_mail("RET", "HDRS"), of_mail("ENVID", envelope_id)];
        self.inner.command(Mail::new(envelope.from().cloned(), wishes)).await?;
        for to in envelope.to() {
            let of_receiver =
                |keyword: &str, value: String| RcptParameter::Other { keyword: keyword.to_owned(), value: Some(value) };
            let wishes =
                vec![of_receiver("NOTIFY", "FAILURE,DELAY".to_owned()), of_receiver("ORCPT", format!("rfc822;{to}"))];
            self.inner.command(Rcpt::new(to.clone(), wishes)).await?;
        }
        Ok(())
    }
}
