//! What the header of a picture says.

use crate::{MOST_PIXELS, PictureError};
use image::{
    AnimationDecoder, ImageDecoder, ImageFormat, ImageResult,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use resvg::usvg;
use std::io::Cursor;

/// A picture, as much as is known of it before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Photo {
    /// In pixels, as the picture is shown: turned as its EXIF orientation says.
    pub width: u32,
    /// In pixels, as the picture is shown.
    pub height: u32,
    /// What can be made of it.
    pub kind: Kind,
}

/// What can be made of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Variants; no pixel is transparent.
    Opaque,
    /// Variants that keep transparency, which the format at least provides for.
    Transparent,
    /// Nothing: it moves, and a variant would not.
    Animated,
    /// Nothing: SVG.
    Vector,
}

/// Reads the header of a picture. An SVG that tells no size has the one of its `viewBox` or of its drawing.
///
/// Errors: any of [`PictureError`] but [`PictureError::Vector`] and [`PictureError::Unwritable`].
pub fn read(bytes: &[u8]) -> Result<Photo, PictureError> {
    match open(bytes) {
        Ok(opened) => Ok(opened.photo),
        Err(PictureError::Vector) => read_drawing(bytes),
        Err(error) => Err(error),
    }
}

/// A picture about to be decoded.
pub(crate) struct Opened<'a> {
    pub(crate) photo: Photo,
    pub(crate) orientation: Orientation,
    pub(crate) decoder: Box<dyn ImageDecoder + 'a>,
}

/// Reads the header of a picture made of pixels, [`PictureError::Vector`] if it is a drawing.
pub(crate) fn open(bytes: &[u8]) -> Result<Opened<'_>, PictureError> {
    let Ok(format) = image::guess_format(bytes) else {
        let is_drawing = bytes.windows(4).any(|word| word == b"<svg");
        return Err(if is_drawing { PictureError::Vector } else { PictureError::UnknownFormat });
    };
    let mut decoder = decoder(format, bytes)?;
    let (mut width, mut height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // In EXIF, orientations 5 to 8 are those that lie on their side.
    if orientation.to_exif() >= 5 {
        (width, height) = (height, width);
    }
    let kind = if moves(format, bytes)? {
        Kind::Animated
    } else if decoder.color_type().has_alpha() {
        Kind::Transparent
    } else {
        Kind::Opaque
    };
    Ok(Opened { photo: Photo { width, height, kind }, orientation, decoder })
}

fn decoder(format: ImageFormat, bytes: &[u8]) -> Result<Box<dyn ImageDecoder + '_>, PictureError> {
    let bytes = Cursor::new(bytes);
    Ok(match format {
        ImageFormat::Jpeg => Box::new(JpegDecoder::new(bytes).map_err(unreadable)?),
        ImageFormat::Png => Box::new(PngDecoder::new(bytes).map_err(unreadable)?),
        ImageFormat::WebP => Box::new(WebPDecoder::new(bytes).map_err(unreadable)?),
        ImageFormat::Gif => Box::new(GifDecoder::new(bytes).map_err(unreadable)?),
        _ => return Err(PictureError::UnknownFormat),
    })
}

fn moves(format: ImageFormat, bytes: &[u8]) -> Result<bool, PictureError> {
    let bytes = Cursor::new(bytes);
    match format {
        ImageFormat::Png => PngDecoder::new(bytes).and_then(|decoder| decoder.is_apng()),
        ImageFormat::WebP => WebPDecoder::new(bytes).map(|decoder| decoder.has_animation()),
        // A GIF does not say how many pictures follow.
        ImageFormat::Gif => GifDecoder::new(bytes)
            .map(|decoder| decoder.into_frames().nth(1).as_ref().is_some_and(ImageResult::is_ok)),
        _ => return Ok(false),
    }
    .map_err(unreadable)
}

fn read_drawing(bytes: &[u8]) -> Result<Photo, PictureError> {
    let nothing_else = usvg::ImageHrefResolver {
        resolve_data: Box::new(|_, _, _| None),
        resolve_string: Box::new(|_, _| None),
    };
    let options = usvg::Options { image_href_resolver: nothing_else, ..usvg::Options::default() };
    let tree = usvg::Tree::from_data(bytes, &options).map_err(unreadable)?;
    let size = tree.size().to_int_size();
    Ok(Photo { width: size.width(), height: size.height(), kind: Kind::Vector })
}

pub(crate) fn unreadable(error: impl ToString) -> PictureError {
    PictureError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn size(bytes: &[u8]) -> (u32, u32, Kind) {
        let photo = read(bytes).expect("reads");
        (photo.width, photo.height, photo.kind)
    }

    #[test]
    fn every_format_tells_its_size() {
        let photograph = samples::photograph(90, 60);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            assert_eq!(size(&samples::file(&photograph, format)), (90, 60, Kind::Opaque), "{format:?}");
        }
        let badge = samples::badge(40, 50);
        for format in [ImageFormat::Gif, ImageFormat::Png, ImageFormat::WebP] {
            assert_eq!(size(&samples::file(&badge, format)), (40, 50, Kind::Transparent), "{format:?}");
        }
    }

    #[test]
    fn a_photograph_on_its_side_tells_the_size_it_is_shown_in() {
        assert_eq!(size(&samples::on_its_side(90, 60)), (60, 90, Kind::Opaque));
    }

    #[test]
    fn what_moves_is_told() {
        let gif = |count| {
            let mut bytes = Vec::new();
            let frames = (0..count).map(|_| image::Frame::new(samples::badge(8, 8).into_rgba8()));
            image::codecs::gif::GifEncoder::new(&mut bytes).encode_frames(frames).expect("encodes");
            bytes
        };
        assert_eq!(size(&gif(1)), (8, 8, Kind::Transparent));
        assert_eq!(size(&gif(3)), (8, 8, Kind::Animated));
    }

    #[test]
    fn a_drawing_tells_its_size_by_any_of_its_attributes() {
        let svg = |attributes: &str| {
            let rest = r#"xmlns="http://www.w3.org/2000/svg"><path d="M0 0h30v20z"/></svg>"#;
            size(format!("<?xml version=\"1.0\"?>\n<!-- a plan -->\n<svg {attributes} {rest}").as_bytes())
        };
        assert_eq!(svg(r#"width="120" height="80""#), (120, 80, Kind::Vector));
        assert_eq!(svg(r#"width="25.4mm" height="1in" viewBox="0 0 9 9""#), (96, 96, Kind::Vector));
        assert_eq!(svg(r#"viewBox="0 0 640 480""#), (640, 480, Kind::Vector));
        assert_eq!(svg(r#"width="100%" viewBox="0 0 640 480""#), (640, 480, Kind::Vector));
        assert_eq!(svg(""), (30, 20, Kind::Vector));
    }

    #[test]
    fn what_is_no_picture_is_refused_in_words() {
        let said = |bytes: &[u8]| read(bytes).expect_err("refused").to_string();
        assert_eq!(said(b"Bonjour"), PictureError::UnknownFormat.to_string());
        assert_eq!(said(b"BM a bitmap of old"), PictureError::UnknownFormat.to_string());
        assert_eq!(said(b""), PictureError::UnknownFormat.to_string());
        let photograph = samples::file(&samples::photograph(90, 60), ImageFormat::Jpeg);
        assert!(said(&photograph[..40]).starts_with("cette image ne se lit pas : "));
        assert!(said(b"<svg").starts_with("cette image ne se lit pas : "));
    }

    #[test]
    fn more_than_a_hundred_megapixels_are_refused_before_they_are_decoded() {
        let mut png = samples::file(&samples::photograph(4, 4), ImageFormat::Png);
        samples::claim_size(&mut png, 20_000, 5_001);
        let said = read(&png).expect_err("refused").to_string();
        assert_eq!(said, "cette image a 20000 × 5001 pixels, et 100 mégapixels sont un maximum");
        assert!(crate::variants(&png, &[crate::Format::Jpeg], &[10]).is_err());
    }
}
