//! Keyed pseudonyms and codes: what is stored instead of a person (I7), and what proves an e-mail address.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The authority's secret, from which every key is derived. Never printed.
#[derive(Clone)]
pub struct Secret([u8; 32]);

/// A secret must be 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("a secret is 64 hexadecimal digits (32 bytes)")]
pub struct MalformedSecret;

impl Secret {
    /// A secret of these 32 bytes, which must come from a cryptographic random source.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`MalformedSecret`] when they are not.
    pub fn from_hex(text: &str) -> Result<Self, MalformedSecret> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| MalformedSecret)?;
        Ok(Self(bytes))
    }

    /// The key for one purpose, e.g. the supports of one deposit: pseudonyms under two keys cannot be joined.
    pub fn key(&self, purpose: &[&str]) -> Key {
        Key(mac(&self.0, purpose))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A key derived for one purpose.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The pseudonym of what the parts name.
    pub fn pseudonym(&self, parts: &[&str]) -> Pseudonym {
        Pseudonym(hex::encode(&mac(&self.0, parts)[..16]))
    }

    /// Six decimal digits for a seed.
    pub fn code(&self, seed: &str) -> String {
        let digest = mac(&self.0, &["code", seed]);
        let number = digest[..8].iter().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        format!("{:06}", number % 1_000_000)
    }

    /// Whether `typed` is the code for `seed`, in a time that does not depend on how much of it is right:
    /// what is compared are keyed hashes of both.
    pub fn is_code(&self, seed: &str, typed: &str) -> bool {
        mac(&self.0, &["compare", typed]) == mac(&self.0, &["compare", &self.code(seed)])
    }
}

/// 128 bits of HMAC-SHA256 (RFC 2104) in hexadecimal: tells the same person again to who holds the key, and
/// nothing to anyone else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// HMAC-SHA256 of the parts, each preceded by its length, so that no two lists of parts are read as one.
fn mac(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    // HMAC pads keys shorter than a block with zeros (RFC 2104 §2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// The public commitment to a receipt: SHA-256 of the receipt's text, in hexadecimal. Whoever holds the receipt
/// can find its entry in the register; the register tells nothing of the receipt.
pub fn commitment(receipt: &str) -> String {
    hex::encode(Sha256::digest(receipt.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_under_two_keys_cannot_be_joined() {
        let secret = Secret::new([7; 32]);
        let (one, two) = (secret.key(&["support", "a"]), secret.key(&["support", "b"]));
        assert_eq!(one.pseudonym(&["x"]), secret.key(&["support", "a"]).pseudonym(&["x"]));
        assert_ne!(one.pseudonym(&["x"]), two.pseudonym(&["x"]));
        assert_ne!(one.pseudonym(&["x", "y"]), one.pseudonym(&["xy"]));
    }

    #[test]
    fn hmac_is_rfc_4231_test_case_2() {
        let mut block = [0; 64];
        block[..4].copy_from_slice(b"Jefe");
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(b"what do ya want for nothing?");
        assert_eq!(
            hex::encode(mac.finalize().into_bytes()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_code_is_six_digits_and_only_itself() {
        let key = Secret::new([7; 32]).key(&["codes"]);
        let code = key.code("seed");
        assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_digit()));
        assert!(key.is_code("seed", &code));
        assert!(!key.is_code("other seed", &code));
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret(…)");
    }
}
