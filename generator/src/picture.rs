//! Pictures: what a page shows of an image file, and the files made of it.

use crate::documents::Document;
use pictures::Format;
use serde::Serialize;

/// Widths that pictures are shown at: the width of the text, or of the screen where that is less.
const SIZES: &str = "(min-width: 48rem) 44rem, 100vw";

/// An image as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Picture {
    /// What browsers show that know none of `sources`.
    url: String,
    width: u32,
    height: u32,
    sources: Vec<Source>,
    sizes: &'static str,
}

/// The same picture in a format, in several widths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Source {
    r#type: &'static str,
    srcset: String,
}

impl Picture {
    /// `None` when the file is not an image.
    pub(crate) fn of(document: &Document) -> Option<Self> {
        let pictures::Photo { width, height, .. } = document.photo()?;
        let Some((formats, widths)) = plan(document) else {
            return Some(Self {
                url: document.url.clone(),
                width,
                height,
                sources: Vec::new(),
                sizes: SIZES,
            });
        };
        let fallback = *formats.last()?;
        let widest = *widths.last()?;
        let source = |format: &Format| Source {
            r#type: format.media_type(),
            srcset: widths
                .iter()
                .map(|width| format!("{} {width}w", variant_url(document, *format, *width)))
                .collect::<Vec<_>>()
                .join(", "),
        };
        Some(Self {
            url: variant_url(document, fallback, widest),
            width: widest,
            height: (u64::from(height) * u64::from(widest) / u64::from(width)).max(1) as u32,
            sources: formats.iter().take(formats.len() - 1).map(source).collect(),
            sizes: SIZES,
        })
    }

    /// The address of the picture that every browser shows.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The smallest that was made of it: its address, width and height.
    pub(crate) fn smallest(&self) -> (&str, u32, u32) {
        let first = self.sources.first().and_then(|source| {
            let (url, width) = source.srcset.split(", ").next()?.rsplit_once(' ')?;
            Some((url, width.strip_suffix('w')?.parse::<u32>().ok()?))
        });
        let Some((url, width)) = first else { return (&self.url, self.width, self.height) };
        let height = u64::from(self.height) * u64::from(width) / u64::from(self.width.max(1));
        (url, width, u32::try_from(height).unwrap_or(self.height).max(1))
    }

    /// Its width and height, in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Whether files are made of the image, which is then not published itself.
    pub(crate) fn is_made(&self) -> bool {
        !self.sources.is_empty()
    }
}

/// The files made of an image: address, format, width. None are made of drawings and animations.
pub(crate) fn variants(document: &Document) -> Vec<(String, Format, u32)> {
    let Some((formats, widths)) = plan(document) else { return Vec::new() };
    let fallback = formats.last().copied();
    let widest = widths.last().copied();
    let all = formats.iter().flat_map(|format| widths.iter().map(move |width| (*format, *width)));
    // The last format serves in one width only.
    let wanted = all.filter(|(format, width)| Some(*format) != fallback || Some(*width) == widest);
    wanted.map(|(format, width)| (variant_url(document, format, width), format, width)).collect()
}

fn plan(document: &Document) -> Option<(Vec<Format>, Vec<u32>)> {
    let (formats, widths) = pictures::plan(&document.photo()?);
    (!formats.is_empty()).then_some((formats, widths))
}

/// `/a/place.0123abcd.jpg` → `/a/place.0123abcd-960.webp`
fn variant_url(document: &Document, format: Format, width: u32) -> String {
    let stem = document.url.rsplit_once('.').map_or(&*document.url, |(stem, _)| stem);
    format!("{stem}-{width}.{}", format.extension())
}
