//! From a site to its files.

use crate::{
    counts::{Counts, UnreadableCounts},
    diagnostics::Diagnostics,
    output::{self, Body, Changes, FileError},
    pages, rulebook,
    site::Site,
};
use domain::rulebook::Rulebook;
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path};

/// Belongs to the register: a build only reads there.
const DATA: &str = "data";

const RULEBOOK: &str = "../rulebook.json";

const ROBOTS: &str = "User-agent: *\nDisallow: /actes/\n";

/// What a build has made.
#[derive(Debug)]
pub struct Built {
    /// What the functions need.
    pub rulebook: Rulebook,
    /// How many pages the site has.
    pub pages: usize,
    /// How many files were written because they had changed.
    pub written: usize,
    /// How many files were removed because nothing plans them any more.
    pub removed: usize,
}

/// Why a site cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The content or the theme is wrong.
    #[error(transparent)]
    Site(#[from] Diagnostics),
    /// The register's counts cannot be read.
    #[error(transparent)]
    Counts(#[from] UnreadableCounts),
    /// The rulebook cannot be written as JSON.
    #[error("la règle du jeu ne s’écrit pas : {0}")]
    Rulebook(#[from] serde_json::Error),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Builds the site at `root`, as of `now`, into the folder `output`.
///
/// # Errors
/// As [`Site::load`] and [`Site::build`].
pub fn build(root: &Path, output: &Path, now: Timestamp) -> Result<Built, BuildError> {
    Site::load(root, now)?.build(output)
}

impl Site {
    /// Makes the pages without writing them, to know whether they can be made.
    ///
    /// # Errors
    /// What is wrong in the templates.
    pub fn check(&self) -> Result<(), Diagnostics> {
        pages::render(self, &Counts::none()).map(|_| ())
    }

    /// Builds the site into the folder `output`; the rulebook and the pages that functions answer with go beside
    /// it. Counts are read in `output/data`, where the register publishes them.
    ///
    /// # Errors
    /// When something is wrong in the templates, in the counts, or on disk.
    pub fn build(&self, output: &Path) -> Result<Built, BuildError> {
        let counts = Counts::read(self, &output.join(DATA))?;
        let rulebook = rulebook::of(self)?;
        let mut files = BTreeMap::from([
            ("robots.txt".to_owned(), Body::Bytes(ROBOTS.into())),
            (RULEBOOK.to_owned(), Body::Bytes(rulebook::json(&rulebook)?)),
        ]);
        for page in pages::render(self, &counts)? {
            files.extend(
                page.files.into_iter().map(|file| (file, Body::Bytes(page.html.clone().into_bytes()))),
            );
        }
        let pages = files.keys().filter(|file| file.ends_with(".html") && !file.starts_with("../")).count();
        let assets = self.theme.assets.iter().map(|asset| (&asset.url, Body::Bytes(asset.bytes.clone())));
        let documents =
            self.content.documents.iter().map(|file| (&file.url, Body::CopyOf(file.file.clone())));
        files.extend(
            assets.chain(documents).map(|(url, body)| (url.trim_start_matches('/').to_owned(), body)),
        );
        let Changes { written, removed } = output::update(output, &files)?;
        Ok(Built { rulebook, pages, written, removed })
    }
}
