//! Connections to the mail server, kept for the next message. They are our own because the library's hide what a server
//! announces beyond the extensions that it knows: whether it takes requests for delivery reports (RFC 3461).

use futures_util::future::join_all;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
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
        if connection.takes_wishes(envelope, mail) {
            match connection.ask_for_reports(envelope, envelope_id).await {
                Ok(()) => {
                    let sent = connection.send_content(mail).await;
                    return self.done(connection, sent);
                }
                // Announced, and still not known: rather no report than no mail.
                Err(error) if error.status().is_some_and(|code| UNKNOWN_PARAMETER.contains(&code.into())) => {
                    self.part(connection);
                    connection = Connection { reports: false, ..self.connect().await? };
                }
                Err(error) => return self.done(connection, Err(error)),
            }
        }
        let sent = connection.inner.send(envelope, mail).await;
        self.done(connection, sent)
    }

    pub(super) async fn close(&self) {
        let waiting = std::mem::take(&mut *lock(&self.idle));
        join_all(waiting.into_iter().map(|idle| leave(idle.connection, self.timeout))).await;
    }

    /// Keeps a connection that served, and answers at once: a server that is slow to say goodbye to another must not make a
    /// message that it took look like one that it did not.
    fn done(&self, connection: Connection, sent: Result<Response, Error>) -> Result<Response, Error> {
        if sent.is_err() || lock(&self.idle).len() >= self.most {
            self.part(connection);
        } else {
            self.keep(connection);
        }
        sent
    }

    fn part(&self, connection: Connection) {
        tokio::spawn(leave(connection, self.timeout));
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
        // Asked once more for all that the server announces, and before it knows us, which some forget at another greeting.
        let announced = inner.command(Ehlo::new(self.hello.clone())).await;
        let reports = announced.is_ok_and(|answer| {
            let mut lines = answer.message().skip(1);
            lines.any(|line| line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("DSN")))
        });
        if let Some(sign_in) = &self.sign_in {
            inner.auth(DEFAULT_MECHANISMS, sign_in).await?;
        }
        Ok(Connection { inner, reports })
    }

    /// One that waits, if the server still listens.
    async fn take(&self) -> Option<Connection> {
        loop {
            let mut connection = lock(&self.idle).pop()?.connection;
            if tokio::time::timeout(self.timeout, connection.inner.test_connected()).await == Ok(true) {
                return Some(connection);
            }
            self.part(connection);
        }
    }

    fn keep(&self, connection: Connection) {
        lock(&self.idle).push(Idle { connection, since: Instant::now() });
        let (idle, timeout) = (Arc::clone(&self.idle), self.timeout);
        tokio::spawn(async move {
            tokio::time::sleep(IDLE).await;
            let tired: Vec<Idle> = lock(&idle).extract_if(.., |idle| idle.since.elapsed() >= IDLE).collect();
            join_all(tired.into_iter().map(|idle| leave(idle.connection, timeout))).await;
        });
    }
}

/// Says goodbye, and waits so long for an answer at most.
async fn leave(mut connection: Connection, longest: Duration) {
    // Whether it answered or not, the connection is let go.
    let _ = tokio::time::timeout(longest, connection.inner.abort()).await;
}

impl Connection {
    /// Whether wishes for reports go with this message. Other letters than ASCII's are another extension (RFC 6531), with
    /// another form of address in reports.
    fn takes_wishes(&self, envelope: &Envelope, mail: &[u8]) -> bool {
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        self.reports && mail.is_ascii() && addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii())
    }

    async fn send_content(&mut self, mail: &[u8]) -> Result<Response, Error> {
        self.inner.command(Data).await?;
        self.inner.message(mail).await
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
