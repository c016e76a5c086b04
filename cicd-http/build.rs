//! Lists the built pages, so that the feature `ui` embeds them: none where `cargo xtask pages` was not run.

use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=ui-dist");
    let Some(directory) = env::var_os("OUT_DIR") else { return Ok(()) };
    let pages = env::current_dir()?.join("ui-dist");
    let mut files = Vec::new();
    list(&pages, &mut files)?;
    files.sort();
    let mut source = "&[\n".to_owned();
    for file in files {
        let name = file.strip_prefix(&pages).map_err(io::Error::other)?;
        let name = name.to_str().ok_or_else(|| io::Error::other("the pages' names are UTF-8"))?;
        fmt::Write::write_fmt(&mut source, format_args!("    ({name:?}, include_bytes!({file:?})),\n"))
            .map_err(io::Error::other)?;
    }
    source.push_str("]\n");
    fs::write(Path::new(&directory).join("pages.rs"), source)
}

/// Every file below `directory` but those whose name begins with a dot.
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !directory.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_hidden =
            path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with('.'));
        if path.is_dir() {
            list(&path, files)?;
        } else if !is_hidden {
            files.push(path);
        }
    }
    Ok(())
}
