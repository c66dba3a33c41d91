//! The content of a site as a typed model: organisations, their processes, and the pages beside them.

mod classify;
pub(crate) mod communes;
pub(crate) mod deposit;
pub(crate) mod document;
pub(crate) mod head;
pub(crate) mod hidden;
pub(crate) mod leaf;
mod map_file;
pub(crate) mod organisation;
pub(crate) mod petition;
pub(crate) mod process;
pub(crate) mod reader;
pub(crate) mod report;
mod sources;
pub(crate) mod step;
pub(crate) mod tree;
pub(crate) mod voting;
pub(crate) mod writing;

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    documents::Library,
    front_matter::Choice,
    links::Links,
    markdown::{self, Text},
    memory::{LeafMemory, Memory},
    settings::Settings,
    theme::{Key, Theme},
    words::Language,
};
use classify::Classifier;
use document::Attached;
use head::Term;
use jiff::{Timestamp, tz::TimeZone};
use leaf::{Detail, Event, Listing};
use organisation::Organisation;
use petition::Petition;
use process::{Preset, Process};
use reader::Reader;
use serde::{Deserialize, Serialize};
use sources::Sources;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tree::Tree;

/// What a content file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    Home,
    Page,
    Section,
    Event,
    Organisation,
    Process(Preset),
    Step,
    Deposit,
    Report,
}

impl Choice for Kind {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("home", Self::Home),
        ("page", Self::Page),
        ("section", Self::Section),
        ("event", Self::Event),
        ("organisation", Self::Organisation),
        ("petition", Self::Process(Preset::Petition)),
        ("budget", Self::Process(Preset::Budget)),
        ("call", Self::Process(Preset::Call)),
        ("ideas", Self::Process(Preset::Ideas)),
        ("questions", Self::Process(Preset::Questions)),
        ("questionnaire", Self::Process(Preset::Questionnaire)),
        ("debate", Self::Process(Preset::Debate)),
        ("votation", Self::Process(Preset::Votation)),
        ("matching", Self::Process(Preset::Matching)),
        ("map", Self::Process(Preset::Map)),
        ("consultation", Self::Process(Preset::Consultation)),
        ("step", Self::Step),
        ("deposit", Self::Deposit),
        ("report", Self::Report),
    ];
}

impl Kind {
    /// What it is called in content.
    pub(crate) fn word(self) -> &'static str {
        Self::CHOICES.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Whether nothing hangs from such a page.
    fn is_leaf(self) -> bool {
        matches!(self, Self::Home | Self::Page | Self::Section | Self::Event)
    }

    pub(crate) fn is_organisation(self) -> bool {
        self == Self::Organisation
    }

    pub(crate) fn is_process(self) -> bool {
        matches!(self, Self::Process(_))
    }

    fn is_petition(self) -> bool {
        self == Self::Process(Preset::Petition)
    }

    fn is_deposit(self) -> bool {
        self == Self::Deposit
    }

    fn has_reports(self) -> bool {
        self.is_deposit() || self.is_process()
    }
}

/// What every page has, whatever its kind.
pub(crate) struct Page {
    /// Path below `content/`.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// From `/` to `/`.
    pub(crate) url: String,
    pub(crate) title: Text,
    pub(crate) description: Text,
    pub(crate) date: Option<Timestamp>,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) weight: i64,
    pub(crate) aliases: Vec<String>,
    pub(crate) terms: Vec<Term>,
    pub(crate) body: Body,
    /// The file its texts were read in.
    written_in: String,
    /// Whether they are in the main language because nobody has translated them.
    pub(crate) untranslated: bool,
}

/// The text of a page.
pub(crate) struct Body {
    /// The same when its HTML is.
    pub(crate) key: Key,
    /// `None` when it has not changed since the last build: it is made when it is needed.
    made: Option<markdown::Body>,
}

impl Page {
    /// The last segment of the address.
    pub(crate) fn slug(&self) -> &str {
        self.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

/// A page that nothing hangs from.
pub(crate) struct LeafPage {
    /// Its place among all leaves.
    pub(crate) number: usize,
    pub(crate) page: Page,
    pub(crate) detail: Detail,
    pub(crate) documents: Vec<Attached>,
}

impl LeafPage {
    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.detail {
            Detail::Event(event) => Some(event),
            Detail::Page | Detail::Section(_) => None,
        }
    }

    pub(crate) fn listing(&self) -> Option<Listing> {
        match self.detail {
            Detail::Section(listing) => Some(listing),
            Detail::Page | Detail::Event(_) => None,
        }
    }
}

/// Read in place of the site's, which is wrong and reported.
static UNKNOWN_ZONE: TimeZone = TimeZone::UTC;

/// What reading needs besides the files.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) root: &'a Path,
    /// `None` when they could not be read.
    pub(crate) settings: Option<&'a Settings>,
    pub(crate) theme: Option<&'a Theme>,
    pub(crate) now: Timestamp,
    /// Whether drafts and what is dated later are shown.
    pub(crate) drafts: bool,
    pub(crate) memory: &'a Memory,
    pub(crate) reporter: &'a Reporter,
}

/// What is published of a site in a language.
pub(crate) struct Content {
    pub(crate) language: Language,
    /// 0 is the main language.
    pub(crate) edition: usize,
    pub(crate) home: Page,
    /// By path; the home page is none of them.
    pub(crate) leaves: Vec<LeafPage>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) menu: Vec<MenuItem>,
    pub(crate) footer: Vec<MenuItem>,
    pub(crate) tree: Tree,
    /// The files beside the pages.
    pub(crate) library: Arc<Library>,
    /// What was read of leaves, for the next build.
    pub(crate) memory: Vec<(String, Arc<LeafMemory>)>,
    /// Paths of the pages that are translated into this language.
    translated: BTreeSet<String>,
    folder: PathBuf,
    theme_ids: BTreeSet<String>,
}

/// An entry of a menu.
#[derive(Serialize)]
pub(crate) struct MenuItem {
    pub(crate) label: Text,
    pub(crate) url: String,
}

impl Content {
    /// Reads the folder `content` of a site in each of its languages; `None` when something is wrong and reported.
    pub(crate) fn read_all(context: Context<'_>) -> Option<Vec<Self>> {
        let languages = context.settings.map_or_else(|| vec![Language::default()], Settings::all_languages);
        let folder = context.root.join("content");
        let sources = Sources::read(&folder, &languages, context);
        // The files beside the pages are the same in each language.
        let main =
            Tree::new(&sources.entries(0), "", |head| context.drafts || head.is_published(context.now));
        let library = Arc::new(Library::new(&folder, sources.others.clone(), &main, context.memory));
        let read = |(edition, language): (usize, &Language)| {
            Self::read(&folder, &sources, &library, edition, *language, context)
        };
        let contents: Vec<Option<Self>> = languages.iter().enumerate().map(read).collect();
        sources.report(context.reporter);
        contents.into_iter().collect()
    }

    fn read(
        folder: &Path,
        sources: &Sources<'_>,
        library: &Arc<Library>,
        edition: usize,
        language: Language,
        context: Context<'_>,
    ) -> Option<Self> {
        let Context { settings, theme, now, reporter, .. } = context;
        let zone = settings.map_or(&UNKNOWN_ZONE, |settings| &settings.zone);
        let prefix = if edition == 0 { String::new() } else { format!("/{language}") };
        let entries = sources.entries(edition);
        let tree = Tree::new(&entries, &prefix, |head| context.drafts || head.is_published(now));
        let no_ids = BTreeSet::new();
        let theme_ids = theme.map_or(&no_ids, |theme| &theme.ids);
        let has_search = settings.is_none_or(|settings| settings.search);
        let links = Links::new(&tree, library, theme_ids, has_search);
        let fictitious = settings.is_none_or(|settings| settings.fictitious);
        let contact = settings.map_or("", |settings| &settings.contact);
        let main = settings.map_or_else(Language::default, |settings| settings.language);
        let reader = Reader {
            sources,
            memory: context.memory,
            edition,
            is_last: edition == settings.map_or(0, |settings| settings.languages.len()),
            language,
            main,
            tree: &tree,
            links: &links,
            reporter,
            zone,
            now,
            fictitious,
            contact,
            folder,
            theme: theme.map(|theme| (theme, theme.voice(edition))),
        };
        let menu = settings.map(|settings| reader.navigation(settings, &settings.menu)).unwrap_or_default();
        let footer =
            settings.map(|settings| reader.navigation(settings, &settings.footer)).unwrap_or_default();
        let check = || {
            let others = settings.map_or(&[][..], |settings| &settings.languages);
            tree.check(&entries, others, |path| read_source(folder, path), reporter);
        };
        let (mut read, ()) = match edition {
            0 => rayon::join(|| reader.read_all(), check),
            _ => (reader.read_all(), ()),
        };
        if let (Some(settings), Some(theme)) = (settings, theme) {
            let classifier = Classifier { settings, voice: theme.voice(edition), now };
            read.organisations.iter_mut().for_each(|organisation| classifier.classify(organisation));
        }
        // A text that nobody has translated leads to headings as they are in its own language.
        let suffix = if edition == 0 { ".md".to_owned() } else { format!(".{language}.md") };
        links.check_anchors(&suffix, |path| read_source(folder, path), reporter);
        Some(Self {
            language,
            edition,
            home: read.home?,
            leaves: read.leaves,
            organisations: read.organisations,
            menu,
            footer,
            memory: read.memory,
            translated: sources.translated(edition),
            theme_ids: theme_ids.clone(),
            folder: folder.to_owned(),
            tree,
            library: library.clone(),
        })
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = (&Organisation, &Process)> {
        self.organisations
            .iter()
            .flat_map(|organisation| organisation.processes.iter().map(move |p| (organisation, p)))
    }

    /// Whether the page at `path` is really written in this language.
    pub(crate) fn is_translated(&self, path: &str) -> bool {
        self.translated.contains(path)
    }

    pub(crate) fn petitions(&self) -> impl Iterator<Item = (&Organisation, &Process, &Petition)> {
        self.processes()
            .filter_map(|(organisation, process)| Some((organisation, process, process.petition.as_ref()?)))
    }

    /// The file that the texts of a page were read in, read again.
    pub(crate) fn source(&self, page: &Page) -> Arc<Source> {
        read_source(&self.folder, &page.written_in)
    }

    /// The text of a page, made now if it was not.
    pub(crate) fn body(&self, page: &Page, main: Language, theme: &Theme) -> markdown::Body {
        if let Some(made) = &page.body.made {
            return made.clone();
        }
        let source = read_source(&self.folder, &page.written_in);
        let Ok(parts) = crate::front_matter::split(&source.text) else { return markdown::Body::default() };
        // Nothing was wrong in it when it was read.
        let links = Links::new(&self.tree, &self.library, &self.theme_ids, true);
        let reporter = Reporter::default();
        let renderer = markdown::Renderer {
            path: &page.path,
            links: &links,
            reporter: &reporter,
            language: if page.untranslated { main } else { self.language },
            theme: Some((theme, theme.voice(self.edition))),
        };
        renderer.body(&markdown::Markdown::body(&source, parts.body)).0
    }
}

/// The text of the page at `path`; empty when it cannot be read any more.
fn read_source(folder: &Path, path: &str) -> Arc<Source> {
    let text = fs::read_to_string(folder.join(path)).unwrap_or_default();
    Arc::new(Source { path: format!("content/{path}"), text })
}

/// The pages at `paths` below the folder `content`, in order; those that cannot be read are reported.
pub(crate) fn read_sources(
    folder: &Path,
    paths: impl Iterator<Item = String>,
    reporter: &Reporter,
) -> BTreeMap<String, Arc<Source>> {
    let read = |path: String| {
        let source = sources::read_file(folder, &path, reporter)?;
        Some((path, source))
    };
    paths.filter_map(read).collect()
}

impl Source {
    fn unreadable(path: &str, reason: &std::io::Error) -> Diagnostic {
        let source = Arc::new(Self { path: format!("content/{path}"), text: String::new() });
        let error = Diagnostic::error(&source, 0..0, format!("ce fichier ne se lit pas : {reason}"));
        error.help("un fichier de contenu est un texte en UTF-8")
    }
}
