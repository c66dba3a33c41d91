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
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
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
    Builder::default().build(build)
}

/// Builds a site again and again, without reading each time what the last build left.
#[derive(Default)]
pub struct Builder(Option<Remembered>);

/// What the last build left, and where.
struct Remembered {
    place: PathBuf,
    memory: Memory,
    /// Whether it is there as it is here.
    is_kept: bool,
}

impl Remembered {
    fn read(place: PathBuf) -> Self {
        Self { memory: Memory::read(&place), place, is_kept: true }
    }

    /// Keeps `next` instead, on disk too unless the build is to be `quick`.
    fn replace(&mut self, next: Memory, quick: bool) -> Result<(), BuildError> {
        self.is_kept &= !next.differs(&self.memory);
        self.memory = next;
        if !self.is_kept && !quick {
            let write = self.memory.write(&self.place);
            write.map_err(|source| BuildError::Memory { path: self.place.clone(), source })?;
            self.is_kept = true;
        }
        Ok(())
    }
}

impl Builder {
    /// Builds a site.
    ///
    /// # Errors
    /// When something is wrong in its files, or on disk.
    pub fn build(&mut self, build: &Build<'_>) -> Result<Built, BuildError> {
        let looked = memory::now();
        let place = build.output.parent().unwrap_or(build.output).join(MEMORY);
        let last = match self.0.take_if(|last| last.place == place) {
            Some(last) => self.0.insert(last),
            None => self.0.insert(Remembered::read(place)),
        };
        let site = Site::remember(build.root, build.now, build.drafts, &mut last.memory)?;
        let (built, written) = make(&site, build, &last.memory)?;
        let next = remember(&site, &written, looked, last.memory.world);
        // There are many small texts to free.
        rayon::join(|| last.replace(next, build.quick), || drop(site)).0?;
        Ok(built)
    }
}

/// Makes the files of a site that are not as the last build left them.
fn make(site: &Site, build: &Build<'_>, last: &Memory) -> Result<(Built, Vec<Written>), BuildError> {
    let counts = Counts::read(site, &build.output.join(DATA))?;
    let rulebook = rulebook::of(site)?;
    let cards = social_cards::plan(site);
    let indexes: Vec<Index<'_>> =
        site.contents.iter().map(|content| Index::new(content, &site.settings, cards.addresses())).collect();
    let viewers: Vec<Viewer<'_>> = viewers(site, &indexes, &counts);

    let output = Output::new(build.output, &last.outputs, site.settings.compress && build.compress);
    let made = make_pages(site, &viewers, &output)?;
    let (mut written, work) = (made.written, made.work);
    let made_pages = written.iter().filter(|file| file.changed).count();
    let pages = written.iter().filter(|file| !file.file.starts_with("../")).count();

    let mut files: BTreeMap<String, Body> = pages::files(site, &viewers);
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
    written.extend(picture_files::make(site, &output)?);
    written.extend(if build.quick { cards.kept(&output) } else { cards.draw(&output)? });
    if site.settings.search {
        let indexed = match build.quick {
            true => search_index::kept(last),
            false => search_index::update(made.texts, site, &output, &written, last)?,
        };
        written.extend(indexed);
    }
    let removed = output.finish(written.iter().map(|file| file.file.clone()).collect())?;
    let changed = written.iter().filter(|file| file.changed).count();
    let warnings = site.warnings().clone();
    Ok((Built { rulebook, pages, made: made_pages, written: changed, removed, work, warnings }, written))
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

/// The pages that have been made, or found to be as they were.
#[derive(Default)]
struct Made {
    written: Vec<Written>,
    /// Those that show a text of the content, and the number of its language.
    texts: Vec<(String, usize)>,
    work: u64,
    mistakes: Vec<Diagnostics>,
    /// What else went wrong first.
    failure: Option<BuildError>,
}

/// Makes the pages of which something has changed, and writes those that became others.
fn make_pages(site: &Site, viewers: &[Viewer<'_>], output: &Output<'_>) -> Result<Made, BuildError> {
    let made = Mutex::new(Made::default());
    let make = |job: Job<'_>| {
        let text = job.files.first().filter(|_| job.body.is_some()).map(|file| (file.clone(), job.edition));
        let (result, taken) = make_page(site, job, output);
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        made.work += taken;
        made.texts.extend(text);
        match result {
            Ok(files) => made.written.extend(files),
            Err(BuildError::Site(found)) => made.mistakes.push(found),
            Err(other) => drop(made.failure.get_or_insert(other)),
        }
    };
    for viewer in viewers {
        pages::plan(*viewer, &pages::show(*viewer), &make);
    }
    let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    match made {
        Made { failure: Some(failure), .. } => Err(failure),
        Made { mistakes, .. } if !mistakes.is_empty() => {
            Err(mistakes.into_iter().collect::<Diagnostics>().into())
        }
        made => Ok(made),
    }
}

/// A page, made if something of it has changed, in each of its files; and how much there was to compare.
fn make_page(site: &Site, job: Job<'_>, output: &Output<'_>) -> (Result<Vec<Written>, BuildError>, u64) {
    let voice = site.theme.voice(job.edition);
    let body = job.body.map(|page| page.body.key);
    let (key, taken) = voice.page_key(job.template, &job.values, body);
    let current: Option<Vec<_>> = job.files.iter().map(|file| output.current(file, key)).collect();
    if let Some(current) = current {
        let written = job.files.into_iter().zip(current);
        let written = written.map(|(file, memory)| Written { file, memory: Some(memory), changed: false });
        return (Ok(written.collect()), taken);
    }
    let write = |page: Vec<u8>| {
        let written = job.files.iter().map(|file| output.write(file, key, &page));
        Ok(written.collect::<Result<_, FileError>>()?)
    };
    (render(site, &job).map_err(BuildError::from).and_then(write), taken)
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
