//! The program itself as a process of its own, and the most memory that it held.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The most memory that an import may take.
const MEMORY_AIM_MIB: u64 = 300;

/// A command that ended well.
#[derive(Debug)]
pub struct Child {
    /// From its start to its end.
    pub seconds: f64,
    /// `VmHWM`: the most memory that was resident; none on a machine that does not tell.
    kib: Option<u64>,
}

impl Child {
    /// Runs `duenotice` with these arguments on a database; secret and spool folder are in `dir`.
    pub fn run(dir: &Path, url: &str, args: &[&str]) -> Self {
        let said = dir.join("said.txt");
        let output = std::fs::File::create(&said).unwrap();
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_duenotice"))
            .args(args)
            .args(["--database", url, "--log", "warn", "--secret-file"])
            .arg(dir.join("secret.key"))
            .arg("--spool")
            .arg(dir.join("spool"))
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let mut kib = None;
        let status = loop {
            kib = most_resident(child.id()).or(kib);
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let seconds = start.elapsed().as_secs_f64();
        let said = std::fs::read_to_string(said).unwrap();
        assert!(status.success(), "{args:?}: {said}");
        Self { seconds, kib }
    }

    /// Says how much memory it took.
    pub fn print_memory(&self) {
        match self.kib {
            Some(kib) => println!(
                "  most memory resident: {} MiB (aim: under {MEMORY_AIM_MIB} MiB)",
                kib / 1024
            ),
            None => println!("  memory: this machine does not tell"),
        }
    }
}

fn most_resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
