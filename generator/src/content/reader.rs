//! From files to the model: each file read according to its kind, and put under the one it belongs to.

use super::{
    Body, Kind, LeafPage, MenuItem, Page,
    deposit::Deposit,
    document,
    head::Head,
    organisation::Organisation,
    petition::Petition,
    process::Process,
    report::Report,
    sources::{Read, SourceFile, Sources},
    step::Step,
    tree::{Opened, Tree},
};
use crate::{
    diagnostics::{Diagnostic, Reporter},
    front_matter::Table,
    links::{Links, Target},
    markdown::{Markdown, Renderer},
    memory::{BodyMemory, LeafMemory, Memory},
    settings::{self, Settings},
    theme::{Key, Theme, Voice, fingerprint},
    words::Language,
};
use domain::window::Window;
use jiff::{Timestamp, tz::TimeZone};
use rayon::prelude::*;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use toml::Spanned;

/// What has been read, by path below `content/`.
type Shelf<T> = BTreeMap<String, T>;

/// What reading a page needs besides its file.
pub(crate) struct Reader<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) memory: &'a Memory,
    pub(super) edition: usize,
    /// Whether the site is read in no other language after this one.
    pub(super) is_last: bool,
    pub(super) language: Language,
    /// In which content is written.
    pub(super) main: Language,
    pub(crate) tree: &'a Tree,
    pub(crate) links: &'a Links<'a>,
    pub(crate) reporter: &'a Reporter,
    pub(crate) zone: &'a TimeZone,
    /// What is dated later is not shown.
    pub(crate) now: Timestamp,
    /// Whether the site says that its people are.
    pub(crate) fictitious: bool,
    /// Who answers, for the organisations that do not say.
    pub(crate) contact: &'a str,
    /// The folder of the content.
    pub(crate) folder: &'a Path,
    pub(super) theme: Option<(&'a Theme, &'a Voice)>,
}

/// All that was read.
pub(super) struct Everything {
    pub(super) home: Option<Page>,
    pub(super) leaves: Vec<LeafPage>,
    pub(super) organisations: Vec<Organisation>,
    /// For the next build.
    pub(super) memory: Vec<(String, Arc<LeafMemory>)>,
}

/// A leaf being read, and what to remember of it when nothing is wrong.
struct ReadLeaf {
    leaf: LeafPage,
    path: String,
    memory: Option<Arc<LeafMemory>>,
}

impl Reader<'_> {
    /// Reads every file according to its kind, and puts each under the one it belongs to. What is above is read
    /// first, for its rules are those of what is below.
    pub(super) fn read_all(&self) -> Everything {
        let leaves: Vec<ReadLeaf> =
            self.sources.pages.par_iter().filter_map(|file| self.leaf(file)).collect();
        let organisations =
            self.shelve(|kind| kind == Kind::Organisation, |file| Organisation::read(file, self));
        let processes = self.shelve(Kind::is_process, |file| {
            let organisation = self.above(&file.path, Kind::is_organisation, &organisations);
            let Kind::Process(preset) = file.head.kind else { return None };
            Process::read(file, preset, organisation, self)
        });
        let steps = self.shelve(
            |kind| kind == Kind::Step,
            |file| {
                let process = self.above(&file.path, Kind::is_process, &processes);
                Step::read(file, process, self)
            },
        );
        let deposits = self.shelve(
            |kind| kind == Kind::Deposit,
            |file| {
                let process = self.above(&file.path, Kind::is_process, &processes);
                let petition = process.and_then(|process| process.petition.as_ref());
                let voting = process.and_then(|process| process.voting.as_ref());
                Deposit::read(file, petition, voting, self)
            },
        );
        let reports = self.shelve(
            |kind| kind == Kind::Report,
            |file| {
                let petition = self.petition_above(&file.path, &processes);
                Report::read(file, petition, self)
            },
        );

        let (of_deposits, of_processes): (Shelf<Report>, Shelf<Report>) =
            reports.into_iter().partition(|(path, _)| self.tree.nearest(path, Kind::is_deposit).is_some());
        let deposits = self
            .gather(of_deposits, deposits, Kind::is_deposit, |deposit, report| deposit.reports.push(report));
        let processes = self.gather(of_processes, processes, Kind::is_process, |process, report| {
            process.reports.push(report)
        });
        let processes =
            self.gather(steps, processes, Kind::is_process, |process, step| process.steps.push(step));
        let processes = self.gather(deposits, processes, Kind::is_process, |process, deposit| {
            process.deposits.push(deposit);
        });
        for process in processes.values() {
            if let Some(voting) = &process.voting {
                voting.check(process, self);
            }
        }
        let organisations =
            self.gather(processes, organisations, Kind::is_organisation, |organisation, process| {
                organisation.processes.push(process.in_order());
            });
        let mut everything = Everything {
            home: None,
            leaves: Vec::with_capacity(leaves.len()),
            organisations: self.published(organisations).map(|(_, organisation)| organisation).collect(),
            memory: Vec::with_capacity(leaves.len()),
        };
        for ReadLeaf { leaf, path, memory } in leaves {
            everything.memory.extend(memory.map(|memory| (path, memory)));
            if !self.tree.get(&leaf.page.path).is_some_and(|node| node.published) {
                continue;
            }
            if leaf.page.kind == Kind::Home {
                everything.home = Some(leaf.page);
            } else {
                let number = everything.leaves.len();
                everything.leaves.push(LeafPage { number, ..leaf });
            }
        }
        everything
    }

    /// Reads the files of a kind that something hangs from.
    fn shelve<T: Send>(
        &self,
        is_kind: fn(Kind) -> bool,
        read: impl Fn(Opened<'_>) -> Option<T> + Sync,
    ) -> Shelf<T> {
        let files = self.sources.pages.par_iter().filter_map(|file| match &file.read {
            Read::Structured { head, source } if is_kind(head.kind) => {
                let opened = self.sources.open(&file.path, source, self.reporter)?;
                Some((file.path.clone(), read(opened)?))
            }
            _ => None,
        });
        files.collect()
    }

    /// Reads a page that nothing hangs from.
    fn leaf(&self, file: &SourceFile<'_>) -> Option<ReadLeaf> {
        let original = file.head().filter(|head| head.kind.is_leaf())?;
        let translation = self.sources.translation(self.edition, &file.path);
        let (page, memory) = self.page_of(file, original, translation)?;
        let leaf = match &file.read {
            Read::Remembered(memory) => &memory.leaf,
            Read::Leaf { leaf, .. } => leaf,
            Read::Structured { .. } | Read::Unreadable => return None,
        };
        let source = || super::read_source(self.folder, &file.path);
        let documents = document::attach(&file.path, &leaf.documents, self, source);
        let path = translation.map_or(&file.path, |translation| &translation.path).clone();
        let memory = memory.filter(|_| self.edition == 0 || translation.is_some());
        Some(ReadLeaf {
            leaf: LeafPage { number: 0, page, detail: leaf.detail.clone(), documents },
            path,
            memory,
        })
    }

    /// The page that a file makes, in its translation if there is one.
    fn page_of(
        &self,
        file: &SourceFile<'_>,
        original: &Head,
        translation: Option<&SourceFile<'_>>,
    ) -> Option<(Page, Option<Arc<LeafMemory>>)> {
        let written = translation.filter(|translation| translation.head().is_some()).unwrap_or(file);
        let head = written.head()?;
        let untranslated = self.edition > 0 && translation.is_none();
        let (body, memory) = self.body_of(written, &file.path, untranslated)?;
        let node = self.tree.get(&file.path)?;
        let page = Page {
            path: file.path.clone(),
            kind: original.kind,
            url: node.url.clone(),
            title: head.title.clone().or_else(|| original.title.clone())?,
            description: head.description.clone()?,
            date: original.date,
            updated: original.updated,
            weight: original.weight,
            aliases: original.aliases.iter().map(|(alias, _)| alias.clone()).collect(),
            terms: original.terms.clone(),
            body,
            written_in: written.path.clone(),
            untranslated,
        };
        Some((page, memory))
    }

    /// The text of a leaf, remembered if all it leads to is where it was.
    fn body_of(
        &self,
        file: &SourceFile<'_>,
        path: &str,
        untranslated: bool,
    ) -> Option<(Body, Option<Arc<LeafMemory>>)> {
        match &file.read {
            Read::Remembered(memory) => {
                // A text that is not translated leads elsewhere in each language.
                let own = untranslated.then(|| self.memory.leaf_of(self.edition, path)).flatten();
                let memory = own.filter(|own| own.text == memory.text).unwrap_or(memory);
                let seen = &memory.body;
                let mut links = seen.links.iter();
                let mut stands = true;
                while let (Some(written), Some(led)) = (links.next(), links.next()) {
                    stands &= self.links.leads_to(path, written, led);
                }
                if !stands {
                    return self.body_again(file, path, memory, untranslated);
                }
                self.links.define_anchors(path, &seen.anchors);
                for expected in &seen.expected {
                    self.links.expect_remembered(&file.path, expected);
                }
                let memory = match memory.stat == file.stat {
                    true => memory.clone(),
                    false => Arc::new(LeafMemory { stat: file.stat, ..(**memory).clone() }),
                };
                Some((Body { key: seen.key, made: None }, Some(memory)))
            }
            Read::Leaf { leaf, text, is_sound, .. } => {
                let body = file.read.take_body(self.is_last)?;
                let (body, seen, is_sound_too) = self.make_body(path, &body, untranslated);
                let memory = LeafMemory { stat: file.stat, text: *text, leaf: (**leaf).clone(), body: seen };
                Some((body, (*is_sound && is_sound_too).then(|| Arc::new(memory))))
            }
            Read::Structured { .. } | Read::Unreadable => None,
        }
    }

    /// The text of a leaf that leads elsewhere than it did.
    fn body_again(
        &self,
        file: &SourceFile<'_>,
        path: &str,
        memory: &LeafMemory,
        untranslated: bool,
    ) -> Option<(Body, Option<Arc<LeafMemory>>)> {
        let source = super::read_source(self.folder, &file.path);
        let parts = crate::front_matter::split(&source.text).ok()?;
        let (body, seen, is_sound) = self.make_body(path, &Markdown::body(&source, parts.body), untranslated);
        let text = fingerprint(source.text.as_bytes());
        let memory = LeafMemory { stat: file.stat, text, leaf: memory.leaf.clone(), body: seen };
        Some((body, is_sound.then(|| Arc::new(memory))))
    }

    /// Makes a body: with it, what was seen, and whether nothing was wrong.
    fn make_body(&self, path: &str, markdown: &Markdown, untranslated: bool) -> (Body, BodyMemory, bool) {
        let own = Reporter::default();
        let language = if untranslated { self.main } else { self.language };
        let renderer = Renderer { reporter: &own, language, ..self.renderer(path) };
        let (body, seen) = renderer.body(markdown);
        let is_sound = own.is_empty();
        self.reporter.absorb(own);
        let key = mark(seen.key, language);
        (Body { key, made: Some(body) }, BodyMemory { key, ..seen }, is_sound)
    }

    /// The nearest of a kind above the file at `path`, unless it could not be read.
    fn above<'s, T>(&self, path: &str, is_kind: fn(Kind) -> bool, shelf: &'s Shelf<T>) -> Option<&'s T> {
        shelf.get(self.tree.nearest(path, is_kind)?)
    }

    fn petition_above<'s>(&self, path: &str, processes: &'s Shelf<Process>) -> Option<&'s Petition> {
        let process = self.above(path, Kind::is_process, processes)?;
        process.petition.as_ref()
    }

    /// Puts what is published of `items` under the nearest of a kind above.
    fn gather<T, U>(
        &self,
        items: Shelf<T>,
        mut above: Shelf<U>,
        is_kind: fn(Kind) -> bool,
        put: impl Fn(&mut U, T),
    ) -> Shelf<U> {
        for (path, item) in self.published(items) {
            if let Some(parent) = self.tree.nearest(&path, is_kind).and_then(|path| above.get_mut(path)) {
                put(parent, item);
            }
        }
        above
    }

    fn published<T>(&self, items: Shelf<T>) -> impl Iterator<Item = (String, T)> {
        items.into_iter().filter(|(path, _)| self.tree.get(path).is_some_and(|node| node.published))
    }

    /// A menu of the site, without the pages that are not published.
    pub(super) fn navigation(&self, settings: &Settings, entries: &[settings::Entry]) -> Vec<MenuItem> {
        let item = |entry: &settings::Entry| match self.links.resolve("", entry.page.get_ref()) {
            Ok(Target::Page(page)) => Some(MenuItem { label: entry.label.clone(), url: page.url }),
            Ok(Target::Unpublished) => None,
            Ok(Target::Document(..) | Target::Outside) => {
                let error = Diagnostic::error(
                    &settings.source,
                    entry.page.span(),
                    "une page du site est attendue ici",
                );
                self.reporter.report(error.help("écrivez par exemple `page = \"@/_index.md\"`"));
                None
            }
            Err(broken) => {
                let error = Diagnostic::error(&settings.source, entry.page.span(), broken.message);
                self.reporter.report(error.maybe_help(broken.help));
                None
            }
        };
        entries.iter().filter_map(item).collect()
    }

    /// For the texts of the file at `path`, in the language of the content.
    pub(super) fn renderer<'r>(&'r self, path: &'r str) -> Renderer<'r> {
        let (links, reporter) = (self.links, self.reporter);
        Renderer { path, links, reporter, language: self.main, theme: self.theme }
    }

    /// The page of a file that something hangs from.
    pub(super) fn page(&self, file: &mut Opened<'_>) -> Option<Page> {
        let translation = self.sources.translation(self.edition, &file.path);
        let untranslated = self.edition > 0 && translation.is_none();
        let translated = translation.and_then(|translation| {
            Some((translation, translation.head()?, self.body_of(translation, &file.path, false)?.0))
        });
        let (body, head, written_in) = match translated {
            Some((translation, head, body)) => (body, head, &translation.path),
            None => (self.make_body(&file.path, &file.body, untranslated).0, &file.head, &file.path),
        };
        Some(Page {
            path: file.path.clone(),
            kind: file.head.kind,
            url: self.tree.get(&file.path)?.url.clone(),
            title: head.title.clone().or_else(|| file.head.title.clone())?,
            description: head.description.clone()?,
            date: file.head.date,
            updated: file.head.updated,
            weight: file.head.weight,
            aliases: file.head.aliases.iter().map(|(alias, _)| alias.clone()).collect(),
            terms: file.head.terms.clone(),
            body,
            written_in: written_in.clone(),
            untranslated,
        })
    }

    /// The window that a table writes with `opens` and `closes`.
    pub(super) fn window(
        &self,
        table: &Table<'_>,
        opens: Timestamp,
        closes: &Spanned<Timestamp>,
    ) -> Option<Window> {
        let window = Window::new(opens, *closes.get_ref()).ok();
        if window.is_none() {
            let opens = opens.to_zoned(self.zone.clone()).datetime();
            let error = table.error(closes.span(), "la fenêtre se ferme avant de s’ouvrir");
            table.report(
                error
                    .label(format!("elle s’ouvre le {}", opens.strftime("%d/%m/%Y à %H:%M")))
                    .help("donnez à `closes` une date plus tardive"),
            );
        }
        window
    }
}

/// The same text is set otherwise in another language.
fn mark(key: Key, language: Language) -> Key {
    fingerprint(&[&key.to_le_bytes()[..], language.code().as_bytes()].concat())
}
