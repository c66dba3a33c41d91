//! What a received file is, by its content and never by its name.
//!
//! Office documents and PDF are stored as they came. What is refused of them, scripts and files within files, is found
//! in documents as programs make them; whoever hides it well can get past, so that agents open them as they would any
//! mail's.

use domain::form::kinds::Media;
use std::io::{Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// Why a file is not taken. Each has its words, after `refusal.answer.file_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is none of the types that are taken.
    #[error("not of a type that is taken")]
    Type,
    /// It is of two types at once.
    #[error("of two types at once")]
    Mixed,
    /// It is broken.
    #[error("broken")]
    Unreadable,
    /// Unpacked, it would be enormous.
    #[error("enormous when it is unpacked")]
    Bomb,
    /// The image has too many pixels.
    #[error("too many pixels")]
    Pixels,
    /// It holds macros, scripts or other files.
    #[error("it holds a program")]
    Active,
    /// It cannot be read without a password.
    #[error("encrypted")]
    Encrypted,
}

impl Refused {
    /// The rule, as the theme's words name it.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Type => "file_type",
            Self::Mixed => "file_mixed",
            Self::Unreadable => "file_unreadable",
            Self::Bomb => "file_bomb",
            Self::Pixels => "file_pixels",
            Self::Active => "file_active",
            Self::Encrypted => "file_encrypted",
        }
    }
}

/// Files in an archive.
const MOST_ENTRIES: usize = 2_000;
/// Bytes of all files of an archive, unpacked.
const MOST_UNPACKED: u64 = 200_000_000;
/// How many times larger it may be when it is unpacked.
const MOST_RATIO: u64 = 200;
/// What is read of a file of an archive.
const LARGEST_READ: u64 = 1_000_000;
/// Readers look for the mark of a PDF so far, and for its end.
const PDF_MARGIN: usize = 1_024;
/// The end of an archive and the longest comment after it.
const ZIP_END: usize = 22 + 65_535;

/// The one type that a file is of.
pub(super) fn look(bytes: &[u8]) -> Result<Media, Refused> {
    let media = match bytes {
        [0xff, 0xd8, 0xff, ..] => Media::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Media::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Media::Webp,
        [b'%', b'P', b'D', b'F', b'-', ..] => Media::Pdf,
        [b'P', b'K', 3, 4, ..] => {
            return if is_marked_as_pdf(bytes) { Err(Refused::Mixed) } else { archive(bytes) };
        }
        _ => return Err(Refused::Type),
    };
    if ends_as_archive(bytes) || media != Media::Pdf && is_marked_as_pdf(bytes) {
        return Err(Refused::Mixed);
    }
    if media == Media::Pdf {
        check_pdf(bytes)?;
    }
    Ok(media)
}

/// Readers of PDF pass over what comes before its mark.
fn is_marked_as_pdf(bytes: &[u8]) -> bool {
    contains(&bytes[..bytes.len().min(PDF_MARGIN)], b"%PDF-")
}

/// Readers of archives begin at the end, and pass over what comes before.
fn ends_as_archive(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(ZIP_END)..];
    // Of one volume, and not empty.
    end.windows(12).any(|mark| {
        mark.starts_with(b"PK\x05\x06\0\0\0\0") && mark[8..10] == mark[10..12] && mark[8..10] != [0, 0]
    })
}

fn check_pdf(bytes: &[u8]) -> Result<(), Refused> {
    let has_version = matches!(bytes.get(5..8), Some([b'1' | b'2', b'.', b'0'..=b'9']));
    if !has_version || !contains(&bytes[bytes.len().saturating_sub(PDF_MARGIN)..], b"%%EOF") {
        return Err(Refused::Unreadable);
    }
    let is_active = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').any(|(place, _)| {
        let rest = &bytes[place + 1..];
        let (name, length) = pdf_name(rest);
        match name.as_slice() {
            b"JavaScript" | b"Launch" | b"EmbeddedFile" | b"EmbeddedFiles" => true,
            // Two letters come about by chance in what is compressed, but seldom with a script after them.
            b"JS" => {
                let mut after = rest[length..].iter().skip_while(|byte| byte.is_ascii_whitespace());
                after.next().is_some_and(|byte| matches!(byte, b'(' | b'<' | b'0'..=b'9'))
            }
            _ => false,
        }
    });
    if is_active { Err(Refused::Active) } else { Ok(()) }
}

/// The name that a text begins with, in which any sign may be written `#` and two hexadecimal digits; and its length as
/// written.
fn pdf_name(text: &[u8]) -> (Vec<u8>, usize) {
    const LONGEST: usize = 16;
    let (mut name, mut place) = (Vec::new(), 0);
    while name.len() < LONGEST
        && let Some(byte) = text.get(place)
    {
        let digit = |place: usize| text.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(place + 1), digit(place + 2)) {
            (b'#', Some(high), Some(low)) => {
                name.extend(u8::try_from(high * 16 + low));
                place += 3;
            }
            (byte, _, _) if byte.is_ascii_alphanumeric() => {
                name.push(*byte);
                place += 1;
            }
            _ => break,
        }
    }
    (name, place)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

const ODF_TYPE: &str = "mimetype";
const OOXML_TYPES: &str = "[Content_Types].xml";

/// An office document, told by what the archive itself says to be.
fn archive(bytes: &[u8]) -> Result<Media, Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Unreadable)?;
    if archive.offset() != 0 {
        return Err(Refused::Mixed);
    }
    if archive.len() > MOST_ENTRIES {
        return Err(Refused::Bomb);
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| Refused::Unreadable)?;
        let name = &*String::from_utf8_lossy(entry.name_raw());
        if entry.encrypted() {
            return Err(Refused::Encrypted);
        }
        if name.starts_with('/')
            || name.contains(['\\', ':', '\0'])
            || name.split('/').any(|part| part == "..")
        {
            return Err(Refused::Unreadable);
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Refused::Unreadable);
        }
        if is_program(name) {
            return Err(Refused::Active);
        }
        unpacked = unpacked.saturating_add(entry.size());
    }
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if unpacked > MOST_UNPACKED || unpacked / MOST_RATIO > packed {
        return Err(Refused::Bomb);
    }
    let has = |archive: &Archive<'_>, name| archive.index_for_name(name).is_some();
    match (has(&archive, ODF_TYPE), has(&archive, OOXML_TYPES)) {
        (true, true) => Err(Refused::Mixed),
        (true, false) => odf(bytes, &mut archive),
        (false, true) => ooxml(&mut archive),
        (false, false) => Err(Refused::Type),
    }
}

/// Macros: those of Office, then those of OpenDocument.
fn is_program(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    file == "vbaproject.bin"
        || name.contains("/activex/")
        || name.starts_with("basic/")
        || name.starts_with("scripts/")
}

fn odf(bytes: &[u8], archive: &mut Archive<'_>) -> Result<Media, Refused> {
    // Its type comes first, as it is, so that it can be told without unpacking.
    if bytes.get(30..38) != Some(ODF_TYPE.as_bytes()) {
        return Err(Refused::Type);
    }
    let media = match read(archive, ODF_TYPE)?.trim_end() {
        "application/vnd.oasis.opendocument.text" => Media::Odt,
        "application/vnd.oasis.opendocument.spreadsheet" => Media::Ods,
        _ => return Err(Refused::Type),
    };
    let manifest = read(archive, "META-INF/manifest.xml")?;
    if manifest.contains("encryption-data") { Err(Refused::Encrypted) } else { Ok(media) }
}

fn ooxml(archive: &mut Archive<'_>) -> Result<Media, Refused> {
    let types = read(archive, OOXML_TYPES)?;
    if types.contains("macroEnabled") || types.contains("vbaProject") {
        return Err(Refused::Active);
    }
    let is_main =
        |kind| types.contains(&format!("application/vnd.openxmlformats-officedocument.{kind}.main+xml"));
    match (is_main("wordprocessingml.document"), is_main("spreadsheetml.sheet")) {
        (true, true) => Err(Refused::Mixed),
        (true, false) => Ok(Media::Docx),
        (false, true) => Ok(Media::Xlsx),
        (false, false) => Err(Refused::Type),
    }
}

/// The text of a file of an archive.
fn read(archive: &mut Archive<'_>, name: &str) -> Result<String, Refused> {
    let entry = archive.by_name(name).map_err(|_| Refused::Unreadable)?;
    let mut text = String::new();
    entry.take(LARGEST_READ).read_to_string(&mut text).map_err(|_| Refused::Unreadable)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attachment::samples::{self, archive as packed};

    #[test]
    fn each_type_is_known_by_its_content() {
        let samples = [
            (samples::jpeg(), Media::Jpeg),
            (samples::png(false), Media::Png),
            (samples::webp(), Media::Webp),
            (samples::pdf(), Media::Pdf),
            (samples::odf("text"), Media::Odt),
            (samples::odf("spreadsheet"), Media::Ods),
            (samples::ooxml("wordprocessingml.document"), Media::Docx),
            (samples::ooxml("spreadsheetml.sheet"), Media::Xlsx),
        ];
        for (bytes, media) in samples {
            assert_eq!(look(&bytes), Ok(media), "{media:?}");
        }
    }

    #[test]
    fn what_is_of_no_known_type_is_refused() {
        let html = b"<!DOCTYPE html><script>alert(1)</script>";
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        for bytes in [&html[..], svg, b"", b"GIF89a", b"MZ", b"\xd0\xcf\x11\xe0", b"\n%PDF-1.7\n%%EOF"] {
            assert_eq!(look(bytes), Err(Refused::Type), "{bytes:?}");
        }
        for bytes in [
            packed(&[("a.txt", b"a")]),
            samples::odf("presentation"),
            samples::ooxml("presentationml.presentation"),
        ] {
            assert_eq!(look(&bytes), Err(Refused::Type));
        }
    }

    #[test]
    fn a_file_of_two_types_at_once_is_refused() {
        let mut pdf_in_jpeg = samples::jpeg();
        let comment = [&b"\xff\xfe\x00\x20"[..], b"%PDF-1.7\n1 0 obj <<>> endobj\n "].concat();
        pdf_in_jpeg.splice(2..2, comment);
        let zip_after_png = [samples::png(false), packed(&[("a.txt", b"a")])].concat();
        let zip_after_pdf = [samples::pdf(), samples::odf("text")].concat();
        let pdf_in_zip = packed(&[("a", b"%PDF-1.7 %%EOF")]);
        let both = packed(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("[Content_Types].xml", b"<Types/>"),
        ]);
        for bytes in [pdf_in_jpeg, zip_after_png, zip_after_pdf, pdf_in_zip, both] {
            assert_eq!(look(&bytes), Err(Refused::Mixed));
        }
    }

    #[test]
    fn a_pdf_with_a_script_or_a_file_in_it_is_refused_however_its_name_is_written() {
        let pdf = |object: &str| {
            format!("%PDF-1.7\n1 0 obj <<{object}>> endobj\ntrailer<<>>\n%%EOF\n").into_bytes()
        };
        for object in [
            "/S /JavaScript",
            "/JS (app.alert(1))",
            "/JS<61>",
            "/J#53 2 0 R",
            "/S/#4caunch",
            "/Type/EmbeddedFile",
            "/Names<</EmbeddedFiles 1 0 R>>",
        ] {
            assert_eq!(look(&pdf(object)), Err(Refused::Active), "{object}");
        }
        for object in ["/JSON (x)", "/JS\x01", "/Launcher", "/Title (JavaScript)"] {
            assert_eq!(look(&pdf(object)), Ok(Media::Pdf), "{object}");
        }
        assert_eq!(look(b"%PDF-1.7\n"), Err(Refused::Unreadable));
        assert_eq!(look(b"%PDF-x\n%%EOF"), Err(Refused::Unreadable));
    }

    #[test]
    fn an_archive_that_would_be_enormous_is_refused_without_unpacking_it() {
        let mut bomb =
            samples::ooxml_with("wordprocessingml.document", &[("word/media/a.bin", &vec![0; 30_000_000])]);
        assert!(bomb.len() < 100_000);
        assert_eq!(look(&bomb), Err(Refused::Bomb));
        let many: Vec<_> = (0..=MOST_ENTRIES).map(|number| format!("word/{number}")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (&**name, &b""[..])).collect();
        assert_eq!(look(&samples::ooxml_with("wordprocessingml.document", &many)), Err(Refused::Bomb));
        // One that says to be smaller than it is unpacks no more than was said.
        let size = 30_000_000_u32.to_le_bytes();
        let places: Vec<usize> =
            bomb.windows(4).enumerate().filter(|(_, word)| *word == size).map(|(place, _)| place).collect();
        for place in places {
            bomb[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        assert_eq!(look(&bomb), Ok(Media::Docx));
    }

    #[test]
    fn an_office_document_with_macros_a_password_or_odd_names_is_refused() {
        let with = |name: &str| samples::ooxml_with("wordprocessingml.document", &[(name, b"x")]);
        assert_eq!(look(&with("word/vbaProject.bin")), Err(Refused::Active));
        assert_eq!(look(&samples::ooxml("wordprocessingml.document.macroEnabled")), Err(Refused::Active));
        assert_eq!(
            look(&samples::odf_with("text", &[("Basic/Standard/script.xml", b"x")])),
            Err(Refused::Active)
        );
        for name in ["../../etc/passwd", "/etc/passwd", "word\\..\\x", "C:x"] {
            assert_eq!(look(&with(name)), Err(Refused::Unreadable), "{name}");
        }
        let manifest: &[u8] = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
        let locked = packed(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml", manifest),
        ]);
        assert_eq!(look(&locked), Err(Refused::Encrypted));
        // The bit that says so, of the first file in the archive's directory.
        let mut locked = samples::ooxml("wordprocessingml.document");
        let place = locked.windows(4).position(|word| word == b"PK\x01\x02").expect("a directory");
        locked[place + 8] |= 1;
        assert_eq!(look(&locked), Err(Refused::Encrypted));
    }

    #[test]
    fn a_broken_archive_is_refused() {
        let mut odt = samples::odf("text");
        odt.truncate(odt.len() / 2);
        assert_eq!(look(&odt), Err(Refused::Unreadable));
    }
}
