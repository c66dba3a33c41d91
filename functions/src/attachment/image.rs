//! Images drawn anew: what is stored is pixels, and nothing of the file that came. So no place, no name of a camera, and
//! nothing hidden stays.

use super::Refused;
use domain::form::kinds::Media;
use image::{
    DynamicImage, ImageDecoder, ImageError, Limits,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::{PngDecoder, PngEncoder},
        webp::WebPDecoder,
    },
    metadata::Orientation,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use std::io::Cursor;

/// Pixels of an image as it comes.
const MOST_PIXELS: u64 = 40_000_000;
/// Bytes that decoding one may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The longer side of an image as it is stored, in pixels.
const LARGEST: u32 = 2_560;
const JPEG_QUALITY: u8 = 85;

/// The image that a file of that type shows, as a file of its own, and the type of that.
pub(super) fn draw_anew(bytes: &[u8], media: Media) -> Result<(Media, Vec<u8>), Refused> {
    let mut decoder = decoder(bytes, media).map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Refused::Pixels);
    }
    decoder.set_limits(limits()).map_err(refused)?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if width.max(height) > LARGEST {
        image = image.thumbnail(LARGEST, LARGEST);
    }
    // Smaller, it takes less memory to turn.
    image.apply_orientation(orientation);
    let mut image = plain(image);
    if let Some(profile) = profile {
        image = in_srgb(image, &profile);
    }
    if image.color().has_alpha() {
        return Ok((Media::Png, png(&image)?));
    }
    let jpeg = jpeg(&image)?;
    if media == Media::Jpeg {
        return Ok((Media::Jpeg, jpeg));
    }
    // A drawing is small as PNG, and loses nothing; a photograph is large.
    let png = png(&image)?;
    Ok(if png.len() <= jpeg.len() { (Media::Png, png) } else { (Media::Jpeg, jpeg) })
}

fn decoder(bytes: &[u8], media: Media) -> Result<Box<dyn ImageDecoder + '_>, ImageError> {
    let bytes = Cursor::new(bytes);
    Ok(match media {
        Media::Png => Box::new(PngDecoder::with_limits(bytes, limits())?),
        Media::Webp => Box::new(WebPDecoder::new(bytes)?),
        _ => Box::new(JpegDecoder::new(bytes)?),
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn refused(error: ImageError) -> Refused {
    match error {
        ImageError::Limits(_) => Refused::Pixels,
        _ => Refused::Unreadable,
    }
}

/// Three channels of 8 bits, or four if there is something to see through.
fn plain(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image.into_rgb8().into();
    }
    let pixels = image.into_rgba8();
    let is_opaque = pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let image = DynamicImage::from(pixels);
    if is_opaque { image.into_rgb8().into() } else { image }
}

/// Photographs of many telephones are in Display P3. Without their profile they would look pale.
fn in_srgb(image: DynamicImage, profile: &[u8]) -> DynamicImage {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return image };
    if profile.color_space != DataColorSpace::Rgb {
        return image;
    }
    let (layout, srgb) =
        (if image.color().has_alpha() { Layout::Rgba } else { Layout::Rgb }, ColorProfile::new_srgb());
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
    else {
        return image;
    };
    let mut converted = vec![0; image.as_bytes().len()];
    if transform.transform(image.as_bytes(), &mut converted).is_err() {
        return image;
    }
    let (width, height) = (image.width(), image.height());
    let converted: Option<DynamicImage> = match layout {
        Layout::Rgba => image::RgbaImage::from_raw(width, height, converted).map(Into::into),
        _ => image::RgbImage::from_raw(width, height, converted).map(Into::into),
    };
    converted.unwrap_or(image)
}

fn jpeg(image: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let written = image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY));
    written.map(|()| bytes).map_err(|_| Refused::Unreadable)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let written = image.write_with_encoder(PngEncoder::new(&mut bytes));
    written.map(|()| bytes).map_err(|_| Refused::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attachment::samples;

    fn size(bytes: &[u8]) -> (u32, u32) {
        let image = image::load_from_memory(bytes).expect("an image");
        (image.width(), image.height())
    }

    #[test]
    fn a_photograph_is_turned_as_it_says_and_nothing_else_that_it_says_stays() {
        let photograph = samples::jpeg_with_exif();
        assert!(photograph.windows(12).any(|word| word == b"Rue Secrete\0"));
        let (media, bytes) = draw_anew(&photograph, Media::Jpeg).expect("drawn");
        assert_eq!((media, size(&photograph), size(&bytes)), (Media::Jpeg, (60, 40), (40, 60)));
        for gone in [&b"Exif"[..], b"Rue Secrete", b"GPS", b"ICC_PROFILE"] {
            assert!(!bytes.windows(gone.len()).any(|word| word == gone), "{gone:?}");
        }
    }

    #[test]
    fn an_image_one_sees_through_stays_so_and_a_drawing_stays_sharp() {
        assert_eq!(draw_anew(&samples::png(true), Media::Png).expect("drawn").0, Media::Png);
        assert_eq!(draw_anew(&samples::png(false), Media::Png).expect("drawn").0, Media::Png);
        let (media, bytes) = draw_anew(&samples::webp(), Media::Webp).expect("drawn");
        assert!(matches!(media, Media::Png | Media::Jpeg));
        assert_eq!(size(&bytes), (60, 40));
    }

    #[test]
    fn a_large_image_is_made_smaller_and_an_enormous_one_refused() {
        let (_, bytes) = draw_anew(&samples::flat_png(5_120, 1_000), Media::Png).expect("drawn");
        assert_eq!(size(&bytes), (2_560, 500));
        let mut enormous = samples::flat_png(10, 10);
        samples::claim_size(&mut enormous, 50_000, 50_000);
        assert_eq!(draw_anew(&enormous, Media::Png), Err(Refused::Pixels));
    }

    #[test]
    fn a_broken_image_is_refused() {
        let mut jpeg = samples::jpeg();
        jpeg.truncate(60);
        assert_eq!(draw_anew(&jpeg, Media::Jpeg), Err(Refused::Unreadable));
        assert_eq!(draw_anew(b"\x89PNG\r\n\x1a\n", Media::Png), Err(Refused::Unreadable));
    }
}
