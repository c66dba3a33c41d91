//! What front matter says whatever the kind of the page.

use super::Kind;
use crate::{
    diagnostics::{Diagnostic, Source},
    front_matter::Table,
    markdown::Text,
    slug::{is_slug, slugify},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{ops::Range, sync::Arc};
use toml::Spanned;

/// A text of the front matter, and where it stands in the file.
pub(crate) type Placed = (String, Range<usize>);

/// What front matter says whatever the kind of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) title: Option<Text>,
    /// Empty when there is none.
    pub(crate) description: Option<Text>,
    pub(crate) date: Option<Timestamp>,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) draft: bool,
    pub(crate) slug: Option<Placed>,
    /// Pages are shown in increasing weight.
    pub(crate) weight: i64,
    /// Addresses at which the page was once.
    pub(crate) aliases: Vec<Placed>,
    pub(crate) terms: Vec<Term>,
    /// Where the front matter begins.
    pub(crate) header: Range<usize>,
}

/// What a page is classified under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Term {
    /// Its place among the site's.
    pub(crate) taxonomy: usize,
    pub(crate) title: Text,
}

impl Head {
    /// Reads what is common to all kinds; `taxonomies` are the names that may be used.
    pub(crate) fn read<'a>(kind: Kind, table: &mut Table<'a>, taxonomies: &'a [String]) -> Self {
        let slug = read_slug(table);
        let date = match kind {
            Kind::Deposit | Kind::Report => table.require("date"),
            _ => table.get("date"),
        };
        // Shown in lists, where these are the first that people see.
        let description = match kind {
            Kind::Process(_) | Kind::Deposit => table.require("description"),
            _ => Some(table.get("description").unwrap_or_default()),
        };
        Self {
            kind,
            title: table.require("title"),
            description,
            date,
            updated: table.get("updated"),
            draft: table.get("draft").unwrap_or(false),
            slug,
            weight: table.get("weight").unwrap_or(0),
            aliases: read_aliases(table),
            terms: table.section("taxonomies", |table| read_terms(table, taxonomies)),
            header: table.header(),
        }
    }

    /// Reads what a translation says: the page that it translates, `original`, decides the rest.
    pub(crate) fn read_translation(table: &mut Table<'_>, original: &str) -> Self {
        let head = Self {
            kind: Kind::Page,
            title: table.require("title"),
            description: Some(table.get("description").unwrap_or_default()),
            date: table.get("date"),
            updated: None,
            draft: table.get("draft").unwrap_or(false),
            slug: None,
            weight: 0,
            aliases: Vec::new(),
            terms: Vec::new(),
            header: table.header(),
        };
        let help = format!("retirez cette clé : {original}, que cette page traduit, en décide");
        table.refuse_rest(|key| format!("`{key}` ne se lit pas dans une traduction"), &help);
        head
    }

    /// Whether it is shown at `now`.
    pub(crate) fn is_published(&self, now: Timestamp) -> bool {
        !self.draft && self.date.is_none_or(|date| date <= now)
    }

    /// An error about the address of the page.
    pub(crate) fn address_error(&self, source: &Arc<Source>, message: String) -> Diagnostic {
        let span = self.slug.as_ref().map_or_else(|| self.header.clone(), |(_, span)| span.clone());
        Diagnostic::error(source, span, message)
    }
}

fn read_slug(table: &mut Table<'_>) -> Option<Placed> {
    let slug: Spanned<String> = table.get("slug")?;
    if is_slug(slug.get_ref()) {
        return Some((slug.get_ref().clone(), slug.span()));
    }
    let error =
        table.error(slug.span(), "une adresse est faite de minuscules sans accent, de chiffres et de `-`");
    table.report(error.help(format!("écrivez par exemple `slug = \"{}\"`", slugify(slug.get_ref()))));
    None
}

fn read_aliases(table: &mut Table<'_>) -> Vec<Placed> {
    let written: Vec<Spanned<String>> = table.get("aliases").unwrap_or_default();
    let (good, bad): (Vec<_>, Vec<_>) = written.into_iter().partition(|alias| is_alias(alias.get_ref()));
    for alias in bad {
        let error = table.error(alias.span(), "une ancienne adresse va de `/` à `/`");
        table.report(error.help("écrivez par exemple `aliases = [\"/ancienne/adresse/\"]`"));
    }
    good.into_iter().map(|alias| (alias.get_ref().clone(), alias.span())).collect()
}

fn is_alias(written: &str) -> bool {
    let segments = written.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let is_plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
    };
    segments.is_some_and(|segments| segments.split('/').all(is_plain))
}

fn read_terms<'a>(table: &mut Table<'a>, taxonomies: &'a [String]) -> Vec<Term> {
    let of = |(taxonomy, name): (usize, &'a String)| {
        let titles: Vec<Spanned<Text>> = table.get(name).unwrap_or_default();
        for title in titles.iter().filter(|title| slugify(title.get_ref().as_str()).is_empty()) {
            let error = table.error(title.span(), "ce terme n’a ni lettre ni chiffre pour faire une adresse");
            table.report(error.help("écrivez-le autrement"));
        }
        titles.into_iter().map(move |title| Term { taxonomy, title: title.into_inner() })
    };
    taxonomies.iter().enumerate().flat_map(of).collect()
}
