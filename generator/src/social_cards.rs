//! The pictures that social networks show: long to draw, so drawn only when they are missing. Their names say what they
//! are made of.

use crate::{
    build::BuildError,
    content::{Content, Page},
    output::{Output, Written},
    site::Site,
    theme::{Fingerprint, fingerprint},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// The accent of the reference theme, for cards of sites that choose none.
const ACCENT: [u8; 3] = [0xa8, 0x43, 0x23];

/// The pictures that social networks show of the pages people share most: each by the address of its page.
pub(crate) struct Cards<'a> {
    site: &'a Site,
    cards: HashMap<&'a str, Card<'a>>,
}

struct Card<'a> {
    kicker: &'a str,
    title: &'a str,
    file: String,
}

/// Plans the cards of a site.
pub(crate) fn plan(site: &Site) -> Cards<'_> {
    let mut cards = HashMap::new();
    if site.settings.social_cards {
        for content in &site.contents {
            for (page, kicker) in shared_pages(site, content) {
                let file = card_file(site, kicker, page.title.as_str());
                cards.insert(&*page.url, Card { kicker, title: page.title.as_str(), file });
            }
        }
    }
    Cards { site, cards }
}

fn shared_pages<'a>(site: &'a Site, content: &'a Content) -> Vec<(&'a Page, &'a str)> {
    let mut pages = vec![(&content.home, site.settings.title.as_str())];
    for organisation in &content.organisations {
        pages.push((&organisation.page, organisation.territory.as_str()));
        for process in &organisation.processes {
            pages.push((&process.page, organisation.page.title.as_str()));
            let deposits = process.deposits.iter();
            pages.extend(deposits.map(|deposit| (&deposit.page, process.page.title.as_str())));
        }
    }
    let events = content.leaves.iter().filter(|leaf| leaf.event().is_some());
    pages.extend(events.map(|leaf| (&leaf.page, site.settings.title.as_str())));
    pages
}

fn card_file(site: &Site, kicker: &str, title: &str) -> String {
    let mut key = Fingerprint::default();
    for part in [kicker, title, site.settings.title.as_str(), env!("CARGO_PKG_VERSION")] {
        key.bytes(part.as_bytes());
        key.bytes(&[0]);
    }
    key.bytes(&accent(site));
    format!("images/{:016x}.png", key.finish() >> 64)
}

fn accent(site: &Site) -> [u8; 3] {
    site.settings.appearance.accent().map_or(ACCENT, |colour| colour.0)
}

impl Cards<'_> {
    /// The addresses of the cards, by the address of the page.
    pub(crate) fn addresses(&self) -> HashMap<String, String> {
        self.cards.iter().map(|(url, card)| ((*url).to_owned(), format!("/{}", card.file))).collect()
    }

    /// Those that are there.
    pub(crate) fn kept(&self, output: &Output<'_>) -> Vec<Written> {
        self.cards.values().filter_map(|card| output.kept(&card.file)).collect()
    }

    /// Draws those that are missing.
    pub(crate) fn draw(&self, output: &Output<'_>) -> Result<Vec<Written>, BuildError> {
        let distinct: BTreeMap<&str, &Card<'_>> =
            self.cards.values().map(|card| (&*card.file, card)).collect();
        let distinct: Vec<_> = distinct.into_values().collect();
        let draw = |card: &&Card<'_>| -> Result<Written, BuildError> {
            if let Some(kept) = output.kept(&card.file) {
                return Ok(kept);
            }
            let drawn = pictures::social_card(&pictures::Card {
                kicker: card.kicker,
                title: card.title,
                site: self.site.settings.title.as_str(),
                accent: accent(self.site),
            });
            let wrong = |source| BuildError::Picture { file: card.file.clone().into(), source };
            let bytes = drawn.map_err(wrong)?;
            Ok(output.write(&card.file, fingerprint(&bytes), &bytes)?)
        };
        distinct.par_iter().map(draw).collect()
    }
}
