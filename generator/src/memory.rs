//! What one build leaves for the next, so that it reads and writes only what has changed: of each page that nothing
//! hangs from, what was read of it; of each file of the site, what it was made of.
//!
//! It is a shortcut, never a source: without it, a build gives the same bytes.

use crate::{content::leaf::Leaf, documents::Document, links::RememberedAnchor, theme::Key};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::{self, File, Metadata},
    io::Write,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// How a file looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stat {
    /// Of the last change, in nanoseconds since 1970.
    changed: u64,
    size: u64,
}

/// A file changed this shortly before it was looked at may change again without its time telling.
const GRAIN: u64 = 50_000_000;

impl Stat {
    pub(crate) fn of(file: &Metadata) -> Self {
        let changed = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let changed = changed.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or_default());
        Self { changed, size: file.len() }
    }

    /// Another number for another look.
    pub(crate) fn mark(self) -> u64 {
        self.changed ^ self.size.rotate_left(40)
    }

    /// Whether the file had been at rest when it was looked at, at `moment` (as [`now`]).
    fn was_at_rest(self, moment: u64) -> bool {
        self.changed + GRAIN < moment
    }
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or_default()
}

/// What a build leaves for the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// What all of it depends on: command, settings, theme.
    pub(crate) world: Key,
    /// When the build looked at the files.
    pub(crate) looked: u64,
    /// For each language, by path below `content/`.
    pub(crate) leaves: Vec<FxHashMap<String, Arc<LeafMemory>>>,
    /// By path below `content/`.
    pub(crate) documents: HashMap<String, (Stat, Document)>,
    /// By path in the output.
    pub(crate) outputs: FxHashMap<String, OutputMemory>,
}

/// What was read of a leaf in which nothing was wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LeafMemory {
    pub(crate) stat: Stat,
    /// Of the file's text.
    pub(crate) text: Key,
    pub(crate) leaf: Leaf,
    pub(crate) body: BodyMemory,
}

/// What was seen when a body was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct BodyMemory {
    pub(crate) key: Key,
    /// Links, and where they led.
    pub(crate) links: Lines,
    pub(crate) anchors: Lines,
    /// Anchors of pages that links lead to.
    pub(crate) expected: Vec<RememberedAnchor>,
}

/// Short texts without ends of lines, in one: there are many, and they are read at every build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Lines(String);

impl Lines {
    pub(crate) fn push(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }

    pub(crate) fn contains(&self, line: &str) -> bool {
        self.iter().any(|own| own == line)
    }
}

/// A file of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputMemory {
    /// Of what it was made of.
    pub(crate) key: Key,
    /// As it was left on disk.
    pub(crate) stat: Stat,
    /// How the compressed files beside it were left, if there are any.
    pub(crate) beside: u64,
}

impl Memory {
    /// What the last build left in `file`; nothing when there is none, or it cannot be read.
    pub(crate) fn read(file: &Path) -> Self {
        let read = || {
            let bytes = fs::read(file).ok()?;
            let (start, rest) = bytes.split_first_chunk()?;
            let (pages, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*start)).ok()?)?;
            let (pages, others) = rayon::join(|| postcard::from_bytes(pages), || postcard::from_bytes(rest));
            let ((leaves, documents), (world, looked, outputs)) = (pages.ok()?, others.ok()?);
            Some(Self { world, looked, leaves, documents, outputs })
        };
        read().unwrap_or_default()
    }

    /// Forgets what is not true when all depends on `world`.
    pub(crate) fn enter(&mut self, world: Key) {
        if self.world != world {
            self.leaves.clear();
            self.world = world;
        }
    }

    /// Whether it says anything else than `other`, but for when the files were looked at.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        self.world != other.world
            || self.leaves != other.leaves
            || self.documents != other.documents
            || self.outputs != other.outputs
    }

    /// Leaves this for the next build.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn write(&self, file: &Path) -> std::io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        // In two parts, for it is megabytes, and the next build waits for it.
        let (pages, others) = rayon::join(
            || postcard::to_allocvec(&(&self.leaves, &self.documents)),
            || postcard::to_allocvec(&(self.world, self.looked, &self.outputs)),
        );
        let (pages, others) = (pages.map_err(std::io::Error::other)?, others.map_err(std::io::Error::other)?);
        let new = file.with_extension("new");
        let mut written = File::create(&new)?;
        written.write_all(&(pages.len() as u64).to_le_bytes())?;
        written.write_all(&pages)?;
        written.write_all(&others)?;
        fs::rename(new, file)
    }

    /// What was read of the leaf at `path`, in the language of that number, if its file looks the same.
    pub(crate) fn leaf(&self, edition: usize, path: &str, stat: Stat) -> Option<&Arc<LeafMemory>> {
        self.leaf_of(edition, path).filter(|memory| memory.stat == stat && stat.was_at_rest(self.looked))
    }

    /// What was read of the leaf at `path`, however its file looks now.
    pub(crate) fn leaf_of(&self, edition: usize, path: &str) -> Option<&Arc<LeafMemory>> {
        self.leaves.get(edition)?.get(path)
    }

    /// What was found in the document at `path`, if its file looks the same.
    pub(crate) fn document(&self, path: &str, stat: Stat) -> Option<&Document> {
        let (then, document) = self.documents.get(path)?;
        (*then == stat && stat.was_at_rest(self.looked)).then_some(document)
    }
}
