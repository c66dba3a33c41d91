//! Pictures of a site: the sizes and formats in which photographs are published, and the cards that social networks show.
//! Apart from the generator, for what it builds on is long to compile.

mod card;
mod photo;
#[cfg(test)]
mod samples;
mod variants;

pub use card::{Card, social_card};
pub use photo::{Kind, Photo, read};
pub use variants::{Format, Variant, plan, variants};

/// What is refused before it is decoded, in pixels: a decoded picture takes 3 or 4 bytes for each.
const MOST_PIXELS: u64 = 100_000_000;

/// Why there is no picture, in words for editors.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// None of the formats that are read.
    #[error("ce format d’image n’est pas reconnu : il faut du JPEG, PNG, WebP, GIF ou SVG")]
    UnknownFormat,
    /// Damaged, cut short, or of a rare sort.
    #[error("cette image ne se lit pas : {0}")]
    Unreadable(String),
    /// More pixels than are decoded.
    #[error("cette image a {width} × {height} pixels, et {} mégapixels sont un maximum", MOST_PIXELS / 1_000_000)]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// A drawing has no pixels: it is published as it is.
    #[error("un dessin SVG se publie tel quel")]
    Vector,
    /// An encoder does not take the picture.
    #[error("cette image ne s’écrit pas en {format} : {reason}")]
    Unwritable {
        /// « AVIF »
        format: &'static str,
        /// In the encoder's words.
        reason: String,
    },
}
