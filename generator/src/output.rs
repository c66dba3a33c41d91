//! The files of a build: only what changed is written, and what is no longer planned is removed.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Lists the files of the last build, so that the next removes what it does not plan. What a build has not
/// written itself, such as the register's data, is never listed, so never removed.
const MANIFEST: &str = ".manifest";

/// What a file says.
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// The same as another file. The name says the content: what is there already is right.
    CopyOf(PathBuf),
}

/// What was done on disk.
pub(crate) struct Changes {
    pub(crate) written: usize,
    pub(crate) removed: usize,
}

/// A file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{} : {source}", path.display())]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

/// Makes the folder `output` say `files`, of which those that begin with `../` are beside it.
pub(crate) fn update(output: &Path, files: &BTreeMap<String, Body>) -> Result<Changes, FileError> {
    let manifest = output.join(MANIFEST);
    let last = at(&manifest, read_manifest)?;
    let mut written = 0;
    for (file, body) in files {
        written += usize::from(at(&locate(output, file), |path| write_if_changed(path, body))?);
    }
    let stale: Vec<&String> = last.iter().filter(|file| !files.contains_key(*file)).collect();
    for file in &stale {
        at(&locate(output, file), remove)?;
    }
    let list: String = files.keys().map(|file| format!("{file}\n")).collect();
    at(&manifest, |path| write_if_changed(path, &Body::Bytes(list.into())))?;
    Ok(Changes { written, removed: stale.len() })
}

fn at<T>(path: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, FileError> {
    act(path).map_err(|source| FileError { path: path.to_owned(), source })
}

fn locate(output: &Path, file: &str) -> PathBuf {
    match file.strip_prefix("../") {
        Some(beside) => output.parent().unwrap_or(output).join(beside),
        None => output.join(file),
    }
}

fn read_manifest(path: &Path) -> io::Result<Vec<String>> {
    match fs::read_to_string(path) {
        Ok(list) => Ok(list.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether the file had to be written. A reader sees the old file or the new one, never a part.
fn write_if_changed(path: &Path, body: &Body) -> io::Result<bool> {
    let is_current = match body {
        Body::Bytes(bytes) => fs::read(path).is_ok_and(|current| current == *bytes),
        Body::CopyOf(original) => {
            fs::metadata(path).ok().map(|file| file.len()) == Some(fs::metadata(original)?.len())
        }
    };
    if is_current {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let temporary = folder.join(format!(".{}.new", path.file_name().unwrap_or_default().to_string_lossy()));
    match body {
        Body::Bytes(bytes) => fs::write(&temporary, bytes)?,
        Body::CopyOf(original) => fs::copy(original, &temporary).map(|_| ())?,
    }
    fs::rename(&temporary, path)?;
    Ok(true)
}

/// Removes a file, and the folders it leaves empty.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut folder = path.parent();
    // A folder that is not empty refuses to be removed.
    while let Some(empty) = folder.filter(|folder| fs::remove_dir(folder).is_ok()) {
        folder = empty.parent();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeMap<String, Body> {
        names.iter().map(|name| ((*name).to_owned(), Body::Bytes(name.as_bytes().to_vec()))).collect()
    }

    #[test]
    fn only_what_changed_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("public");
        let first = update(&output, &files(&["a/index.html", "../b.json"])).expect("written");
        assert_eq!((first.written, first.removed), (2, 0));
        assert!(folder.path().join("b.json").is_file());
        let second = update(&output, &files(&["a/index.html", "../b.json"])).expect("written");
        assert_eq!((second.written, second.removed), (0, 0));
    }

    #[test]
    fn what_is_no_longer_planned_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("public");
        update(&output, &files(&["a/b/index.html", "c.html"])).expect("written");
        fs::create_dir(output.join("data")).expect("a folder");
        fs::write(output.join("data/process.json"), "{}").expect("written");
        let changes = update(&output, &files(&["c.html"])).expect("written");
        assert_eq!((changes.written, changes.removed), (0, 1));
        assert!(!output.join("a").exists());
        assert!(output.join("data/process.json").is_file());
        assert!(output.join("c.html").is_file());
    }
}
