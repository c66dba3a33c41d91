//! The files of `content/` before anyone knows what they mean: their address, and whether they are published.

use super::{Kind, head::Head, voting::VOTE, writing::WRITE};
use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    front_matter::{self, File, Table},
    links,
    markdown::{Markdown, Text},
    memory::Stat,
    slug::{is_slug, slugify},
    words::Language,
};
use domain::address::is_reserved;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use walkdir::{DirEntry, WalkDir};

/// The home page.
const HOME: &str = "_index.md";

/// First segments of addresses that are not pages'.
pub(crate) const RESERVED: [&str; 5] = ["actes", "assets", "data", "images", "search"];

/// Segments under a deposit that are its forms'.
const FORMS: [&str; 2] = ["soutenir", "retirer"];

/// Files below `content/`, with `/` in their paths, sorted.
pub(crate) struct Files {
    pub(crate) pages: Vec<(String, Stat)>,
    pub(crate) others: Vec<(String, Stat)>,
}

/// The files below the folder `content`; hidden ones are passed over, unreadable folders are reported.
pub(crate) fn walk(content: &Path, reporter: &Reporter) -> Files {
    let entries = WalkDir::new(content).min_depth(1).follow_links(true).into_iter();
    let entries = entries.filter_entry(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let entries: Vec<_> =
        entries.filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file())).collect();
    let look = |entry: walkdir::Result<DirEntry>| {
        let seen = entry.and_then(|entry| Ok((entry.metadata()?, entry)));
        let unreadable = |error| {
            let source = Arc::new(Source { path: "content".to_owned(), text: String::new() });
            let message = format!("ce dossier ne se lit pas : {error}");
            reporter.report(Diagnostic::error(&source, 0..0, message));
        };
        let (metadata, entry) = seen.map_err(unreadable).ok()?;
        Some((with_slashes(entry.path().strip_prefix(content).ok()?), Stat::of(&metadata)))
    };
    let mut files: Vec<_> = entries.into_par_iter().filter_map(look).collect();
    files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let (pages, others) = files.into_iter().partition(|(path, _)| path.ends_with(".md"));
    Files { pages, others }
}

fn with_slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A content file whose front matter has been opened, to be read on according to its kind.
pub(crate) struct Opened<'a> {
    /// Path below `content/`.
    pub(crate) path: String,
    pub(crate) head: Head,
    pub(crate) table: Table<'a>,
    pub(crate) body: Markdown,
}

/// Opens the file at `path`, below `content/`; `None`, with diagnostics, when nothing can be read in it.
/// `taxonomies` are the names that it may use; `original` is the page that it translates, if it does.
pub(crate) fn open<'a>(
    path: &str,
    file: File<'a>,
    taxonomies: &'a [String],
    original: Option<&str>,
) -> Option<Opened<'a>> {
    let source = file.source;
    let parts = match front_matter::split(&source.text) {
        Ok(parts) => parts,
        Err(missing) => {
            let first_line = 0..source.text.lines().next().unwrap_or_default().len();
            let (message, help) = missing.explain();
            file.reporter.report(Diagnostic::error(source, first_line, message).help(help));
            return None;
        }
    };
    let mut table = file.parse(parts.front_matter)?;
    let head = match original {
        Some(original) => Head::read_translation(&mut table, last(original)),
        None => {
            let kind = if table.has("kind") { table.get("kind")? } else { Kind::Page };
            Head::read(kind, &mut table, taxonomies)
        }
    };
    Some(Opened { path: path.to_owned(), head, table, body: Markdown::body(source, parts.body) })
}

impl Opened<'_> {
    /// The last segment of its address.
    pub(crate) fn name(&self) -> &str {
        self.head.slug.as_ref().map_or_else(|| name(&self.path), |(slug, _)| slug)
    }
}

/// A content file as the tree knows it.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// Path below `content/`.
    pub(crate) path: &'a str,
    /// `None` when the file could not be read.
    pub(crate) head: Option<&'a Head>,
    /// In the language of the tree, when it is translated.
    pub(crate) title: Option<&'a Text>,
}

/// Every content file, by its path below `content/`.
pub(crate) struct Tree {
    nodes: FxHashMap<String, Node>,
    /// Folder → the last segment of its address, where its index chooses it.
    folder_slugs: BTreeMap<String, String>,
}

/// A content file.
pub(crate) struct Node {
    pub(crate) url: String,
    pub(crate) title: Text,
    /// `None` when the file could not be read.
    pub(crate) kind: Option<Kind>,
    /// Neither it nor a page above it is a draft or dated later.
    pub(crate) published: bool,
}

impl Tree {
    /// The tree of `entries`, as of `now`; its addresses begin with `prefix`, such as `/en`.
    pub(crate) fn new(entries: &[Entry<'_>], prefix: &str, published: impl Fn(&Head) -> bool + Sync) -> Self {
        let slug = |entry: &Entry<'_>| entry.head?.slug.as_ref().map(|(slug, _)| slug.clone());
        let indexes = entries.iter().filter(|entry| is_index(entry.path));
        let folder_slugs =
            indexes.filter_map(|entry| Some((folder(entry.path).to_owned(), slug(entry)?))).collect();
        let mut tree = Self { nodes: FxHashMap::default(), folder_slugs };
        let node = |entry: &Entry<'_>| {
            let path = entry.path;
            let folder_url = tree.folder_url(folder(path));
            let url = match is_index(path) {
                true => folder_url,
                false => format!("{folder_url}{}/", slug(entry).as_deref().unwrap_or(stem(path))),
            };
            let title = entry.title.or(entry.head.and_then(|head| head.title.as_ref()));
            let node = Node {
                url: format!("{prefix}{url}"),
                title: title.cloned().unwrap_or_default(),
                kind: entry.head.map(|head| head.kind),
                published: entry.head.is_none_or(&published),
            };
            (path.to_owned(), node)
        };
        let nodes: Vec<(String, Node)> = entries.par_iter().map(node).collect();
        tree.nodes = nodes.into_iter().collect();
        tree.unpublish_below();
        tree
    }

    /// What is under an unpublished page is not published.
    fn unpublish_below(&mut self) {
        if self.nodes.values().all(|node| node.published) {
            return;
        }
        let is_hidden = |path: &String| self.above(path).any(|above| !self.nodes[above].published);
        let hidden: Vec<String> = self.nodes.keys().filter(|path| is_hidden(path)).cloned().collect();
        for path in hidden {
            self.nodes.entry(path).and_modify(|node| node.published = false);
        }
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// The addresses of all pages.
    pub(crate) fn urls(&self) -> impl Iterator<Item = &str> {
        self.nodes.values().map(|node| &*node.url)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// The pages above one, nearest first.
    pub(crate) fn above<'t>(&'t self, path: &str) -> impl Iterator<Item = &'t str> {
        let start = if is_index(path) { parent(folder(path)) } else { Some(folder(path)) };
        std::iter::successors(start, |folder| parent(folder)).filter_map(|folder| self.index(folder))
    }

    /// The nearest page of a kind above one.
    pub(crate) fn nearest<'t>(&'t self, path: &str, is_kind: fn(Kind) -> bool) -> Option<&'t str> {
        self.above(path).find(|above| self.nodes[*above].kind.is_some_and(is_kind))
    }

    /// The address of what lies in a folder, from `/` to `/`, in the main language.
    pub(crate) fn folder_url(&self, folder: &str) -> String {
        let mut url = "/".to_owned();
        for (end, _) in folder.match_indices('/').chain((!folder.is_empty()).then_some((folder.len(), ""))) {
            let folder = &folder[..end];
            url.push_str(self.folder_slugs.get(folder).map_or(last(folder), String::as_str));
            url.push('/');
        }
        url
    }

    fn index<'t>(&'t self, folder: &str) -> Option<&'t str> {
        ["_index.md", "index.md"].into_iter().find_map(|name| {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            self.nodes.get_key_value(&path).map(|(path, _)| &**path)
        })
    }

    /// Reports the files of which the place, the address or the identifier is wrong; `source` reads one, `languages`
    /// are those whose editions have addresses of their own.
    pub(crate) fn check(
        &self,
        entries: &[Entry<'_>],
        languages: &[Language],
        source: impl Fn(&str) -> Arc<Source>,
        reporter: &Reporter,
    ) {
        if !self.nodes.contains_key(HOME) {
            let missing = Arc::new(Source { path: format!("content/{HOME}"), text: String::new() });
            let error = Diagnostic::error(&missing, 0..0, "il manque la page d’accueil");
            reporter.report(error.help("créez ce fichier avec `kind = \"home\"`"));
        }
        let (addresses, ids) = (FxHashMap::default(), BTreeMap::new());
        let mut check = Check { tree: self, source: &source, languages, addresses, ids };
        for entry in entries {
            let Some(head) = entry.head else { continue };
            let diagnostics = [
                check.place(entry.path, head),
                check.name(entry.path, head),
                check.address(entry.path, head),
                check.id(entry.path, head),
            ];
            diagnostics.into_iter().flatten().for_each(|diagnostic| reporter.report(diagnostic));
        }
        for entry in entries {
            let Some(head) = entry.head else { continue };
            check.aliases(entry.path, head).into_iter().for_each(|diagnostic| reporter.report(diagnostic));
        }
    }
}

/// What each file must respect of the others.
struct Check<'t> {
    tree: &'t Tree,
    source: &'t dyn Fn(&str) -> Arc<Source>,
    languages: &'t [Language],
    /// Addresses taken, and by which file.
    addresses: FxHashMap<&'t str, &'t str>,
    ids: BTreeMap<(Option<&'t str>, &'t str), &'t str>,
}

impl<'t> Check<'t> {
    fn place(&self, path: &str, head: &Head) -> Option<Diagnostic> {
        let error = |message: &str, help: &str| {
            Some(Diagnostic::error(&(self.source)(path), head.header.clone(), message).help(help))
        };
        let nodes = &self.tree.nodes;
        if (path == HOME) != (head.kind == Kind::Home) {
            return error(
                "`kind = \"home\"` est pour content/_index.md, et pour lui seul",
                "corrigez `kind`",
            );
        }
        if head.kind == Kind::Home && !nodes[path].published {
            return error(
                "la page d’accueil n’est pas publiée",
                "retirez `draft`, ou donnez-lui une date passée",
            );
        }
        let stands_for_folder =
            matches!(head.kind, Kind::Organisation | Kind::Section | Kind::Process(_) | Kind::Deposit);
        if stands_for_folder && !is_index(path) {
            return error(
                "cette page doit être celle d’un dossier",
                "nommez-la `_index.md`, dans un dossier à elle",
            );
        }
        let (belongs, missing): (fn(Kind) -> bool, _) = match head.kind {
            Kind::Home | Kind::Page | Kind::Section | Kind::Event | Kind::Organisation => return None,
            Kind::Process(_) => {
                (Kind::is_organisation, "une démarche doit être dans le dossier d’une collectivité")
            }
            Kind::Step => (Kind::is_process, "une étape doit être dans le dossier d’une démarche"),
            Kind::Deposit => (Kind::is_process, "un dépôt doit être dans le dossier d’une démarche"),
            Kind::Report => {
                (Kind::has_reports, "un compte rendu doit être dans le dossier d’un dépôt ou d’une démarche")
            }
        };
        // A page above that could not be read may well be the one.
        let is_known = |above: &str| nodes[above].kind.is_none_or(belongs);
        match self.tree.above(path).any(is_known) {
            true => None,
            false => error(missing, "déplacez ce fichier"),
        }
    }

    fn name(&self, path: &str, head: &Head) -> Option<Diagnostic> {
        let name = name(path);
        if head.slug.is_some() || name.is_empty() || is_slug(name) {
            return None;
        }
        let slug = slugify(name);
        let error =
            head.address_error(&(self.source)(path), format!("« {name} » ne peut pas servir d’adresse"));
        Some(error.help(format!("renommez-le « {slug} », ou ajoutez `slug = \"{slug}\"`")))
    }

    fn address(&mut self, path: &str, head: &Head) -> Option<Diagnostic> {
        let (path, node) = self.tree.nodes.get_key_value(path)?;
        let url = &*node.url;
        let help = "choisissez une autre adresse avec `slug = \"…\"`";
        let error = |message| head.address_error(&(self.source)(path), message).help(help);
        if self.is_reserved(url) || self.is_form(path, url) {
            return Some(error(format!("l’adresse {url} est réservée")));
        }
        let other = self.addresses.insert(url, path)?;
        Some(error(format!("l’adresse {url} est déjà celle de content/{other}")))
    }

    /// An address that was once a page's must not be another's today.
    fn aliases(&mut self, path: &'t str, head: &'t Head) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        for (alias, span) in &head.aliases {
            let message = if self.is_reserved(alias) || links::OWN_PAGES.contains(&&**alias) {
                format!("l’adresse {alias} est réservée")
            } else if let Some(other) = self.addresses.insert(alias, path) {
                format!("l’adresse {alias} est celle de content/{other}")
            } else {
                continue;
            };
            let error = Diagnostic::error(&(self.source)(path), span.clone(), message);
            wrong.push(error.help("retirez cette ancienne adresse"));
        }
        wrong
    }

    /// Whether an address may be that of what is not a page of the content: another language, a page of a list.
    fn is_reserved(&self, url: &str) -> bool {
        let segments: Vec<&str> = url.trim_matches('/').split('/').collect();
        let is_language = |first: &str| self.languages.iter().any(|language| language.code() == first);
        let is_number = |last: &str| last.bytes().all(|byte| byte.is_ascii_digit());
        RESERVED.contains(&segments[0])
            || is_language(segments[0])
            || matches!(segments[..], [.., "page", last] if is_number(last))
    }

    /// Whether an address is that of a form of the deposit or the process above.
    fn is_form(&self, path: &str, url: &str) -> bool {
        let above = self.tree.above(path).next();
        let name = last(url.trim_end_matches('/'));
        match above.and_then(|above| self.tree.nodes[above].kind) {
            Some(Kind::Deposit) => FORMS.contains(&name),
            Some(Kind::Process(_)) => [WRITE, VOTE].iter().any(|form| name == form.trim_end_matches('/')),
            _ => false,
        }
    }

    /// The slug of a process names it in the whole site, that of a deposit in its process.
    fn id(&mut self, path: &str, head: &Head) -> Option<Diagnostic> {
        let (path, node) = self.tree.nodes.get_key_value(path)?;
        let (scope, what) = match head.kind {
            Kind::Process(_) => (None, "la démarche"),
            Kind::Deposit => (Some(self.tree.nearest(path, Kind::is_process)?), "le dépôt"),
            _ => return None,
        };
        let id = last(node.url.trim_end_matches('/'));
        if head.kind == Kind::Deposit && is_reserved(id) {
            let message =
                format!("un dépôt ne peut pas s’appeler « {id} » : c’est l’adresse d’un formulaire");
            let error = head.address_error(&(self.source)(path), message);
            return Some(error.help("choisissez un autre nom avec `slug = \"…\"`"));
        }
        let other = self.ids.insert((scope, id), path)?;
        if self.tree.nodes[other].url == node.url {
            return None;
        }
        let message = format!("« {id} » est déjà {what} de content/{other}");
        let error = head.address_error(&(self.source)(path), message);
        Some(error.help("choisissez un autre nom avec `slug = \"…\"`"))
    }
}

/// The name that an address would be made of.
fn name(path: &str) -> &str {
    if is_index(path) { last(folder(path)) } else { stem(path) }
}

/// Whether a file stands for its folder.
pub(crate) fn is_index(path: &str) -> bool {
    matches!(last(path), "_index.md" | "index.md")
}

/// The folder of a file, or of a folder; `""` is `content/` itself.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn parent(of: &str) -> Option<&str> {
    (!of.is_empty()).then(|| folder(of))
}

fn stem(path: &str) -> &str {
    let name = last(path);
    name.strip_suffix(".md").unwrap_or(name)
}

fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
