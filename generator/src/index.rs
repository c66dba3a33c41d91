//! What lists show: which pages are under which section, which term, which process.

use crate::{
    content::{Content, Kind, LeafPage, Page, head::Term, leaf::Sort, tree},
    markdown::Text,
    settings::{Settings, Taxonomy},
    slug::slugify,
};
use rustc_hash::FxHashMap;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// The lists of a site in a language.
#[derive(Default)]
pub(crate) struct Index<'a> {
    pub(crate) taxonomies: Vec<TaxonomyIndex<'a>>,
    /// Addresses of the terms, by taxonomy and title.
    terms: Terms<'a>,
    /// For each section, the pages directly under it, in its order.
    pub(crate) sections: FxHashMap<&'a str, Vec<&'a LeafPage>>,
    /// Where each page is in its section.
    places: FxHashMap<&'a str, usize>,
    /// All events, the earliest first.
    pub(crate) events: Vec<&'a LeafPage>,
    /// Those of each process, by its path.
    process_events: FxHashMap<&'a str, Vec<&'a LeafPage>>,
    pub(crate) has_events: bool,
    /// Pictures for social networks, by the address of the page.
    cards: HashMap<String, String>,
}

/// A taxonomy and its terms.
pub(crate) struct TaxonomyIndex<'a> {
    pub(crate) taxonomy: &'a Taxonomy,
    pub(crate) url: String,
    /// In alphabetical order.
    pub(crate) terms: BTreeMap<String, TermIndex<'a>>,
}

/// The pages of a term.
pub(crate) struct TermIndex<'a> {
    pub(crate) title: &'a Text,
    pub(crate) url: String,
    /// The latest first.
    pub(crate) pages: Vec<Listed<'a>>,
}

/// A page in a list.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    pub(crate) page: &'a Page,
    pub(crate) leaf: Option<&'a LeafPage>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(content: &'a Content, settings: &'a Settings, cards: HashMap<String, String>) -> Self {
        let prefix = content.home.url.trim_end_matches('/');
        let ((taxonomies, terms), index) =
            rayon::join(|| taxonomies(content, settings, prefix), || Self::of_leaves(content));
        Self { taxonomies, terms, cards, ..index }
    }

    /// What is known without the taxonomies.
    fn of_leaves(content: &'a Content) -> Self {
        let mut sections = FxHashMap::<&str, Vec<&LeafPage>>::default();
        let listings: FxHashMap<&str, Sort> =
            content.leaves.iter().filter_map(|leaf| Some((&*leaf.page.path, leaf.listing()?.sort))).collect();
        let mut process_events = FxHashMap::<&str, Vec<&LeafPage>>::default();
        let mut events = Vec::new();
        for leaf in &content.leaves {
            let path = &*leaf.page.path;
            if let Some(section) = content.tree.section_of(path).filter(|above| listings.contains_key(above))
            {
                sections.entry(section).or_default().push(leaf);
            }
            if leaf.event().is_some() {
                events.push(leaf);
                if let Some(process) = content.tree.nearest(path, Kind::is_process) {
                    process_events.entry(process).or_default().push(leaf);
                }
            }
        }
        for (section, pages) in &mut sections {
            sort(pages, listings[*section]);
        }
        let places = sections.values().flat_map(|pages| pages.iter().enumerate());
        let places = places.map(|(place, leaf)| (&*leaf.page.path, place)).collect();
        let start = |leaf: &&LeafPage| leaf.event().map(|event| event.starts);
        events.sort_by_key(start);
        process_events.values_mut().for_each(|events| events.sort_by_key(start));
        Self { sections, places, has_events: !events.is_empty(), events, process_events, ..Self::default() }
    }

    /// The address of a term's page, if its taxonomy is the site's.
    pub(crate) fn term_url<'s>(&'s self, term: &'s Term) -> Option<&'s str> {
        self.terms.get(&(term.taxonomy, &term.title)).map(String::as_str)
    }

    /// Where the page at `path` is in its section, if one lists it.
    pub(crate) fn place(&self, path: &str) -> Option<usize> {
        self.places.get(path).copied()
    }

    /// The events of the process at `path`, the earliest first.
    pub(crate) fn events_of(&self, path: &str) -> Vec<&'a LeafPage> {
        self.process_events.get(path).cloned().unwrap_or_default()
    }

    /// The picture that social networks show of the page at `url`, if one is drawn.
    pub(crate) fn card(&self, url: &str) -> Option<&str> {
        self.cards.get(url).map(String::as_str)
    }
}

impl<'a> TaxonomyIndex<'a> {
    /// The addresses of its pages.
    pub(crate) fn urls(&'a self) -> impl Iterator<Item = &'a str> {
        std::iter::once(&*self.url).chain(self.terms.values().map(|term| &*term.url))
    }
}

fn sort(pages: &mut [&LeafPage], order: Sort) {
    match order {
        // An event counts as of its start.
        Sort::Date => pages.sort_by_cached_key(|leaf| {
            let date = leaf.event().map(|event| event.starts).or(leaf.page.date);
            (Reverse(date), leaf.page.path.clone())
        }),
        Sort::Weight => {
            pages.sort_by_cached_key(|leaf| (leaf.page.weight, slugify(leaf.page.title.as_str())))
        }
        Sort::Title => pages.sort_by_cached_key(|leaf| slugify(leaf.page.title.as_str())),
    }
}

/// Every page that can be classified.
fn classified(content: &Content) -> impl Iterator<Item = Listed<'_>> {
    let leaves = content.leaves.iter().map(|leaf| Listed { page: &leaf.page, leaf: Some(leaf) });
    let processes = content.processes().flat_map(|(_, process)| {
        let deposits = process.deposits.iter();
        let pages = std::iter::once(&process.page).chain(deposits.map(|deposit| &deposit.page));
        pages.map(|page| Listed { page, leaf: None })
    });
    leaves.chain(processes)
}

type Terms<'a> = FxHashMap<(usize, &'a Text), String>;

fn taxonomies<'a>(
    content: &'a Content,
    settings: &'a Settings,
    prefix: &str,
) -> (Vec<TaxonomyIndex<'a>>, Terms<'a>) {
    let index = |taxonomy: &'a Taxonomy| {
        let url = format!("{prefix}/{}/", taxonomy.name);
        TaxonomyIndex { taxonomy, url, terms: BTreeMap::new() }
    };
    let mut taxonomies: Vec<TaxonomyIndex<'a>> = settings.taxonomies.iter().map(index).collect();
    let mut terms = Terms::default();
    let mut slugs = FxHashMap::<(usize, &Text), String>::default();
    for listed in classified(content) {
        for term in &listed.page.terms {
            let Some(index) = taxonomies.get_mut(term.taxonomy) else { continue };
            let key = (term.taxonomy, &term.title);
            let slug = slugs.entry(key).or_insert_with(|| slugify(term.title.as_str()));
            if !index.terms.contains_key(slug) {
                let url = format!("{}{slug}/", index.url);
                index.terms.insert(slug.clone(), TermIndex { title: &term.title, url, pages: Vec::new() });
            }
            if let Some(found) = index.terms.get_mut(slug) {
                terms.entry(key).or_insert_with(|| found.url.clone());
                found.pages.push(listed);
            }
        }
    }
    for term in taxonomies.iter_mut().flat_map(|index| index.terms.values_mut()) {
        term.pages
            .sort_by(|a, b| (Reverse(a.page.date), &a.page.path).cmp(&(Reverse(b.page.date), &b.page.path)));
        term.pages.dedup_by(|a, b| a.page.path == b.page.path);
    }
    (taxonomies, terms)
}

impl tree::Tree {
    /// The page that the one at `path` is directly under.
    pub(crate) fn section_of<'t>(&'t self, path: &str) -> Option<&'t str> {
        self.above(path).next()
    }
}
