//! From a site to its files.

use crate::{
    content::Content,
    counts::{Counts, UnreadableCounts},
    diagnostics::Diagnostics,
    index::Index,
    memory::{self, Memory},
    output::{Body, FileError, Output, Written},
    pages::{self, Job},
    picture_files, rulebook, search_index,
    site::Site,
    social_cards,
    theme::{Key, fingerprint},
    view::Viewer,
};
use domain::rulebook::Rulebook;
use jiff::Timestamp;
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};
use tera::Value;

/// Belongs to the register: a build only reads there.
const DATA: &str = "data";

const RULEBOOK: &str = "../rulebook.json";

/// Where a build leaves what the next can use, beside the output.
const MEMORY: &str = ".parvis-build/memory";

/// How a site is built.
#[derive(Debug, Clone)]
pub struct Build<'a> {
    /// The folder of `site.toml`.
    pub root: &'a Path,
    /// Where the site is built; the rulebook and the pages that functions answer with go beside it.
    pub output: &'a Path,
    /// As of when.
    pub now: Timestamp,
    /// Whether drafts and what is dated later are shown.
    pub drafts: bool,
    /// Whether what takes long is left as it is: the index of the search, pictures for social networks. For while a
    /// site is being edited.
    pub quick: bool,
    /// Whether each text may also be written compressed, as the settings say.
    pub compress: bool,
}

impl<'a> Build<'a> {
    /// The whole site at `root` as of `now`, into the folder `output`.
    pub fn new(root: &'a Path, output: &'a Path, now: Timestamp) -> Self {
        Self { root, output, now, drafts: false, quick: false, compress: true }
    }
}

/// What a build has made.
#[derive(Debug)]
pub struct Built {
    /// What the functions need.
    pub rulebook: Rulebook,
    /// How many pages the site has.
    pub pages: usize,
    /// How many pages were made again, for what they are made of had changed.
    pub made: usize,
    /// How many files were written because they had changed.
    pub written: usize,
    /// How many files were removed because nothing plans them any more.
    pub removed: usize,
    /// How much there was to compare: bytes of what templates receive. It grows as the site does.
    pub work: u64,
    /// What editors may want to correct.
    pub warnings: Diagnostics,
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
    /// A picture cannot be made.
    #[error("{file} : {source}")]
    Picture {
        /// The image.
        file: PathBuf,
        /// Why.
        source: pictures::PictureError,
    },
    /// The site cannot be indexed for search.
    #[error("la recherche ne s’indexe pas : {0}")]
    Search(#[from] search::SearchError),
    /// What the next build could use cannot be kept.
    #[error("{} : {source}", path.display())]
    Memory {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Builds a site.
///
/// # Errors
/// When something is wrong in its files, or on disk.
pub fn build(build: &Build<'_>) -> Result<Built, BuildError> {
    let looked = memory::now();
    let place = build.output.parent().unwrap_or(build.output).join(MEMORY);
    let last = Memory::read(&place);
    let (site, last) = Site::remember(build.root, build.now, build.drafts, last);
    let site = site?;
    let counts = Counts::read(&site, &build.output.join(DATA))?;
    let rulebook = rulebook::of(&site)?;
    let cards = social_cards::plan(&site);
    let indexes: Vec<Index<'_>> =
        site.contents.iter().map(|content| Index::new(content, &site.settings, cards.addresses())).collect();
    let viewers: Vec<Viewer<'_>> = viewers(&site, &indexes, &counts);
    let shown: Vec<_> = viewers.iter().map(|viewer| pages::show(*viewer)).collect();
    let jobs: Vec<Job<'_>> =
        viewers.iter().zip(&shown).flat_map(|(viewer, shown)| pages::plan(*viewer, shown)).collect();

    let output = Output::new(build.output, &last.outputs, site.settings.compress && build.compress);
    let work = AtomicU64::new(0);
    let mut written: Vec<Written> = make_pages(&site, &jobs, &output, &work)?;
    let made = written.iter().filter(|file| file.changed).count();
    let pages = written.iter().filter(|file| !file.file.starts_with("../")).count();

    let mut files: BTreeMap<String, Body> = pages::files(&site, &viewers);
    // Where there is a page, nothing leads elsewhere.
    written.iter().for_each(|page| drop(files.remove(&page.file)));
    files.insert(RULEBOOK.to_owned(), Body::Bytes(rulebook::json(&rulebook)?));
    let assets = site.theme.assets.iter().map(|asset| (&asset.url, Body::Bytes(asset.bytes.clone())));
    let published = site.contents.iter().flat_map(|content| content.library.published());
    let documents = published.map(|file| (&file.url, Body::CopyOf(file.file.clone())));
    files.extend(assets.chain(documents).map(|(url, body)| (url.trim_start_matches('/').to_owned(), body)));
    for (file, body) in &files {
        written.push(output.place(file, body)?);
    }
    written.extend(picture_files::make(&site, &output)?);
    written.extend(if build.quick { cards.kept(&output) } else { cards.draw(&output)? });
    if site.settings.search {
        let indexed = match build.quick {
            true => search_index::kept(&last),
            false => search_index::update(&jobs, &site, &output, &written, &last)?,
        };
        written.extend(indexed);
    }
    // The next build's memory is made in the room they leave.
    drop(jobs);
    let removed = output.finish(written.iter().map(|file| file.file.clone()).collect())?;
    let changed = written.iter().filter(|file| file.changed).count();
    let next = remember(&site, &written, looked, last.world);
    if next.differs(&last) {
        next.write(&place).map_err(|source| BuildError::Memory { path: place.clone(), source })?;
    }
    let warnings = site.warnings().clone();
    Ok(Built { rulebook, pages, made, written: changed, removed, work: work.into_inner(), warnings })
}

/// The site as it is seen in each of its languages.
pub(crate) fn viewers<'a>(site: &'a Site, indexes: &'a [Index<'a>], counts: &'a Counts) -> Vec<Viewer<'a>> {
    let viewer = |(content, index): (&'a Content, &'a Index<'a>)| Viewer {
        site,
        content,
        index,
        voice: site.theme.voice(content.edition),
        counts,
    };
    site.contents.iter().zip(indexes).map(viewer).collect()
}

/// Makes the pages of which something has changed, and writes those that became others.
fn make_pages(
    site: &Site,
    jobs: &[Job<'_>],
    output: &Output<'_>,
    work: &AtomicU64,
) -> Result<Vec<Written>, BuildError> {
    let make = |job: &Job<'_>| -> Result<Vec<Written>, BuildError> {
        let voice = site.theme.voice(job.edition);
        let body = job.body.map(|page| page.body.key);
        let (key, taken) = voice.page_key(job.template, &job.values, body);
        work.fetch_add(taken, Ordering::Relaxed);
        let current: Option<Vec<Written>> = job
            .files
            .iter()
            .map(|file| {
                let memory = Some(output.current(file, key)?);
                Some(Written { file: file.clone(), memory, changed: false })
            })
            .collect();
        if let Some(current) = current {
            return Ok(current);
        }
        let page = render(site, job)?;
        Ok(job.files.iter().map(|file| output.write(file, key, &page)).collect::<Result<_, _>>()?)
    };
    let made: Vec<_> = jobs.par_iter().map(make).collect();
    let (mut written, mut mistakes) = (Vec::with_capacity(jobs.len()), Vec::new());
    for result in made {
        match result {
            Ok(files) => written.extend(files),
            Err(BuildError::Site(found)) => mistakes.push(found),
            Err(other) => return Err(other),
        }
    }
    if mistakes.is_empty() { Ok(written) } else { Err(mistakes.into_iter().collect::<Diagnostics>().into()) }
}

/// Makes a page.
///
/// # Errors
/// What is wrong in its template.
pub(crate) fn render(site: &Site, job: &Job<'_>) -> Result<Vec<u8>, Diagnostics> {
    let content = &site.contents[job.edition];
    let body = job.body.map(|page| {
        let made = content.body(page, site.settings.language, &site.theme);
        let toc = if made.toc.len() < 3 { Vec::new() } else { made.toc };
        (Value::safe_string(made.html.as_str()), Value::from_serializable(&toc))
    });
    let mut page = Vec::with_capacity(16 * 1024);
    let voice = site.theme.voice(job.edition);
    site.theme
        .render(voice, job.template, &job.values, body, &mut page)
        .map_err(|mistake| Diagnostics::from_iter([mistake]))?;
    Ok(page)
}

fn remember(site: &Site, written: &[Written], looked: u64, world: Key) -> Memory {
    let leaves = site.contents.iter().map(|content| content.memory.iter().cloned().collect());
    Memory {
        world,
        looked,
        leaves: leaves.collect(),
        documents: site.content().library.memory().collect(),
        outputs: written.iter().filter_map(|file| Some((file.file.clone(), file.memory?))).collect(),
    }
}

/// Stands for all the pages of a site.
pub(crate) fn key_of(texts: impl Iterator<Item = Key>) -> Key {
    fingerprint(&texts.flat_map(Key::to_le_bytes).collect::<Vec<u8>>())
}
