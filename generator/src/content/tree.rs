//! The files of `content/` before anyone knows what they mean: their address, and whether they are published.

use super::Kind;
use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    front_matter::{self, File, Table},
    markdown::{Markdown, Text},
    slug::{is_slug, slugify},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use toml::Spanned;
use walkdir::WalkDir;

/// The home page.
const HOME: &str = "_index.md";

/// First segments of addresses that are not pages'.
const RESERVED: [&str; 3] = ["actes", "assets", "data"];

/// Segments under a deposit that are its forms'.
const FORMS: [&str; 2] = ["soutenir", "retirer"];

/// Paths below `content/`, with `/`, sorted.
pub(crate) struct Paths {
    pub(crate) pages: Vec<String>,
    pub(crate) others: Vec<String>,
}

/// The files below the folder `content`; hidden ones are passed over, unreadable folders are reported.
pub(crate) fn walk(content: &Path, reporter: &Reporter) -> Paths {
    let entries = WalkDir::new(content).min_depth(1).follow_links(true).into_iter();
    let mut paths = Vec::new();
    for entry in entries.filter_entry(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                paths.extend(entry.path().strip_prefix(content).ok().map(with_slashes));
            }
            Ok(_) => {}
            Err(error) => {
                let source = Arc::new(Source { path: "content".to_owned(), text: String::new() });
                reporter.report(Diagnostic::error(
                    &source,
                    0..0,
                    format!("ce dossier ne se lit pas : {error}"),
                ));
            }
        }
    }
    paths.sort();
    let (pages, others) = paths.into_iter().partition(|path| path.ends_with(".md"));
    Paths { pages, others }
}

fn with_slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A content file whose front matter has been opened, to be read on according to its kind.
pub(crate) struct Opened<'a> {
    /// Path below `content/`.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) title: Option<Text>,
    pub(crate) date: Option<Timestamp>,
    pub(crate) table: Table<'a>,
    pub(crate) body: Markdown,
    slug: Option<Spanned<String>>,
    draft: bool,
}

/// Opens the file at `path`, below `content/`; `None`, with diagnostics, when nothing can be read in it.
pub(crate) fn open<'a>(path: &str, file: File<'a>) -> Option<Opened<'a>> {
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
    let kind = if table.has("kind") { table.get("kind")? } else { Kind::Page };
    let slug = read_slug(&mut table);
    let date = match kind {
        Kind::Deposit | Kind::Report => table.require("date"),
        _ => table.get("date"),
    };
    Some(Opened {
        path: path.to_owned(),
        kind,
        title: table.require("title"),
        date,
        draft: table.get("draft").unwrap_or(false),
        slug,
        table,
        body: Markdown::body(source, parts.body),
    })
}

fn read_slug(table: &mut Table<'_>) -> Option<Spanned<String>> {
    let slug: Spanned<String> = table.get("slug")?;
    if is_slug(slug.get_ref()) {
        return Some(slug);
    }
    let error =
        table.error(slug.span(), "une adresse est faite de minuscules sans accent, de chiffres et de `-`");
    table.report(error.help(format!("écrivez par exemple `slug = \"{}\"`", slugify(slug.get_ref()))));
    None
}

impl Opened<'_> {
    /// The last segment of its address.
    pub(crate) fn name(&self) -> &str {
        match &self.slug {
            Some(slug) => slug.get_ref(),
            None if is_index(&self.path) => last(folder(&self.path)),
            None => stem(&self.path),
        }
    }

    fn is_published(&self, now: Timestamp) -> bool {
        !self.draft && self.date.is_none_or(|date| date <= now)
    }

    /// An error about the address of the page.
    fn address_error(&self, message: String) -> Diagnostic {
        let span = self.slug.as_ref().map_or_else(|| self.table.header(), Spanned::span);
        self.table.error(span, message)
    }
}

/// Every content file, by its path below `content/`.
pub(crate) struct Tree {
    nodes: BTreeMap<String, Node>,
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
    /// The tree of the files at `paths`, of which some could be opened.
    pub(crate) fn new(paths: &[String], opened: &[Opened<'_>], now: Timestamp) -> Self {
        let opened: BTreeMap<&str, &Opened<'_>> = opened.iter().map(|file| (&*file.path, file)).collect();
        let slug = |path: &str| {
            opened.get(path).and_then(|file| file.slug.as_ref()).map(|slug| slug.get_ref().clone())
        };
        let indexes = paths.iter().filter(|path| is_index(path));
        let folder_slugs = indexes.filter_map(|path| Some((folder(path).to_owned(), slug(path)?))).collect();
        let mut tree = Self { nodes: BTreeMap::new(), folder_slugs };
        for path in paths {
            let file = opened.get(&**path);
            let folder_url = tree.folder_url(folder(path));
            let url = match is_index(path) {
                true => folder_url,
                false => format!("{folder_url}{}/", slug(path).as_deref().unwrap_or(stem(path))),
            };
            let node = Node {
                url,
                title: file.and_then(|file| file.title.clone()).unwrap_or_default(),
                kind: file.map(|file| file.kind),
                published: file.is_none_or(|file| file.is_published(now)),
            };
            tree.nodes.insert(path.clone(), node);
        }
        tree.unpublish_below();
        tree
    }

    /// What is under an unpublished page is not published.
    fn unpublish_below(&mut self) {
        let is_hidden = |path: &String| self.above(path).any(|above| !self.nodes[above].published);
        let hidden: Vec<String> = self.nodes.keys().filter(|path| is_hidden(path)).cloned().collect();
        for path in hidden {
            self.nodes.entry(path).and_modify(|node| node.published = false);
        }
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
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
    pub(crate) fn nearest<'t>(&'t self, path: &str, kind: Kind) -> Option<&'t str> {
        self.above(path).find(|above| self.nodes[*above].kind == Some(kind))
    }

    /// The address of what lies in a folder, from `/` to `/`.
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

    /// Reports the files of which the place, the address or the identifier is wrong.
    pub(crate) fn check(&self, opened: &[Opened<'_>], reporter: &Reporter) {
        if !self.nodes.contains_key(HOME) {
            let missing = Arc::new(Source { path: format!("content/{HOME}"), text: String::new() });
            let error = Diagnostic::error(&missing, 0..0, "il manque la page d’accueil");
            reporter.report(error.help("créez ce fichier avec `kind = \"home\"`"));
        }
        let mut addresses = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for file in opened {
            let diagnostics = [
                self.check_place(file),
                self.check_name(file),
                self.check_address(file, &mut addresses),
                self.check_id(file, &mut ids),
            ];
            diagnostics.into_iter().flatten().for_each(|diagnostic| reporter.report(diagnostic));
        }
    }

    fn check_place(&self, file: &Opened<'_>) -> Option<Diagnostic> {
        let error =
            |message: &str, help: &str| Some(file.table.error(file.table.header(), message).help(help));
        if (file.path == HOME) != (file.kind == Kind::Home) {
            return error(
                "`kind = \"home\"` est pour content/_index.md, et pour lui seul",
                "corrigez `kind`",
            );
        }
        if file.kind == Kind::Home && !self.nodes[&file.path].published {
            return error(
                "la page d’accueil n’est pas publiée",
                "retirez `draft`, ou donnez-lui une date passée",
            );
        }
        let stands_for_folder = matches!(file.kind, Kind::Organisation | Kind::Petition | Kind::Deposit);
        if stands_for_folder && !is_index(&file.path) {
            return error(
                "cette page doit être celle d’un dossier",
                "nommez-la `_index.md`, dans un dossier à elle",
            );
        }
        let (kind, missing) = match file.kind {
            Kind::Home | Kind::Page | Kind::Organisation => return None,
            Kind::Petition => {
                (Kind::Organisation, "une démarche doit être dans le dossier d’une collectivité")
            }
            Kind::Step => (Kind::Petition, "une étape doit être dans le dossier d’une démarche"),
            Kind::Deposit => (Kind::Petition, "un dépôt doit être dans le dossier d’une démarche"),
            Kind::Report => (Kind::Deposit, "un compte rendu doit être dans le dossier d’un dépôt"),
        };
        // A page above that could not be read may well be the one.
        let is_known = |path: &str| self.nodes[path].kind.is_none_or(|above| above == kind);
        match self.above(&file.path).any(is_known) {
            true => None,
            false => error(missing, "déplacez ce fichier"),
        }
    }

    fn check_name(&self, file: &Opened<'_>) -> Option<Diagnostic> {
        let name = if is_index(&file.path) { last(folder(&file.path)) } else { stem(&file.path) };
        if file.slug.is_some() || name.is_empty() || is_slug(name) {
            return None;
        }
        let slug = slugify(name);
        let error = file.address_error(format!("« {name} » ne peut pas servir d’adresse"));
        Some(error.help(format!("renommez-le « {slug} », ou ajoutez `slug = \"{slug}\"`")))
    }

    fn check_address<'t>(
        &'t self,
        file: &'t Opened<'_>,
        taken: &mut BTreeMap<&'t str, &'t str>,
    ) -> Option<Diagnostic> {
        let url = &*self.nodes[&file.path].url;
        let help = "choisissez une autre adresse avec `slug = \"…\"`";
        if self.is_reserved(file, url) {
            return Some(file.address_error(format!("l’adresse {url} est réservée")).help(help));
        }
        let other = taken.insert(url, &file.path)?;
        Some(file.address_error(format!("l’adresse {url} est déjà celle de content/{other}")).help(help))
    }

    fn is_reserved(&self, file: &Opened<'_>, url: &str) -> bool {
        let mut segments = url.trim_matches('/').split('/');
        let above = self.above(&file.path).next();
        let is_under_deposit = above.is_some_and(|above| self.nodes[above].kind == Some(Kind::Deposit));
        segments.next().is_some_and(|first| RESERVED.contains(&first))
            || is_under_deposit && segments.next_back().is_some_and(|last| FORMS.contains(&last))
    }

    /// The slug of a process names it in the whole site, that of a deposit in its process.
    fn check_id<'t>(
        &'t self,
        file: &'t Opened<'_>,
        taken: &mut BTreeMap<(Option<&'t str>, &'t str), &'t str>,
    ) -> Option<Diagnostic> {
        let (scope, what) = match file.kind {
            Kind::Petition => (None, "la démarche"),
            Kind::Deposit => (Some(self.nearest(&file.path, Kind::Petition)?), "le dépôt"),
            _ => return None,
        };
        let id = file.name();
        let other = taken.insert((scope, id), &file.path)?;
        if self.nodes[other].url == self.nodes[&file.path].url {
            return None;
        }
        let error = file.address_error(format!("« {id} » est déjà {what} de content/{other}"));
        Some(error.help("choisissez un autre nom avec `slug = \"…\"`"))
    }
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
