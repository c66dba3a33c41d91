//! The files that editors put next to their pages: what they are, and the address they are published at.

use crate::{content::tree::Tree, diagnostics::suggestion, slug::slugify};
use sha2::{Digest, Sha256};
use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// Address, which changes with the content.
    pub(crate) url: String,
    /// Where it is read.
    pub(crate) file: PathBuf,
    /// « PDF »
    pub(crate) format: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Number of pages of a PDF.
    pub(crate) pages: Option<usize>,
}

/// Why a file cannot be published.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("ce fichier ne se lit pas : {0}")]
    File(String),
    #[error("ce PDF ne se lit pas : {0}")]
    Pdf(String),
}

/// The files below `content/` that are not pages, each read when it is first needed.
pub(crate) struct Library {
    files: BTreeMap<String, Shelved>,
}

struct Shelved {
    file: PathBuf,
    folder_url: String,
    read: OnceCell<Result<Document, Unreadable>>,
    published: Cell<bool>,
}

impl Library {
    /// The files at `paths` below the folder `content`.
    pub(crate) fn new(content: &Path, paths: impl IntoIterator<Item = String>, tree: &Tree) -> Self {
        let shelve = |path: String| {
            let folder_url = tree.folder_url(path.rsplit_once('/').map_or("", |(folder, _)| folder));
            let file = content.join(&path);
            (path, Shelved { file, folder_url, read: OnceCell::new(), published: Cell::new(false) })
        };
        Self { files: paths.into_iter().map(shelve).collect() }
    }

    /// The file at `path`, if there is one.
    pub(crate) fn find(&self, path: &str) -> Option<Result<&Document, &Unreadable>> {
        let shelved = self.files.get(path)?;
        Some(shelved.read.get_or_init(|| read(&shelved.file, &shelved.folder_url)).as_ref())
    }

    /// Notes that a published page leads to the file at `path`.
    pub(crate) fn publish(&self, path: &str) {
        if let Some(shelved) = self.files.get(path) {
            shelved.published.set(true);
        }
    }

    /// What to do when there is no file at `path`.
    pub(crate) fn help(&self, path: &str) -> String {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let neighbours: Vec<&str> = self
            .files
            .keys()
            .filter(|other| other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder)
            .map(|other| other.rsplit_once('/').map_or(&**other, |(_, name)| name))
            .collect();
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        match suggestion(name, neighbours.iter().copied()) {
            Some(meant) => format!("vouliez-vous dire `{meant}` ?"),
            None if neighbours.is_empty() => format!("déposez le fichier dans le dossier content/{folder}"),
            None => format!("fichiers de ce dossier : {}", neighbours.join(", ")),
        }
    }

    /// The files that published pages lead to.
    pub(crate) fn into_published(self) -> Vec<Document> {
        let published = self.files.into_values().filter(|shelved| shelved.published.get());
        published.filter_map(|shelved| shelved.read.into_inner()?.ok()).collect()
    }
}

fn read(file: &Path, folder_url: &str) -> Result<Document, Unreadable> {
    let bytes = std::fs::read(file).map_err(|error| Unreadable::File(error.to_string()))?;
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, extension) = (part(file.file_stem()), part(file.extension()).to_lowercase());
    let pages = match &*extension {
        "pdf" => Some(page_count(&bytes)?),
        _ => None,
    };
    let suffix = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    Ok(Document {
        url: format!("{folder_url}{}.{}{suffix}", slugify(&stem), short_hash(&bytes)),
        file: file.to_owned(),
        format: extension.to_uppercase(),
        size: bytes.len() as u64,
        pages,
    })
}

fn page_count(bytes: &[u8]) -> Result<usize, Unreadable> {
    let pdf = lopdf::Document::load_mem(bytes).map_err(|error| Unreadable::Pdf(error.to_string()))?;
    match pdf.get_pages().len() {
        0 => Err(Unreadable::Pdf("il n’a pas de page".to_owned())),
        pages => Ok(pages),
    }
}

/// Eight hexadecimal digits that change with the content, so that what has them in its name can be kept forever.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..4])
}

/// A size as the French write it: « 48 ko », « 1,2 Mo ».
pub(crate) fn size_text(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}\u{a0}octets"),
        1_000..999_500 => format!("{}\u{a0}ko", (bytes + 500) / 1_000),
        _ => {
            let tenths = (bytes + 50_000) / 100_000;
            format!("{},{}\u{a0}Mo", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_french() {
        assert_eq!(size_text(999), "999\u{a0}octets");
        assert_eq!(size_text(48_200), "48\u{a0}ko");
        assert_eq!(size_text(999_499), "999\u{a0}ko");
        assert_eq!(size_text(999_500), "1,0\u{a0}Mo");
        assert_eq!(size_text(1_249_999), "1,2\u{a0}Mo");
    }
}
