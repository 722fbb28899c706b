//! A program on loopback that webhooks are sent to: it keeps what it got and answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    /// Headers, by their names in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// The body as it came.
    pub(crate) body: String,
}

impl Got {
    /// A header; panics when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Kept {
    got: Vec<Got>,
    answers: VecDeque<(u16, String)>,
    usual: Option<(u16, String)>,
}

/// Listens until it is dropped.
pub(crate) struct Receiver {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// One that takes everything, at this address and a port of its own.
    pub(crate) async fn start(ip: &str) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = kept.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { address, kept, task }
    }

    /// Where webhooks are sent.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What to answer from now on: a status, more header lines each with its line end, and the body after an empty line.
    pub(crate) fn answers(&self, status: u16, rest: &str) {
        self.kept.lock().unwrap().usual = Some((status, rest.to_owned()));
    }

    /// What to answer next, once.
    pub(crate) fn answers_next(&self, status: u16, rest: &str) {
        self.kept.lock().unwrap().answers.push_back((status, rest.to_owned()));
    }

    /// Takes out all that came so far.
    pub(crate) fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.kept.lock().unwrap().got)
    }
}

async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Kept>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let headers: HashMap<String, String> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let (status, rest) = {
        let mut kept = kept.lock().unwrap();
        kept.got.push(Got { headers, body: String::from_utf8(body).unwrap() });
        let usual = kept.usual.clone();
        kept.answers.pop_front().or(usual).unwrap_or((200, "\r\nok".to_owned()))
    };
    let answer = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{rest}");
    // Whoever sent it may be gone already.
    let _ = stream.write_all(answer.as_bytes()).await;
}
