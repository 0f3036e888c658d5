//! `check`: everything that is wrong with the trees, at once, without compiling the application.

use clap::Args;

use crate::{Failure, Verdict, output, package::Location};

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
            let mut is_sound = true;
            let (mut routes, mut foreign, mut warnings) = (0, 0, 0);
            for dir in &package.dirs {
                match package.builder(dir).try_compile() {
                    Ok(report) => {
                        for warning in report.warnings() {
                            output::warning(&warning);
                            warnings += 1;
                        }
                        for error in report.unread() {
                            output::error(&format!("{error}; the compiler says where"));
                            verdict = Verdict::Bad;
                        }
                        routes += report.route_files().len();
                        foreign += report.foreign().count();
                    }
                    Err(errors) => {
                        is_sound = false;
                        verdict = Verdict::Bad;
                        for error in &errors {
                            output::error(error);
                        }
                    }
                }
            }
            if self.deny_warnings && warnings > 0 {
                verdict = Verdict::Bad;
            }
            if is_sound {
                let foreign = match foreign {
                    0 => String::new(),
                    foreign => format!(", {foreign} foreign"),
                };
                let routes = output::count(routes, "route");
                let warnings = output::count(warnings, "warning");
                anstream::println!("{}: {routes}{foreign}, {warnings}", package.name);
            }
        }
        Ok(verdict)
    }
}
