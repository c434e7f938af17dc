//! The program itself as a process of its own: started on a database, asked, killed, started again.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Where a program runs and with what.
pub struct Program {
    pub dir: tempfile::TempDir,
    pub port: u16,
    arguments: Vec<String>,
    running: Option<Child>,
}

impl Program {
    /// A program on the database at `url`, not started yet.
    pub fn on(url: &str) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret.key");
        let arguments = ["--database", url, "--secret-file", secret.to_str().unwrap()];
        Self {
            dir,
            port,
            arguments: arguments.map(str::to_owned).to_vec(),
            running: None,
        }
    }

    /// With one more flag.
    pub fn with(mut self, flag: &str, value: &str) -> Self {
        self.arguments.extend([flag.to_owned(), value.to_owned()]);
        self
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A command of the program.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duenotice"));
        command
            .arg(name)
            .args(&self.arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end: how it ended, and what it said.
    pub async fn run(&self, name: &str, more: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(name);
        let ended = tokio::time::timeout(Duration::from_secs(60), command.args(more).output());
        let output = ended.await.expect("it ends").unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Starts the server and waits until it takes requests.
    pub async fn start(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.path().join("log"))
            .unwrap();
        let mut child = self
            .command("serve")
            .args(["--listen", &listen])
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await;
        let line = line.expect("it starts").unwrap();
        assert!(line.is_some(), "it ended: {}", self.log());
        self.running = Some(child);
    }

    /// Ends it without a word of warning.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().await.unwrap();
        }
    }

    pub fn id(&self) -> u32 {
        self.running.as_ref().and_then(Child::id).unwrap()
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// The most memory that the running server has held, in bytes.
    pub fn memory_peak(&self) -> Option<u64> {
        let status = PathBuf::from(format!("/proc/{}/status", self.id()));
        let status = std::fs::read_to_string(status).ok()?;
        let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }
}
