//! Mail servers to send to: a real one, and one that misbehaves as it is told.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};

use super::left_out;

/// The real server (`aiosmtpd`), reached as `localhost`. Ends when dropped.
pub struct Server {
    pub port: u16,
    /// The certificate it shows, which no system trusts.
    pub ca: PathBuf,
    taken: Lines<BufReader<ChildStdout>>,
    _child: Child,
    _dir: tempfile::TempDir,
}

/// A mail that [`Server`] took.
#[derive(Debug, Deserialize)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub tls: bool,
    pub data: String,
}

impl Server {
    /// Starts it, if Python has `aiosmtpd` and `openssl` is there. `DUENOTICE_TEST_PYTHON` names
    /// another Python than `python3`.
    pub async fn start() -> Option<Self> {
        let python = std::env::var("DUENOTICE_TEST_PYTHON").unwrap_or("python3".to_owned());
        let probe = Command::new(&python)
            .args(["-c", "import aiosmtpd"])
            .output()
            .await;
        let dir = tempfile::tempdir().unwrap();
        if !probe.is_ok_and(|o| o.status.success()) || !certificate(&dir).await {
            left_out(
                "mail over a real server",
                "Python's aiosmtpd or openssl is not installed",
            );
            return None;
        }
        let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        let mut child = Command::new(&python)
            .args(["-c", include_str!("smtp_server.py")])
            .args([&cert, &key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A handshake that fails on purpose is a traceback there.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut taken = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = taken.next_line().await.unwrap().expect("it prints a port");
        Some(Self {
            port: port.parse().unwrap(),
            ca: cert,
            taken,
            _child: child,
            _dir: dir,
        })
    }

    /// The next mail it took.
    pub async fn taken(&mut self) -> Taken {
        let line = self.taken.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

/// `cert.pem` for `localhost` and its `key.pem`.
async fn certificate(dir: &tempfile::TempDir) -> bool {
    let config = "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=x\n[dn]\nCN=localhost\n\
                  [x]\nsubjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
    std::fs::write(dir.path().join("openssl.cnf"), config).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", "ec", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-config", "openssl.cnf", "-keyout", "key.pem"])
        .args(["-out", "cert.pem"])
        .current_dir(dir)
        .output()
        .await;
    made.is_ok_and(|o| o.status.success())
}

/// What [`Sink`] does with one connection.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Takes the mail.
    Take,
    /// Answers so to the command that begins with the word.
    Say(&'static str, &'static str),
    /// Takes the whole text, then hangs up without a word.
    DropAfterText,
}

/// A server that does as it is told, one connection after the other; after that it takes everything.
pub struct Sink {
    pub port: u16,
    texts: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub async fn start(script: &'static [Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let texts = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&texts);
        tokio::spawn(async move {
            let mut script = script.iter();
            while let Ok((tcp, _)) = listener.accept().await {
                let act = script.next().copied().unwrap_or(Act::Take);
                if let Some(text) = serve(tcp, act).await {
                    kept.lock().unwrap().push(text);
                }
            }
        });
        Self { port, texts }
    }

    /// Every text that was sent whole, taken or not.
    pub fn texts(&self) -> Vec<String> {
        self.texts.lock().unwrap().clone()
    }
}

async fn serve(tcp: TcpStream, act: Act) -> Option<String> {
    let (read, mut write) = tcp.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await.ok()?;
    let mut text = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match (act, line.split(' ').next()?) {
            (Act::Say(word, answer), said) if word == said => answer,
            (_, "DATA") => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut all = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|l| l != ".") {
                    all.push_str(&line);
                    all.push('\n');
                }
                text = Some(all);
                match act {
                    Act::DropAfterText => return text,
                    Act::Say("TEXT", answer) => answer,
                    _ => "250 taken",
                }
            }
            (_, "QUIT") => break,
            _ => "250 fine",
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    text
}
