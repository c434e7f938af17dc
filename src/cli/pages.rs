//! `pages DIR`: every page with every sample as a file, to be looked at without a server.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::{CliError, Console};
use crate::error::{Error, Result};
use crate::http::assets;
use crate::http::web::gallery;

/// Write every page of the product, with samples, as files to look at.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the files go; made when missing.
    dir: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be written.
pub fn run(args: &Args, console: &mut Console<'_>) -> Result<(), CliError> {
    let n = write(&args.dir).map_err(CliError::failed)?;
    writeln!(console.out, "{n} pages in {}", args.dir.display())?;
    Ok(())
}

/// Writes the gallery to `dir`; how many pages there are.
///
/// # Errors
/// When a file cannot be written.
pub fn write(dir: &Path) -> Result<usize> {
    let put = |path: &Path, text: &str| {
        fs::write(path, text).map_err(|e| Error::internal(format!("{}: {e}", path.display())))
    };
    fs::create_dir_all(dir.join("assets")).map_err(Error::internal)?;
    for asset in assets::all() {
        put(&dir.join("assets").join(&asset.name), asset.text)?;
    }
    let pages = gallery();
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>Pages</title><ul>");
    for page in &pages {
        let file = format!("{}.html", page.name);
        // As files they lie beside the assets, and not below a host.
        let html = page.html.replace("\"/assets/", "\"assets/");
        put(&dir.join(&file), &html)?;
        let _ = write!(index, "<li><a href=\"{file}\">{}</a>", page.name);
    }
    put(&dir.join("index.html"), &index)?;
    Ok(pages.len())
}
