//! A small web site on loopback, good and bad pages, that notes who asked for what.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a page answers.
#[derive(Clone)]
pub(crate) enum Page {
    /// 200 with this text.
    Text(String),
    /// This status, and a short text.
    Status(u16),
    /// 302 to there.
    Redirect(String),
    /// The head at once, then a byte each 100 ms without an end.
    Drip,
    /// Bytes without an end and without a length.
    Endless,
    /// A length that is claimed, and no body.
    Claimed(u64),
    /// Closes the connection without an answer.
    Nothing,
}

/// Serves until it is dropped.
pub(crate) struct Site {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// An empty site at this address and a port of its own.
    pub(crate) async fn start(ip: &str) -> Self {
        Self::start_at(ip, 0).await
    }

    /// An empty site at this address and port.
    pub(crate) async fn start_at(ip: &str, port: u16) -> Self {
        let listener = TcpListener::bind(SocketAddr::new(ip.parse().unwrap(), port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (pages, seen) = (Arc::new(Mutex::new(HashMap::new())), Arc::new(Mutex::new(Vec::new())));
        let served = (pages.clone(), seen.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, served.0.clone(), served.1.clone()));
            }
        });
        Self { address, pages, seen, task }
    }

    /// Puts a page there; paths without one answer 404.
    pub(crate) fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of all requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, pages: Arc<Mutex<HashMap<String, Page>>>, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push(head);
    let page = pages.lock().unwrap().get(&path).cloned().unwrap_or(Page::Status(404));
    // Whoever asked may be gone already.
    let _ = answer(&mut stream, page).await;
}

async fn answer(stream: &mut TcpStream, page: Page) -> std::io::Result<()> {
    let whole = |status: u16, more: &str, body: &str| {
        format!("HTTP/1.1 {status} X\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    };
    match page {
        Page::Text(text) => stream.write_all(whole(200, "Content-Type: text/plain\r\n", &text).as_bytes()).await,
        Page::Status(status) => stream.write_all(whole(status, "", "no").as_bytes()).await,
        Page::Redirect(to) => stream.write_all(whole(302, &format!("Location: {to}\r\n"), "").as_bytes()).await,
        Page::Claimed(length) => {
            let head = format!("HTTP/1.1 200 X\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        }
        Page::Nothing => Ok(()),
        Page::Drip => {
            stream.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n").await?;
            loop {
                stream.write_all(b"x").await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Page::Endless => {
            stream.write_all(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n").await?;
            loop {
                stream.write_all(&vec![b'x'; 65_536]).await?;
            }
        }
    }
}
