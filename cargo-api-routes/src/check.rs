//! `check`: everything that is wrong with the trees, at once, without compiling the application.

use clap::Args;

use crate::{Failure, Verdict, engine::progress, output, package::Location};

/// Show every error and warning that the build would show for the trees, all at once
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Warnings count as errors
    #[arg(long)]
    deny_warnings: bool,
}

impl Check {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::Good;
        for package in location.packages()? {
            let found = package.report();
            let (warnings, unread): (Vec<_>, _) = match &found {
                Ok(report) => (report.warnings().collect(), report.unread()),
                Err(errors) => (errors.warnings().collect(), errors.unread()),
            };
            for warning in &warnings {
                output::warning(warning);
            }
            for error in unread {
                output::error(&format!("{error}; the compiler says where"));
            }
            let is_denied = self.deny_warnings && !warnings.is_empty();
            if is_denied || !unread.is_empty() || found.is_err() {
                verdict = Verdict::Bad;
            }
            match &found {
                Ok(report) => {
                    let routes = progress(report.route_files().len(), report.foreign().count());
                    let warnings = output::count(warnings.len(), "warning");
                    anstream::println!("{}: {routes}, {warnings}", package.name);
                }
                Err(errors) => errors.iter().for_each(|error| output::error(error)),
            }
        }
        Ok(verdict)
    }
}
