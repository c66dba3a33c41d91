//! Pictures for tests.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

/// Left half red, the rest blue, with some texture.
pub(crate) fn photograph(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        let shade = ((x * 7 + y * 13) % 32) as u8;
        if x < width / 2 { Rgb([200 + shade, shade, 20]) } else { Rgb([20, shade, 200 + shade]) }
    })
    .into()
}

/// A green disc on nothing; nothing is magenta, which must not be seen.
pub(crate) fn badge(width: u32, height: u32) -> DynamicImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x * 2) / f64::from(width) - 1.0, f64::from(y * 2) / f64::from(height) - 1.0);
        if x * x + y * y < 0.6 { Rgba([0, 160, 0, 255]) } else { Rgba([255, 0, 255, 0]) }
    })
    .into()
}

pub(crate) fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// A JPEG whose EXIF says that it is to be turned to the right, and where it was taken.
pub(crate) fn on_its_side(width: u32, height: u32) -> Vec<u8> {
    let mut jpeg = file(&photograph(width, height), ImageFormat::Jpeg);
    // Big endian; one directory of two entries: orientation (a short), artist (text at offset 38).
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\
        \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\
        \x01\x3b\0\x02\0\0\0\x0d\0\0\0\x26\
        \0\0\0\0Rue Secrete \0";
    let mut segment = vec![0xff, 0xe1, 0, exif.len() as u8 + 2];
    segment.extend(exif);
    jpeg.splice(2..2, segment);
    jpeg
}

/// Has a PNG announce another size.
pub(crate) fn claim_size(png: &mut [u8], width: u32, height: u32) {
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut checksum = u32::MAX;
    for &byte in &png[12..29] {
        checksum ^= u32::from(byte);
        for _ in 0..8 {
            checksum = (checksum >> 1) ^ (0xedb8_8320 * (checksum & 1));
        }
    }
    png[29..33].copy_from_slice(&(!checksum).to_be_bytes());
}
