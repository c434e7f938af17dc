//! The command line: one file for each command.
//!
//! Always holds: a command ends with 0 when it did what was asked, 1 with a sentence on standard
//! error when it could not, and 2 when the arguments make no sense. A reader who closes the pipe
//! early (`| head`) ends the command quietly.

pub mod batch;
mod calendar;
mod calendar_year;
mod check;
mod deadline;
mod demo;
mod explain;
mod migrate;
pub mod pages;
mod people;
mod register;
mod rows;
mod sentences;
mod serve;
mod user;
mod verify;

use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::catalog::{Catalog, Files};
use crate::config::{Config, Flags};
use crate::time::TimeSource;

/// Tell the right people about a personal data breach, on time, and be able to prove it.
#[derive(Debug, Parser)]
#[command(name = "duenotice", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Migrate(migrate::Args),
    User(user::Args),
    Verify(verify::Args),
    Deadline(deadline::Args),
    Explain(explain::Args),
    Calendar(calendar::Args),
    Register(register::Args),
    People(people::Args),
    Check(check::Args),
    Pages(pages::Args),
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments make no sense together; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It could not be done; exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Reading or writing failed; a closed pipe ends the command quietly.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
}

impl CliError {
    fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a command reads from and writes to, so that tests can stand in for the terminal.
pub struct Console<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub err: &'a mut dyn Write,
}

/// Runs the program with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut err = io::stderr();
    let mut console = Console {
        input: &mut input,
        out: &mut out,
        err: &mut err,
    };
    let outcome = run(cli, &mut console).and_then(|()| Ok(console.out.flush()?));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // What was already found stands before the sentence about what was not.
            let _ = console.out.flush();
            let _ = writeln!(console.err, "duenotice: {error}");
            match error {
                CliError::Usage(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(cli: Cli, console: &mut Console<'_>) -> Result<(), CliError> {
    match cli.command {
        Command::Serve(args) => serve::run(&args, &config(&cli.flags)?, console),
        Command::Demo(args) => demo::run(&args, &config(&cli.flags)?, console),
        Command::Migrate(_) => migrate::run(&config(&cli.flags)?, console),
        Command::User(args) => user::run(&args, &config(&cli.flags)?, console),
        Command::Verify(args) => verify::run(&args, &config(&cli.flags)?, console),
        Command::Deadline(args) => deadline::run(args, &catalog(&cli.flags)?, console),
        Command::Explain(args) => {
            explain::run(&args, &config(&cli.flags)?, &catalog(&cli.flags)?, console)
        }
        Command::Calendar(args) => {
            calendar::run(&args, &catalog(&cli.flags)?, &TimeSource::system(), console)
        }
        Command::Register(args) => register::run(&args, &catalog(&cli.flags)?, console),
        Command::People(args) => people::run(&args, &config(&cli.flags)?, console),
        Command::Pages(args) => pages::run(&args, console),
        Command::Check(_) => check::run(files(&cli.flags)?, &TimeSource::system(), console),
    }
}

fn config(flags: &Flags) -> Result<Config, CliError> {
    Config::load(flags).map_err(CliError::failed)
}

/// Runs what waits for the network and the disk.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

fn catalog(flags: &Flags) -> Result<Catalog, CliError> {
    Catalog::from_files(&files(flags)?).map_err(CliError::failed)
}

/// The built-in playbooks with the operator's own folder over them, where one is set.
fn files(flags: &Flags) -> Result<Files, CliError> {
    let config = config(flags)?;
    let mut files = Files::builtin();
    if let Some(dir) = &config.playbooks {
        files.overlay(dir).map_err(CliError::failed)?;
    }
    Ok(files)
}
