//! Where the links that editors write lead.

use crate::{
    content::tree::Tree,
    diagnostics::{Diagnostic, Reporter, Source, suggestion},
    documents::{Document, Library},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

/// Schemes a link may have.
const SCHEMES: [&str; 3] = ["https", "mailto", "tel"];

/// What a link leads to.
pub(crate) enum Target {
    /// A page of the site.
    Page(PageTarget),
    /// A file published next to a page: its URL.
    Document(String),
    /// An address outside the site, as it is written.
    Outside,
    /// A page of the site that is a draft or dated later.
    Unpublished,
}

/// A page, perhaps at one of its headings.
pub(crate) struct PageTarget {
    /// URL with its anchor.
    pub(crate) url: String,
    /// Path below `content/`.
    pub(crate) path: String,
    pub(crate) anchor: Option<String>,
}

/// Why a link leads nowhere.
pub(crate) struct BrokenLink {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl BrokenLink {
    fn new(message: impl Into<String>, help: impl Into<Option<String>>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// The site as links see it. Anchors are checked once every page has been read.
pub(crate) struct Links<'a> {
    tree: &'a Tree,
    library: &'a Library,
    /// Anchors that the theme puts in pages.
    theme_ids: &'a BTreeSet<String>,
    anchors: RefCell<BTreeMap<String, BTreeSet<String>>>,
    expected: RefCell<Vec<ExpectedAnchor>>,
}

struct ExpectedAnchor {
    path: String,
    anchor: String,
    place: (Arc<Source>, Range<usize>),
}

impl<'a> Links<'a> {
    pub(crate) fn new(tree: &'a Tree, library: &'a Library, theme_ids: &'a BTreeSet<String>) -> Self {
        Self { tree, library, theme_ids, anchors: RefCell::default(), expected: RefCell::default() }
    }

    /// What a link written in the file `from` leads to.
    pub(crate) fn resolve(&self, from: &str, written: &str) -> Result<Target, BrokenLink> {
        if let Some(path) = written.strip_prefix("@/") {
            return self.internal(from, path);
        }
        if let Some(anchor) = written.strip_prefix('#') {
            return Ok(page(from, written.to_owned(), Some(anchor)));
        }
        if let Some((scheme, _)) = written.split_once(':') {
            return outside(scheme);
        }
        self.beside(from, written)
    }

    /// A link to `@/…`: a file named from the root of the content.
    fn internal(&self, from: &str, written: &str) -> Result<Target, BrokenLink> {
        let (path, anchor) = split_anchor(written);
        if !path.ends_with(".md") {
            return self.document_at(from, path, anchor);
        }
        let Some(node) = self.tree.get(path) else {
            let help =
                suggestion(path, self.tree.paths()).map(|meant| format!("vouliez-vous dire `@/{meant}` ?"));
            return Err(BrokenLink::new(format!("page introuvable : content/{path}"), help));
        };
        if !node.published {
            return Ok(Target::Unpublished);
        }
        let url = anchor.map_or_else(|| node.url.clone(), |anchor| format!("{}#{anchor}", node.url));
        Ok(page(path, url, anchor))
    }

    /// A link without scheme: a file in the folder of `from`.
    fn beside(&self, from: &str, written: &str) -> Result<Target, BrokenLink> {
        if written.starts_with('/') || written.starts_with("..") || written.ends_with('/') {
            let help =
                "une page du site s’écrit `@/dossier/page.md` ; un document se range à côté de la page";
            return Err(BrokenLink::new(format!("lien mal écrit : {written}"), help.to_owned()));
        }
        let (name, anchor) = split_anchor(written);
        let path = in_folder_of(from, name);
        if self.tree.get(&path).is_some() {
            let help = format!("une page du site s’écrit depuis la racine : `@/{path}`");
            return Err(BrokenLink::new(format!("lien relatif vers une page : {written}"), help));
        }
        self.document_at(from, &path, anchor)
    }

    /// A file, perhaps at a place in it, such as `page=2`.
    fn document_at(&self, from: &str, path: &str, place: Option<&str>) -> Result<Target, BrokenLink> {
        let url = &self.document(from, path)?.url;
        Ok(Target::Document(place.map_or_else(|| url.clone(), |place| format!("{url}#{place}"))))
    }

    /// The file at `path`; it is published if the page `from` is.
    pub(crate) fn document(&self, from: &str, path: &str) -> Result<&Document, BrokenLink> {
        let help = || self.library.help(path);
        let found = self.library.find(path);
        let document =
            found.ok_or_else(|| BrokenLink::new(format!("fichier introuvable : content/{path}"), help()))?;
        let document = document.map_err(|reason| BrokenLink::new(reason.to_string(), None))?;
        if self.tree.get(from).is_some_and(|node| node.published) {
            self.library.publish(path);
        }
        Ok(document)
    }

    /// What to do when there is no file at `path`.
    pub(crate) fn help(&self, path: &str) -> String {
        self.library.help(path)
    }

    /// Whether the theme has this anchor: a heading must take another.
    pub(crate) fn is_theme_anchor(&self, anchor: &str) -> bool {
        self.theme_ids.contains(anchor)
    }

    /// The anchors of a page.
    pub(crate) fn define_anchors(&self, path: &str, anchors: BTreeSet<String>) {
        self.anchors.borrow_mut().insert(path.to_owned(), anchors);
    }

    /// Notes that a link at `place` needs an anchor.
    pub(crate) fn expect_anchor(&self, path: String, anchor: String, place: (Arc<Source>, Range<usize>)) {
        self.expected.borrow_mut().push(ExpectedAnchor { path, anchor, place });
    }

    /// Reports the links to anchors that no heading has made.
    pub(crate) fn check_anchors(self, reporter: &Reporter) {
        let anchors = self.anchors.into_inner();
        for ExpectedAnchor { path, anchor, place: (source, span) } in self.expected.into_inner() {
            let is_known =
                |known: &&BTreeSet<String>| known.contains(&anchor) || self.theme_ids.contains(&anchor);
            let Some(known) = anchors.get(&path).filter(|known| !is_known(known)) else { continue };
            let help = match suggestion(&anchor, known.iter().map(String::as_str)) {
                Some(meant) => Some(format!("vouliez-vous dire `#{meant}` ?")),
                None if known.is_empty() => None,
                None => Some(format!(
                    "ancres de cette page : {}",
                    known.iter().cloned().collect::<Vec<_>>().join(", ")
                )),
            };
            let message = format!("content/{path} n’a pas de titre `#{anchor}`");
            reporter.report(Diagnostic::error(&source, span, message).maybe_help(help));
        }
    }
}

fn split_anchor(written: &str) -> (&str, Option<&str>) {
    match written.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (written, None),
    }
}

fn page(path: &str, url: String, anchor: Option<&str>) -> Target {
    Target::Page(PageTarget { url, path: path.to_owned(), anchor: anchor.map(str::to_owned) })
}

fn outside(scheme: &str) -> Result<Target, BrokenLink> {
    if SCHEMES.contains(&scheme) {
        return Ok(Target::Outside);
    }
    let help = match scheme {
        "http" => "écrivez `https:`".to_owned(),
        _ => format!("liens permis : {}, `@/page.md`, ou un fichier à côté de la page", SCHEMES.join(", ")),
    };
    Err(BrokenLink::new(format!("lien non permis : {scheme}:"), help))
}

/// The path below `content/` of a file named by another in the same folder.
pub(crate) fn in_folder_of(from: &str, name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name);
    match from.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}
