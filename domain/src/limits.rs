//! How often something may be tried. Counted in the table, in fixed spans of time, so that a restart or a second
//! machine forgets nothing.

use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;

/// At most `most` times within each span of `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name, part of the counter's key.
    pub name: &'static str,
    /// Times allowed in a span.
    pub most: u64,
    /// Length of a span.
    pub per: SignedDuration,
}

/// Codes sent to one mailbox: a couple can support several deposits in an evening, nobody can be flooded.
pub const CODES_PER_MAILBOX: Limit =
    Limit { name: "codes-mailbox", most: 10, per: SignedDuration::from_hours(1) };
/// Codes asked from one network: a school or a mobile operator's address stands for many people.
pub const CODES_PER_NETWORK: Limit =
    Limit { name: "codes-network", most: 1_000, per: SignedDuration::from_hours(1) };
/// Codes tried for one mailbox from one network, on one deposit, over all its requests. Whoever has many networks is
/// bounded by the mails: ten an hour with five tries each, all of them in the owner's mailbox.
pub const TRIES_PER_MAILBOX: Limit =
    Limit { name: "tries-mailbox", most: 50, per: SignedDuration::from_hours(24) };
/// Codes tried from one network.
pub const TRIES_PER_NETWORK: Limit =
    Limit { name: "tries-network", most: 2_000, per: SignedDuration::from_hours(1) };
/// Writings that nobody proves, from one network: a school or a library fills in a questionnaire together.
pub const WRITINGS_PER_NETWORK: Limit =
    Limit { name: "writings-network", most: 500, per: SignedDuration::from_hours(1) };

/// Files from one network: a class that joins photographs to its ideas.
pub const FILES_PER_NETWORK: Limit =
    Limit { name: "files-network", most: 300, per: SignedDuration::from_hours(1) };
/// Bytes of all files that come with one form.
pub const FILES_TOGETHER: u64 = 12_000_000;
/// Bytes of files that a form can hold itself wherever it is sent: AWS hands a function 6 MB of request, in base64.
pub const FILES_IN_A_FORM: u64 = 4_000_000;
/// Reports of published texts from one network.
pub const REPORTS_PER_NETWORK: Limit =
    Limit { name: "reports-network", most: 20, per: SignedDuration::from_hours(1) };

/// Tracking codes typed from one network, to replace a ballot. A code has 128 bits: it is not guessed, but nobody needs to
/// try more.
pub const REPLACEMENTS_PER_NETWORK: Limit =
    Limit { name: "replacements-network", most: 300, per: SignedDuration::from_hours(1) };

/// How long a report of a published text is kept.
pub const REPORT_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Links to drafts sent to one mailbox: a draft that is kept again sends none.
pub const LINKS_PER_MAILBOX: Limit =
    Limit { name: "links-mailbox", most: 5, per: SignedDuration::from_hours(1) };
/// How long a draft is kept from the last time it was, at most.
pub const DRAFT_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Different codes that may be tried for one request.
pub const TRIES_PER_CODE: usize = 5;
/// How long a code can be used.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long after a code was sent the same request sends it again, rather than being a repetition.
pub const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How long a request that was not confirmed is kept.
pub const PENDING_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

impl Limit {
    /// The number of the span in which `now` lies, and the instant at which it ends.
    pub fn span(&self, now: Timestamp) -> (i64, Timestamp) {
        let seconds = self.per.as_secs().max(1);
        let span = now.as_second().div_euclid(seconds);
        let ends = Timestamp::from_second((span + 1).saturating_mul(seconds)).unwrap_or(Timestamp::MAX);
        (span, ends)
    }
}

/// Until when a draft is kept that is kept at `now`, in an activity whose personal data is erased at `erased`: past the
/// close, so that its text can still be copied, and never past the erasure.
pub fn draft_kept_until(now: Timestamp, erased: Timestamp) -> Timestamp {
    now.saturating_add(DRAFT_LIFETIME).map_or(erased, |ends| ends.min(erased))
}

/// The network an address belongs to: its /24 (IPv4) or /56 (IPv6, what one subscriber gets). `None` for this
/// machine itself, which is no network to be protected from.
pub fn network(address: IpAddr) -> Option<String> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Some(format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("203.0.113.7"), of("203.0.113.250"));
        assert_eq!(of("203.0.113.7"), of("::ffff:203.0.113.9"));
        assert_ne!(of("203.0.113.7"), of("203.0.114.7"));
        assert_eq!(of("2001:db8:1:2201::1"), of("2001:db8:1:22ff:9::1"));
        assert_ne!(of("2001:db8:1:2201::1"), of("2001:db8:1:2301::1"));
        assert_eq!(of("127.0.0.1"), None);
        assert_eq!(of("::1"), None);
    }

    #[test]
    fn a_draft_is_kept_thirty_days_and_never_past_the_erasure() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let now = at("2026-11-21T12:00:00Z");
        assert_eq!(draft_kept_until(now, at("2027-11-21T00:00:00Z")), at("2026-12-21T12:00:00Z"));
        assert_eq!(draft_kept_until(now, at("2026-12-01T00:00:00Z")), at("2026-12-01T00:00:00Z"));
        assert_eq!(draft_kept_until(Timestamp::MAX, Timestamp::MAX), Timestamp::MAX);
    }

    #[test]
    fn a_span_ends_where_the_next_begins() {
        let now: Timestamp = "2026-11-21T14:59:59.999Z".parse().expect("an instant");
        let (span, ends) = CODES_PER_MAILBOX.span(now);
        assert_eq!(ends.to_string(), "2026-11-21T15:00:00Z");
        assert_eq!(CODES_PER_MAILBOX.span(ends).0, span + 1);
    }
}
