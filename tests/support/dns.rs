//! A real name server on loopback, whose answers are in the test's hand.

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, TXT};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

/// Answers over UDP until it is dropped.
pub(crate) struct NameServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Zone {
    /// For each name the addresses of the next answers; the last answer stays.
    addresses: HashMap<String, VecDeque<Vec<IpAddr>>>,
    texts: HashMap<String, Vec<String>>,
    silent: bool,
    broken: bool,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    /// A server that knows no name yet.
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let zone = Arc::new(Mutex::new(Zone::default()));
        let served = zone.clone();
        let task = tokio::spawn(async move {
            let mut buffer = [0; 1500];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                let answer = served.lock().unwrap().answer(&buffer[..length]);
                if let Some(answer) = answer {
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        Self { address, zone, task }
    }

    /// The name leads to these addresses.
    pub(crate) fn host(&self, name: &str, addresses: &[&str]) {
        self.host_in_turn(name, &[addresses]);
    }

    /// The name leads to the first of these at the first question, to the next at the next: the last stays.
    pub(crate) fn host_in_turn(&self, name: &str, turns: &[&[&str]]) {
        let turns = turns.iter().map(|turn| turn.iter().map(|address| address.parse().unwrap()).collect());
        self.zone.lock().unwrap().addresses.insert(name.to_owned(), turns.collect());
    }

    /// The text records at a name; none take the name away.
    pub(crate) fn texts(&self, name: &str, texts: &[&str]) {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self.zone.lock().unwrap().texts.insert(name.to_owned(), texts);
    }

    /// Stops answering, or starts again.
    pub(crate) fn set_silent(&self, silent: bool) {
        self.zone.lock().unwrap().silent = silent;
    }

    /// Answers that it failed, or stops doing so.
    pub(crate) fn set_broken(&self, broken: bool) {
        self.zone.lock().unwrap().broken = broken;
    }
}

impl Zone {
    fn answer(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        if self.silent {
            return None;
        }
        let question = Message::from_vec(question).unwrap();
        let query = question.queries[0].clone();
        let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
        answer.metadata.recursion_desired = true;
        answer.metadata.recursion_available = true;
        answer.add_query(query.clone());
        let found = if self.broken { None } else { self.records(&query) };
        match found {
            Some(found) => {
                answer.add_answers(found.into_iter().map(|data| Record::from_rdata(query.name().clone(), 60, data)));
            }
            None if self.broken => answer.metadata.response_code = ResponseCode::ServFail,
            None => answer.metadata.response_code = ResponseCode::NXDomain,
        }
        Some(answer.to_vec().unwrap())
    }

    /// None when there is no such name.
    fn records(&mut self, query: &Query) -> Option<Vec<RData>> {
        let name = query.name().to_string().trim_end_matches('.').to_lowercase();
        let known = self.addresses.contains_key(&name) || self.texts.get(&name).is_some_and(|texts| !texts.is_empty());
        if !known {
            return None;
        }
        let texts = self.texts.get(&name).cloned().unwrap_or_default();
        Some(match query.query_type() {
            // A record's text is put together of parts of at most 255 bytes.
            RecordType::TXT => texts
                .iter()
                .map(|text| {
                    let parts = text.as_bytes().chunks(20).map(|part| String::from_utf8(part.to_vec()).unwrap());
                    RData::TXT(TXT::new(parts.collect()))
                })
                .collect(),
            RecordType::A => {
                let Some(turns) = self.addresses.get_mut(&name) else { return Some(Vec::new()) };
                let now = if turns.len() > 1 { turns.pop_front() } else { turns.front().cloned() };
                let v4 = now.into_iter().flatten().filter_map(|address| match address {
                    IpAddr::V4(address) => Some(RData::A(A(address))),
                    IpAddr::V6(_) => None,
                });
                v4.collect()
            }
            RecordType::AAAA => {
                let now = self.addresses.get(&name).and_then(|turns| turns.front().cloned());
                let v6 = now.into_iter().flatten().filter_map(|address| match address {
                    IpAddr::V4(_) => None,
                    IpAddr::V6(address) => Some(RData::AAAA(AAAA(address))),
                });
                v6.collect()
            }
            _ => Vec::new(),
        })
    }
}
