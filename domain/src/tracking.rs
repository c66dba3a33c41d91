//! The tracking code: what a voter keeps of their ballot. It opens nothing but the ballot's own slot in the box.

use sha2::{Digest, Sha256};
use std::fmt;

/// Crockford's base 32: no letter that is read as a digit, and no U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 128 bits in digits of five: the first has three.
const LENGTH: usize = 26;
/// Digits between two hyphens.
const GROUP: usize = 4;

/// 128 random bits, written as twenty-six digits in groups of four: `7K3M-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracking(u128);

impl Tracking {
    /// The code of these bits, which must come from a cryptographic random source.
    pub fn new(bits: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bits))
    }

    /// Reads a code as people copy it: in any case, with hyphens and spaces or without, O for 0, I or L for 1.
    pub fn read(typed: &str) -> Option<Self> {
        let mut bits = 0_u128;
        let mut length = 0;
        for typed in typed.chars().filter(|typed| !typed.is_whitespace() && *typed != '-') {
            let digit = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                digit => digit,
            };
            let value = DIGITS.iter().position(|known| char::from(*known) == digit)?;
            // Beyond 128 bits, the first digit would fall off in silence.
            if length == LENGTH || bits >> 123 != 0 {
                return None;
            }
            bits = bits << 5 | value as u128;
            length += 1;
        }
        (length == LENGTH).then_some(Self(bits))
    }

    /// Where its ballot lies in the box: SHA-256 of the code as it is written, hyphens included, in hexadecimal.
    pub fn slot(self) -> String {
        hex::encode(Sha256::digest(self.to_string().as_bytes()))
    }
}

impl fmt::Display for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in 0..LENGTH {
            if place > 0 && place.is_multiple_of(GROUP) {
                f.write_str("-")?;
            }
            let digit = (self.0 >> (5 * (LENGTH - 1 - place)) & 31) as usize;
            write!(f, "{}", char::from(DIGITS[digit]))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = Tracking::new(*b"sixteen bytes ok");
        let text = code.to_string();
        assert_eq!(text, "3KD5-W78S-B5DR-G64Y-BMCN-SJ0V-VB");
        for typed in [text.to_lowercase(), text.replace('-', " "), text.replace('-', "").replace('0', "o")] {
            assert_eq!(Tracking::read(&typed), Some(code), "{typed}");
        }
        for typed in ["", "3KD5", "UUUU", &format!("{text}0"), &"Z".repeat(26), &"é".repeat(26)] {
            assert_eq!(Tracking::read(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_code_is_read_again_and_has_a_slot_of_its_own(bits: [u8; 16], other: [u8; 16]) {
            let code = Tracking::new(bits);
            prop_assert_eq!(Tracking::read(&code.to_string()), Some(code));
            prop_assert_eq!(code.slot() == Tracking::new(other).slot(), bits == other);
        }
    }
}
