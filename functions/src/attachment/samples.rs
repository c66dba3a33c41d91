//! Small files for tests.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// One of each type.
pub(crate) fn all() -> Vec<Vec<u8>> {
    vec![
        jpeg(),
        jpeg_with_exif(),
        png(true),
        webp(),
        pdf(),
        odf("text"),
        odf("spreadsheet"),
        ooxml("wordprocessingml.document"),
        ooxml("spreadsheetml.sheet"),
    ]
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn photograph() -> DynamicImage {
    RgbImage::from_fn(60, 40, |x, y| Rgb([200, (x * 4) as u8, (y * 6) as u8])).into()
}

pub(crate) fn jpeg() -> Vec<u8> {
    file(&photograph(), ImageFormat::Jpeg)
}

pub(crate) fn webp() -> Vec<u8> {
    file(&photograph(), ImageFormat::WebP)
}

/// A disc, on white or on nothing.
pub(crate) fn png(is_transparent: bool) -> Vec<u8> {
    let around = if is_transparent { Rgba([0, 0, 0, 0]) } else { Rgba([255; 4]) };
    let disc = RgbaImage::from_fn(60, 60, |x, y| {
        let (x, y) = (x.abs_diff(30), y.abs_diff(30));
        if x * x + y * y < 600 { Rgba([0, 160, 0, 255]) } else { around }
    });
    file(&disc.into(), ImageFormat::Png)
}

pub(crate) fn flat_png(width: u32, height: u32) -> Vec<u8> {
    file(&RgbImage::from_pixel(width, height, Rgb([10, 20, 30])).into(), ImageFormat::Png)
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

/// A JPEG that says to be turned, by whom it was taken, and at which latitude.
pub(crate) fn jpeg_with_exif() -> Vec<u8> {
    // Big endian; a directory of three entries: orientation, artist (at 50), that of GPS (at 62), which has two:
    // reference of the latitude, latitude (at 92).
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x03\
        \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\
        \x01\x3b\0\x02\0\0\0\x0c\0\0\0\x32\
        \x88\x25\0\x04\0\0\0\x01\0\0\0\x3e\
        \0\0\0\0Rue Secrete\0\
        \0\x02\0\x01\0\x02\0\0\0\x02N\0\0\0\
        \0\x02\0\x05\0\0\0\x03\0\0\0\x5c\
        \0\0\0\0\0\0\0\x2b\0\0\0\x01\0\0\0\x24\0\0\0\x01\0\0\0\x10\0\0\0\x01";
    let mut segment = vec![0xff, 0xe1, 0, exif.len() as u8 + 2];
    segment.extend(exif);
    let mut jpeg = jpeg();
    jpeg.splice(2..2, segment);
    jpeg
}

pub(crate) fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n\
      trailer <</Root 1 0 R>>\n%%EOF\n"
        .to_vec()
}

/// An archive of these files; the first one as it is, the others compressed.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, (name, content)) in files.iter().enumerate() {
        let method = if number == 0 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("a file");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

pub(crate) fn odf(kind: &str) -> Vec<u8> {
    odf_with(kind, &[])
}

pub(crate) fn odf_with(kind: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    let files: [(&str, &[u8]); 3] = [
        ("mimetype", kind.as_bytes()),
        ("content.xml", b"<office:document-content/>"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ];
    archive(&[&files, more].concat())
}

pub(crate) fn ooxml(kind: &str) -> Vec<u8> {
    ooxml_with(kind, &[])
}

pub(crate) fn ooxml_with(kind: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let types = format!(
        "<Types><Override PartName=\"/x.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/></Types>"
    );
    let files: [(&str, &[u8]); 2] =
        [("[Content_Types].xml", types.as_bytes()), ("_rels/.rels", b"<Relationships/>")];
    archive(&[&files, more].concat())
}
