//! The files made of photographs: long to make, so made only when they are missing. Their names say what they are made
//! of.

use crate::{
    build::BuildError,
    documents::Document,
    output::{Output, Written},
    picture,
    site::Site,
    theme::fingerprint,
};
use pictures::Format;
use rayon::prelude::*;
use std::{collections::BTreeMap, fs};

/// Address, format, width.
type Planned = (String, Format, u32);

/// Makes the pictures of all photographs that pages show.
pub(crate) fn make(site: &Site, output: &Output<'_>) -> Result<Vec<Written>, BuildError> {
    let pictured: Vec<_> = site.content().library.pictured().collect();
    let made: Result<Vec<Vec<Written>>, BuildError> =
        pictured.into_par_iter().map(|document| make_one(document, output)).collect();
    Ok(made?.into_iter().flatten().collect())
}

fn make_one(document: &Document, output: &Output<'_>) -> Result<Vec<Written>, BuildError> {
    let planned = picture::variants(document);
    let missing: Vec<&Planned> =
        planned.iter().filter(|(url, ..)| output.kept(&relative(url)).is_none()).collect();
    let made = draw(document, &missing)?;
    let write = |(url, ..): &Planned| {
        let file = relative(url);
        Ok(match made.get(&**url) {
            Some(bytes) => output.write(&file, fingerprint(bytes), bytes)?,
            None => output.kept(&file).unwrap_or(Written { file, memory: None, changed: false }),
        })
    };
    planned.iter().map(write).collect()
}

/// The pictures of a photograph, by their addresses.
fn draw<'a>(document: &Document, wanted: &[&'a Planned]) -> Result<BTreeMap<&'a str, Vec<u8>>, BuildError> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let bytes = fs::read(&document.file)
        .map_err(|source| BuildError::Memory { path: document.file.clone(), source })?;
    let formats = distinct(wanted.iter().map(|(_, format, _)| *format));
    let widths = distinct(wanted.iter().map(|(_, _, width)| *width));
    let drawn = pictures::variants(&bytes, &formats, &widths)
        .map_err(|source| BuildError::Picture { file: document.file.clone(), source })?;
    let named = |variant: pictures::Variant| {
        let is_it = |(_, format, width): &&&Planned| (*format, *width) == (variant.format, variant.width);
        let (url, ..) = wanted.iter().find(is_it)?;
        Some((&**url, variant.bytes))
    };
    Ok(drawn.into_iter().filter_map(named).collect())
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn relative(url: &str) -> String {
    url.trim_start_matches('/').to_owned()
}
