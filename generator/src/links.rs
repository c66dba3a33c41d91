//! Where the links that editors write lead.

use crate::{
    content::tree::Tree,
    diagnostics::{Diagnostic, Reporter, Source, suggestion},
    documents::{Document, Library},
    memory::Lines,
    picture::Picture,
    theme::fingerprint,
};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// Schemes a link may have.
const SCHEMES: [&str; 3] = ["https", "mailto", "tel"];

/// Pages that every site has besides its content, which have no file to be named by.
pub(crate) const OWN_PAGES: [&str; 6] = [
    "/accessibilite/",
    "/contact/",
    "/donnees-personnelles/",
    "/mentions-legales/",
    "/plan-du-site/",
    SEARCH_PAGE,
];

const SEARCH_PAGE: &str = "/recherche/";

/// What a link leads to.
pub(crate) enum Target<'a> {
    /// A page of the site.
    Page(PageTarget),
    /// A file published next to a page, and its URL, perhaps at a place in it.
    Document(&'a Document, String),
    /// An address outside the site, as it is written.
    Outside,
    /// A page of the site that is a draft or dated later.
    Unpublished,
}

impl Target<'_> {
    /// Where a link written so leads, for the next build to compare; `None` when it leads nowhere today.
    pub(crate) fn address(&self, written: &str) -> Option<String> {
        match self {
            Self::Page(page) => Some(page.url.clone()),
            Self::Document(_, url) => Some(url.clone()),
            Self::Outside => Some(written.to_owned()),
            Self::Unpublished => None,
        }
    }
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
    /// Whether the site has a page to search it.
    has_search: bool,
    anchors: Mutex<FxHashMap<String, Lines>>,
    expected: Mutex<Vec<ExpectedAnchor>>,
    remembered: Mutex<Vec<(String, RememberedAnchor)>>,
}

/// An anchor that a link leads to.
#[derive(Debug, Clone)]
pub(crate) struct ExpectedAnchor {
    /// Of the page, below `content/`.
    pub(crate) path: String,
    pub(crate) anchor: String,
    pub(crate) place: (Arc<Source>, Range<usize>),
}

/// The same, of a link in a file that has not changed since it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RememberedAnchor {
    /// Of the page, below `content/`.
    pub(crate) path: String,
    pub(crate) anchor: String,
    /// Where the link stands in the file.
    pub(crate) span: Range<usize>,
}

impl<'a> Links<'a> {
    pub(crate) fn new(
        tree: &'a Tree,
        library: &'a Library,
        theme_ids: &'a BTreeSet<String>,
        has_search: bool,
    ) -> Self {
        Self {
            tree,
            library,
            theme_ids,
            has_search,
            anchors: Mutex::default(),
            expected: Mutex::default(),
            remembered: Mutex::default(),
        }
    }

    /// What a link written in the file `from` leads to.
    pub(crate) fn resolve(&self, from: &str, written: &str) -> Result<Target<'a>, BrokenLink> {
        if let Some(path) = written.strip_prefix("@/") {
            return self.internal(from, path);
        }
        if let Some(anchor) = written.strip_prefix('#') {
            return Ok(page(from, written.to_owned(), Some(anchor)));
        }
        if written == SEARCH_PAGE && !self.has_search && !self.tree.urls().any(|url| url == written) {
            let help = "retirez ce lien, ou `search = false` dans site.toml";
            return Err(BrokenLink::new("ce site n’a pas de page de recherche", help.to_owned()));
        }
        if OWN_PAGES.contains(&written) {
            return Ok(Target::Outside);
        }
        if let Some((scheme, _)) = written.split_once(':') {
            return outside(&scheme.to_ascii_lowercase());
        }
        self.beside(from, written)
    }

    /// A link to `@/…`: a file named from the root of the content.
    fn internal(&self, from: &str, written: &str) -> Result<Target<'a>, BrokenLink> {
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
    fn beside(&self, from: &str, written: &str) -> Result<Target<'a>, BrokenLink> {
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
    fn document_at(&self, from: &str, path: &str, place: Option<&str>) -> Result<Target<'a>, BrokenLink> {
        let document = self.document(from, path)?;
        let url = place.map_or_else(|| document.url.clone(), |place| format!("{}#{place}", document.url));
        Ok(Target::Document(document, url))
    }

    /// The file at `path`; it is published if the page `from` is.
    pub(crate) fn document(&self, from: &str, path: &str) -> Result<&'a Document, BrokenLink> {
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

    /// The image that a page shows. Only what is made of it is published.
    pub(crate) fn picture(&self, from: &str, written: &str) -> Result<Picture, BrokenLink> {
        let path = written.strip_prefix("@/").map_or_else(|| in_folder_of(from, written), str::to_owned);
        let help = || "déposez-la à côté de cette page, et écrivez `![description](image.jpg)`".to_owned();
        if written.contains(':') || written.starts_with('/') || path.ends_with(".md") {
            return Err(BrokenLink::new("une image est un fichier du site", help()));
        }
        let found = self.library.find(&path);
        let document = found
            .ok_or_else(|| {
                BrokenLink::new(format!("fichier introuvable : content/{path}"), self.library.help(&path))
            })?
            .map_err(|reason| BrokenLink::new(reason.to_string(), None))?;
        let Some(picture) = Picture::of(document) else {
            return Err(BrokenLink::new(format!("ce n’est pas une image : content/{path}"), help()));
        };
        if self.tree.get(from).is_some_and(|node| node.published) {
            self.library.publish_picture(&path, picture.is_made());
        }
        Ok(picture)
    }

    /// Where a link that was written so leads now, for what is remembered of it.
    pub(crate) fn leads_to(&self, from: &str, written: &str, then: &str) -> bool {
        if let Some(image) = written.strip_prefix('!') {
            return self.picture(from, image).is_ok_and(|picture| picture.url() == then);
        }
        if let Some(file) = written.strip_prefix('=') {
            return self.text(file).is_ok_and(|text| text_mark(&text) == then);
        }
        let now = self.resolve(from, written).ok().and_then(|target| target.address(written));
        now.as_deref() == Some(then)
    }

    /// What to do when there is no file at `path`.
    pub(crate) fn help(&self, path: &str) -> String {
        self.library.help(path)
    }

    /// Whether the theme has this anchor: a heading must take another.
    pub(crate) fn is_theme_anchor(&self, anchor: &str) -> bool {
        self.theme_ids.contains(anchor)
    }

    /// The text of a file that serves to make a page.
    pub(crate) fn text(&self, path: &str) -> Result<String, BrokenLink> {
        let found = self.library.text(path);
        let missing =
            || BrokenLink::new(format!("fichier introuvable : content/{path}"), self.library.help(path));
        let text = found.ok_or_else(missing)?;
        self.library.use_up(path);
        text.map_err(|error| BrokenLink::new(format!("ce fichier ne se lit pas : {error}"), None))
    }

    /// The anchors of a page.
    pub(crate) fn define_anchors(&self, path: &str, anchors: &Lines) {
        let mut defined = self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
        defined.insert(path.to_owned(), anchors.clone());
    }

    /// Notes that a link needs an anchor.
    pub(crate) fn expect_anchor(&self, expected: ExpectedAnchor) {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).push(expected);
    }

    /// Notes that a link of the file `from`, which is remembered, needs an anchor.
    pub(crate) fn expect_remembered(&self, from: &str, expected: &RememberedAnchor) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.push((from.to_owned(), expected.clone()));
    }

    /// Reports the links to anchors that no heading has made, in files whose names end with `suffix`; `source` reads a
    /// file again, to show the link of one that is remembered.
    pub(crate) fn check_anchors(
        self,
        suffix: &str,
        source: impl Fn(&str) -> Arc<Source>,
        reporter: &Reporter,
    ) {
        let anchors = self.anchors.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut expected = self.expected.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (from, remembered) in self.remembered.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let RememberedAnchor { path, anchor, span } = remembered;
            let is_known = anchors.get(&path).is_none_or(|known| known.contains(&anchor));
            if !is_known && !self.theme_ids.contains(&anchor) {
                expected.push(ExpectedAnchor { path, anchor, place: (source(&from), span) });
            }
        }
        expected.retain(|expected| expected.place.0.path.ends_with(suffix));
        for ExpectedAnchor { path, anchor, place: (source, span) } in expected {
            let is_known = |known: &&Lines| known.contains(&anchor) || self.theme_ids.contains(&anchor);
            let Some(known) = anchors.get(&path).filter(|known| !is_known(known)) else { continue };
            let help = match suggestion(&anchor, known.iter()) {
                Some(meant) => Some(format!("vouliez-vous dire `#{meant}` ?")),
                None if known.iter().next().is_none() => None,
                None => {
                    Some(format!("ancres de cette page : {}", known.iter().collect::<Vec<_>>().join(", ")))
                }
            };
            let message = format!("content/{path} n’a pas de titre `#{anchor}`");
            reporter.report(Diagnostic::error(&source, span, message).maybe_help(help));
        }
    }
}

/// Stands for a text that serves to make a page.
pub(crate) fn text_mark(text: &str) -> String {
    format!("{:032x}", fingerprint(text.as_bytes()))
}

fn split_anchor(written: &str) -> (&str, Option<&str>) {
    match written.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (written, None),
    }
}

fn page(path: &str, url: String, anchor: Option<&str>) -> Target<'static> {
    Target::Page(PageTarget { url, path: path.to_owned(), anchor: anchor.map(str::to_owned) })
}

fn outside(scheme: &str) -> Result<Target<'static>, BrokenLink> {
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
