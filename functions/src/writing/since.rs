//! When a form was first answered with, as the form itself tells: `<unix seconds>.<mac>`. A form that comes back within
//! two seconds was read by nobody. The mac begins with random digits, so that two forms are never the same.

use crate::proof::pending::random;
use domain::secret::{Key, Secret};
use jiff::Timestamp;

/// Nobody reads and fills a form in less, in seconds.
const SHORTEST: i64 = 2;
/// Then a page carries a newer one, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;

const NONCE_DIGITS: usize = 16;

/// A mark that this authority made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Since {
    at: i64,
    text: String,
}

impl Since {
    /// The mark of this moment.
    pub(super) fn new(secret: &Secret, process: &str, now: Timestamp) -> Result<Self, getrandom::Error> {
        let at = now.as_second();
        let nonce = &random()?[..NONCE_DIGITS];
        Ok(Self { at, text: format!("{at}.{nonce}{}", mac(secret, process, at, nonce)) })
    }

    /// The mark in a form; none when it was not made here, or not yet.
    pub(super) fn read(secret: &Secret, process: &str, typed: &str, now: Timestamp) -> Option<Self> {
        let (at, rest) = typed.trim().split_once('.')?;
        let at: i64 = at.parse().ok().filter(|at| *at <= now.as_second())?;
        let (nonce, typed_mac) = rest.split_at_checked(NONCE_DIGITS)?;
        let is_ours = is_same(&key(secret, process), typed_mac, &mac(secret, process, at, nonce));
        is_ours.then(|| Self { at, text: typed.trim().to_owned() })
    }

    pub(super) fn is_too_young(&self, now: Timestamp) -> bool {
        now.as_second() - self.at < SHORTEST
    }

    pub(super) fn is_old(&self, now: Timestamp) -> bool {
        now.as_second() - self.at >= LIFETIME
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

fn key(secret: &Secret, process: &str) -> Key {
    secret.key(&["since", process])
}

fn mac(secret: &Secret, process: &str, at: i64, nonce: &str) -> String {
    key(secret, process).pseudonym(&[&at.to_string(), nonce]).as_str()[..NONCE_DIGITS].to_owned()
}

/// Whether two texts are the same, in a time that does not depend on how much of them is: what is compared are keyed
/// hashes of both.
pub(super) fn is_same(key: &Key, one: &str, other: &str) -> bool {
    key.pseudonym(&["compare", one]) == key.pseudonym(&["compare", other])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_believed_when_it_was_made_here_for_this_form_and_not_in_the_future() {
        let (secret, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        let now: Timestamp = "2026-11-21T12:00:00.900Z".parse().expect("an instant");
        let later = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        let mark = Since::new(&secret, "idees", now).expect("randomness");
        let read = |secret: &Secret, process: &str, at| Since::read(secret, process, mark.as_str(), at);
        assert_eq!(read(&secret, "idees", now).as_ref(), Some(&mark));
        assert_eq!(read(&other, "idees", now), None);
        assert_eq!(read(&secret, "budget", now), None);
        assert_eq!(read(&secret, "idees", later(-1)), None);
        assert!(mark.is_too_young(later(1)) && !mark.is_too_young(later(2)));
        assert!(!mark.is_old(later(LIFETIME - 1)) && mark.is_old(later(LIFETIME)));
        for forged in
            ["", ".", "1", "1.", "0.é", "x.0123456789abcdef0123456789abcdef", &format!("{}0", mark.as_str())]
        {
            assert_eq!(Since::read(&secret, "idees", forged, now), None, "{forged}");
        }
    }
}
