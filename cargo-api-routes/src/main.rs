//! `cargo api-routes`: what a developer does with the routes of `tower-api-routes` from the first to the
//! hundredth, over what its build script finds. Only `dev` compiles the application.

mod check;
mod dev;
mod engine;
mod explain;
mod fmt;
mod init;
mod list;
mod new;
mod output;
mod package;
mod rewrites;
mod script;
mod settings;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

use package::Location;

/// Why a command could not do what it was asked to, in one sentence.
type Failure = Box<dyn Error + Send + Sync>;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// The command did its work, and what it looked at is not as it should be.
    Bad,
}

const EXIT_CODES: &str = "Exit codes:
  0  done, and nothing is wrong
  1  something is wrong with what was looked at: errors in a tree, a route without the layer, a file
     that is not formatted, a path that reaches no handler, a name that is taken
  2  the command could not do its work: wrong arguments, no package, no route files

Colour is used in a terminal only, and not where NO_COLOR is set.";

#[derive(Parser)]
#[command(
    name = "cargo-api-routes",
    bin_name = "cargo api-routes",
    version,
    about = "Routes of tower-api-routes: make, list, explain, check, format, serve",
    after_help = EXIT_CODES
)]
struct Cli {
    #[command(flatten)]
    location: Location,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    New(new::New),
    Dev(dev::Dev),
    List(list::List),
    Explain(explain::Explain),
    Check(check::Check),
    Rewrites(rewrites::Rewrites),
    Fmt(fmt::Fmt),
}

fn main() -> ExitCode {
    // Cargo passes the name of the subcommand on as the first argument.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|it| it == "api-routes") {
        arguments.remove(1);
    }
    let Cli { location, command } = Cli::parse_from(arguments);
    let verdict = match command {
        Command::Init(it) => it.run(&location),
        Command::New(it) => it.run(&location),
        Command::Dev(it) => it.run(&location),
        Command::List(it) => it.run(&location),
        Command::Explain(it) => it.run(&location),
        Command::Check(it) => it.run(&location),
        Command::Rewrites(it) => it.run(&location),
        Command::Fmt(it) => it.run(&location),
    };
    match verdict {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::from(1),
        Err(failure) => {
            output::error(&failure);
            ExitCode::from(2)
        }
    }
}
