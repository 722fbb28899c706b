//! A mail server in a thread that answers as it is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What to answer instead of yes, by the start of the command; `GREETING` and `.` (the end of a message) count as such.
/// The answer `HANG` answers nothing for long, `CUT` ends the connection.
pub(super) type Script = &'static [(&'static str, &'static str)];

pub(super) struct Server {
    pub(super) port: u16,
    commands: Arc<Mutex<Vec<String>>>,
    messages: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start(script: Script) -> Self {
        Self::start_at(0, script)
    }

    pub(super) fn start_at(port: u16, script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let server =
            Self { port: listener.local_addr().unwrap().port(), commands: Arc::default(), messages: Arc::default() };
        let (commands, messages) = (server.commands.clone(), server.messages.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (commands, messages) = (commands.clone(), messages.clone());
                // A client that goes away ends its connection, not the test.
                std::thread::spawn(move || drop(serve(&stream, script, &commands, &messages)));
            }
        });
        server
    }

    /// Every command line received, in order.
    pub(super) fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }

    /// Every message received whole, as it came.
    pub(super) fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }
}

fn serve(
    stream: &TcpStream,
    script: Script,
    commands: &Mutex<Vec<String>>,
    messages: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut out = stream;
    let mut answer = |command: &str, usual: &str| -> std::io::Result<()> {
        let told = script.iter().find(|(start, _)| command.to_ascii_uppercase().starts_with(start));
        match told.map_or(usual, |(_, answer)| answer) {
            "HANG" => std::thread::sleep(Duration::from_secs(20)),
            "CUT" => stream.shutdown(std::net::Shutdown::Both)?,
            answer => out.write_all(format!("{answer}\r\n").as_bytes())?,
        }
        Ok(())
    };
    answer("GREETING", "220 fake.example.org ESMTP")?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next().transpose()? {
        commands.lock().unwrap().push(line.clone());
        match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => answer(&line, "250-fake.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
            "AUTH" => answer(&line, "235 welcome")?,
            "DATA" => {
                answer(&line, "354 go on")?;
                let mut message = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    message += line.strip_prefix('.').unwrap_or(&line);
                    message.push('\n');
                }
                messages.lock().unwrap().push(message);
                answer(".", "250 queued as 4711")?;
            }
            "QUIT" => return answer(&line, "221 bye"),
            _ => answer(&line, "250 fine")?,
        }
    }
    Ok(())
}
