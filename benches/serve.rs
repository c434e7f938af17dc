//! The server at rest: from its start to the first answer on an existing database, and the memory it
//! then holds. `cargo bench --bench serve` prints both beside what is aimed at.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_duenotice");
const START_AIM: Duration = Duration::from_secs(1);
const MEMORY_AIM_MIB: u64 = 60;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", dir.path().join("duenotice.db").display());
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let run = |command: &str| {
        let mut c = Command::new(PROGRAM);
        c.current_dir(dir.path())
            .arg(command)
            .args(["--database", &database, "--log", "warn"]);
        c
    };
    assert!(
        run("migrate")
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
    let mut starts = Vec::new();
    for round in 1..=5 {
        let began = Instant::now();
        let listen = port.to_string();
        let child = run("serve")
            .args(["--listen", &listen])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let child = Running(child);
        while !answers(port) {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "it does not answer"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        let start = began.elapsed();
        // A hundred requests, and ten seconds of its own rhythm.
        (0..100).for_each(|_| assert!(answers(port)));
        std::thread::sleep(Duration::from_secs(10));
        let memory = resident_kib(child.0.id());
        println!(
            "round {round}: first answer after {} ms; {:.1} MiB resident",
            start.as_millis(),
            f64::from(u32::try_from(memory).unwrap()) / 1024.0
        );
        starts.push((start, memory));
    }
    starts.sort();
    let (start, _) = starts[starts.len() / 2];
    let memory = starts.iter().map(|(_, m)| m).max().unwrap() / 1024;
    println!(
        "start: median {} ms (aim: under {} ms)",
        start.as_millis(),
        START_AIM.as_millis()
    );
    println!("memory at rest: at most {memory} MiB (aim: under {MEMORY_AIM_MIB} MiB)");
}

fn answers(port: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(port) else {
        return false;
    };
    let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
