//! `duenotice user add`: makes an account, the first one too.

use crate::config::Config;
use crate::domain::access::{Actor, Role};
use crate::rng::Rng;
use crate::server::{self, Schema};
use crate::service::Ctx;
use crate::service::account::{self, NewAccount};

use super::{CliError, Console, block_on};

/// Manage accounts
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Add(Add),
}

/// Make an account; its password is printed once
#[derive(Debug, clap::Args)]
struct Add {
    /// What the person types to sign in
    #[arg(long)]
    email: String,
    /// The name to show
    #[arg(long)]
    name: String,
    /// reporter, responder, approver, manager or administrator
    #[arg(long)]
    role: Role,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    let Command::Add(add) = &args.command;
    let password = if add.password_stdin {
        let mut text = String::new();
        console.input.read_to_string(&mut text)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        password(&Rng::system())
    };
    let new = NewAccount {
        email: add.email.clone(),
        name: add.name.clone(),
        role: add.role,
        password,
    };
    block_on(async {
        let app = server::build(config.clone(), Schema::Migrate)
            .await
            .map_err(CliError::failed)?;
        let made = account::create(&Ctx::new(&app, Actor::system()), &new).await;
        app.db.close().await;
        made.map_err(CliError::failed)?;
        writeln!(
            console.out,
            "{} can sign in as {}.",
            new.email.trim().to_lowercase(),
            add.role
        )?;
        if !add.password_stdin {
            writeln!(
                console.out,
                "The password, shown only now: {}",
                new.password
            )?;
        }
        Ok(())
    })
}

/// 100 random bits that can be read out on the phone.
fn password(rng: &Rng) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> = rng
        .bytes::<20>()
        .into_iter()
        .map(|b| char::from(LETTERS[usize::from(b & 31)]))
        .collect();
    letters
        .chunks(5)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_long_enough_and_never_the_same() {
        let one = password(&Rng::system());
        assert!(one.len() >= account::PASSWORD_CHARS_MIN, "{one}");
        assert_ne!(one, password(&Rng::system()));
    }
}
