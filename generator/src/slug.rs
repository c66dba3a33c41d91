//! The last segment of an address.

use unicode_normalization::UnicodeNormalization;

/// A text made fit for an address: « L’évaluation d’impact » → `l-evaluation-d-impact`. Empty when the text has
/// neither Latin letters nor digits.
pub(crate) fn slugify(text: &str) -> String {
    let plain = text.to_lowercase().replace('œ', "oe").replace('æ', "ae");
    let plain: String =
        plain.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Whether a text can be part of an address as it is.
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty() && slugify(text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_punctuation_are_dropped() {
        assert_eq!(slugify("L’évaluation d’impact : où en est-on ?"), "l-evaluation-d-impact-ou-en-est-on");
        assert_eq!(slugify("Œuvres & Cie (2024)"), "oeuvres-cie-2024");
        assert_eq!(slugify("« »"), "");
    }

    #[test]
    fn a_slug_is_its_own_slug() {
        assert!(is_slug("reseau-cyclable-2"));
        for wrong in ["", "Réseau", "a_b", "a--b", "-a", "a/b"] {
            assert!(!is_slug(wrong), "{wrong}");
        }
    }
}
