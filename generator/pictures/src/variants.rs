//! The sizes and formats in which a photograph is published.

use crate::{
    Kind, Photo, PictureError,
    photo::{Opened, open, unreadable},
};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use std::{borrow::Cow, collections::BTreeSet};

/// What a page asks for: a phone held upright, a column of text at two pixels a point, a wide screen.
const WIDTHS: [u32; 3] = [480, 960, 1600];
/// Between WebP's and JPEG's, so that a photograph looks the same in each: measured by structural similarity.
const AVIF_QUALITY: f32 = 65.0;
const WEBP_QUALITY: f32 = 78.0;
const JPEG_QUALITY: u8 = 80;
/// The next slower takes twice the time for 5 %; the next faster gives files larger than WebP's.
const AVIF_SPEED: u8 = 9;
/// WebP's own.
const MOST_WEBP_PIXELS: u32 = 16_383;

/// A format in which variants are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Smallest, and slow to write.
    Avif,
    /// Small, lossy.
    WebP,
    /// For photographs, where nothing else is known. Transparent pixels become white.
    Jpeg,
    /// For transparent pictures, where nothing else is known.
    Png,
}

impl Format {
    /// « avif », as files are named.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// « image/avif »
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Avif => "AVIF",
            Self::WebP => "WebP",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }
}

/// A picture in one size and one format, without any metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// How it is written.
    pub format: Format,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The formats, best first and the fallback last, and the widths, increasing, to ask [`variants`] for; none for what is
/// published as it is. A step close below the picture's own width is left out.
pub fn plan(photo: &Photo) -> (Vec<Format>, Vec<u32>) {
    let fallback = match photo.kind {
        Kind::Opaque => Format::Jpeg,
        Kind::Transparent => Format::Png,
        Kind::Animated | Kind::Vector => return (Vec::new(), Vec::new()),
    };
    let mut widths = targets(photo.width, &WIDTHS);
    let largest = widths.last().copied().unwrap_or(photo.width);
    widths.retain(|&width| width == largest || width <= largest / 10 * 9);
    let mut formats = vec![Format::Avif, Format::WebP, fallback];
    if height_at(largest, photo.width, photo.height) > MOST_WEBP_PIXELS {
        formats.retain(|&format| format != Format::WebP);
    }
    (formats, widths)
}

/// Writes a picture in each of the formats and each of the widths that are not larger than its own; its own width takes
/// the place of those that are. Equal pictures give equal bytes. What moves stands still at its first moment.
///
/// Errors: any of [`PictureError`].
pub fn variants(bytes: &[u8], formats: &[Format], widths: &[u32]) -> Result<Vec<Variant>, PictureError> {
    let Opened { photo, orientation, mut decoder } = open(bytes)?;
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    let image = simplified(image);
    let mut variants = Vec::new();
    for width in targets(photo.width, widths) {
        let mut pixels = Pixels::new(&image, width);
        if let Some(profile) = &profile {
            pixels.convert_to_srgb(profile);
        }
        for &format in formats {
            let bytes = pixels
                .encode(format)
                .map_err(|reason| PictureError::Unwritable { format: format.name(), reason })?;
            variants.push(Variant { format, width, height: pixels.height, bytes });
        }
    }
    Ok(variants)
}

/// The widths asked for that a picture has, and its own instead of those that it has not.
fn targets(own: u32, asked: &[u32]) -> Vec<u32> {
    let targets: BTreeSet<u32> =
        asked.iter().filter(|&&width| width > 0).map(|&width| width.min(own)).collect();
    targets.into_iter().collect()
}

fn height_at(width: u32, own_width: u32, own_height: u32) -> u32 {
    let height = f64::from(own_height) * f64::from(width) / f64::from(own_width);
    (height.round() as u32).max(1)
}

/// Three channels of 8 bits, or four if there is something to see through. Those are multiplied by the fourth, so that the
/// colours of what is not seen stay out of the picture when it is made smaller.
fn simplified(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image.into_rgb8().into();
    }
    let mut pixels = image.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::from(pixels).into_rgb8().into();
    }
    each_pixel(&mut pixels, |channel, alpha| (channel * alpha + 127) / 255);
    pixels.into()
}

/// Changes the colours of pixels of four channels, knowing the fourth.
fn each_pixel(bytes: &mut [u8], change: impl Fn(u32, u32) -> u32) {
    for [colour @ .., alpha] in bytes.as_chunks_mut::<4>().0 {
        for channel in colour {
            *channel = change(u32::from(*channel), u32::from(*alpha)).min(255) as u8;
        }
    }
}

/// A picture, 8 bits a channel, row after row.
struct Pixels {
    width: u32,
    height: u32,
    has_alpha: bool,
    bytes: Vec<u8>,
}

impl Pixels {
    fn new(image: &DynamicImage, width: u32) -> Self {
        let height = height_at(width, image.width(), image.height());
        let image = image.resize_exact(width, height, imageops::FilterType::Lanczos3);
        let has_alpha = image.color().has_alpha();
        let mut bytes = image.into_bytes();
        if has_alpha {
            each_pixel(&mut bytes, |channel, alpha| {
                (channel * 255 + alpha / 2).checked_div(alpha).unwrap_or(0)
            });
        }
        Self { width, height, has_alpha, bytes }
    }

    /// Photographs of many telephones are in Display P3. Without their profile they would look pale.
    fn convert_to_srgb(&mut self, profile: &[u8]) {
        let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
        if profile.color_space != DataColorSpace::Rgb {
            return;
        }
        let layout = if self.has_alpha { Layout::Rgba } else { Layout::Rgb };
        let srgb = ColorProfile::new_srgb();
        if let Ok(transform) =
            profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
        {
            let mut converted = vec![0; self.bytes.len()];
            if transform.transform(&self.bytes, &mut converted).is_ok() {
                self.bytes = converted;
            }
        }
    }

    fn encode(&self, format: Format) -> Result<Vec<u8>, String> {
        match format {
            Format::Avif => self.encode_avif(),
            Format::WebP => self.encode_webp(),
            Format::Jpeg => self.encode_jpeg(),
            Format::Png => self.encode_png(),
        }
    }

    fn encode_avif(&self) -> Result<Vec<u8>, String> {
        let encoder = ravif::Encoder::new()
            .with_quality(AVIF_QUALITY)
            .with_alpha_quality(AVIF_QUALITY)
            .with_speed(AVIF_SPEED)
            .with_bit_depth(ravif::BitDepth::Eight)
            .with_num_threads(Some(1));
        let (width, height) = (self.width as usize, self.height as usize);
        let encoded = if self.has_alpha {
            let pixels: Vec<_> =
                self.bytes.as_chunks().0.iter().map(|&[r, g, b, a]| ravif::RGBA8::new(r, g, b, a)).collect();
            encoder.encode_rgba(ravif::Img::new(&pixels, width, height))
        } else {
            let pixels: Vec<_> =
                self.bytes.as_chunks().0.iter().map(|&[r, g, b]| ravif::RGB8::new(r, g, b)).collect();
            encoder.encode_rgb(ravif::Img::new(&pixels, width, height))
        };
        encoded.map(|encoded| encoded.avif_file).map_err(|error| error.to_string())
    }

    fn encode_webp(&self) -> Result<Vec<u8>, String> {
        let mut config = webp::WebPConfig::new().map_err(|()| "libwebp".to_owned())?;
        config.quality = WEBP_QUALITY;
        let encoder = if self.has_alpha {
            webp::Encoder::from_rgba(&self.bytes, self.width, self.height)
        } else {
            webp::Encoder::from_rgb(&self.bytes, self.width, self.height)
        };
        encoder.encode_advanced(&config).map(|memory| memory.to_vec()).map_err(|error| format!("{error:?}"))
    }

    fn encode_jpeg(&self) -> Result<Vec<u8>, String> {
        let side = |pixels: u32| u16::try_from(pixels).map_err(|error| error.to_string());
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, JPEG_QUALITY);
        encoder.set_progressive(true);
        encoder.set_optimized_huffman_tables(true);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder
            .encode(&self.on_white(), side(self.width)?, side(self.height)?, jpeg_encoder::ColorType::Rgb)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn on_white(&self) -> Cow<'_, [u8]> {
        if !self.has_alpha {
            return Cow::Borrowed(&self.bytes);
        }
        let mut bytes = self.bytes.clone();
        each_pixel(&mut bytes, |channel, alpha| (channel * alpha + 255 * (255 - alpha) + 127) / 255);
        Cow::Owned(bytes.as_chunks::<4>().0.iter().flat_map(|&[colour @ .., _]| colour).collect())
    }

    fn encode_png(&self) -> Result<Vec<u8>, String> {
        let kind = if self.has_alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
            .write_image(&self.bytes, self.width, self.height, kind)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use image::{ImageFormat, Rgba};

    const ALL: [Format; 4] = [Format::Avif, Format::WebP, Format::Jpeg, Format::Png];

    fn sizes(variants: &[Variant]) -> Vec<(Format, u32, u32)> {
        variants.iter().map(|variant| (variant.format, variant.width, variant.height)).collect()
    }

    fn decode(variant: &Variant) -> DynamicImage {
        image::load_from_memory(&variant.bytes).expect("decodes")
    }

    #[test]
    fn each_width_is_written_in_each_format() {
        let photograph = samples::file(&samples::photograph(90, 60), ImageFormat::Jpeg);
        let variants = variants(&photograph, &ALL, &[60, 30, 0]).expect("writes");
        let expected: Vec<_> = [(30, 20), (60, 40)]
            .into_iter()
            .flat_map(|(width, height)| ALL.map(|format| (format, width, height)))
            .collect();
        assert_eq!(sizes(&variants), expected);
        for variant in &variants {
            assert_eq!(image::guess_format(&variant.bytes).map(|format| format.to_mime_type()).ok(), {
                Some(variant.format.media_type())
            });
            if variant.format != Format::Avif {
                let image = decode(variant).into_rgb8();
                assert_eq!(image.dimensions(), (variant.width, variant.height));
                let [left, right] = [3, variant.width - 4].map(|x| image.get_pixel(x, variant.height / 2).0);
                assert!(
                    left[0] > 150 && left[2] < 90 && right[2] > 150 && right[0] < 90,
                    "{left:?} {right:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_enlarged_and_the_own_width_replaces_what_is_larger() {
        let photograph = samples::file(&samples::photograph(90, 60), ImageFormat::Png);
        let variants = variants(&photograph, &[Format::WebP], &[45, 480, 960]).expect("writes");
        assert_eq!(sizes(&variants), [(Format::WebP, 45, 30), (Format::WebP, 90, 60)]);
    }

    #[test]
    fn the_orientation_is_applied_and_no_metadata_is_left() {
        let photograph = samples::on_its_side(90, 60);
        let holds = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
        assert!(holds(&photograph, b"Exif") && holds(&photograph, b"Secrete"));
        for variant in variants(&photograph, &ALL, &[30]).expect("writes") {
            assert_eq!((variant.width, variant.height), (30, 45));
            for words in [&b"Exif"[..], b"EXIF", b"eXIf", b"Secrete", b"ICC", b"iCCP", b"xmp"] {
                assert!(!holds(&variant.bytes, words), "{:?} holds {words:?}", variant.format);
            }
            if variant.format != Format::Avif {
                // Turned to the right: what was on the left is above.
                let image = decode(&variant).into_rgb8();
                let [above, below] = [4, 40].map(|y| image.get_pixel(15, y).0);
                assert!(above[0] > 150 && below[2] > 150, "{above:?} {below:?}");
            }
        }
    }

    #[test]
    fn transparency_is_kept_or_laid_on_white_and_what_is_not_seen_does_not_leak() {
        for source in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let badge = samples::file(&samples::badge(80, 80), source);
            let (formats, widths) = plan(&crate::read(&badge).expect("reads"));
            assert_eq!((&*formats, &*widths), (&[Format::Avif, Format::WebP, Format::Png][..], &[80][..]));
            for variant in variants(&badge, &[Format::WebP, Format::Png], &[40]).expect("writes") {
                let image = decode(&variant).into_rgba8();
                let said = format!("{source:?} {:?}", variant.format);
                assert_eq!(image.get_pixel(0, 0).0[3], 0, "{said}");
                assert_eq!(image.get_pixel(20, 20).0[3], 255, "{said}");
                // The edge of the disc is a shade of green, not of magenta.
                let is_seen = |pixel: &&Rgba<u8>| variant.format == Format::Png && pixel.0[3] > 40;
                assert!(image.pixels().filter(is_seen).all(|pixel| pixel.0[0] < 12), "{said}");
            }
            let jpeg = &variants(&badge, &[Format::Jpeg], &[40]).expect("writes")[0];
            assert!(
                decode(jpeg).into_rgb8().get_pixel(0, 0).0.iter().all(|&channel| channel > 230),
                "{source:?}"
            );
        }
    }

    #[test]
    fn colours_of_another_space_are_converted() {
        let profile = ColorProfile::new_display_p3().encode().expect("encodes");
        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_icc_profile(profile).expect("takes a profile");
        encoder.write_image(&[180, 60, 60].repeat(64), 8, 8, ExtendedColorType::Rgb8).expect("encodes");
        let variants = variants(&png, &[Format::Png], &[8]).expect("writes");
        let [red, green, blue] = decode(&variants[0]).into_rgb8().get_pixel(4, 4).0;
        // Display P3 is wider: the same colour lies further out in sRGB.
        assert!(red > 190 && green < 55 && blue < 60, "{red} {green} {blue}");
    }

    #[test]
    fn equal_pictures_give_equal_bytes() {
        let photograph = samples::on_its_side(90, 60);
        let write = || variants(&photograph, &ALL, &[30, 50]).expect("writes");
        assert_eq!(write(), write());
    }

    #[test]
    fn the_smallest_and_the_longest_pictures_are_written() {
        for (width, height) in [(1, 1), (1, 3000), (3000, 1), (7, 5)] {
            let picture = samples::file(&samples::photograph(width, height), ImageFormat::Png);
            let variants = variants(&picture, &ALL, &[width.min(480)]).expect("writes");
            assert_eq!(variants.len(), 4);
        }
    }

    #[test]
    fn the_plan_has_a_fallback_and_no_two_widths_alike() {
        let planned = |width, height, kind| plan(&Photo { width, height, kind });
        let photograph = vec![Format::Avif, Format::WebP, Format::Jpeg];
        for (width, widths) in [
            (4000, vec![480, 960, 1600]),
            (1601, vec![480, 960, 1600]),
            (1000, vec![480, 1000]),
            (520, vec![520]),
            (40, vec![40]),
        ] {
            assert_eq!(planned(width, 300, Kind::Opaque), (photograph.clone(), widths));
        }
        assert_eq!(planned(1000, 16_384, Kind::Opaque).0, [Format::Avif, Format::Jpeg]);
        assert_eq!(planned(1000, 300, Kind::Animated), (vec![], vec![]));
        assert_eq!(planned(1000, 300, Kind::Vector), (vec![], vec![]));
    }

    #[test]
    fn a_drawing_and_a_picture_too_long_are_refused_in_words() {
        let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;
        assert!(matches!(variants(drawing, &ALL, &[480]), Err(PictureError::Vector)));
        let long = samples::file(&samples::photograph(1, 17_000), ImageFormat::Png);
        let said = variants(&long, &[Format::WebP], &[480]).expect_err("refused").to_string();
        assert!(said.starts_with("cette image ne s’écrit pas en WebP : "), "{said}");
    }
}
