//! Files that are long to make, so made only when they are missing: their names say what they are made of.

use crate::{
    build::{BuildError, key_of},
    content::{Content, Page},
    memory::Memory,
    output::{FileError, Output, Written},
    pages::Job,
    picture,
    site::Site,
    theme::{Fingerprint, fingerprint},
};
use pictures::Format;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
};

/// Below the output, where the search is.
const SEARCH: &str = "search";

/// Stands for the pages that are indexed.
const INDEXED: &str = "../.parvis-build/indexed";

/// The accent of the reference theme, for cards of sites that choose none.
const ACCENT: [u8; 3] = [0xa8, 0x43, 0x23];

/// Makes the pictures of all photographs that pages show.
pub(crate) fn variants(site: &Site, output: &Output<'_>) -> Result<Vec<Written>, BuildError> {
    let make = |document: &crate::documents::Document| -> Result<Vec<Written>, BuildError> {
        let planned = picture::variants(document);
        let relative = |url: &str| url.trim_start_matches('/').to_owned();
        let missing: Vec<_> =
            planned.iter().filter(|(url, ..)| output.kept(&relative(url)).is_none()).collect();
        let mut made = BTreeMap::<&str, Vec<u8>>::new();
        if !missing.is_empty() {
            let wrong = |source| BuildError::Picture { file: document.file.clone(), source };
            let bytes = fs::read(&document.file)
                .map_err(|source| BuildError::Memory { path: document.file.clone(), source })?;
            let mut formats: Vec<Format> = missing.iter().map(|(_, format, _)| *format).collect();
            let mut widths: Vec<u32> = missing.iter().map(|(_, _, width)| *width).collect();
            formats.sort_unstable();
            formats.dedup();
            widths.sort_unstable();
            widths.dedup();
            for variant in pictures::variants(&bytes, &formats, &widths).map_err(wrong)? {
                let wanted = missing
                    .iter()
                    .find(|(_, format, width)| (*format, *width) == (variant.format, variant.width));
                if let Some((url, ..)) = wanted {
                    made.insert(url, variant.bytes);
                }
            }
        }
        let write = |(url, ..): &(String, Format, u32)| {
            let file = relative(url);
            Ok(match made.get(&**url) {
                Some(bytes) => output.write(&file, fingerprint(bytes), bytes)?,
                None => output.kept(&file).unwrap_or(Written { file, memory: None, changed: false }),
            })
        };
        planned.iter().map(write).collect()
    };
    let pictured: Vec<_> = site.content().library.pictured().collect();
    let made: Result<Vec<Vec<Written>>, BuildError> = pictured.into_par_iter().map(make).collect();
    Ok(made?.into_iter().flatten().collect())
}

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
pub(crate) fn social_cards(site: &Site) -> Cards<'_> {
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
            let deposits = process.petition.iter().flat_map(|petition| &petition.deposits);
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

/// The index of the last build, as it is.
pub(crate) fn kept_index(last: &Memory) -> Vec<Written> {
    let is_index = |file: &str| file == INDEXED || file.starts_with(&format!("{SEARCH}/"));
    let kept = last.outputs.iter().filter(|(file, _)| is_index(file));
    kept.map(|(file, memory)| Written { file: file.clone(), memory: Some(*memory), changed: false }).collect()
}

/// Indexes the pages for search, unless none has changed since they were.
pub(crate) fn index(
    jobs: &[Job<'_>],
    site: &Site,
    output: &Output<'_>,
    written: &[Written],
    last: &Memory,
) -> Result<Vec<Written>, BuildError> {
    let is_listed = |job: &&Job<'_>| job.body.is_some();
    let mut indexed: Vec<(&str, usize)> =
        jobs.iter().filter(is_listed).filter_map(|job| Some((&**job.files.first()?, job.edition))).collect();
    indexed.sort_unstable();
    let keys: HashMap<&str, u128> =
        written.iter().filter_map(|file| Some((&*file.file, file.memory?.key))).collect();
    let key = key_of(indexed.iter().map(|(file, _)| keys.get(file).copied().unwrap_or_default()));
    let known: Vec<&String> =
        last.outputs.keys().filter(|file| file.starts_with(&format!("{SEARCH}/"))).collect();
    if let Some(memory) =
        output.current(INDEXED, key).filter(|_| known.iter().all(|file| output.kept(file).is_some()))
    {
        let kept = known.into_iter().map(|file| Written {
            file: file.clone(),
            memory: last.outputs.get(file).copied(),
            changed: false,
        });
        let mark = Written { file: INDEXED.to_owned(), memory: Some(memory), changed: false };
        return Ok(kept.chain([mark]).collect());
    }
    let pages = indexed.iter().map(|(file, edition)| {
        Ok(search::Page {
            url: format!("/{}", file.trim_end_matches("index.html")),
            language: site.theme.voice(*edition).language_code().to_owned(),
            html: output.read(file)?,
        })
    });
    let pages: Vec<search::Page> = pages.collect::<Result<_, FileError>>()?;
    let mut files = Vec::new();
    for file in search::index(pages)? {
        let path = format!("{SEARCH}/{}", file.path);
        files.push(output.write(&path, fingerprint(&file.bytes), &file.bytes)?);
    }
    files.push(output.write(INDEXED, key, format!("{key:032x}\n").as_bytes())?);
    Ok(files)
}
