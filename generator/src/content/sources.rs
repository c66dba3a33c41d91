//! The files of `content/` as they are first seen: each read, or remembered, before anything is known of the
//! others.

use super::{
    Context, UNKNOWN_ZONE,
    head::Head,
    leaf::Leaf,
    tree::{self, Entry, Opened},
};
use crate::{
    diagnostics::{Reporter, Source},
    front_matter::File,
    markdown::Markdown,
    memory::{LeafMemory, Stat},
    theme::{Key, fingerprint},
    words::Language,
};
use jiff::tz::TimeZone;
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The taxonomies of a site whose settings are wrong, and reported.
static NO_TAXONOMY: Vec<String> = Vec::new();

/// All files of the content.
pub(super) struct Sources<'a> {
    /// In the main language, by path.
    pub(super) pages: Vec<SourceFile<'a>>,
    /// For each other language, by the path of the page translated.
    translations: Vec<HashMap<String, SourceFile<'a>>>,
    pub(super) others: Vec<(String, Stat)>,
    zone: &'a TimeZone,
    taxonomies: &'a [String],
    found: Reporter,
}

/// A file of the content.
pub(super) struct SourceFile<'a> {
    pub(super) path: String,
    pub(super) stat: Stat,
    pub(super) read: Read<'a>,
}

/// What a file says.
pub(super) enum Read<'a> {
    /// It is as it was at the last build.
    Remembered(&'a Arc<LeafMemory>),
    /// Nothing hangs from it.
    Leaf {
        leaf: Box<Leaf>,
        /// Taken when its HTML is made for the last time: the texts of a site are large.
        body: Mutex<Option<Markdown>>,
        /// Of the file's text.
        text: Key,
        /// Whether nothing is wrong in it so far.
        is_sound: bool,
    },
    /// It is read again once it is known what is above it.
    Structured { head: Box<Head>, source: Arc<Source> },
    /// And reported.
    Unreadable,
}

impl Read<'_> {
    /// The text of a leaf that has been read; nobody asks again when it is `last`.
    pub(super) fn take_body(&self, last: bool) -> Option<Markdown> {
        let Self::Leaf { body, .. } = self else { return None };
        let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
        if last { body.take() } else { body.clone() }
    }
}

impl SourceFile<'_> {
    pub(super) fn head(&self) -> Option<&Head> {
        match &self.read {
            Read::Remembered(memory) => Some(&memory.leaf.head),
            Read::Leaf { leaf, .. } => Some(&leaf.head),
            Read::Structured { head, .. } => Some(head),
            Read::Unreadable => None,
        }
    }
}

impl<'a> Sources<'a> {
    /// Reads the folder `content`; `languages` has the main one first.
    pub(super) fn read(folder: &Path, languages: &[Language], context: Context<'a>) -> Self {
        let found = Reporter::default();
        let files = tree::walk(folder, &found);
        let settings = context.settings;
        let zone = settings.map_or(&UNKNOWN_ZONE, |settings| &settings.zone);
        let taxonomies = settings.map_or(&NO_TAXONOMY, |settings| &settings.taxonomy_names);
        let one = |(path, stat): (String, Stat)| {
            let translated = translation(&path, languages);
            let original = translated.as_ref().map(|(edition, original)| (*edition, &**original));
            let read = read(folder, &path, stat, original, context, (zone, taxonomies), &found);
            (translated, SourceFile { path, stat, read })
        };
        let all: Vec<_> = files.pages.into_par_iter().map(one).collect();
        let mut pages = Vec::with_capacity(all.len());
        let mut translations: Vec<HashMap<String, SourceFile<'a>>> =
            languages.iter().skip(1).map(|_| HashMap::new()).collect();
        for (translated, file) in all {
            match translated {
                None => pages.push(file),
                Some((edition, original)) => {
                    let is_shown = |head: &Head| context.drafts || head.is_published(context.now);
                    if file.head().is_none_or(is_shown) {
                        translations[edition - 1].insert(original, file);
                    }
                }
            }
        }
        Self { pages, translations, others: files.others, zone, taxonomies, found }
    }

    /// The files as the tree of a language sees them.
    pub(super) fn entries(&self, edition: usize) -> Vec<Entry<'_>> {
        self.pages.iter().map(|file| self.entry(edition, file)).collect()
    }

    fn entry<'s>(&'s self, edition: usize, file: &'s SourceFile<'a>) -> Entry<'s> {
        let translated = self.translation(edition, &file.path).and_then(SourceFile::head);
        Entry { path: &file.path, head: file.head(), title: translated.and_then(|head| head.title.as_ref()) }
    }

    /// The translation of the page at `path`, if there is one.
    pub(super) fn translation(&self, edition: usize, path: &str) -> Option<&SourceFile<'a>> {
        self.translations.get(edition.checked_sub(1)?)?.get(path)
    }

    /// The paths of the pages that are translated into a language.
    pub(super) fn translated(&self, edition: usize) -> BTreeSet<String> {
        let translations = edition.checked_sub(1).and_then(|number| self.translations.get(number));
        translations.into_iter().flat_map(HashMap::keys).cloned().collect()
    }

    /// Opens again a file that something hangs from.
    pub(super) fn open<'s>(
        &'s self,
        path: &str,
        source: &'s Arc<Source>,
        reporter: &'s Reporter,
    ) -> Option<Opened<'s>> {
        tree::open(path, File { source, reporter, zone: self.zone }, self.taxonomies, None)
    }

    /// Reports what was found wrong in the files.
    pub(super) fn report(self, reporter: &Reporter) {
        let orphans = self.translations.iter().flatten();
        for (original, file) in orphans {
            if self.pages.binary_search_by(|page| page.path.cmp(original)).is_err() {
                let source = Arc::new(Source { path: format!("content/{}", file.path), text: String::new() });
                let error = crate::diagnostics::Diagnostic::error(
                    &source,
                    0..0,
                    format!("cette page traduit content/{original}, qui n’existe pas"),
                );
                reporter.report(error.help("renommez-la comme la page qu’elle traduit"));
            }
        }
        reporter.absorb(self.found);
    }
}

/// The language, by number, and the page that the file at `path` translates: `a/b.en.md` translates `a/b.md`.
fn translation(path: &str, languages: &[Language]) -> Option<(usize, String)> {
    let (original, code) = path.strip_suffix(".md")?.rsplit_once('.')?;
    let edition =
        languages.iter().position(|language| language.code() == code).filter(|edition| *edition > 0)?;
    Some((edition, format!("{original}.md")))
}

fn read<'a>(
    folder: &Path,
    path: &str,
    stat: Stat,
    translates: Option<(usize, &str)>,
    context: Context<'a>,
    (zone, taxonomies): (&'a TimeZone, &'a [String]),
    found: &Reporter,
) -> Read<'a> {
    let (edition, original) = translates.unzip();
    let edition = edition.unwrap_or_default();
    if let Some(memory) = context.memory.leaf(edition, path, stat) {
        return Read::Remembered(memory);
    }
    let Some(source) = read_file(folder, path, found) else { return Read::Unreadable };
    let text = fingerprint(source.text.as_bytes());
    if let Some(memory) = context.memory.leaf_of(edition, path).filter(|memory| memory.text == text) {
        return Read::Remembered(memory);
    }
    let own = Reporter::default();
    let file = File { source: &source, reporter: &own, zone };
    let Some(opened) = tree::open(path, file, taxonomies, original) else {
        found.absorb(own);
        return Read::Unreadable;
    };
    if original.is_none() && !opened.head.kind.is_leaf() {
        let head = Box::new(opened.head);
        return Read::Structured { head, source };
    }
    let (leaf, body) = Leaf::read(opened, original.is_some());
    let is_sound = own.is_empty();
    found.absorb(own);
    match leaf {
        Some(leaf) => Read::Leaf { leaf: Box::new(leaf), body: Mutex::new(Some(body)), text, is_sound },
        None => Read::Unreadable,
    }
}

/// The file at `path`, below `content/`; `None` when it cannot be read, which is reported.
pub(super) fn read_file(folder: &Path, path: &str, reporter: &Reporter) -> Option<Arc<Source>> {
    match fs::read_to_string(folder.join(path)) {
        Ok(text) => Some(Arc::new(Source { path: format!("content/{path}"), text })),
        Err(error) => {
            reporter.report(Source::unreadable(path, &error));
            None
        }
    }
}
