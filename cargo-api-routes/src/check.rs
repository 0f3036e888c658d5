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
            match package.report() {
                Ok(report) => {
                    let mut warnings = 0_usize;
                    for warning in report.warnings() {
                        output::warning(&warning);
                        warnings += 1;
                    }
                    for error in report.unread() {
                        output::error(&format!("{error}; the compiler says where"));
                        verdict = Verdict::Bad;
                    }
                    if self.deny_warnings && warnings > 0 {
                        verdict = Verdict::Bad;
                    }
                    let routes = progress(report.route_files().len(), report.foreign().count());
                    let warnings = output::count(warnings, "warning");
                    anstream::println!("{}: {routes}, {warnings}", package.name);
                }
                Err(errors) => {
                    verdict = Verdict::Bad;
                    for error in &errors {
                        output::error(error);
                    }
                }
            }
        }
        Ok(verdict)
    }
}
