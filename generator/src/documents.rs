//! The files that editors put next to their pages: what they are, and the address they are published at.

use crate::{
    content::tree::Tree,
    diagnostics::suggestion,
    memory::{Memory, Stat},
    slug::slugify,
    theme::Voice,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    photo: Option<Image>,
}

impl Document {
    /// What is known of the image that it is, if it is one.
    pub(crate) fn photo(&self) -> Option<pictures::Photo> {
        self.photo.map(|Image(photo)| photo)
    }

    /// What a link to it says after its text: « (PDF, 48 ko, 4 pages) ».
    pub(crate) fn note(&self, voice: Option<&Voice>) -> String {
        let pages = self.pages.zip(voice).map(|(pages, voice)| voice.quantity("pages", pages as u64));
        let size = voice.map(|voice| voice.say().size(self.size)).unwrap_or_default();
        let parts: Vec<&str> = [&*self.format, &*size]
            .into_iter()
            .chain(pages.as_deref())
            .filter(|part| !part.is_empty())
            .collect();
        format!(" ({})", parts.join(", "))
    }
}

/// What is known of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Image(#[serde(with = "PhotoData")] pictures::Photo);

#[derive(Serialize, Deserialize)]
#[serde(remote = "pictures::Photo")]
struct PhotoData {
    width: u32,
    height: u32,
    #[serde(with = "KindData")]
    kind: pictures::Kind,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "pictures::Kind")]
enum KindData {
    Opaque,
    Transparent,
    Animated,
    Vector,
}

/// Why a file cannot be published.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("ce fichier ne se lit pas : {0}")]
    File(String),
    #[error("ce PDF ne se lit pas : {0}")]
    Pdf(String),
    #[error("{0}")]
    Picture(String),
}

/// The files below `content/` that are not pages, each read when it is first needed.
pub(crate) struct Library {
    files: BTreeMap<String, Shelved>,
}

struct Shelved {
    file: PathBuf,
    stat: Stat,
    folder_url: String,
    read: OnceLock<Result<Document, Unreadable>>,
    published: AtomicBool,
    /// Whether pictures are made of it.
    pictured: AtomicBool,
}

impl Library {
    /// The `files` below the folder `content`; what is remembered of one is not read again.
    pub(crate) fn new(content: &Path, files: Vec<(String, Stat)>, tree: &Tree, memory: &Memory) -> Self {
        let shelve = |(path, stat): (String, Stat)| {
            let folder_url = tree.folder_url(path.rsplit_once('/').map_or("", |(folder, _)| folder));
            let file = content.join(&path);
            let read = OnceLock::new();
            // Its folder may have another address today.
            if let Some(known) =
                memory.document(&path, stat).filter(|known| known.url.starts_with(&folder_url))
            {
                let _ = read.set(Ok(known.clone()));
            }
            (
                path,
                Shelved {
                    file,
                    stat,
                    folder_url,
                    read,
                    published: AtomicBool::new(false),
                    pictured: AtomicBool::new(false),
                },
            )
        };
        Self { files: files.into_iter().map(shelve).collect() }
    }

    /// The file at `path`, if there is one.
    pub(crate) fn find(&self, path: &str) -> Option<Result<&Document, &Unreadable>> {
        let shelved = self.files.get(path)?;
        Some(shelved.read.get_or_init(|| read(&shelved.file, &shelved.folder_url)).as_ref())
    }

    /// What the file at `path` says, if it can be read as a text.
    pub(crate) fn text(&self, path: &str) -> Option<std::io::Result<String>> {
        self.files.get(path).map(|shelved| std::fs::read_to_string(&shelved.file))
    }

    /// Notes that a published page leads to the file at `path`.
    pub(crate) fn publish(&self, path: &str) {
        if let Some(shelved) = self.files.get(path) {
            shelved.published.store(true, Ordering::Relaxed);
        }
    }

    /// Notes that a published page shows the image at `path`, or pictures made of it.
    pub(crate) fn publish_picture(&self, path: &str, is_made: bool) {
        if let Some(shelved) = self.files.get(path) {
            if is_made { &shelved.pictured } else { &shelved.published }.store(true, Ordering::Relaxed);
        }
    }

    /// Notes that the file at `path` serves the site, though it is not published as it is.
    pub(crate) fn use_up(&self, path: &str) {
        let _ = self.find(path);
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
    pub(crate) fn published(&self) -> impl Iterator<Item = &Document> {
        let published = self.files.values().filter(|shelved| shelved.published.load(Ordering::Relaxed));
        published.filter_map(|shelved| shelved.read.get()?.as_ref().ok())
    }

    /// The photographs of which published pages show pictures.
    pub(crate) fn pictured(&self) -> impl Iterator<Item = &Document> {
        let pictured = self.files.values().filter(|shelved| shelved.pictured.load(Ordering::Relaxed));
        pictured.filter_map(|shelved| shelved.read.get()?.as_ref().ok())
    }

    /// The files that no page has asked for.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &str> {
        let unused = self.files.iter().filter(|(_, shelved)| shelved.read.get().is_none());
        unused.map(|(path, _)| &**path)
    }

    /// What is worth remembering.
    pub(crate) fn memory(&self) -> impl Iterator<Item = (String, (Stat, Document))> {
        let known = |(path, shelved): (&String, &Shelved)| {
            Some((path.clone(), (shelved.stat, shelved.read.get()?.as_ref().ok()?.clone())))
        };
        self.files.iter().filter_map(known)
    }
}

/// The list, beside a page, of the files that citizens joined to it: an id and a name in each line.
pub(crate) const PULLED: &str = ".pulled-files";

/// Whether a citizen joined a file: nobody has vouched for its inside.
fn is_pulled(file: &Path) -> bool {
    let list = std::fs::read_to_string(file.with_file_name(PULLED)).unwrap_or_default();
    let name = file.file_name().map(|name| name.to_string_lossy());
    list.lines().any(|line| line.split_once(' ').map(|(_, pulled)| pulled) == name.as_deref())
}

fn read(file: &Path, folder_url: &str) -> Result<Document, Unreadable> {
    let bytes = std::fs::read(file).map_err(|error| Unreadable::File(error.to_string()))?;
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, extension) = (part(file.file_stem()), part(file.extension()).to_lowercase());
    let pages = match &*extension {
        // A broken one is published as it is, and an enormous one not unpacked.
        "pdf" if is_pulled(file) => None,
        "pdf" => Some(page_count(&bytes)?),
        _ => None,
    };
    let photo = match &*extension {
        "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg" => {
            Some(pictures::read(&bytes).map_err(|error| Unreadable::Picture(error.to_string()))?)
        }
        _ => None,
    };
    let suffix = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    Ok(Document {
        url: format!("{folder_url}{}.{}{suffix}", slugify(&stem), short_hash(&bytes)),
        file: file.to_owned(),
        format: extension.to_uppercase(),
        size: bytes.len() as u64,
        pages,
        photo: photo.map(Image),
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
