//! Files that citizens join to what they write: looked into by their content, images drawn anew, and stored where nobody
//! is served from.

mod image;
mod look;
pub mod name;
pub(crate) mod named;
#[cfg(test)]
pub(crate) mod samples;
pub mod store;

pub use look::Refused;

use domain::form::{Attachment, kinds::Media};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Hexadecimal digits of a file's id.
const ID_DIGITS: usize = 32;

/// Images take much memory while they are drawn: so many files are looked into at a time.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A file as it is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// What is kept of it in the table.
    pub attachment: Attachment,
    /// What is stored.
    pub bytes: Vec<u8>,
}

/// Looks into a file named `typed` by whoever sent it, which may be one of `types`.
///
/// # Errors
/// Why it is not taken.
pub async fn examine(bytes: Vec<u8>, typed: String, types: Vec<Media>) -> Result<Examined, Refused> {
    let Ok(_permit) = AT_ONCE.acquire().await else { return Err(Refused::Unreadable) };
    // A decoder that breaks off on what it cannot read harms nobody else.
    let examined = tokio::task::spawn_blocking(move || examined(bytes, &typed, &types)).await;
    examined.unwrap_or(Err(Refused::Unreadable))
}

fn examined(bytes: Vec<u8>, typed: &str, types: &[Media]) -> Result<Examined, Refused> {
    let media = look::look(&bytes)?;
    if !types.contains(&media) {
        return Err(Refused::Type);
    }
    let (media, bytes) = match media {
        Media::Jpeg | Media::Png | Media::Webp => image::draw_anew(&bytes, media)?,
        _ => (media, bytes),
    };
    let attachment = Attachment {
        id: id(&bytes),
        name: name::stored(typed, media),
        media,
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    };
    Ok(Examined { attachment, bytes })
}

/// Where what is stored lies: the same file is kept once.
fn id(bytes: &[u8]) -> String {
    let mut id = hex::encode(Sha256::digest(bytes));
    id.truncate(ID_DIGITS);
    id
}

/// Whether a text can be the id of a file: anything else was not ours.
pub fn is_id(text: &str) -> bool {
    text.len() == ID_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a file is shown as an image.
pub fn is_image(media: Media) -> bool {
    matches!(media, Media::Jpeg | Media::Png | Media::Webp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Media; 8] =
        [Media::Jpeg, Media::Png, Media::Webp, Media::Pdf, Media::Odt, Media::Ods, Media::Docx, Media::Xlsx];

    #[test]
    fn a_file_is_what_its_content_is_and_is_named_so() {
        let examined = examined(samples::pdf(), "plan.jpg", &ALL).expect("a PDF");
        assert_eq!((examined.attachment.media, &*examined.attachment.name), (Media::Pdf, "plan.pdf"));
        assert_eq!(examined.bytes, samples::pdf());
        assert!(is_id(&examined.attachment.id));
        assert_eq!(examined.attachment.size, samples::pdf().len() as u64);
    }

    #[test]
    fn a_type_that_the_field_does_not_take_is_refused() {
        assert_eq!(examined(samples::pdf(), "plan.pdf", &[Media::Jpeg]), Err(Refused::Type));
    }

    #[test]
    fn whatever_bytes_come_only_what_is_of_a_known_type_is_stored() {
        let mut rng = fastrand::Rng::with_seed(7);
        let all = samples::all();
        for _ in 0..4_000 {
            let mut bytes = all[rng.usize(..all.len())].clone();
            for _ in 0..rng.usize(1..30) {
                let place = rng.usize(..bytes.len());
                match rng.u8(..4) {
                    0 => bytes.truncate(place.max(1)),
                    1 => {
                        drop(bytes.splice(place..place, all[rng.usize(..all.len())].iter().take(60).copied()))
                    }
                    _ => bytes[place] = rng.u8(..),
                }
            }
            if let Ok(Examined { attachment, bytes }) = examined(bytes, "x", &ALL) {
                assert_eq!(look::look(&bytes), Ok(attachment.media));
            }
        }
    }
}
