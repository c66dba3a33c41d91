//! The files of a build: only what changed is written, and what is no longer planned is removed.

use crate::{
    memory::{OutputMemory, Stat},
    theme::{Key, fingerprint},
};
use rustc_hash::FxHashMap;
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Lists the files of the last build, so that the next removes what it does not plan. What a build has not
/// written itself, such as the register's data, is never listed, so never removed.
const MANIFEST: &str = ".manifest";

/// Stands in the manifest from the first write of a build to its end: a build that finds it follows one that was
/// interrupted.
const UNFINISHED: &str = "(unfinished)";

/// Extensions of the compressed files beside a text.
const COMPRESSED: [&str; 2] = ["br", "gz"];

/// What a file says.
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// The same as another file. The name says the content: what is there already is right.
    CopyOf(PathBuf),
}

/// A file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{} : {source}", path.display())]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

/// The folder that a site is built into.
pub(crate) struct Output<'a> {
    folder: &'a Path,
    /// What the last build left.
    last: &'a FxHashMap<String, OutputMemory>,
    /// Whether each text is also written compressed.
    compress: bool,
    /// Opened at the first write.
    journal: Mutex<Option<Journal>>,
}

/// The manifest while files are being written: each new one is listed before it is there, so that whatever interrupts
/// the build, the next knows of it.
struct Journal {
    manifest: File,
    listed: HashSet<String>,
    /// Whether the build before was interrupted.
    is_after_interruption: bool,
}

/// A file that the build plans, as it is now.
pub(crate) struct Written {
    pub(crate) file: String,
    pub(crate) memory: Option<OutputMemory>,
    /// Whether it, and what goes with it, had to be written.
    pub(crate) changed: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(folder: &'a Path, last: &'a FxHashMap<String, OutputMemory>, compress: bool) -> Self {
        Self { folder, last, compress, journal: Mutex::default() }
    }

    /// What is known of `file`, if it is still as the last build left it, made of what `key` stands for.
    pub(crate) fn current(&self, file: &str, key: Key) -> Option<OutputMemory> {
        let known = self.last.get(file).filter(|known| known.key == key)?;
        let path = self.locate(file);
        let stat = Stat::of(&fs::metadata(&path).ok()?);
        (stat == known.stat && self.beside(file, &path).ok()? == known.beside).then_some(*known)
    }

    /// Makes `file`, which is made of what `key` stands for, say `bytes`. A reader sees the old file or the new one,
    /// never a part.
    pub(crate) fn write(&self, file: &str, key: Key, bytes: &[u8]) -> Result<Written, FileError> {
        let path = self.locate(file);
        at(&path, |path| {
            let is_current = fs::metadata(path).is_ok_and(|now| now.len() == bytes.len() as u64)
                && fs::read(path).is_ok_and(|current| current == bytes);
            if !is_current {
                self.announce(file)?;
                put(path, |file| fs::write(file, bytes))?;
            }
            // What nobody remembers may be the copy of another text.
            let is_known = || {
                let known = self.last.get(file).map(|known| known.beside);
                known.is_some() && known == self.beside(file, path).ok()
            };
            if self.is_compressed(file) && (!is_current || !is_known()) {
                self.announce(file)?;
                for with in COMPRESSED {
                    put(&beside(path, with), |file| compress(with, bytes, file))?;
                }
            }
            let stat = Stat::of(&fs::metadata(path)?);
            let memory = OutputMemory { key, stat, beside: self.beside(file, path)? };
            Ok(Written { file: file.to_owned(), memory: Some(memory), changed: !is_current })
        })
    }

    /// Makes `file` say `body`.
    pub(crate) fn place(&self, file: &str, body: &Body) -> Result<Written, FileError> {
        match body {
            Body::Bytes(bytes) => {
                let key = fingerprint(bytes);
                match self.current(file, key) {
                    Some(memory) => {
                        Ok(Written { file: file.to_owned(), memory: Some(memory), changed: false })
                    }
                    None => self.write(file, key, bytes),
                }
            }
            Body::CopyOf(original) if self.is_compressed(file) => match self.kept(file) {
                Some(kept) => Ok(kept),
                None => self.write(file, fingerprint(file.as_bytes()), &at(original, |path| fs::read(path))?),
            },
            Body::CopyOf(original) => at(&self.locate(file), |path| {
                let is_current =
                    fs::metadata(path).ok().map(|file| file.len()) == Some(fs::metadata(original)?.len());
                if !is_current {
                    self.announce(file)?;
                    put(path, |file| fs::copy(original, file).map(|_| ()))?;
                }
                Ok(Written { file: file.to_owned(), memory: None, changed: !is_current })
            }),
        }
    }

    /// `file`, whose name says its content, if it is there, and as the last build left it.
    pub(crate) fn kept(&self, file: &str) -> Option<Written> {
        let path = self.locate(file);
        let stat = fs::metadata(&path).ok().filter(|file| file.len() > 0).map(|file| Stat::of(&file))?;
        let now =
            OutputMemory { key: fingerprint(file.as_bytes()), stat, beside: self.beside(file, &path).ok()? };
        let memory = self.last.get(file).copied().unwrap_or(now);
        let written = Written { file: file.to_owned(), memory: Some(memory), changed: false };
        (memory.stat == now.stat && memory.beside == now.beside).then_some(written)
    }

    /// How the compressed files beside one look; nothing when there are to be none.
    fn beside(&self, file: &str, path: &Path) -> io::Result<u64> {
        if !self.is_compressed(file) {
            return Ok(0);
        }
        let mark = |with: &&str| Ok(Stat::of(&fs::metadata(beside(path, with))?).mark());
        COMPRESSED
            .iter()
            .map(mark)
            .try_fold(0_u64, |marks, mark: io::Result<u64>| Ok(marks.rotate_left(1) ^ mark?))
    }

    /// The text of a file that has been written.
    pub(crate) fn read(&self, file: &str) -> Result<String, FileError> {
        at(&self.locate(file), |path| fs::read_to_string(path))
    }

    /// Lists `file`, and what goes with it, before it is written.
    fn announce(&self, file: &str) -> io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let journal = match &mut *journal {
            Some(journal) => journal,
            none => none.insert(Journal::open(self.folder)?),
        };
        journal.list([file.to_owned()].into_iter().chain(self.compressed(file)))
    }

    /// The compressed files that go with one.
    fn compressed(&self, file: &str) -> impl Iterator<Item = String> {
        let with = COMPRESSED.iter().filter(|_| self.is_compressed(file));
        with.map(move |with| format!("{file}.{with}"))
    }

    /// Removes what the last build wrote and this one does not plan; how many files that was.
    pub(crate) fn finish(&self, mut planned: Vec<String>) -> Result<usize, FileError> {
        let compressed: Vec<String> = planned.iter().flat_map(|file| self.compressed(file)).collect();
        planned.extend(compressed);
        planned.sort_unstable();
        planned.dedup();
        let manifest = self.folder.join(MANIFEST);
        let last = at(&manifest, read_manifest)?;
        let list: String = planned.iter().flat_map(|file| [file, "\n"]).collect();
        if list == last {
            return Ok(0);
        }
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let is_after_interruption =
            journal.as_ref().map_or_else(|| is_unfinished(&last), |journal| journal.is_after_interruption);
        if is_after_interruption {
            // What was half written.
            let listed = last.lines().chain([MANIFEST]);
            listed.map(|file| self.locate(file)).try_for_each(|file| at(&temporary(&file), remove))?;
        }
        let planned: HashSet<&str> = planned.iter().map(String::as_str).collect();
        let stale: HashSet<&str> =
            last.lines().filter(|file| *file != UNFINISHED && !planned.contains(file)).collect();
        for file in &stale {
            at(&self.locate(file), remove)?;
        }
        at(&manifest, |path| put(path, |file| fs::write(file, &list)))?;
        let is_text = |file: &&&str| !file.ends_with(".br") && !file.ends_with(".gz");
        Ok(stale.iter().filter(is_text).count())
    }

    fn is_compressed(&self, file: &str) -> bool {
        const TEXTS: [&str; 9] = ["html", "css", "js", "svg", "xml", "ics", "json", "txt", "geojson"];
        let extension = file.rsplit_once('.').map(|(_, extension)| extension);
        self.compress && !file.starts_with("../") && extension.is_some_and(|known| TEXTS.contains(&known))
    }

    fn locate(&self, file: &str) -> PathBuf {
        match file.strip_prefix("../") {
            Some(beside) => self.folder.parent().unwrap_or(self.folder).join(beside),
            None => self.folder.join(file),
        }
    }
}

impl Journal {
    fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(MANIFEST);
        let listed = read_manifest(&path)?;
        let mut manifest = OpenOptions::new().create(true).append(true).open(path)?;
        // The last line may have been cut.
        let start = if listed.is_empty() || listed.ends_with('\n') { "" } else { "\n" };
        manifest.write_all(format!("{start}{UNFINISHED}\n").as_bytes())?;
        let is_after_interruption = is_unfinished(&listed);
        Ok(Self { manifest, listed: listed.lines().map(str::to_owned).collect(), is_after_interruption })
    }

    fn list(&mut self, files: impl Iterator<Item = String>) -> io::Result<()> {
        let new: Vec<String> = files.filter(|file| !self.listed.contains(file)).collect();
        let lines: String = new.iter().flat_map(|file| [file, "\n"]).collect();
        self.listed.extend(new);
        self.manifest.write_all(lines.as_bytes())
    }
}

fn at<T>(path: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, FileError> {
    act(path).map_err(|source| FileError { path: path.to_owned(), source })
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn read_manifest(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

fn is_unfinished(manifest: &str) -> bool {
    manifest.lines().any(|line| line == UNFINISHED)
}

/// Under which name a file is written first.
fn temporary(path: &Path) -> PathBuf {
    path.with_file_name(format!(".{}.new", path.file_name().unwrap_or_default().to_string_lossy()))
}

/// Writes a file under a temporary name first.
fn put(path: &Path, write: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let temporary = temporary(path);
    match write(&temporary) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            write(&temporary)?;
        }
        other => other?,
    }
    fs::rename(&temporary, path)
}

fn compress(with: &str, bytes: &[u8], path: &Path) -> io::Result<()> {
    fs::write(path, if with == "br" { brotli(bytes)? } else { gzip(bytes)? })
}

/// A text as most browsers are sent it.
pub(crate) fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, 9, 22);
    encoder.write_all(bytes)?;
    drop(encoder);
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Removes a file, and the folders it leaves empty.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(error);
        }
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

    fn update(folder: &Path, names: &[&str], compress: bool) -> (usize, usize) {
        let nothing = FxHashMap::default();
        let output = Output::new(folder, &nothing, compress);
        let written = names
            .iter()
            .map(|name| output.place(name, &Body::Bytes(name.as_bytes().to_vec())).expect("written").changed);
        let written = written.filter(|changed| *changed).count();
        (written, output.finish(names.iter().map(|name| (*name).to_owned()).collect()).expect("removed"))
    }

    #[test]
    fn only_what_changed_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("public");
        assert_eq!(update(&output, &["a/index.html", "../b.json"], false), (2, 0));
        assert!(folder.path().join("b.json").is_file());
        assert_eq!(update(&output, &["a/index.html", "../b.json"], false), (0, 0));
    }

    #[test]
    fn what_was_written_plain_and_forgotten_is_compressed_when_that_is_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("public");
        update(&output, &["a.html"], false);
        update(&output, &["a.html"], true);
        assert!(output.join("a.html.br").is_file() && output.join("a.html.gz").is_file());
    }

    #[test]
    fn what_is_no_longer_planned_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("public");
        update(&output, &["a/b/index.html", "c.html"], true);
        fs::create_dir(output.join("data")).expect("a folder");
        fs::write(output.join("data/process.json"), "{}").expect("written");
        assert_eq!(update(&output, &["c.html"], true), (0, 1));
        assert!(!output.join("a").exists());
        assert!(output.join("data/process.json").is_file());
        assert!(output.join("c.html.br").is_file() && output.join("c.html.gz").is_file());
    }
}
