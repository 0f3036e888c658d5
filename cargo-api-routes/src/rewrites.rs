//! `rewrites`: what a Next.js in front is told, so that it hands on the requests for the routes.

use clap::Args;
use http::Uri;

use crate::{Failure, Verdict, engine::trees, package::Location};

/// Print the `rewrites()` entries of next.config for the routes, in the order in which Next.js must try them
#[derive(Debug, Args)]
pub(crate) struct Rewrites {
    /// Where the server of these routes listens, such as `http://127.0.0.1:4000`
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: String,
    /// As a JavaScript module that exports `rewrites`, in place of JSON
    #[arg(long)]
    module: bool,
    /// Where the routes are mounted [default: at what follows `pages` in the directory]
    #[arg(long, value_name = "PATH")]
    mount: Option<String>,
}

impl Rewrites {
    pub(crate) fn run(&self, location: &Location) -> Result<Verdict, Failure> {
        let package = location.package()?;
        let dir = package.only_dir()?.directory();
        let report = package.sound_report()?;
        let mount = self.mount.clone();
        let of_tree = trees(&report, None).into_iter().next();
        let mount = mount.or_else(|| of_tree.map(|it| it.mount));
        let rewrites = report.rewrites(dir, &mount.unwrap_or_default(), &self.origin);
        if self.module {
            anstream::print!("{}", rewrites.to_module());
        } else {
            anstream::println!("{rewrites}");
        }
        Ok(Verdict::Good)
    }
}

/// Next.js takes any text for a destination, and fails at each request.
fn origin(text: &str) -> Result<String, &'static str> {
    let uri = text.parse::<Uri>().ok();
    match uri.as_ref().and_then(Uri::scheme_str) {
        Some("http" | "https") => Ok(text.to_owned()),
        _ => Err("an origin is written like `http://127.0.0.1:4000`"),
    }
}
